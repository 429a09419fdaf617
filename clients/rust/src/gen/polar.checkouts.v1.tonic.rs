// @generated
/// Generated client implementations.
pub mod checkout_service_client {
    #![allow(
        unused_variables,
        dead_code,
        missing_docs,
        clippy::wildcard_imports,
        clippy::let_unit_value,
    )]
    use tonic::codegen::*;
    use tonic::codegen::http::Uri;
    #[derive(Debug, Clone)]
    pub struct CheckoutServiceClient<T> {
        inner: tonic::client::Grpc<T>,
    }
    impl CheckoutServiceClient<tonic::transport::Channel> {
        /// Attempt to create a new client by connecting to a given endpoint.
        pub async fn connect<D>(dst: D) -> Result<Self, tonic::transport::Error>
        where
            D: TryInto<tonic::transport::Endpoint>,
            D::Error: Into<StdError>,
        {
            let conn = tonic::transport::Endpoint::new(dst)?.connect().await?;
            Ok(Self::new(conn))
        }
    }
    impl<T> CheckoutServiceClient<T>
    where
        T: tonic::client::GrpcService<tonic::body::Body>,
        T::Error: Into<StdError>,
        T::ResponseBody: Body<Data = Bytes> + std::marker::Send + 'static,
        <T::ResponseBody as Body>::Error: Into<StdError> + std::marker::Send,
    {
        pub fn new(inner: T) -> Self {
            let inner = tonic::client::Grpc::new(inner);
            Self { inner }
        }
        pub fn with_origin(inner: T, origin: Uri) -> Self {
            let inner = tonic::client::Grpc::with_origin(inner, origin);
            Self { inner }
        }
        pub fn with_interceptor<F>(
            inner: T,
            interceptor: F,
        ) -> CheckoutServiceClient<InterceptedService<T, F>>
        where
            F: tonic::service::Interceptor,
            T::ResponseBody: Default,
            T: tonic::codegen::Service<
                http::Request<tonic::body::Body>,
                Response = http::Response<
                    <T as tonic::client::GrpcService<tonic::body::Body>>::ResponseBody,
                >,
            >,
            <T as tonic::codegen::Service<
                http::Request<tonic::body::Body>,
            >>::Error: Into<StdError> + std::marker::Send + std::marker::Sync,
        {
            CheckoutServiceClient::new(InterceptedService::new(inner, interceptor))
        }
        /// Compress requests with the given encoding.
        ///
        /// This requires the server to support it otherwise it might respond with an
        /// error.
        #[must_use]
        pub fn send_compressed(mut self, encoding: CompressionEncoding) -> Self {
            self.inner = self.inner.send_compressed(encoding);
            self
        }
        /// Enable decompressing responses.
        #[must_use]
        pub fn accept_compressed(mut self, encoding: CompressionEncoding) -> Self {
            self.inner = self.inner.accept_compressed(encoding);
            self
        }
        /// Limits the maximum size of a decoded message.
        ///
        /// Default: `4MB`
        #[must_use]
        pub fn max_decoding_message_size(mut self, limit: usize) -> Self {
            self.inner = self.inner.max_decoding_message_size(limit);
            self
        }
        /// Limits the maximum size of an encoded message.
        ///
        /// Default: `usize::MAX`
        #[must_use]
        pub fn max_encoding_message_size(mut self, limit: usize) -> Self {
            self.inner = self.inner.max_encoding_message_size(limit);
            self
        }
        pub async fn list_checkouts(
            &mut self,
            request: impl tonic::IntoRequest<super::ListCheckoutsRequest>,
        ) -> std::result::Result<
            tonic::Response<super::ListCheckoutsResponse>,
            tonic::Status,
        > {
            self.inner
                .ready()
                .await
                .map_err(|e| {
                    tonic::Status::unknown(
                        format!("Service was not ready: {}", e.into()),
                    )
                })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static(
                "/polar.checkouts.v1.CheckoutService/ListCheckouts",
            );
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(
                    GrpcMethod::new(
                        "polar.checkouts.v1.CheckoutService",
                        "ListCheckouts",
                    ),
                );
            self.inner.unary(req, path, codec).await
        }
        pub async fn create_checkout(
            &mut self,
            request: impl tonic::IntoRequest<super::CreateCheckoutRequest>,
        ) -> std::result::Result<tonic::Response<super::Checkout>, tonic::Status> {
            self.inner
                .ready()
                .await
                .map_err(|e| {
                    tonic::Status::unknown(
                        format!("Service was not ready: {}", e.into()),
                    )
                })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static(
                "/polar.checkouts.v1.CheckoutService/CreateCheckout",
            );
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(
                    GrpcMethod::new(
                        "polar.checkouts.v1.CheckoutService",
                        "CreateCheckout",
                    ),
                );
            self.inner.unary(req, path, codec).await
        }
        pub async fn get_checkout(
            &mut self,
            request: impl tonic::IntoRequest<super::GetCheckoutRequest>,
        ) -> std::result::Result<tonic::Response<super::Checkout>, tonic::Status> {
            self.inner
                .ready()
                .await
                .map_err(|e| {
                    tonic::Status::unknown(
                        format!("Service was not ready: {}", e.into()),
                    )
                })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static(
                "/polar.checkouts.v1.CheckoutService/GetCheckout",
            );
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(
                    GrpcMethod::new("polar.checkouts.v1.CheckoutService", "GetCheckout"),
                );
            self.inner.unary(req, path, codec).await
        }
        pub async fn update_checkout(
            &mut self,
            request: impl tonic::IntoRequest<super::UpdateCheckoutRequest>,
        ) -> std::result::Result<tonic::Response<super::Checkout>, tonic::Status> {
            self.inner
                .ready()
                .await
                .map_err(|e| {
                    tonic::Status::unknown(
                        format!("Service was not ready: {}", e.into()),
                    )
                })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static(
                "/polar.checkouts.v1.CheckoutService/UpdateCheckout",
            );
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(
                    GrpcMethod::new(
                        "polar.checkouts.v1.CheckoutService",
                        "UpdateCheckout",
                    ),
                );
            self.inner.unary(req, path, codec).await
        }
        pub async fn get_client_checkout(
            &mut self,
            request: impl tonic::IntoRequest<super::GetClientCheckoutRequest>,
        ) -> std::result::Result<tonic::Response<super::CheckoutPublic>, tonic::Status> {
            self.inner
                .ready()
                .await
                .map_err(|e| {
                    tonic::Status::unknown(
                        format!("Service was not ready: {}", e.into()),
                    )
                })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static(
                "/polar.checkouts.v1.CheckoutService/GetClientCheckout",
            );
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(
                    GrpcMethod::new(
                        "polar.checkouts.v1.CheckoutService",
                        "GetClientCheckout",
                    ),
                );
            self.inner.unary(req, path, codec).await
        }
        pub async fn update_client_checkout(
            &mut self,
            request: impl tonic::IntoRequest<super::UpdateClientCheckoutRequest>,
        ) -> std::result::Result<tonic::Response<super::CheckoutPublic>, tonic::Status> {
            self.inner
                .ready()
                .await
                .map_err(|e| {
                    tonic::Status::unknown(
                        format!("Service was not ready: {}", e.into()),
                    )
                })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static(
                "/polar.checkouts.v1.CheckoutService/UpdateClientCheckout",
            );
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(
                    GrpcMethod::new(
                        "polar.checkouts.v1.CheckoutService",
                        "UpdateClientCheckout",
                    ),
                );
            self.inner.unary(req, path, codec).await
        }
        pub async fn confirm_client_checkout(
            &mut self,
            request: impl tonic::IntoRequest<super::ConfirmClientCheckoutRequest>,
        ) -> std::result::Result<
            tonic::Response<super::CheckoutPublicConfirmed>,
            tonic::Status,
        > {
            self.inner
                .ready()
                .await
                .map_err(|e| {
                    tonic::Status::unknown(
                        format!("Service was not ready: {}", e.into()),
                    )
                })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static(
                "/polar.checkouts.v1.CheckoutService/ConfirmClientCheckout",
            );
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(
                    GrpcMethod::new(
                        "polar.checkouts.v1.CheckoutService",
                        "ConfirmClientCheckout",
                    ),
                );
            self.inner.unary(req, path, codec).await
        }
    }
}
