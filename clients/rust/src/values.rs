//! Rust's own values in place of the messages for values and retries.

use std::time::Duration;

use crate::v1::{
    BackoffStrategy, CustomFieldInputValue, CustomFieldValue, MetadataInputValue, MetadataValue, RetryConfig,
    RetryStrategy, custom_field_input_value, custom_field_value, metadata_input_value, metadata_value,
};

/// Makes input values of Rust's. The kind of a number is kept: 1 and 1.0 are different values.
macro_rules! input {
    ($message:ident, $module:ident, $($from:ty => $variant:ident),*) => {$(
        impl From<$from> for $message {
            fn from(value: $from) -> Self {
                Self { value: Some($module::Value::$variant(value.into())) }
            }
        }
    )*};
    ($message:ident, $module:ident) => {
        input!($message, $module, &str => StringValue, String => StringValue, bool => BoolValue,
            i32 => IntegerValue, u32 => IntegerValue, i64 => IntegerValue, f64 => DoubleValue);
    };
}

input!(MetadataInputValue, metadata_input_value);
input!(CustomFieldInputValue, custom_field_input_value);

/// Reads values of an answer as Rust's.
macro_rules! answered {
    ($message:ident, $module:ident) => {
        impl $message {
            /// The text, if it is one.
            #[must_use]
            pub fn as_str(&self) -> Option<&str> {
                match &self.value {
                    Some($module::Value::StringValue(text)) => Some(text),
                    _ => None,
                }
            }

            /// The whole number, if it is one.
            #[must_use]
            pub fn as_i64(&self) -> Option<i64> {
                match self.value {
                    Some($module::Value::IntegerValue(number)) => Some(number),
                    _ => None,
                }
            }

            /// The number, if it is one with a fraction; a whole number is none.
            #[must_use]
            pub fn as_f64(&self) -> Option<f64> {
                match self.value {
                    Some($module::Value::DoubleValue(number)) => Some(number),
                    _ => None,
                }
            }

            /// True or false, if it is that.
            #[must_use]
            pub fn as_bool(&self) -> Option<bool> {
                match self.value {
                    Some($module::Value::BoolValue(value)) => Some(value),
                    _ => None,
                }
            }

            /// JSON text of a value that none of the other types holds exactly, such as an integer beyond `i64`.
            #[must_use]
            pub fn as_json(&self) -> Option<&str> {
                match &self.value {
                    Some($module::Value::UnmodelledJson(text)) => Some(text),
                    _ => None,
                }
            }
        }
    };
}

answered!(MetadataValue, metadata_value);
answered!(CustomFieldValue, custom_field_value);

impl RetryConfig {
    /// One attempt only.
    #[must_use]
    pub fn none() -> Self {
        Self { strategy: Some(RetryStrategy::None.into()), ..Default::default() }
    }

    /// Further attempts, with pauses that begin with `initial` and grow by `factor` up to `longest`, until `give_up`
    /// has passed since the first. An attempt that got no answer is repeated too, where that does no harm.
    #[must_use]
    pub fn backoff(initial: Duration, factor: f64, longest: Duration, give_up: Duration) -> Self {
        let millis = |time: Duration| Some(i64::try_from(time.as_millis()).unwrap_or(i64::MAX));
        Self {
            strategy: Some(RetryStrategy::Backoff.into()),
            backoff: Some(BackoffStrategy {
                initial_interval: millis(initial),
                max_interval: millis(longest),
                exponent: Some(factor),
                max_elapsed_time: millis(give_up),
            }),
            retry_connection_errors: Some(true),
        }
    }
}
