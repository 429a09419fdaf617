//! An answer, and what the client's helpers say of it.

use std::collections::HashMap;

use checkoutsvc_client::{Checkout, CheckoutPublic, CheckoutPublicConfirmed, ListCheckoutsResponse, unmodelled};
use serde_json::{Map, Value};

use crate::Result;
use crate::compare::compare;
use crate::file::Expect;
use crate::messages::{tagged_map, to_json};

/// What was answered, in the scenario's words.
#[derive(Default)]
pub struct Answer {
    pub json: Value,
    metadata: Map<String, Value>,
    custom_field_data: Map<String, Value>,
    unmodelled: HashMap<String, String>,
    paid: Option<bool>,
    is_final: Option<bool>,
}

/// Whether this is what was expected.
pub fn check(expect: &Expect, answer: &Answer) -> Result<()> {
    if let Some(want) = &expect.answer {
        compare("answer", want, &answer.json)?;
    }
    exact("metadata", &expect.metadata, &answer.metadata)?;
    exact("custom_field_data", &expect.custom_field_data, &answer.custom_field_data)?;
    for (name, want) in &expect.unmodelled {
        let got: Option<Value> = unmodelled(&answer.unmodelled, name)?;
        if got.as_ref() != Some(want) {
            return Err(format!("unmodelled {name} is {got:?}, not {want}").into());
        }
    }
    same("paid", expect.paid, answer.paid)?;
    same("final", expect.is_final, answer.is_final)
}

fn exact(what: &str, want: &Map<String, Value>, got: &Map<String, Value>) -> Result<()> {
    match want.iter().find(|(key, value)| got.get(*key) != Some(*value)) {
        Some((key, value)) => Err(format!("{what}[{key}] is {:?}, not {value}", got.get(key)).into()),
        None => Ok(()),
    }
}

fn same(what: &str, want: Option<bool>, got: Option<bool>) -> Result<()> {
    if want.is_some() && want != got {
        return Err(format!("{what} is {got:?}, not {want:?}").into());
    }
    Ok(())
}

/// A message as the scenario speaks of it.
pub trait Told {
    fn told(&self) -> Result<Answer>;
}

impl Told for ListCheckoutsResponse {
    fn told(&self) -> Result<Answer> {
        Ok(Answer { json: to_json("ListCheckoutsResponse", self)?, ..Default::default() })
    }
}

macro_rules! told {
    ($($message:ident $($metadata:ident)?),*) => {$(
        impl Told for $message {
            #[allow(clippy::needless_update)] // only a Checkout has metadata
            fn told(&self) -> Result<Answer> {
                Ok(Answer {
                    json: to_json(stringify!($message), self)?,
                    $($metadata: tagged_map(&self.$metadata),)?
                    custom_field_data: tagged_map(&self.custom_field_data),
                    unmodelled: self.unmodelled_json.clone(),
                    paid: Some(self.is_paid()),
                    is_final: Some(self.is_final()),
                    ..Default::default()
                })
            }
        }
    )*};
}

told!(Checkout metadata, CheckoutPublic, CheckoutPublicConfirmed);
