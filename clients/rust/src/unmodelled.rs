//! Members of Polar's answers that the messages have no place for.

use std::collections::HashMap;

use serde::de::DeserializeOwned;

/// Reads a member of Polar's answer that a message has no place for, such as one that Polar added lately, out of the
/// message's `unmodelled_json`. `None` if there is no such member.
///
/// ```
/// # fn example(checkout: checkoutsvc_client::Checkout) -> Result<(), serde_json::Error> {
/// use checkoutsvc_client::unmodelled;
///
/// let loyalty: Option<serde_json::Value> = unmodelled(&checkout.unmodelled_json, "loyalty")?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// If the member is no `T`.
#[allow(clippy::implicit_hasher)] // all messages have this one
pub fn unmodelled<T: DeserializeOwned>(
    members: &HashMap<String, String>,
    name: &str,
) -> Result<Option<T>, serde_json::Error> {
    members.get(name).map(|text| serde_json::from_str(text)).transpose()
}
