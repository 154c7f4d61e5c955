//! config: the policy is a field of the settings, from a file with environment variables laid over it.
//!
//! This needs the feature `serde`. Every variable is a text, and `Config` reads it as what the key expects: `true`, `300`, a list
//! with commas, a JSON array. `ignore_empty(true)` makes a blank variable count as not set.
//!
//! The traps: `separator("__")` also separates the prefix, so the variable is `APP__CORS__MAX_AGE`. With
//! `prefix_separator("_")`, it is `APP_CORS__MAX_AGE`. A variable with the wrong name is ignored without an error. Do
//! not use
//! `list_separator`: it makes a list of every text, also of a regex, which is then an error.

use std::collections::HashMap;

use config::{Environment, File, FileFormat};
use cors_core::Config;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Settings {
    port: u16,
    cors: Config,
}

const FILE: &str = r#"{
    "port": 8000,
    "cors": { "allow_origins": ["http://localhost:5173"], "allow_methods": ["GET"], "max_age": 600 }
}"#;

fn settings(environment: Environment) -> Result<Settings, config::ConfigError> {
    config::Config::builder()
        .add_source(File::from_str(FILE, FileFormat::Json)) // `File::with_name("app")` in an application
        .add_source(environment)
        .build()?
        .try_deserialize()
}

/// Without `source`, it reads the environment of the process.
fn environment(variables: &[(&str, &str)]) -> Environment {
    let variables = variables
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()));
    Environment::with_prefix("APP")
        .prefix_separator("_")
        .separator("__")
        .ignore_empty(true)
        .source(Some(variables.collect::<HashMap<_, _>>()))
}

#[test]
fn variables_are_laid_over_the_file() {
    let settings = settings(environment(&[
        ("APP_PORT", "9000"),
        (
            "APP_CORS__ALLOW_ORIGINS",
            "https://a.example, https://b.example",
        ),
        ("APP_CORS__ALLOW_METHODS", r#"["GET", "PUT"]"#),
        ("APP_CORS__ALLOW_HEADERS", "X-Trace"),
        ("APP_CORS__ALLOW_CREDENTIALS", "true"),
        ("APP_CORS__MAX_AGE", "300"),
    ]));
    let settings = settings.unwrap();
    assert_eq!(settings.port, 9000);
    let expected = Config::new()
        .allow_origins(["https://a.example", "https://b.example"])
        .allow_methods(["GET", "PUT"])
        .allow_headers(["X-Trace"])
        .allow_credentials(true)
        .max_age(300);
    assert_eq!(settings.cors, expected);
    settings.cors.build_strict().unwrap();
}

#[test]
fn blank_variables_count_as_not_set() {
    let variables = [("APP_CORS__ALLOW_ORIGINS", ""), ("APP_CORS__MAX_AGE", "")];
    let settings = settings(environment(&variables)).unwrap();
    let file = Config::new()
        .allow_origins(["http://localhost:5173"])
        .allow_methods(["GET"])
        .max_age(600);
    assert_eq!(settings.cors, file);
}

#[test]
fn wrong_values_are_errors_of_build() {
    let variables = [
        ("APP_CORS__ALLOW_CREDENTIALS", "yes"),
        ("APP_CORS__ALLOW_METHOD", "PUT"),
    ];
    let error = settings(environment(&variables))
        .unwrap()
        .cors
        .build()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("allow_credentials: `yes`: wrong type"),
        "{error}"
    );
    assert!(error.contains("did you mean `allow_methods`?"), "{error}");
}

#[test]
fn trap_the_separator_is_also_that_of_the_prefix() {
    let variables = HashMap::from([("APP_CORS__MAX_AGE".to_owned(), "300".to_owned())]);
    let environment = Environment::with_prefix("APP")
        .separator("__")
        .source(Some(variables));
    let ignored = settings(environment).unwrap();
    assert_eq!(ignored.cors.get_max_age(), 600);
}

#[test]
fn trap_a_list_separator_makes_a_list_of_every_text() {
    let variables = [
        ("APP_CORS__ALLOW_CREDENTIALS", "no, never"),
        ("APP_CORS__ALLOW_ORIGIN_REGEX", "https://a\\.example"),
    ];
    let environment = environment(&variables)
        .try_parsing(true)
        .list_separator(",");
    let error = settings(environment)
        .unwrap()
        .cors
        .build()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("allow_origin_regex: `a list`: wrong type"),
        "{error}"
    );
}
