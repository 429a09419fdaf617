//! What a failed call says.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use prost::Message as _;
use tonic::{Code, Status};
use tonic_types::pb::{BadRequest, ErrorInfo, RetryInfo};

use crate::kind::{self, ErrorKind, SdkError};
use crate::rpc::Consequence;

/// A failed call.
///
/// [`kind`](Self::kind) is the error by Polar's name, if it has one; [`code`](Self::code) tells what to do where it has
/// none. [`retry_safe`](Self::retry_safe) tells whether sending the same call again does no harm.
///
/// ```
/// use checkoutsvc_client::{Error, ErrorKind};
///
/// fn advise(error: &Error) -> String {
///     match error.kind() {
///         ErrorKind::PaymentError { detail, .. } => format!("Please try another card: {detail}"),
///         ErrorKind::NotOpenCheckout { status, .. } if status.is_paid() => "It is paid already.".into(),
///         _ if error.retry_safe() => "Please try again.".into(),
///         _ => "We are finding out whether it was paid.".into(),
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    method: &'static str,
    code: Code,
    message: String,
    info: ErrorInfo,
    retry_delay: Option<Duration>,
    violations: Vec<FieldViolation>,
    kind: ErrorKind,
    answer: Option<SdkError>,
    status: Status,
}

/// One thing wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldViolation {
    /// Path of the field in the body or parameters, such as `customer_billing_address.country`. Empty if the body as a
    /// whole is meant.
    pub field: String,
    /// What is wrong, for developers.
    pub description: String,
}

impl Error {
    /// Reads the status of a call of `method`, such as `GetCheckout`, as the generated client gives it.
    ///
    /// It is for those who use that client, or who test code that handles errors: what [`Client`](crate::Client) gives
    /// is read already. A write that the service did not answer counts as sent.
    #[must_use]
    pub fn from_status(method: &'static str, status: Status) -> Self {
        Self::of_call(method, status, true)
    }

    /// The error of a call. `sent` tells whether the call may have left this machine.
    pub(crate) fn of_call(method: &'static str, status: Status, sent: bool) -> Self {
        let mut inner = Inner {
            method,
            code: status.code(),
            message: status.message().into(),
            info: ErrorInfo::default(),
            retry_delay: None,
            violations: Vec::new(),
            kind: ErrorKind::Other,
            answer: None,
            status,
        };
        inner.read_details();
        if sent && inner.info.domain.is_empty() && inner.kind == ErrorKind::Other {
            inner.kind = unanswered(method, inner.code);
        }
        Self(Box::new(inner))
    }

    /// The error of a client that cannot be made.
    pub(crate) fn of_connect(message: &str, no_runtime: bool) -> Self {
        let code = if no_runtime { Code::FailedPrecondition } else { Code::InvalidArgument };
        Self::of_call("connect", Status::new(code, message), false)
    }

    /// The method that failed, such as `ConfirmClientCheckout`, or `connect`.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.0.method
    }

    /// The status code, which tells what to do where nothing more is known.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What happened, for logs. The service's text begins with the error's name.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The error by Polar's name; [`Other`](ErrorKind::Other) if it has none that this version knows.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Polar's answer as it came, where it stands for no error by name. It can stand behind another kind: an
    /// [`OutcomeUnknown`](ErrorKind::OutcomeUnknown) that began with a 502 of Polar's has one.
    #[must_use]
    pub fn answer(&self) -> Option<&SdkError> {
        match &self.0.kind {
            ErrorKind::SdkError(answer) => Some(answer),
            _ => self.0.answer.as_ref(),
        }
    }

    /// Where the error arose: `polar.sh`, or `checkoutsvc` for the service itself. Empty if the service did not answer.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.0.info.domain
    }

    /// The error's name within the domain in upper snake case, such as `NOT_OPEN_CHECKOUT`. Empty without a domain.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.0.info.reason
    }

    /// What else the service tells, by name.
    #[must_use]
    pub fn metadata(&self) -> &HashMap<String, String> {
        &self.0.info.metadata
    }

    /// The HTTP status that Polar answered; `None` if it did not.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.0.info.metadata.get("http_status")?.parse().ok()
    }

    /// How long to wait before the call is worth repeating; `None` if the service names no time.
    #[must_use]
    pub fn retry_delay(&self) -> Option<Duration> {
        self.0.retry_delay
    }

    /// The fields that were refused, by Polar or by the service.
    #[must_use]
    pub fn violations(&self) -> &[FieldViolation] {
        &self.0.violations
    }

    /// The status as it came, with all its details.
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.0.status
    }

    /// Whether sending the very same call again does no harm. It says nothing about whether that helps: a refusal is
    /// repeated without harm and mostly without use. It is false for a confirm that may have been carried out, or that
    /// was held back because an earlier one may have been: read the checkout first.
    #[must_use]
    pub fn retry_safe(&self) -> bool {
        let inner = &self.0;
        match inner.kind {
            ErrorKind::OutcomeUnknown { retry_safe, .. } => retry_safe,
            ErrorKind::ConfirmOutcomeUnknown { .. } => false,
            // The service failed at a confirm in a way that this version has no name for.
            ErrorKind::Other => {
                Consequence::of(inner.method) != Consequence::Confirm
                    || inner.info.domain.is_empty()
                    || !matches!(inner.code, Code::Internal | Code::Unknown)
            }
            _ => true,
        }
    }
}

impl Inner {
    /// Reads the details of the status. What this version does not know stays in the status only.
    fn read_details(&mut self) {
        let Ok(details) = tonic_types::Status::decode(self.status.details()) else {
            return;
        };
        for detail in details.details {
            let name = detail.type_url.rsplit('/').next().unwrap_or_default();
            match name.strip_prefix("google.rpc.") {
                Some(standard) => self.read_standard(standard, &detail.value),
                None => self.read_named(name, &detail.value),
            }
        }
    }

    fn read_standard(&mut self, name: &str, value: &[u8]) {
        match name {
            "ErrorInfo" => self.info = ErrorInfo::decode(value).unwrap_or_default(),
            "RetryInfo" => {
                let delay = RetryInfo::decode(value).ok().and_then(|info| info.retry_delay);
                self.retry_delay = delay.and_then(|delay| delay.try_into().ok());
            }
            "BadRequest" => {
                let violations = BadRequest::decode(value).unwrap_or_default().field_violations;
                self.violations.extend(
                    violations.into_iter().map(|v| FieldViolation { field: v.field, description: v.description }),
                );
            }
            _ => {}
        }
    }

    /// Notes an error by Polar's name. An `SDKError` stands behind the others: it only shows what they are made of.
    fn read_named(&mut self, name: &str, value: &[u8]) {
        match (kind::read(name, value), &self.kind) {
            (None, _) => {}
            (Some(ErrorKind::SdkError(answer)), known) if *known != ErrorKind::Other => {
                self.answer = Some(answer);
            }
            (Some(new), ErrorKind::SdkError(answer)) => {
                self.answer = Some(answer.clone());
                self.kind = new;
            }
            (Some(new), _) => self.kind = new,
        }
    }
}

/// What became of a write that was sent to the service and got no answer of its: the same uncertainty as between the
/// service and Polar, so the same kind.
fn unanswered(method: &'static str, code: Code) -> ErrorKind {
    let unclear =
        matches!(code, Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Internal | Code::Unknown);
    match Consequence::of(method) {
        Consequence::Read => ErrorKind::Other,
        _ if !unclear => ErrorKind::Other,
        consequence => ErrorKind::OutcomeUnknown {
            operation: method.into(),
            retry_safe: consequence == Consequence::Write,
            detail: format!("sent to the service, which did not answer ({code:?})"),
        },
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}: {}", self.method(), self.code(), self.message())?;
        if self.code() == Code::Unauthenticated {
            f.write_str(" (give the client another token: Builder::token)")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("method", &self.method())
            .field("code", &self.code())
            .field("message", &self.message())
            .field("name", &self.kind().name()) // the kind's fields may hold what a buyer entered
            .field("domain", &self.domain())
            .field("reason", &self.reason())
            .field("violations", &self.violations())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.0.status)
    }
}
