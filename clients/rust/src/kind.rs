//! The errors by Polar's names.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use prost::Message as _;

use crate::v1::{self, CheckoutStatus, ValidationError};

/// An error by Polar's name. `detail` holds Polar's words or the service's: show or log them, don't build
/// on them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)] // of each `detail`
pub enum ErrorKind {
    /// None that this version knows; the error's code tells what to do.
    Other,
    /// There is no such checkout, or it belongs to another organization. Check the id or secret; don't repeat the call.
    #[non_exhaustive]
    ResourceNotFound { detail: String },
    /// The checkout expired. Create a new one; this one cannot be revived.
    #[non_exhaustive]
    ExpiredCheckoutError { detail: String },
    /// The checkout is not open, so it cannot be changed or confirmed. Act by its status: on `Confirmed` wait for the
    /// payment and read it again, on `Succeeded` treat it as paid, on the others create a new one.
    #[non_exhaustive]
    NotOpenCheckout {
        detail: String,
        /// Where the checkout stands; `Unspecified` if Polar's words name none that is known.
        status: CheckoutStatus,
    },
    /// The buyer has an active subscription and the organization allows only one. Lead the buyer to the customer portal.
    #[non_exhaustive]
    AlreadyActiveSubscriptionError { detail: String },
    /// The organization may not take payments yet. The merchant must finish its set-up with Polar.
    #[non_exhaustive]
    PaymentNotReady { detail: String },
    /// The payment was refused; the checkout is still open. Ask the buyer for another payment method and confirm with a
    /// new confirmation token. The detail may be shown to the buyer.
    #[non_exhaustive]
    PaymentError { detail: String },
    /// The buyer had a trial of this product before. Set `allow_trial` to false and confirm again.
    #[non_exhaustive]
    TrialAlreadyRedeemed { detail: String },
    /// The buyer used this discount as often as it may be. Remove the discount and go on.
    #[non_exhaustive]
    DiscountRedemptionLimitReached { detail: String },
    /// Another call is working on the checkout. An update can be repeated after a moment; before a confirm is repeated,
    /// read the checkout: the other call may have confirmed it.
    #[non_exhaustive]
    CheckoutLocked { detail: String },
    /// The customer of the checkout was deleted. Create a new checkout.
    #[non_exhaustive]
    CheckoutCustomerDeleted { detail: String },
    /// A customer with this external ID exists under another e-mail address. Use that address, or another external ID
    /// in a new checkout.
    #[non_exhaustive]
    CheckoutCustomerExternalIdMismatch { detail: String },
    /// The price has no tier for this number of seats or units. Choose another number.
    #[non_exhaustive]
    InvalidQuantityError { detail: String },
    /// The organization is blocked or deleted, or the user may not do this. Only Polar or the merchant can change that.
    #[non_exhaustive]
    NotPermitted { detail: String },
    /// Nobody knows who calls. With `Unauthenticated` the caller must bring a token: the service's own if the error's
    /// domain is `checkoutsvc`, else Polar's. With `Internal` it was the service that had none for Polar, and its operator
    /// must act.
    #[non_exhaustive]
    Unauthorized { detail: String },
    /// The token was refused or it lacks the scope, by Polar or, with the domain `checkoutsvc`, by the service. With
    /// `Unauthenticated` or `PermissionDenied` the caller needs another token; with `Internal` it was the service's own,
    /// and its operator must act.
    #[non_exhaustive]
    TokenError {
        /// `invalid_token` or `insufficient_scope`.
        name: String,
        /// The same in a sentence.
        description: String,
    },
    /// Polar refused the values of the request. Correct the fields and send it again. The error's `violations` have the
    /// same fields and texts, and those of the service's own refusals too.
    #[non_exhaustive]
    HttpValidationError {
        /// What was wrong, in Polar's order. They may hold personal data.
        items: Vec<ValidationError>,
        /// How many items were left out because the answer would have been too large.
        omitted_items: u32,
    },
    /// Polar could not compute the tax. Nothing was charged or stored; the same call may work later.
    #[non_exhaustive]
    TaxCalculationTechnicalError { detail: String },
    /// The product has no price in a currency that the checkout can use. The merchant must correct its prices.
    #[non_exhaustive]
    NoPricesForCurrencies { detail: String },
    /// There were too many calls, for Polar or for the service. Nothing was done.
    #[non_exhaustive]
    RateLimited {
        /// How long to wait before the next call; `None` if not known.
        retry_after: Option<Duration>,
    },
    /// Polar answered with something that stands for none of the other errors, or that is no answer of Polar's. The
    /// error's code tells what to do; this is for those who look into it.
    SdkError(SdkError),
    /// A write was sent and no answer came: it may have been carried out. It stands for an answer that got lost between
    /// Polar and the service, and likewise for one that got lost between the service and this program (a broken
    /// connection, a deadline).
    #[non_exhaustive]
    OutcomeUnknown {
        /// Name of the method, such as `ConfirmClientCheckout`.
        operation: String,
        /// Whether sending the same call again does no harm: true for an update, and for a create, which leaves at
        /// worst an open checkout that expires unused. False for a confirm: read the checkout first, and confirm again
        /// only if it is still open after a while.
        retry_safe: bool,
        /// What happened.
        detail: String,
    },
    /// A confirm was held back: an earlier one of the same checkout, with another confirmation token, was sent and its
    /// outcome is not known, so that this one could charge the buyer twice. Read the checkout; if it is still open at
    /// `lifts_at`, confirm again.
    #[non_exhaustive]
    ConfirmOutcomeUnknown {
        /// When a confirm is let through again.
        lifts_at: Option<SystemTime>,
        /// What happened.
        detail: String,
    },
    /// The `request_id` was used for another checkout before. Nothing was done.
    #[non_exhaustive]
    RequestIdReused { detail: String },
    /// The same `request_id` is at work elsewhere and did not finish before the deadline. The same call, after a pause,
    /// gives the same checkout.
    #[non_exhaustive]
    RequestInProgress { detail: String },
}

/// An answer of Polar's, or something that came in place of one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SdkError {
    /// The HTTP status.
    pub status_code: u16,
    /// The body of the answer. It may hold anything: don't show it to buyers.
    pub body: String,
    /// Whether the body was cut off.
    pub body_truncated: bool,
    /// Some headers of the answer, by name in lower case.
    pub headers: HashMap<String, String>,
}

macro_rules! of_detail_only {
    ($($name:ident),* $(,)?) => {
        /// Reads a message that holds Polar's words and nothing else.
        fn read_detail(name: &str, value: &[u8]) -> Option<ErrorKind> {
            match name {
                $(stringify!($name) => {
                    let detail = v1::$name::decode(value).ok()?.detail;
                    Some(ErrorKind::$name { detail })
                })*
                _ => None,
            }
        }

        fn name_of_detail(kind: &ErrorKind) -> &'static str {
            match kind {
                $(ErrorKind::$name { .. } => stringify!($name),)*
                _ => "Other",
            }
        }
    };
}

of_detail_only! {
    ResourceNotFound, ExpiredCheckoutError, AlreadyActiveSubscriptionError, PaymentNotReady, PaymentError,
    TrialAlreadyRedeemed, DiscountRedemptionLimitReached, CheckoutLocked, CheckoutCustomerDeleted,
    CheckoutCustomerExternalIdMismatch, InvalidQuantityError, NotPermitted, Unauthorized, TaxCalculationTechnicalError,
    NoPricesForCurrencies, RequestIdReused, RequestInProgress,
}

/// Reads a detail of a status by the name of its message. `None` if it is none of errors.proto, or not readable.
pub(crate) fn read(full_name: &str, value: &[u8]) -> Option<ErrorKind> {
    let name = full_name.strip_prefix("polar.checkouts.v1.")?;
    Some(match name {
        "NotOpenCheckout" => {
            let e = v1::NotOpenCheckout::decode(value).ok()?;
            ErrorKind::NotOpenCheckout { status: e.status(), detail: e.detail }
        }
        "TokenError" => {
            let e = v1::TokenError::decode(value).ok()?;
            ErrorKind::TokenError { name: e.error, description: e.error_description }
        }
        "HTTPValidationError" => {
            let e = v1::HttpValidationError::decode(value).ok()?;
            let omitted_items = e.omitted_items.try_into().unwrap_or(0);
            ErrorKind::HttpValidationError { items: e.detail, omitted_items }
        }
        "RateLimited" => {
            let seconds = v1::RateLimited::decode(value).ok()?.retry_after;
            let seconds = seconds.and_then(|seconds| seconds.try_into().ok());
            ErrorKind::RateLimited { retry_after: seconds.map(Duration::from_secs) }
        }
        "SDKError" => ErrorKind::SdkError(v1::SdkError::decode(value).ok()?.into()),
        "OutcomeUnknown" => {
            let v1::OutcomeUnknown { operation, retry_safe, detail } = v1::OutcomeUnknown::decode(value).ok()?;
            ErrorKind::OutcomeUnknown { operation, retry_safe, detail }
        }
        "ConfirmOutcomeUnknown" => {
            let e = v1::ConfirmOutcomeUnknown::decode(value).ok()?;
            let lifts_at = e.lifts_at.and_then(|at| at.try_into().ok());
            ErrorKind::ConfirmOutcomeUnknown { lifts_at, detail: e.detail }
        }
        _ => read_detail(name, value)?,
    })
}

impl From<v1::SdkError> for SdkError {
    fn from(e: v1::SdkError) -> Self {
        Self {
            status_code: e.status_code.try_into().unwrap_or(0),
            body: e.body,
            body_truncated: e.body_truncated,
            headers: e.headers,
        }
    }
}

impl ErrorKind {
    /// The name in Polar's spelling, such as `HTTPValidationError`; `Other` if it has none.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotOpenCheckout { .. } => "NotOpenCheckout",
            Self::TokenError { .. } => "TokenError",
            Self::HttpValidationError { .. } => "HTTPValidationError",
            Self::RateLimited { .. } => "RateLimited",
            Self::SdkError(_) => "SDKError",
            Self::OutcomeUnknown { .. } => "OutcomeUnknown",
            Self::ConfirmOutcomeUnknown { .. } => "ConfirmOutcomeUnknown",
            _ => name_of_detail(self),
        }
    }
}
