//! A service that answers as a test wishes.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use checkoutsvc_client::{Client, Code};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// What the service does with a call.
pub enum Reply {
    Message(Vec<u8>),
    Status(Code, &'static str),
    /// Breaks the connection.
    Cut,
    /// Never answers.
    Hang,
}

impl Reply {
    pub fn message(message: impl Message) -> Self {
        Self::Message(message.encode_to_vec())
    }
}

/// A call as it arrived.
pub struct Arrived {
    pub method: String,
    pub headers: HeaderMap,
    body: Bytes,
}

impl Arrived {
    /// The request of the call.
    pub fn request<M: Message + Default>(&self) -> M {
        M::decode(&self.body[5..]).expect("a request")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a text"))
    }

    /// The deadline that came with the call.
    pub fn timeout(&self) -> Duration {
        let text = self.header("grpc-timeout").expect("a deadline");
        let (number, unit) = text.split_at(text.len() - 1);
        let number = number.parse().expect("a number");
        match unit {
            "S" => Duration::from_secs(number),
            "m" => Duration::from_millis(number),
            "u" => Duration::from_micros(number),
            "n" => Duration::from_nanos(number),
            _ => panic!("no such unit: {text}"),
        }
    }
}

type Handler = dyn Fn(&Arrived) -> Reply + Send + Sync;

/// A running service. It ends with its test's runtime.
#[derive(Clone)]
pub struct Fake {
    pub address: String,
    calls: Arc<Mutex<Vec<Arrived>>>,
}

impl Fake {
    /// Answers every call as the handler says.
    pub async fn start(handler: impl Fn(&Arrived) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen(handler, None).await
    }

    pub async fn start_tls(acceptor: TlsAcceptor, handler: impl Fn(&Arrived) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen(handler, Some(acceptor)).await
    }

    async fn listen(handler: impl Fn(&Arrived) -> Reply + Send + Sync + 'static, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let fake = Self { address, calls: Arc::default() };
        let (handler, calls): (Arc<Handler>, _) = (Arc::new(handler), fake.calls.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (handler, calls, tls) = (handler.clone(), calls.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, handler, calls).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, handler, calls).await;
                            }
                        }
                    }
                });
            }
        });
        fake
    }

    pub fn client(&self) -> Client {
        Client::connect(&self.address).expect("a client")
    }

    /// The calls that arrived since this was asked last.
    pub fn calls(&self) -> Vec<Arrived> {
        std::mem::take(&mut *self.calls.lock().expect("the calls"))
    }
}

async fn serve<S>(stream: S, handler: Arc<Handler>, calls: Arc<Mutex<Vec<Arrived>>>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let cut = Arc::new(Notify::new());
    let cut_here = cut.clone();
    let service = service_fn(move |request| answer(request, handler.clone(), calls.clone(), cut_here.clone()));
    let connection = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = connection => {}
        () = cut.notified() => {}
    }
}

async fn answer(
    request: Request<Incoming>,
    handler: Arc<Handler>,
    calls: Arc<Mutex<Vec<Arrived>>>,
    cut: Arc<Notify>,
) -> Result<Response<impl hyper::body::Body<Data = Bytes, Error = Infallible>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let method = parts.uri.path().rsplit('/').next().unwrap_or_default().to_string();
    let body = body.collect().await?.to_bytes();
    let arrived = Arrived { method, headers: parts.headers, body };
    let reply = handler(&arrived);
    calls.lock().expect("the calls").push(arrived);
    let (frame, trailers) = match reply {
        Reply::Message(message) => (framed(&message), status(Code::Ok, "")),
        Reply::Status(code, text) => (Bytes::new(), status(code, text)),
        Reply::Cut => {
            cut.notify_one();
            std::future::pending().await
        }
        Reply::Hang => std::future::pending().await,
    };
    let body = Full::new(frame).with_trailers(async move { Some(Ok(trailers)) });
    Ok(Response::builder().header("content-type", "application/grpc").body(body).expect("a response"))
}

fn framed(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(message.len().try_into().expect("a short message"));
    frame.put_slice(message);
    frame.freeze()
}

fn status(code: Code, text: &'static str) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from(code as i32));
    trailers.insert("grpc-message", HeaderValue::from_static(text));
    trailers
}
