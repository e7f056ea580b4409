//! What the values of JSON-LD's properties say, in all the shapes that pages give them.

use std::collections::HashMap;

use serde_json::Value;

use super::Object;

pub(super) fn resolve<'a>(node: &'a Object, ids: &HashMap<&str, &'a Object>) -> &'a Object {
    if node.contains_key("name") {
        return node;
    }
    let id = node.get("@id").and_then(Value::as_str);
    id.and_then(|id| ids.get(id)).copied().unwrap_or(node)
}

pub(super) fn name_of(value: &Value, ids: &HashMap<&str, &Object>) -> Option<String> {
    match value {
        Value::Array(several) => several.iter().find_map(|v| match v {
            Value::Array(_) => None,
            v => name_of_one(v, ids),
        }),
        value => name_of_one(value, ids),
    }
}

fn name_of_one(value: &Value, ids: &HashMap<&str, &Object>) -> Option<String> {
    match value {
        Value::Object(node) => resolve(node, ids).get("name").and_then(first_text),
        Value::String(name) => match ids.get(name.as_str()) {
            Some(node) => node.get("name").and_then(first_text),
            None => Some(name.clone()).filter(|n| !n.contains("://")),
        },
        _ => None,
    }
}

pub(super) fn image(value: &Value, ids: &HashMap<&str, &Object>) -> Option<String> {
    let value = match value {
        Value::Array(several) => several.first()?,
        value => value,
    };
    match value {
        Value::String(url) => Some(url.clone()),
        Value::Object(node) => {
            let id = node.get("@id").and_then(Value::as_str);
            let node = id.and_then(|id| ids.get(id)).copied().unwrap_or(node);
            ["url", "contentUrl"].iter().find_map(|k| node.get(*k).and_then(first_text))
        }
        _ => None,
    }
}

pub(super) fn language(value: &Value) -> Option<String> {
    match value {
        Value::Object(node) => ["alternateName", "@value", "name"]
            .iter()
            .find_map(|k| node.get(*k).and_then(first_text)),
        value => first_text(value),
    }
}

/// The first non-empty text in a value: itself, the first of several, or its `@value`.
pub(super) fn first_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|t| !t.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(several) => several.iter().find_map(|v| match v {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Object(node) => node.get("@value")?.as_str().map(ToOwned::to_owned),
            _ => None,
        }),
        Value::Object(node) => node.get("@value")?.as_str().map(ToOwned::to_owned),
        _ => None,
    }
}

pub(super) fn all_texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(several) => several
            .iter()
            .take(60)
            .filter_map(|v| match v {
                Value::Object(node) => node.get("name").and_then(first_text),
                v => first_text(v),
            })
            .collect(),
        value => first_text(value).into_iter().collect(),
    }
}

pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "http://schema.org/true" | "https://schema.org/true" => Some(true),
            "false" | "http://schema.org/false" | "https://schema.org/false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
