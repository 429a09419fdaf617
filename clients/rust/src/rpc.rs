//! The seven methods, told apart by their request messages.

use std::future::Future;
use std::time::Duration;

use tonic::{Request, Response, Status};

use crate::v1::{
    Checkout, CheckoutPublic, CheckoutPublicConfirmed, ConfirmClientCheckoutRequest, CreateCheckoutRequest,
    GetCheckoutRequest, GetClientCheckoutRequest, ListCheckoutsRequest, ListCheckoutsResponse, RetryConfig,
    UpdateCheckoutRequest, UpdateClientCheckoutRequest, checkout_service_client::CheckoutServiceClient,
};
use crate::wire::Wire;

/// What a call does, which decides how it may be repeated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Consequence {
    /// Nothing changes: it may be repeated at will.
    Read,
    /// Something changes, and a second time does no harm (B 8).
    Write,
    /// The buyer is charged.
    Confirm,
}

impl Consequence {
    /// How long a call may take unless the caller says otherwise. The service sees a create or confirm that it has
    /// sent to Polar through for up to 60 seconds.
    pub(crate) const SHORT: Duration = Duration::from_secs(30);
    pub(crate) const LONG: Duration = Duration::from_secs(65);

    /// What the method of that name does; a name that is none counts as a read.
    pub(crate) fn of(method: &str) -> Self {
        match method {
            "CreateCheckout" | "UpdateCheckout" | "UpdateClientCheckout" => Self::Write,
            "ConfirmClientCheckout" => Self::Confirm,
            _ => Self::Read,
        }
    }
}

/// The request of one of the seven methods. It is implemented by those of [`v1`](crate::v1) and by nothing else.
pub trait Rpc: sealed::Method {}

pub(crate) mod sealed {
    use super::{CheckoutServiceClient, Duration, Future, Request, Response, RetryConfig, Status, Wire};

    /// What a request knows of its method.
    pub trait Method: Clone + Send + Sync + 'static {
        /// The message that answers it.
        type Answer: Send + 'static;
        /// Its name, such as `GetCheckout`.
        const NAME: &'static str;
        /// How long it may take by default.
        const TIMEOUT: Duration;

        /// Sets how the service may repeat it.
        fn set_retries(&mut self, retries: RetryConfig);

        /// Completes it before it is sent.
        fn complete(&mut self) {}

        /// Sends it once.
        fn send(
            request: Request<Self>,
            stub: CheckoutServiceClient<Wire>,
        ) -> impl Future<Output = Result<Response<Self::Answer>, Status>> + Send;
    }
}

macro_rules! methods {
    ($($request:ident => $answer:ident, $name:literal, $function:ident, $timeout:ident $(, $complete:path)?;)*) => {$(
        impl Rpc for $request {}

        impl sealed::Method for $request {
            type Answer = $answer;
            const NAME: &'static str = $name;
            const TIMEOUT: Duration = Consequence::$timeout;

            fn set_retries(&mut self, retries: RetryConfig) {
                self.retries = Some(retries);
            }

            $(fn complete(&mut self) {
                $complete(self);
            })?

            async fn send(
                request: Request<Self>,
                mut stub: CheckoutServiceClient<Wire>,
            ) -> Result<Response<$answer>, Status> {
                stub.$function(request).await
            }
        }
    )*};
}

methods! {
    ListCheckoutsRequest => ListCheckoutsResponse, "ListCheckouts", list_checkouts, SHORT;
    CreateCheckoutRequest => Checkout, "CreateCheckout", create_checkout, LONG;
    GetCheckoutRequest => Checkout, "GetCheckout", get_checkout, SHORT;
    UpdateCheckoutRequest => Checkout, "UpdateCheckout", update_checkout, SHORT, UpdateCheckoutRequest::complete_mask;
    GetClientCheckoutRequest => CheckoutPublic, "GetClientCheckout", get_client_checkout, SHORT;
    UpdateClientCheckoutRequest => CheckoutPublic, "UpdateClientCheckout", update_client_checkout, SHORT,
        UpdateClientCheckoutRequest::complete_mask;
    ConfirmClientCheckoutRequest => CheckoutPublicConfirmed, "ConfirmClientCheckout", confirm_client_checkout, LONG;
}
