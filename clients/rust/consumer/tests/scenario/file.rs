//! The words of the scenario's file. A word that is not here fails.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Result;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub variables: HashMap<String, String>,
    pub cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    pub needs: Option<String>,
    /// Parsed as a [`Step`] each, once its variables are known.
    pub steps: Vec<Value>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    pub polar: Option<String>,
    pub body: Option<Value>,
    pub call: String,
    pub id: String,
    pub client_secret: String,
    pub fields: Map<String, Value>,
    pub clear: Vec<String>,
    pub request_id: Option<String>,
    pub retries: Option<Value>,
    pub accept_second_charge_risk: bool,
    pub timeout_ms: Option<u64>,
    pub take: Option<usize>,
    pub client: Option<Connection>,
    pub expect: Expect,
    pub save: HashMap<String, String>,
}

/// How the client of one step differs from that of the others.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    pub address: Option<String>,
    pub token: Option<String>,
    pub timeout_ms: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    pub answer: Option<Value>,
    pub metadata: Map<String, Value>,
    pub custom_field_data: Map<String, Value>,
    pub unmodelled: Map<String, Value>,
    pub paid: Option<bool>,
    #[serde(rename = "final")]
    pub is_final: Option<bool>,
    pub count: Option<usize>,
    pub error: Option<Map<String, Value>>,
}

/// A step with the values of its variables.
pub fn expand(value: &Value, variables: &HashMap<String, String>) -> Result<Value> {
    Ok(match value {
        Value::String(text) => Value::String(expand_text(text, variables)?),
        Value::Array(items) => items.iter().map(|item| expand(item, variables)).collect::<Result<_>>()?,
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| Ok((expand_text(name, variables)?, expand(member, variables)?)))
            .collect::<Result<Map<_, _>>>()?
            .into(),
        other => other.clone(),
    })
}

fn expand_text(text: &str, variables: &HashMap<String, String>) -> Result<String> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, left) = after.split_once('}').ok_or("a variable without an end")?;
        expanded += before;
        expanded += variables.get(name).ok_or_else(|| format!("unknown variable {name}"))?;
        rest = left;
    }
    Ok(expanded + rest)
}
