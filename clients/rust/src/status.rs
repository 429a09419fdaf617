//! The questions that are easily answered wrongly.

use crate::v1::{Checkout, CheckoutPublic, CheckoutPublicConfirmed, CheckoutStatus};

impl CheckoutStatus {
    /// Whether a checkout is paid, or free and done: only then deliver. `Confirmed` is not paid: the payment has begun,
    /// and if it fails the checkout is open again.
    #[must_use]
    pub fn is_paid(self) -> bool {
        self == Self::Succeeded
    }

    /// Whether a checkout will never change its status again: it succeeded, expired or failed. A status that this
    /// version does not know counts as not final.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Expired | Self::Failed)
    }
}

macro_rules! questions {
    ($($message:ident),*) => {$(
        impl $message {
            /// Whether it is paid, or free and done: only then deliver. A checkout that is `Confirmed` is not.
            #[must_use]
            pub fn is_paid(&self) -> bool {
                self.status().is_paid()
            }

            /// Whether its status will never change again.
            #[must_use]
            pub fn is_final(&self) -> bool {
                self.status().is_final()
            }
        }
    )*};
}

questions!(Checkout, CheckoutPublic, CheckoutPublicConfirmed);
