//! `cors schema`: valid policies pass, and wrong ones fail.

use std::path::Path;

use conformance_tests::vector::{Source, Suite};
use cors_core::issue::{Key, ValueKind};
use serde_json::{Value, json};

use super::process::cors;

fn schema() -> Value {
    let output = cors().arg("schema").output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_key_is_described() {
    let schema = schema();
    jsonschema::draft7::meta::validate(&schema).unwrap();
    for key in Key::ALL {
        let property = &schema["properties"][key.as_str()];
        let description = property["description"].as_str().unwrap();
        assert!(description.contains("Default: "), "{key}: {description}");
        assert!(!description.contains("\n "), "{key}: {description}");
        assert!(property.get("type").is_some(), "{key}");
    }
    let default = |key: &str| schema["properties"][key]["default"].clone();
    assert_eq!(default("allow_origins"), json!([]));
    assert_eq!(default("allow_methods"), json!(["GET"]));
    assert_eq!(default("max_age"), json!(600));
    assert_eq!(default("diagnostics"), json!(false));
}

/// Every policy of the vectors: the schema accepts all that are valid, and refuses what it can express.
#[test]
fn agrees_with_the_vectors() {
    const EXPRESSIBLE: [&str; 12] = [
        "unknown-key",
        "wrong-type",
        "max-age-negative",
        "preflight-status",
        "origin-no-scheme",
        "origin-path",
        "origin-trailing-slash",
        "origin-upper-case",
        "origin-user-info",
        "origin-whitespace",
        "method-token",
        "header-token",
    ];
    let schema = jsonschema::draft7::new(&schema()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (mut valid, mut wrong) = (0, 0);
    for vector in Suite::load(&folder).unwrap().configs {
        let Source::Policy(table) = vector.source else {
            continue;
        };
        let policy = serde_json::to_value(&table).unwrap();
        if has_texts_of_loaders(&policy) {
            continue;
        }
        let rule = |issue: &String| issue.split(' ').nth(1).unwrap_or_default().to_owned();
        let rules: Vec<String> = vector.expect.errors.iter().map(rule).collect();
        if rules.is_empty() {
            valid += 1;
            assert!(schema.is_valid(&policy), "{}: {policy}", vector.name);
        } else if rules
            .iter()
            .any(|rule| EXPRESSIBLE.contains(&rule.as_str()))
        {
            wrong += 1;
            assert!(!schema.is_valid(&policy), "{}: {policy}", vector.name);
        }
    }
    assert!(valid > 100 && wrong > 50, "{valid} {wrong}");
}

/// Whether there is a text in place of a flag, a number or a list.
fn has_texts_of_loaders(policy: &Value) -> bool {
    Key::ALL
        .iter()
        .any(|key| policy[key.as_str()].is_string() && key.kind() != ValueKind::Text)
}

#[test]
fn a_policy_file_may_name_its_schema() {
    let schema = jsonschema::draft7::new(&schema()).unwrap();
    for (policy, is_valid) in [
        (json!({}), true),
        (json!({ "$schema": "./cors.schema.json" }), true),
        (
            json!({ "allow_origins": "https://a.com, https://b.com" }),
            true,
        ),
        (
            json!({ "allow_origins": ["app://", "http://[::1]:3000", "https://*.a.com:*", "*", "null"] }),
            true,
        ),
        (json!({ "allow_origins": ["https://a.com/"] }), false),
        (json!({ "allow_origin": ["https://a.com"] }), false),
        (json!({ "allow_methods": ["GET POST"] }), false),
        (json!({ "allow_credentials": "yes" }), false),
        (json!({ "max_age": 1.5 }), false),
        (json!({ "max_age": u64::MAX }), true),
        (json!({ "preflight_status": 201 }), false),
        (json!([]), false),
    ] {
        assert_eq!(schema.is_valid(&policy), is_valid, "{policy}");
    }
}
