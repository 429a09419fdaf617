//! The update mask, which no caller writes: a caller names what to clear.

use std::collections::HashMap;

use prost_types::FieldMask;

use crate::v1::{CheckoutUpdate, CheckoutUpdatePublic, UpdateCheckoutRequest, UpdateClientCheckoutRequest};

/// A field that can be set or not.
trait Field {
    fn is_set(&self) -> bool;
}

impl<T> Field for Option<T> {
    fn is_set(&self) -> bool {
        self.is_some()
    }
}

impl<K, V> Field for HashMap<K, V> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

/// An update, which knows the names of its fields that are set.
trait Update {
    fn set_fields(&self) -> Vec<&'static str>;
}

/// Lists every field of a message, so that one that is added does not compile until it is here. Unmodelled members
/// need no mask.
macro_rules! update {
    ($message:ident { $($field:ident),* $(,)? }) => {
        impl Update for $message {
            #[allow(deprecated)]
            fn set_fields(&self) -> Vec<&'static str> {
                let $message { $($field,)* unmodelled_json: _ } = self;
                [$((stringify!($field), $field.is_set())),*]
                    .into_iter()
                    .filter_map(|(name, set)| set.then_some(name))
                    .collect()
            }
        }
    };
}

update!(CheckoutUpdate {
    custom_field_data,
    product_id,
    product_price_id,
    amount,
    seats,
    units,
    is_business_customer,
    customer_name,
    customer_email,
    customer_billing_name,
    customer_billing_address,
    customer_tax_id,
    locale,
    trial_interval,
    trial_interval_count,
    metadata,
    currency,
    discount_id,
    allow_discount_codes,
    require_billing_address,
    allow_trial,
    customer_ip_address,
    customer_metadata,
    success_url,
    return_url,
    embed_origin,
});

update!(CheckoutUpdatePublic {
    custom_field_data,
    product_id,
    product_price_id,
    amount,
    seats,
    units,
    is_business_customer,
    customer_name,
    customer_email,
    customer_billing_name,
    customer_billing_address,
    customer_tax_id,
    locale,
    payment_method_type,
    discount_code,
    allow_trial,
});

/// Adds to a mask that lists what to clear what the update sets. Without a mask all that is set is sent anyway.
fn complete(mask: Option<&mut FieldMask>, update: Option<&impl Update>) {
    let (Some(mask), Some(update)) = (mask, update) else {
        return;
    };
    for name in update.set_fields() {
        if !mask.paths.iter().any(|path| path == name) {
            mask.paths.push(name.into());
        }
    }
}

impl UpdateCheckoutRequest {
    pub(crate) fn complete_mask(&mut self) {
        complete(self.update_mask.as_mut(), self.checkout_update.as_ref());
    }
}

impl UpdateClientCheckoutRequest {
    pub(crate) fn complete_mask(&mut self) {
        complete(self.update_mask.as_mut(), self.checkout_update_public.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_joins_what_is_cleared() {
        let mut request = UpdateCheckoutRequest {
            checkout_update: Some(CheckoutUpdate {
                amount: Some(0),
                metadata: HashMap::from([("order".into(), 7.into())]),
                customer_name: Some("Ada".into()),
                unmodelled_json: HashMap::from([("gift_wrap".into(), "true".into())]),
                ..Default::default()
            }),
            update_mask: Some(FieldMask { paths: vec!["discount_id".into(), "customer_name".into()] }),
            ..Default::default()
        };
        request.complete_mask();
        let mut paths = request.update_mask.unwrap().paths;
        paths.sort();
        assert_eq!(paths, ["amount", "customer_name", "discount_id", "metadata"]);
    }

    #[test]
    fn nothing_cleared_needs_no_mask() {
        let mut request = UpdateClientCheckoutRequest {
            checkout_update_public: Some(CheckoutUpdatePublic { amount: Some(500), ..Default::default() }),
            ..Default::default()
        };
        request.complete_mask();
        assert_eq!(request.update_mask, None);
    }
}
