//! The reference of all settings and their JSON schema, made from the embedded default: what it
//! says in comments is said here.

use serde_json::{Map, Value, json};
use toml::Table;

use super::DEFAULT;

/// One setting as the default file has it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Setting {
    /// Its section.
    pub(crate) section: String,
    /// Its name there.
    pub(crate) key: String,
    /// Its default, as TOML.
    pub(crate) default: toml::Value,
    /// The comment above it, in one line. Settings that stand together share one.
    pub(crate) comment: String,
}

/// Every setting, in the order of the file.
pub(crate) fn settings() -> Vec<Setting> {
    let Ok(defaults) = DEFAULT.parse::<Table>() else { return Vec::new() };
    let (mut all, mut section) = (Vec::new(), String::new());
    let (mut comment, mut done) = (Vec::new(), false);
    for line in DEFAULT.lines() {
        if let Some(text) = line.strip_prefix('#') {
            if std::mem::take(&mut done) {
                comment.clear();
            }
            comment.push(text.trim());
        } else if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            name.clone_into(&mut section);
            comment.clear();
        } else if let Some((key, _)) = line.split_once(" = ") {
            let found = defaults.get(&section).and_then(|table| table.get(key));
            all.extend(found.map(|default| Setting {
                section: section.clone(),
                key: key.to_owned(),
                default: default.clone(),
                comment: comment.join(" "),
            }));
            done = true;
        } else if line.is_empty() {
            comment.clear();
        }
    }
    all
}

/// The reference as text.
pub(crate) fn text() -> String {
    let mut text = String::from(
        "SETTINGS\n\nGive any of them in the file, as --set section.key=value, or in a variable \
         of the environment;\na variable that ends in _FILE names a file that holds the value: \
         for secrets.\n",
    );
    let mut section = String::new();
    for setting in settings() {
        if section != setting.section {
            section.clone_from(&setting.section);
            text.extend([format!("\n[{section}]\n")]);
        }
        let variable = format!("NEWSLUICE_{section}_{}", setting.key).to_ascii_uppercase();
        text.extend([format!("\n  {section}.{} = {}\n", setting.key, setting.default)]);
        text.extend([format!("      {variable}\n")]);
        text += &wrapped(&setting.comment);
    }
    text
}

/// The text in lines of at most 90 characters, set in.
fn wrapped(text: &str) -> String {
    let (mut out, mut line) = (String::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + word.chars().count() > 83 {
            out.extend([format!("      {line}\n")]);
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    if !line.is_empty() {
        out.extend([format!("      {line}\n")]);
    }
    out
}

/// The JSON schema of the file, for editors.
pub(crate) fn schema() -> Value {
    let mut sections: Map<String, Value> = Map::new();
    for setting in settings() {
        let section = sections.entry(setting.section.clone()).or_insert_with(
            || json!({"type": "object", "additionalProperties": false, "properties": {}}),
        );
        let kind = match &setting.default {
            toml::Value::Integer(_) => json!({"type": "integer", "minimum": 0}),
            toml::Value::Boolean(_) => json!({"type": "boolean"}),
            toml::Value::Array(_) => json!({"type": "array", "items": {"type": "string"}}),
            _ => json!({"type": ["string", "number"]}),
        };
        let Value::Object(mut described) = kind else { continue };
        described.insert("description".to_owned(), setting.comment.into());
        described.insert("default".to_owned(), json!(setting.default));
        if let Some(properties) = section.get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert(setting.key, Value::Object(described));
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "newsluice.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": sections,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_of_the_default_is_described() {
        let settings = settings();
        let table: Table = DEFAULT.parse().unwrap();
        let all: usize = table.values().map(|section| section.as_table().unwrap().len()).sum();
        assert_eq!(settings.len(), all);
        for setting in &settings {
            assert!(setting.comment.len() > 15, "{}.{}", setting.section, setting.key);
            let schema = schema();
            let schema = &schema["properties"][&setting.section]["properties"][&setting.key];
            assert!(schema["description"].is_string(), "{}.{}", setting.section, setting.key);
        }
        let text = text();
        assert!(
            text.contains("  fetch.timeout = \"30s\"\n      NEWSLUICE_FETCH_TIMEOUT\n"),
            "{text}"
        );
        assert!(text.lines().all(|line| line.chars().count() < 100));
    }
}
