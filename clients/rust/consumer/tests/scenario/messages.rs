//! Messages from protobuf's JSON and back, and the values of free maps as an application writes and reads them.

use std::collections::HashMap;
use std::sync::LazyLock;

use checkoutsvc_client::v1;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::{Map, Value, json};

use crate::Result;

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(&include_bytes!("../descriptors.binpb")[..]).expect("descriptors"));

fn descriptor(name: &str) -> Result<MessageDescriptor> {
    let full = format!("polar.checkouts.v1.{name}");
    POOL.get_message_by_name(&full).ok_or_else(|| format!("no message {full}").into())
}

/// Reads a message out of protobuf's JSON.
pub fn message<M: Message + Default>(name: &str, fields: &Map<String, Value>) -> Result<M> {
    Ok(DynamicMessage::deserialize(descriptor(name)?, Value::Object(fields.clone()))?.transcode_to()?)
}

/// Writes a message as protobuf's JSON, with the names of the proto files.
pub fn to_json(name: &str, message: &impl Message) -> Result<Value> {
    let mut dynamic = DynamicMessage::new(descriptor(name)?);
    dynamic.transcode_from(message)?;
    let options = SerializeOptions::new().use_proto_field_name(true);
    Ok(dynamic.serialize_with_options(serde_json::value::Serializer, &options)?)
}

/// Takes a free map out of the fields and gives it Rust's own values.
pub fn take_map<V>(fields: &mut Map<String, Value>, name: &str) -> Result<HashMap<String, V>>
where
    V: From<String> + From<i64> + From<f64> + From<bool>,
{
    let Some(map) = fields.remove(name) else {
        return Ok(HashMap::new());
    };
    let map = map.as_object().ok_or("a free map that is none")?.clone();
    map.into_iter().map(|(key, tagged)| Ok((key, native(&tagged)?))).collect()
}

fn native<V>(tagged: &Value) -> Result<V>
where
    V: From<String> + From<i64> + From<f64> + From<bool>,
{
    let (kind, value) = tagged.as_object().and_then(|tagged| tagged.iter().next()).ok_or("an untagged value")?;
    match kind.as_str() {
        "string_value" => value.as_str().map(|text| V::from(text.to_string())),
        "integer_value" => value.as_i64().map(V::from),
        "double_value" => value.as_f64().map(V::from),
        "bool_value" => value.as_bool().map(V::from),
        _ => None,
    }
    .ok_or_else(|| format!("no such value: {tagged}").into())
}

/// A value of an answer, tagged with the type that the client gives it.
pub trait Tagged {
    fn tagged(&self) -> Value;
}

macro_rules! tagged {
    ($($message:ident),*) => {$(
        impl Tagged for v1::$message {
            fn tagged(&self) -> Value {
                None.or_else(|| self.as_str().map(|text| json!({"string_value": text})))
                    .or_else(|| self.as_i64().map(|number| json!({"integer_value": number})))
                    .or_else(|| self.as_f64().map(|number| json!({"double_value": number})))
                    .or_else(|| self.as_bool().map(|value| json!({"bool_value": value})))
                    .unwrap_or_default()
            }
        }
    )*};
}

tagged!(MetadataValue, CustomFieldValue);

/// The map of an answer with its values tagged.
pub fn tagged_map(map: &HashMap<String, impl Tagged>) -> Map<String, Value> {
    map.iter().map(|(key, value)| (key.clone(), value.tagged())).collect()
}
