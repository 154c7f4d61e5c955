//! A policy as environment variables, as `Config::from_env` reads them. The values are quoted for a shell.

use cors_core::issue::Key;
use serde_json::Value;

pub(super) fn lines(settings: &[(Key, Value)]) -> Result<String, String> {
    let mut text = "# For Config::from_env()\n".to_owned();
    for (key, value) in settings {
        let value = unquoted(value);
        let value = shlex::try_quote(&value).map_err(|error| error.to_string())?;
        let name = key.as_str().to_ascii_uppercase();
        text += &format!("CORS_{name}={value}\n");
    }
    Ok(text)
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
