//! How a call is made: its deadline, its attempts, and what its failure means.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep, timeout_at};
use tonic::metadata::{AsciiMetadataValue, MetadataValue};
use tonic::{Code, Request, Status};

use crate::connect::innermost;
use crate::rpc::Consequence;
use crate::v1::checkout_service_client::CheckoutServiceClient;
use crate::wire::{Sent, Wire};
use crate::{Client, Error, Rpc};

/// The size of the largest answer that a client takes, in bytes. It is what the service takes from Polar; tonic's own
/// 4 MiB would refuse a full page of checkouts with many products.
const MAX_RECEIVE: usize = 64 << 20;

/// The longest deadline, which no clock overflows and every header can hold.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Reads are sent at most so often.
const ATTEMPTS: u32 = 3;

/// Makes a call, a read up to three times while the service cannot be reached or cannot reach Polar. Writes are
/// repeated by nobody but the service (B 8.3).
pub(crate) async fn perform<R: Rpc>(client: Client, request: R, timeout: Option<Duration>) -> Result<R::Answer, Error> {
    let limit = timeout.or(client.settings.timeout).unwrap_or(R::TIMEOUT);
    let deadline = Instant::now() + limit.min(LONGEST);
    let repeatable = Consequence::of(R::NAME) == Consequence::Read;
    for attempt in 1.. {
        let sent = Sent::default();
        let failure = match once(&client, request.clone(), deadline, sent.clone()).await {
            Ok(answer) => {
                client.budget.earn();
                return Ok(answer);
            }
            Err(failure) => failure,
        };
        let pause = pause(attempt);
        let again = repeatable
            && failure.code() == Code::Unavailable
            && client.budget.spend()
            && attempt < ATTEMPTS
            && Instant::now() + pause < deadline;
        if !again {
            return Err(Error::of_call(R::NAME, failure, sent.get()));
        }
        sleep(pause).await;
    }
    unreachable!("the loop ends with an answer or an error")
}

/// Sends a call once.
async fn once<R: Rpc>(client: &Client, message: R, deadline: Instant, sent: Sent) -> Result<R::Answer, Status> {
    let mut request = Request::new(message);
    let left = deadline.saturating_duration_since(Instant::now());
    request.set_timeout(left);
    let metadata = request.metadata_mut();
    if let Some(token) = client.settings.token() {
        metadata.insert("authorization", bearer(&token)?);
    }
    if let Some(organization) = &client.settings.organization {
        metadata.insert("polar-organization", organization.clone());
    }
    let wire = Wire { channel: client.channel.clone(), sent: sent.clone() };
    let stub = CheckoutServiceClient::new(wire).max_decoding_message_size(MAX_RECEIVE);
    match timeout_at(deadline, R::send(request, stub)).await {
        Ok(Ok(response)) => Ok(response.into_inner()),
        Ok(Err(status)) => Err(explained(status, &client.settings.address, sent.get())),
        Err(_) => Err(late(&client.settings.address, sent.get())),
    }
}

/// What tonic made of a connection that failed, in terms of what to do about it. What the service answered stays.
fn explained(status: Status, address: &str, sent: bool) -> Status {
    let Some(source) = std::error::Error::source(&status) else {
        return status;
    };
    if is_timeout(source) {
        return late(address, sent);
    }
    let code = match status.code() {
        Code::Unknown | Code::Cancelled => Code::Unavailable,
        code => code,
    };
    let message = if sent {
        format!("lost the connection to the service at {address}: {}", innermost(source))
    } else {
        format!(
            "cannot reach the service at {address}: {}; check the address, and that both sides use TLS or neither does",
            innermost(source)
        )
    };
    let mut explained = Status::new(code, message);
    explained.set_source(Arc::new(status));
    explained
}

fn is_timeout(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<tonic::TimeoutExpired>() || error.source().is_some_and(is_timeout)
}

fn late(address: &str, sent: bool) -> Status {
    Status::deadline_exceeded(if sent {
        format!("no answer of the service at {address} before the deadline")
    } else {
        format!("no connection to the service at {address} before the deadline; check the address")
    })
}

/// The header of a token, marked so that nothing prints or compresses it.
fn bearer(token: &str) -> Result<AsciiMetadataValue, Status> {
    let mut value: AsciiMetadataValue = MetadataValue::try_from(format!("Bearer {token}"))
        .map_err(|_| Status::invalid_argument("the token holds a character that no header can; nothing was sent"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The pause after an attempt: 100 ms, then three times as long, a fifth more or less so that clients don't act as one.
fn pause(attempt: u32) -> Duration {
    let nanos = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |now| now.subsec_nanos());
    let jitter = 0.8 + f64::from(nanos % 1000) / 2500.0;
    (Duration::from_millis(100) * 3u32.pow(attempt - 1)).mul_f64(jitter)
}

/// Keeps reads from being repeated while most of them fail, when repeating makes it worse: it holds ten tokens, a
/// failure costs one, a success earns a tenth, and while it is not more than half full nothing is repeated.
#[derive(Debug)]
pub(crate) struct Budget(AtomicI32);

impl Budget {
    const FULL: i32 = 100;

    pub(crate) fn new() -> Self {
        Self(AtomicI32::new(Self::FULL))
    }

    fn earn(&self) {
        self.add(1);
    }

    /// Pays for a failure and tells whether it may be repeated.
    fn spend(&self) -> bool {
        self.add(-10) > Self::FULL / 2
    }

    fn add(&self, tenths: i32) -> i32 {
        let sum = |had: i32| (had + tenths).clamp(0, Self::FULL);
        let update = |had| Some(sum(had));
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, update).map_or(0, sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_mostly_fails_is_not_asked_again() {
        let budget = Budget::new();
        let repeated = (0..100).filter(|_| budget.spend()).count();
        assert_eq!(repeated, 4);
        for _ in 0..60 {
            budget.earn();
        }
        assert!(!budget.spend());
        budget.earn();
        for _ in 0..10 {
            budget.earn();
        }
        assert!(budget.spend());
    }

    #[test]
    fn pauses_grow_and_vary_by_a_fifth() {
        for (attempt, millis) in [(1, 100), (2, 300)] {
            let pause = pause(attempt).as_millis();
            assert!(pause >= millis * 8 / 10 && pause <= millis * 12 / 10, "{pause}");
        }
    }

    #[test]
    fn a_token_that_no_header_can_hold_is_not_shown() {
        let refused = bearer("secret\n").unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert!(!format!("{refused:?}").contains("secret"));
        assert!(!format!("{:?}", bearer("secret").unwrap()).contains("secret"));
    }
}
