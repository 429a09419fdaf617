//! A call with what its caller says about it, before it is made.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use prost_types::FieldMask;

use crate::v1::{
    ConfirmClientCheckoutRequest, CreateCheckoutRequest, RetryConfig, UpdateCheckoutRequest,
    UpdateClientCheckoutRequest,
};
use crate::{Client, Error, Rpc, perform::perform};

/// A call that is ready to be made: `.await` makes it.
///
/// ```no_run
/// # async fn example(client: checkoutsvc_client::Client) -> Result<(), checkoutsvc_client::Error> {
/// use std::time::Duration;
///
/// let checkout = client.get_checkout("id").timeout(Duration::from_secs(2)).await?;
/// # Ok(())
/// # }
/// ```
///
/// A future that is dropped ends the call on this side; a create or confirm that the service has sent to Polar is
/// carried out all the same.
#[must_use = "a call is made only when it is awaited"]
#[derive(Debug)]
pub struct Call<R: Rpc> {
    client: Client,
    request: R,
    timeout: Option<Duration>,
}

impl<R: Rpc> Call<R> {
    pub(crate) fn new(client: &Client, request: R) -> Self {
        Self { client: client.clone(), request, timeout: None }
    }

    /// How long this call may take altogether. Without it the client's default holds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How the service may repeat this call towards Polar. Without it the service's own rules hold.
    pub fn retries(mut self, retries: RetryConfig) -> Self {
        self.request.set_retries(retries);
        self
    }
}

impl Call<CreateCheckoutRequest> {
    /// Makes the call idempotent: a name of your own for this purchase, at most 255 bytes. The same name with the same
    /// checkout gives the first answer again; with another checkout it is
    /// [`RequestIdReused`](crate::ErrorKind::RequestIdReused).
    pub fn request_id(mut self, request_id: impl Into<String>) -> Self {
        self.request.request_id = request_id.into();
        self
    }
}

impl Call<UpdateCheckoutRequest> {
    /// Empties a field, which leaving it `None` does not. Call it once for each; a field that has a value in the
    /// update keeps that. Fields are named as in [`CheckoutUpdate`](crate::CheckoutUpdate). The service refuses names
    /// that are none, and fields that Polar cannot clear, such as `seats`, with
    /// [`InvalidArgument`](crate::Code::InvalidArgument).
    pub fn clear(mut self, field: impl Into<String>) -> Self {
        push(&mut self.request.update_mask, field);
        self
    }
}

impl Call<UpdateClientCheckoutRequest> {
    /// Empties a field, which leaving it `None` does not. Call it once for each; a field that has a value in the
    /// update keeps that. Fields are named as in [`CheckoutUpdatePublic`](crate::CheckoutUpdatePublic). The service
    /// refuses names that are none, and fields that Polar cannot clear, such as `seats`, with
    /// [`InvalidArgument`](crate::Code::InvalidArgument).
    pub fn clear(mut self, field: impl Into<String>) -> Self {
        push(&mut self.request.update_mask, field);
        self
    }
}

impl Call<ConfirmClientCheckoutRequest> {
    /// Confirms although an earlier confirm of this checkout has an unknown outcome, so that the buyer may be charged
    /// twice. Without it such a call is refused with
    /// [`ConfirmOutcomeUnknown`](crate::ErrorKind::ConfirmOutcomeUnknown).
    pub fn accept_second_charge_risk(mut self) -> Self {
        self.request.accept_second_charge_risk = true;
        self
    }
}

fn push(mask: &mut Option<FieldMask>, field: impl Into<String>) {
    mask.get_or_insert_default().paths.push(field.into());
}

impl<R: Rpc> IntoFuture for Call<R> {
    type Output = Result<R::Answer, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(mut self) -> Self::IntoFuture {
        self.request.complete();
        Box::pin(perform(self.client, self.request, self.timeout))
    }
}
