//! A policy as environment variables, as `Config::from_env` reads them. The values are quoted for a shell.

use cors_core::issue::Key;
use serde_json::Value;

pub(super) fn lines(settings: &[(Key, Value)]) -> String {
    let mut text = "# For Config::from_env()\n".to_owned();
    for (key, value) in settings {
        let name = key.as_str().to_ascii_uppercase();
        text += &format!("CORS_{name}={}\n", quoted(&unquoted(value)));
    }
    text
}

/// A package for this would be the only one that nothing else of the playground needs.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.,:/".contains(c);
    match value.chars().all(is_plain) {
        true => value.to_owned(),
        false => format!("'{}'", value.replace('\'', "'\\''")),
    }
}

fn unquoted(value: &Value) -> String {
    match value {
        // A variable without a text counts as not set.
        Value::Array(entries) if entries.is_empty() => "[]".to_owned(),
        Value::Array(entries) => {
            let entries: Vec<_> = entries.iter().map(unquoted).collect();
            entries.join(",")
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
