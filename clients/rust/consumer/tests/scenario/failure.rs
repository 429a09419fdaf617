//! An error in the scenario's words.

use std::time::SystemTime;

use checkoutsvc_client::{Code, Error, ErrorKind};
use serde_json::{Map, Value, json};

use crate::Result;
use crate::compare::compare;
use crate::messages::to_json;

/// Whether this is the error that was expected, and came.
pub fn check(want: Option<&Map<String, Value>>, got: Option<&Error>) -> Result<()> {
    match (want, got) {
        (None, None) => Ok(()),
        (None, Some(error)) => Err(format!("it failed: {error:?}").into()),
        (Some(want), None) => Err(format!("no error came, but {want:?} was expected").into()),
        (Some(want), Some(error)) => {
            let told = told(error)?;
            for (name, wanted) in want {
                let got = told.get(name).ok_or_else(|| format!("unknown word in an error: {name}"))?;
                compare(name, wanted, got).map_err(|problem| format!("{problem}; {error:?}"))?;
            }
            Ok(())
        }
    }
}

fn told(error: &Error) -> Result<Value> {
    let violations: Vec<_> =
        error.violations().iter().map(|v| json!({"field": v.field, "description": v.description})).collect();
    Ok(json!({
        "class": match error.kind() { ErrorKind::Other => "CheckoutsvcError", kind => kind.name() },
        "method": error.method(),
        "code": code_name(error.code()),
        "domain": error.domain(),
        "reason": error.reason(),
        "message": error.message(),
        "http_status": error.http_status(),
        "violations": violations,
        "metadata": error.metadata(),
        "retry_delay_ms": error.retry_delay().map(|delay| delay.as_millis() as u64),
        "retry_safe": error.retry_safe(),
        "fields": fields(error.kind())?,
    }))
}

fn fields(kind: &ErrorKind) -> Result<Value> {
    Ok(match kind {
        ErrorKind::NotOpenCheckout { detail, status, .. } => json!({"detail": detail, "status": status.as_str_name()}),
        ErrorKind::TokenError { name, description, .. } => json!({"name": name, "description": description}),
        ErrorKind::HttpValidationError { items, omitted_items, .. } => {
            let items = items.iter().map(|item| to_json("ValidationError", item)).collect::<Result<Vec<_>>>()?;
            json!({"items": items, "omitted_items": omitted_items})
        }
        ErrorKind::RateLimited { retry_after, .. } => json!({"retry_after": retry_after.map(|pause| pause.as_secs())}),
        ErrorKind::SdkError(e) => json!({
            "status_code": e.status_code, "body": e.body, "body_truncated": e.body_truncated, "headers": e.headers,
        }),
        ErrorKind::OutcomeUnknown { operation, retry_safe, detail, .. } => {
            json!({"operation": operation, "retry_safe": retry_safe, "detail": detail})
        }
        ErrorKind::ConfirmOutcomeUnknown { lifts_at, detail, .. } => {
            let at = lifts_at.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
            json!({"lifts_at": at.map(|at| at.as_secs()), "detail": detail})
        }
        ErrorKind::ResourceNotFound { detail, .. }
        | ErrorKind::ExpiredCheckoutError { detail, .. }
        | ErrorKind::AlreadyActiveSubscriptionError { detail, .. }
        | ErrorKind::PaymentNotReady { detail, .. }
        | ErrorKind::PaymentError { detail, .. }
        | ErrorKind::TrialAlreadyRedeemed { detail, .. }
        | ErrorKind::DiscountRedemptionLimitReached { detail, .. }
        | ErrorKind::CheckoutLocked { detail, .. }
        | ErrorKind::CheckoutCustomerDeleted { detail, .. }
        | ErrorKind::CheckoutCustomerExternalIdMismatch { detail, .. }
        | ErrorKind::InvalidQuantityError { detail, .. }
        | ErrorKind::NotPermitted { detail, .. }
        | ErrorKind::Unauthorized { detail, .. }
        | ErrorKind::TaxCalculationTechnicalError { detail, .. }
        | ErrorKind::NoPricesForCurrencies { detail, .. }
        | ErrorKind::RequestIdReused { detail, .. }
        | ErrorKind::RequestInProgress { detail, .. } => json!({"detail": detail}),
        _ => Value::Null,
    })
}

/// A code as gRPC spells it.
fn code_name(code: Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}
