//! The client and its methods.

use std::fmt;
use std::sync::Arc;

use tonic::transport::Channel;

use crate::connect::{Builder, Settings};
use crate::perform::Budget;
use crate::v1::{
    CheckoutConfirmStripe, CheckoutCreate, CheckoutUpdate, CheckoutUpdatePublic, ConfirmClientCheckoutRequest,
    CreateCheckoutRequest, GetCheckoutRequest, GetClientCheckoutRequest, ListCheckoutsRequest, UpdateCheckoutRequest,
    UpdateClientCheckoutRequest,
};
use crate::{Call, Checkouts, Error};

/// A client of one checkoutsvc. It is cheap to clone, and clones share one connection, which closes when the last of
/// them is dropped.
///
/// Each method gives a [`Call`], which is made when it is awaited, and fails with an [`Error`]. Besides the
/// [`ErrorKind`](crate::ErrorKind)s named at each method, every method can fail with `RateLimited`, `SdkError` (anything
/// unforeseen), `TokenError` and `Unauthorized`; one that writes fails with `OutcomeUnknown` when it was sent and not
/// answered.
#[derive(Clone)]
pub struct Client {
    pub(crate) channel: Channel,
    pub(crate) settings: Arc<Settings>,
    pub(crate) budget: Arc<Budget>,
}

impl Client {
    /// A client of the service at `address` with the defaults of [`Builder`].
    ///
    /// It does not connect yet: the first call does.
    ///
    /// # Errors
    /// As [`Builder::connect`].
    pub fn connect(address: impl Into<String>) -> Result<Self, Error> {
        Self::builder(address).connect()
    }

    /// A client of the service at `address`, yet to be told how to connect.
    pub fn builder(address: impl Into<String>) -> Builder {
        Builder::new(address.into())
    }

    /// Lists one page of the checkouts that the token can see. [`list_all`](Self::list_all) takes all pages.
    /// A checkout that was just made may be missing for a moment.
    ///
    /// Kinds of error: `HttpValidationError`.
    pub fn list_checkouts(&self, request: ListCheckoutsRequest) -> Call<ListCheckoutsRequest> {
        Call::new(self, request)
    }

    /// All checkouts that the request lets pass, fetched page after page while they are asked for.
    pub fn list_all(&self, request: ListCheckoutsRequest) -> Checkouts {
        Checkouts::new(self, request)
    }

    /// Creates a checkout, open for 24 hours. Send the buyer to its `url`, or build a form of your own with its
    /// `client_secret`. Repeating it after `OutcomeUnknown` leaves at worst one open checkout too many, which expires
    /// unused.
    ///
    /// Kinds of error: `HttpValidationError`, `NotPermitted`, `InvalidQuantityError`, `TaxCalculationTechnicalError`, and
    /// with a [`request_id`](Call::request_id) `RequestIdReused` and `RequestInProgress`.
    pub fn create_checkout(&self, checkout: CheckoutCreate) -> Call<CreateCheckoutRequest> {
        let request = CreateCheckoutRequest { checkout_create: Some(checkout), ..Default::default() };
        Call::new(self, request)
    }

    /// Reads one checkout, whatever its status.
    ///
    /// Kinds of error: `ResourceNotFound`, `NotPermitted`, `HttpValidationError`.
    pub fn get_checkout(&self, id: impl Into<String>) -> Call<GetCheckoutRequest> {
        Call::new(self, GetCheckoutRequest { id: id.into(), ..Default::default() })
    }

    /// Changes an open checkout; amounts and tax are computed anew. Fields that are `None` stay as they are;
    /// [`clear`](Call::clear) empties them.
    ///
    /// Kinds of error: `ResourceNotFound`, `NotOpenCheckout`, `AlreadyActiveSubscriptionError`, `CheckoutLocked`,
    /// `NotPermitted`, `HttpValidationError`, `InvalidQuantityError`, `TaxCalculationTechnicalError`,
    /// `NoPricesForCurrencies`.
    pub fn update_checkout(&self, id: impl Into<String>, update: CheckoutUpdate) -> Call<UpdateCheckoutRequest> {
        let checkout_update = Some(update);
        Call::new(self, UpdateCheckoutRequest { id: id.into(), checkout_update, ..Default::default() })
    }

    /// Reads one checkout as its buyer.
    ///
    /// Kinds of error: `ResourceNotFound`, `ExpiredCheckoutError`, `NotPermitted`, `HttpValidationError`.
    pub fn get_client_checkout(&self, client_secret: impl Into<String>) -> Call<GetClientCheckoutRequest> {
        let client_secret = client_secret.into();
        Call::new(self, GetClientCheckoutRequest { client_secret, ..Default::default() })
    }

    /// Changes an open checkout as its buyer; amounts and tax are computed anew. Fields that are `None` stay as they are;
    /// [`clear`](Call::clear) empties them.
    ///
    /// Kinds of error: those of [`update_checkout`](Self::update_checkout), `ExpiredCheckoutError` and
    /// `DiscountRedemptionLimitReached`.
    pub fn update_client_checkout(
        &self,
        client_secret: impl Into<String>,
        update: CheckoutUpdatePublic,
    ) -> Call<UpdateClientCheckoutRequest> {
        let request = UpdateClientCheckoutRequest {
            client_secret: client_secret.into(),
            checkout_update_public: Some(update),
            ..Default::default()
        };
        Call::new(self, request)
    }

    /// Confirms an open checkout: charges the buyer, or finishes it where nothing is due. The answer says that the
    /// payment has begun, not that it is paid: read the checkout until it [`is_paid`](crate::Checkout::is_paid), or is
    /// open again because the payment failed.
    ///
    /// Never repeat it blindly: [`Error::retry_safe`] tells whether the buyer may have been charged.
    ///
    /// Kinds of error: those of [`update_client_checkout`](Self::update_client_checkout), `PaymentError`,
    /// `PaymentNotReady`, `TrialAlreadyRedeemed`, `CheckoutCustomerDeleted`, `CheckoutCustomerExternalIdMismatch`,
    /// `ConfirmOutcomeUnknown`.
    pub fn confirm_client_checkout(
        &self,
        client_secret: impl Into<String>,
        consent: CheckoutConfirmStripe,
    ) -> Call<ConfirmClientCheckoutRequest> {
        let request = ConfirmClientCheckoutRequest {
            client_secret: client_secret.into(),
            checkout_confirm_stripe: Some(consent),
            ..Default::default()
        };
        Call::new(self, request)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("address", &self.settings.address).finish_non_exhaustive()
    }
}
