//! Policies in files (feature `serde`): JSON and TOML.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]
#![cfg(feature = "serde")]

use cors_core::Config;
use cors_core::issue::{Correction, Issue};
use serde::de::Deserialize as _;
use serde::de::value::{self, MapDeserializer};

fn json(text: &str) -> Config {
    serde_json::from_str(text).unwrap()
}

fn errors(config: Config) -> Vec<String> {
    config
        .build()
        .unwrap_err()
        .errors()
        .iter()
        .map(Issue::to_string)
        .collect()
}

#[test]
fn json_and_toml_give_the_same_policy() {
    let from_json = json(
        r#"{
            "allow_origins": ["https://example.com", "https://*.example.org"],
            "allow_origin_regex": null,
            "allow_methods": ["GET", "PUT"],
            "allow_credentials": true,
            "max_age": 18446744073709551615
        }"#,
    );
    let from_toml: Config = toml::from_str(
        r#"
            allow_origins = ["https://example.com", "https://*.example.org"]
            allow_methods = "GET, PUT"
            allow_credentials = true
        "#,
    )
    .unwrap();
    assert_eq!(from_json.get_max_age(), u64::MAX);
    assert_eq!(from_json.max_age(600), from_toml);
}

#[test]
fn all_problems_are_reported_at_once() {
    let config = json(
        r#"{
            "allow_origin": ["https://example.com"],
            "allow_origins": ["https://example.com/", 5, "https://example.org/"],
            "allow_methods": {"GET": true, "PUT": true},
            "allow_credentials": "yes",
            "allow_credentials": true,
            "max_age": -1,
            "CORS_MAX_AGE": 5,
            "colour": "red"
        }"#,
    );
    assert_eq!(
        errors(config),
        [
            "`allow_origin`: unknown key; did you mean `allow_origins`?",
            "`CORS_MAX_AGE`: unknown key; did you mean `max_age`?",
            "`colour`: unknown key",
            "allow_origins[0]: `https://example.com/`: an origin ends with the host or the port, \
             without a slash; use `https://example.com`",
            "allow_origins[1]: `5`: wrong type: expected a text",
            "allow_origins[2]: `https://example.org/`: an origin ends with the host or the port, \
             without a slash; use `https://example.org`",
            "allow_methods: `an object`: wrong type: expected a list of texts",
            "allow_credentials: `yes`: wrong type: expected true or false",
            "allow_credentials: duplicate key",
            "max_age: `-1`: max_age must not be negative; 0 disables the cache; use `0`",
        ]
    );
}

/// A key whose value cannot be read does not count as missing.
#[test]
fn an_unreadable_list_is_not_reported_as_empty() {
    for key in ["allow_origins", "allow_methods"] {
        let fine = r#""allow_origins": ["https://a.com"], "#;
        let fine = if key == "allow_origins" { "" } else { fine };
        for value in ["5".to_owned(), format!(r#"[], "{key}": ["*"]"#)] {
            let config = json(&format!(r#"{{{fine}"{key}": {value}}}"#));
            let error = config.build().unwrap_err();
            assert_eq!(error.errors().len(), 1, "{error}");
            assert_eq!(error.warnings(), [], "{key}: {value}");
        }
    }
}

#[test]
fn invalid_numbers_of_seconds() {
    for (value, line) in [
        (
            "1.5",
            "max_age: `1.5`: max_age must be a whole number of seconds; use `1`",
        ),
        (
            "1e3",
            "max_age: `1000.0`: max_age must be a whole number of seconds; use `1000`",
        ),
        (
            "-0.5",
            "max_age: `-0.5`: max_age must not be negative; 0 disables the cache; use `0`",
        ),
        (
            "0.0",
            "max_age: `0.0`: max_age must be a whole number of seconds; use `0`",
        ),
        ("1e30", "max_age: `1e30`: max_age must fit into 64 bits"),
        (
            "600.0",
            "max_age: `600.0`: max_age must be a whole number of seconds; use `600`",
        ),
        (
            "18446744073709551616",
            "max_age: `18446744073709551616`: max_age must fit into 64 bits",
        ),
        (
            "\" -5 \"",
            "max_age: `-5`: max_age must not be negative; 0 disables the cache; use `0`",
        ),
        (
            "\"10m\"",
            "max_age: `10m`: wrong type: expected a whole number of seconds",
        ),
        (
            "\"\"",
            "max_age: wrong type: expected a whole number of seconds",
        ),
        (
            "null",
            "max_age: `null`: wrong type: expected a whole number of seconds",
        ),
    ] {
        let config = json(&format!(
            r#"{{"allow_origins": ["*"], "max_age": {value}}}"#
        ));
        assert_eq!(errors(config), [line]);
    }
    let not_a_number = toml::from_str("allow_origins = '*'\nmax_age = nan").unwrap();
    assert_eq!(
        errors(not_a_number),
        ["max_age: `NaN`: max_age must be a whole number of seconds"]
    );
}

/// The likely intended value is suggested only if the key could accept it.
#[test]
fn values_of_the_wrong_type() {
    for (key, value, line) in [
        (
            "allow_credentials",
            "0",
            "`0`: wrong type: expected true or false; use `false`",
        ),
        (
            "allow_credentials",
            "1",
            "`1`: wrong type: expected true or false; use `true`",
        ),
        (
            "allow_credentials",
            "2",
            "`2`: wrong type: expected true or false",
        ),
        (
            "allow_credentials",
            "\"204\"",
            "`204`: wrong type: expected true or false",
        ),
        (
            "allow_credentials",
            "[true]",
            "`a list`: wrong type: expected true or false",
        ),
        (
            "allow_methods",
            "0",
            "`0`: wrong type: expected a list of texts",
        ),
        (
            "allow_origin_regex",
            "1",
            "`1`: wrong type: expected a text",
        ),
        (
            "preflight_status",
            "\"true\"",
            "`true`: wrong type: expected 200 or 204",
        ),
    ] {
        let config = json(&format!(r#"{{"allow_origins": ["*"], "{key}": {value}}}"#));
        assert_eq!(errors(config), [format!("{key}: {line}")]);
    }
}

/// Loaders of environment variables may know only texts.
#[test]
fn texts_are_read_as_what_a_key_expects() {
    let texts = json(
        r#"{
            "allow_origins": "[\"https://a.com\", \"https://b.com\"]",
            "allow_methods": "GET, PUT",
            "allow_credentials": " True ",
            "diagnostics": "1",
            "block_refused_origins": "false",
            "max_age": "300",
            "preflight_status": " 204"
        }"#,
    );
    let expected = Config::new()
        .allow_origins(["https://a.com", "https://b.com"])
        .allow_methods(["GET", "PUT"])
        .allow_credentials(true)
        .diagnostics(true)
        .max_age(300)
        .preflight_status(204);
    assert_eq!(texts, expected);
    assert_eq!(
        errors(json(r#"{"allow_origins": "['https://a.com']"}"#)),
        [
            "allow_origins: `['https://a.com']`: a list that starts with `[` is a JSON array of texts, such as \
             `[\"https://a.com\", \"https://b.com\"]`: expected a text in double quotes at character 2"
        ]
    );
}

/// Editors find the JSON Schema of a file by this key.
#[test]
fn the_address_of_a_schema_is_ignored() {
    let config = json(r#"{"$schema": "cors.schema.json", "allow_origins": ["*"]}"#);
    assert_eq!(config, Config::new().allow_origins(["*"]));
}

/// An entry that cannot be read is one issue, even if it is only counted.
#[test]
fn many_entries_that_cannot_be_read() {
    let entries = vec!["5"; 3_000].join(",");
    let error = json(&format!(r#"{{"allow_origins": [{entries}, ""]}}"#))
        .build()
        .unwrap_err();
    assert_eq!((error.errors().len(), error.more_errors()), (1_000, 2_001));
    assert_eq!(error.warnings(), []);
}

/// A text in place of a list is parsed as a comma-separated list, never searched for substrings.
#[test]
fn a_text_is_parsed_as_a_list() {
    let policy = json(r#"{"allow_origins": "https://a.com,https://b.com"}"#)
        .build()
        .unwrap();
    assert!(policy.is_origin_allowed(b"https://a.com"));
    assert!(!policy.is_origin_allowed(b"https://a.co"));
    let refused = json(r#"{"allow_origins": "https://*.a.com,*", "allow_credentials": true}"#);
    assert_eq!(refused.build().unwrap_err().errors().len(), 1);
}

#[test]
fn a_value_that_is_not_a_map_is_a_format_error() {
    let error = serde_json::from_str::<Config>("[]")
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "invalid type: sequence, expected a CORS policy: an object with keys such as \
         `allow_origins` at line 1 column 0"
    );
    let bytes = MapDeserializer::new([("max_age", b"600".as_slice())].into_iter());
    let error: value::Error = Config::deserialize(bytes).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid type: byte array, expected a value"
    );
}

#[test]
fn serialized_and_read_back() {
    let config = Config::new()
        .allow_origins(["http://localhost:*", "https://example.com"])
        .allow_origin_regex(r"https://\w+\.example\.org")
        .allow_methods(["*"])
        .preflight_status(204)
        .block_refused_origins(true)
        .own_origins(["http://127.0.0.1:*", "http://localhost:3000"])
        .timing_allow_origin(true)
        .dangerously_allow_credentials_on_public_suffixes(true)
        .dangerously_allow_credentials_with_any_app(true)
        .dangerously_allow_credentials_with_broad_regex(true);
    let policy = config.clone().build().unwrap();
    assert_eq!(policy.to_config(), config);
    let text = serde_json::to_string(&policy.to_config()).unwrap();
    assert_eq!(json(&text).build().unwrap(), policy);
    let text = toml::to_string(&policy.to_config()).unwrap();
    assert_eq!(
        toml::from_str::<Config>(&text).unwrap().build().unwrap(),
        policy
    );
}

#[test]
fn issues_are_serialized_for_tools() {
    let error = json(r#"{"allow_origins": ["https://a.com/"]}"#)
        .build()
        .unwrap_err();
    assert_eq!(
        serde_json::to_value(error.errors()).unwrap(),
        serde_json::json!([{
            "severity": "error",
            "key": "allow_origins",
            "index": 0,
            "text": "https://a.com/",
            "rule": "origin-trailing-slash",
            "message": "an origin ends with the host or the port, without a slash",
            "correction": {"replace": "https://a.com"},
        }])
    );
    let variable = ("CORS_ALLOW_ORIGINS".to_owned(), "https://a.com/".to_owned());
    let error = Config::from_vars("CORS_", [variable]).build().unwrap_err();
    assert_eq!(
        serde_json::to_value(error.errors()).unwrap()[0]["variable"],
        "CORS_ALLOW_ORIGINS"
    );
    let corrections = [
        Correction::Remove,
        Correction::RenameKey("max_age".to_owned()),
        Correction::Split(vec!["PUT".to_owned(), "GET".to_owned()]),
    ];
    assert_eq!(
        serde_json::to_value(corrections).unwrap(),
        serde_json::json!(["remove", {"rename_key": "max_age"}, {"split": ["PUT", "GET"]}])
    );
}
