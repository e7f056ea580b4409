//! Laying one table of settings over another.

use toml::{Table, Value};

use super::ConfigError;

/// Lays `over` on `base`; every key must exist there.
pub(super) fn table(base: &mut Table, over: &Table, origin: &str) -> Result<(), ConfigError> {
    for (section, settings) in over {
        let Some(Value::Table(known)) = base.get_mut(section) else {
            return Err(unknown(base, section, origin));
        };
        let Value::Table(settings) = settings else {
            return Err(ConfigError::Value(format!(
                "{origin}: '{section}' is a section: write [{section}]"
            )));
        };
        for (key, value) in settings {
            let Some(slot) = known.get_mut(key) else {
                return Err(unknown(base, &format!("{section}.{key}"), origin));
            };
            *slot = coerced(slot, value.clone(), &format!("{section}.{key}"))?;
        }
    }
    Ok(())
}

/// Sets one `section.key` from text.
pub(super) fn set(
    base: &mut Table,
    key: &str,
    value: &str,
    origin: &str,
) -> Result<(), ConfigError> {
    let slot = key.split_once('.').and_then(|(section, name)| base.get_mut(section)?.get_mut(name));
    let Some(slot) = slot else {
        return Err(unknown(base, key, origin));
    };
    let value = match slot {
        Value::String(_) => Value::String(value.to_owned()),
        _ => as_toml(value).unwrap_or_else(|| Value::String(value.to_owned())),
    };
    *slot = coerced(slot, value, key)?;
    Ok(())
}

fn as_toml(value: &str) -> Option<Value> {
    format!("v = {value}").parse::<Table>().ok()?.remove("v")
}

/// `value` in the type of the default: a list may be written with commas, a duration as a
/// bare number.
fn coerced(default: &Value, value: Value, key: &str) -> Result<Value, ConfigError> {
    let wrong = |expected: &str, got: &Value| {
        Err(ConfigError::Value(format!("{key}: expected {expected}, got {got}")))
    };
    match (default, value) {
        (Value::Array(_), Value::String(list)) => Ok(Value::Array(
            list.split(',').map(str::trim).filter(|s| !s.is_empty()).map(Value::from).collect(),
        )),
        (Value::String(_), number @ (Value::Integer(_) | Value::Float(_))) => {
            Ok(Value::String(number.to_string()))
        }
        (Value::Integer(_), value) if !value.is_integer() => wrong("a whole number", &value),
        (Value::Boolean(_), value) if !value.is_bool() => wrong("true or false", &value),
        (Value::Array(_), value) if !value.is_array() => wrong("a list", &value),
        // Not what stands there instead: it may be a secret.
        (Value::String(_), value) if !value.is_str() => {
            wrong("a text", &Value::from(value.type_str()))
        }
        (_, value) => Ok(value),
    }
}

/// The `section.key` that a variable of the environment names: `None` for variables that are
/// not ours.
pub(super) fn key_of_variable(base: &Table, name: &str) -> Result<Option<String>, ConfigError> {
    if !name.starts_with("NEWSLUICE_") {
        return Ok(None);
    }
    let variables: Vec<(String, String)> =
        keys(base).map(|key| (variable_of_key(&key), key)).collect();
    if let Some((_, key)) = variables.iter().find(|(variable, _)| variable == name) {
        return Ok(Some(key.clone()));
    }
    let known = variables.iter().map(|(variable, _)| variable.as_str());
    Err(ConfigError::UnknownKey {
        origin: "environment".to_owned(),
        key: name.to_owned(),
        suggestion: nearest(name, known),
    })
}

fn variable_of_key(key: &str) -> String {
    format!("NEWSLUICE_{}", key.replace('.', "_").to_ascii_uppercase())
}

/// Every `section.key`.
fn keys(table: &Table) -> impl Iterator<Item = String> + '_ {
    table.iter().flat_map(|(section, value)| {
        let names = value.as_table().into_iter().flat_map(|t| t.keys());
        names.map(move |name| format!("{section}.{name}"))
    })
}

fn unknown(base: &Table, key: &str, origin: &str) -> ConfigError {
    let known: Vec<String> = keys(base).chain(base.keys().cloned()).collect();
    ConfigError::UnknownKey {
        origin: origin.to_owned(),
        key: key.to_owned(),
        suggestion: nearest(key, known.iter().map(String::as_str)),
    }
}

fn nearest<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|candidate| (strsim::damerau_levenshtein(key, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}
