#![doc = include_str!("../README.md")]

mod call;
mod client;
mod connect;
mod error;
mod kind;
mod mask;
mod pages;
mod perform;
mod rpc;
mod status;
mod target;
mod unmodelled;
mod values;
mod wire;

/// The API as generated from its proto files: every message, and the client of tonic that [`Client`] is built on.
///
/// Each message is documented there and field by field; optional fields are `Option`s. An enum is an `i32` in its
/// message, with a method of the field's name that gives it as the enum, such as `checkout.status()`. New fields come
/// with minor versions, so make messages with `..Default::default()`.
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod v1 {
    include!("gen/polar.checkouts.v1.rs");
}

pub use call::Call;
pub use client::Client;
pub use connect::Builder;
pub use error::{Error, FieldViolation};
pub use kind::{ErrorKind, SdkError};
pub use pages::Checkouts;
pub use rpc::Rpc;
pub use tonic::Code;
pub use unmodelled::unmodelled;
pub use v1::{
    AddressInput, BackoffStrategy, Checkout, CheckoutConfirmStripe, CheckoutCreate, CheckoutPublic,
    CheckoutPublicConfirmed, CheckoutStatus, CheckoutUpdate, CheckoutUpdatePublic, ListCheckoutsRequest,
    ListCheckoutsResponse, RetryConfig, RetryStrategy, ValidationError,
};
