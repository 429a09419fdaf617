//! What fits what.

use serde_json::Value;

use crate::Result;

/// Fails where `got` is not what is wanted.
pub fn compare(path: &str, want: &Value, got: &Value) -> Result<()> {
    match (want, got) {
        (Value::Object(members), Value::Object(_) | Value::Null) if !members.is_empty() => {
            members.iter().try_for_each(|(name, member)| {
                compare(&format!("{path}.{name}"), member, got.get(name).unwrap_or(&Value::Null))
            })
        }
        (Value::Array(items), Value::Array(found)) if !items.is_empty() => {
            if items.len() != found.len() {
                return Err(format!("{path} has {} elements, not {}: {got}", found.len(), items.len()).into());
            }
            items.iter().zip(found).enumerate().try_for_each(|(i, (w, g))| compare(&format!("{path}[{i}]"), w, g))
        }
        (Value::Array(alternatives), Value::String(_)) if alternatives.iter().any(|w| fits(w, got)) => Ok(()),
        _ if fits(want, got) => Ok(()),
        _ => Err(format!("{path} is {got}, not {want}").into()),
    }
}

fn fits(want: &Value, got: &Value) -> bool {
    match want {
        Value::String(text) if text == "<any>" => !is_empty(got),
        Value::String(text) if text.starts_with("~ ") => got.as_str().is_some_and(|got| got.contains(&text[2..])),
        _ if is_empty(want) => is_empty(got),
        Value::Number(number) => same_number(number, got),
        _ => want == got,
    }
}

/// Protobuf's JSON has an int64 as a text.
fn same_number(want: &serde_json::Number, got: &Value) -> bool {
    match got {
        Value::Number(got) => want.as_f64() == got.as_f64(),
        Value::String(got) => *got == want.to_string(),
        _ => false,
    }
}

/// What protobuf's JSON leaves out.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}
