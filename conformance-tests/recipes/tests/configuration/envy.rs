//! envy: the policy from the environment variables with a prefix.
//!
//! This needs the feature `serde`. `envy::prefixed("CORS_").from_env::<Config>()` reads `CORS_ALLOW_ORIGINS` and so on. Every
//! variable is a text, and `Config` reads it as what the key expects. Other settings are read by a call of their own.
//!
//! The traps: with `#[serde(flatten)]` in your settings, the policy gets the variables that no other field takes, `HOME` and
//! `PATH` included, and each is an unknown key. Without a prefix, it is the same. A blank variable is an error. Where blank means
//! not set, use `Config::from_env`, which reads the same variables.

use cors_core::Config;
use serde::Deserialize;

#[derive(Deserialize)]
struct Server {
    port: u16,
}

/// `from_env()` in an application.
fn settings(variables: &[(&str, &str)]) -> Result<(Server, Config), envy::Error> {
    let server = envy::prefixed("APP_").from_iter(owned(variables))?;
    let cors = envy::prefixed("CORS_").from_iter(owned(variables))?;
    Ok((server, cors))
}

fn owned(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    let variables = variables.iter();
    variables
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

#[test]
fn texts_are_read_as_what_a_key_expects() {
    let variables = [
        ("HOME", "/root"),
        ("APP_PORT", "9000"),
        ("CORS_ALLOW_ORIGINS", "https://a.example, https://b.example"),
        ("CORS_ALLOW_METHODS", r#"["GET", "PUT"]"#),
        ("CORS_ALLOW_HEADERS", "X-Trace"),
        ("CORS_ALLOW_CREDENTIALS", "true"),
        ("CORS_MAX_AGE", "300"),
    ];
    let (server, cors) = settings(&variables).unwrap();
    assert_eq!(server.port, 9000);
    let expected = Config::new()
        .allow_origins(["https://a.example", "https://b.example"])
        .allow_methods(["GET", "PUT"])
        .allow_headers(["X-Trace"])
        .allow_credentials(true)
        .max_age(300);
    assert_eq!(cors, expected);
    cors.build_strict().unwrap();
}

#[test]
fn wrong_values_are_errors_of_build() {
    let variables = [
        ("APP_PORT", "1"),
        ("CORS_ALLOW_ORIGINS", "a.example"),
        ("CORS_ALLOW_METHOD", "PUT"),
    ];
    let error = settings(&variables)
        .unwrap()
        .1
        .build()
        .unwrap_err()
        .to_string();
    assert!(error.contains("use `https://a.example`"), "{error}");
    assert!(error.contains("did you mean `allow_methods`?"), "{error}");
}

#[test]
fn trap_flatten_passes_every_other_variable() {
    #[derive(Deserialize)]
    struct Settings {
        #[serde(flatten)]
        cors: Config,
    }

    let variables = [("HOME", "/root"), ("ALLOW_ORIGINS", "https://a.example")];
    let settings: Settings = envy::from_iter(owned(&variables)).unwrap();
    let error = settings.cors.build().unwrap_err().to_string();
    assert!(error.contains("`home`: unknown key"), "{error}");
}

#[test]
fn trap_blank_variables() {
    for (name, key) in [
        ("CORS_ALLOW_METHODS", "allow_methods"),
        ("CORS_ALLOW_CREDENTIALS", "allow_credentials"),
        ("CORS_MAX_AGE", "max_age"),
    ] {
        let variables = [("APP_PORT", "1"), (name, "")];
        let error = settings(&variables).unwrap().1.build().unwrap_err();
        assert!(error.to_string().contains(key), "{error}");

        let variables = [("CORS_ALLOW_ORIGINS", "https://a.example"), (name, "")];
        let policy = Config::from_vars("CORS_", owned(&variables))
            .build()
            .unwrap(); // `from_env` in an application
        assert_eq!(policy.warnings().len(), 1);
    }
}
