//! `cors schema`: the JSON Schema of a policy file, for editors.

use std::process::ExitCode;

use cors_core::issue::{Key, ValueKind};
use serde_json::{Map, Value, json};

use super::{Failure, print_result};

pub(crate) fn run() -> Result<ExitCode, Failure> {
    print_result(&format!("{:#}", schema()))?;
    Ok(ExitCode::SUCCESS)
}

/// The schema is generated from the table of keys. It cannot express every rule: `cors lint` knows all.
fn schema() -> Value {
    let keys = Key::ALL
        .iter()
        .map(|key| (key.as_str().to_owned(), property(*key)));
    let own = json!({ "type": "string", "description": "The address of this schema." });
    let properties: Map<_, _> = keys.chain([("$schema".to_owned(), own)]).collect();
    json!({
        // The newest draft that editors of TOML know.
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "CORS policy",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

fn property(key: Key) -> Value {
    let expected = match key.kind() {
        ValueKind::List => list(key),
        ValueKind::Text => json!({ "type": ["string", "null"] }),
        ValueKind::Flag => json!({ "type": "boolean" }),
        ValueKind::Seconds => json!({ "type": "integer", "minimum": 0, "maximum": u64::MAX }),
        ValueKind::Status => json!({ "type": "integer", "enum": [200, 204] }),
        _ => json!({}),
    };
    let default = serde_json::from_str(key.default_json()).unwrap_or_default();
    let documented = [
        ("description", description(key).into()),
        ("default", default),
    ];
    let mut property = expected.as_object().cloned().unwrap_or_default();
    property.extend(documented.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(property)
}

/// A list, or a text with commas or with a JSON array.
fn list(key: Key) -> Value {
    const TOKEN: &str = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";
    // The parts of an origin have rules of their own.
    const ORIGIN: &str = r"^(\*|null|[a-z][a-z0-9+.-]*://[^/?#@\\,\sA-Z]*)$";
    const WEB_ORIGIN: &str = r"^https?://[^/?#@\\,\sA-Z]+$";
    let item = match key {
        Key::AllowOrigins => json!({ "type": "string", "pattern": ORIGIN }),
        Key::OwnOrigins => json!({ "type": "string", "pattern": WEB_ORIGIN }),
        Key::AllowMethods | Key::AllowHeaders | Key::ExposeHeaders => {
            json!({ "type": "string", "pattern": TOKEN })
        }
        _ => json!({ "type": "string", "minLength": 1 }),
    };
    json!({ "type": ["array", "string"], "items": item })
}

/// The documentation of the key. Each line starts with a space.
fn description(key: Key) -> String {
    let lines = key.documentation().lines();
    let lines: Vec<&str> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    lines.join("\n")
}
