//! Loaders of environment variables, which know only texts or guess types (feature `serde`).

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]
#![cfg(feature = "serde")]

use cors_core::Config;
use figment::Figment;
use std::process::Command;

/// What each loader makes of the environment of this process.
fn loaded() -> [(&'static str, Config); 3] {
    let config_crate = config::Config::builder()
        .add_source(config::Environment::with_prefix("CORS"))
        .build()
        .unwrap();
    [
        ("envy", envy::prefixed("CORS_").from_env().unwrap()),
        ("config", config_crate.try_deserialize().unwrap()),
        (
            "figment",
            Figment::from(figment::providers::Env::prefixed("CORS_"))
                .extract()
                .unwrap(),
        ),
    ]
}

/// Safe code cannot change the environment of its process, so a test runs itself again with one.
fn run_again(test: &str, variables: &[(&str, &str)]) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env_clear()
        .envs(variables.iter().copied())
        .env("AGAIN", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{text}");
}

fn is_again() -> bool {
    std::env::var_os("AGAIN").is_some()
}

#[test]
fn texts_are_read_as_what_a_key_expects() {
    if !is_again() {
        return run_again(
            "texts_are_read_as_what_a_key_expects",
            &[
                ("CORS_ALLOW_ORIGINS", "https://a.com, https://b.com"),
                ("CORS_ALLOW_ORIGIN_REGEX", r"https://[a-z]+\.c\.com"),
                ("CORS_ALLOW_METHODS", r#"["GET", "PUT"]"#),
                ("CORS_ALLOW_HEADERS", "X-A"),
                ("CORS_ALLOW_CREDENTIALS", "true"),
                ("CORS_DIAGNOSTICS", "false"),
                ("CORS_MAX_AGE", "300"),
                ("CORS_PREFLIGHT_STATUS", "204"),
            ],
        );
    }
    let expected = Config::new()
        .allow_origins(["https://a.com", "https://b.com"])
        .allow_origin_regex(r"https://[a-z]+\.c\.com")
        .allow_methods(["GET", "PUT"])
        .allow_headers(["X-A"])
        .allow_credentials(true)
        .max_age(300)
        .preflight_status(204);
    for (loader, config) in loaded() {
        assert_eq!(config, expected, "{loader}");
    }
}

#[test]
fn wrong_texts_are_errors() {
    if !is_again() {
        return run_again(
            "wrong_texts_are_errors",
            &[
                ("CORS_ALLOW_ORIGINS", r#"["https://a.com""#),
                ("CORS_ALLOW_CREDENTIALS", "yes"),
                ("CORS_MAX_AGE", "-1"),
                ("CORS_PREFLIGHT_STATUS", "OK"),
                ("CORS_ALLOW_METHOD", "GET"),
            ],
        );
    }
    for (loader, config) in loaded() {
        let error = config.build().unwrap_err();
        let errors = error.errors().iter();
        assert_eq!(
            errors.map(ToString::to_string).collect::<Vec<_>>(),
            [
                "`allow_method`: unknown key; did you mean `allow_methods`?",
                "allow_origins: `[\"https://a.com\"`: a list that starts with `[` is a JSON array of texts, such as \
                 `[\"https://a.com\", \"https://b.com\"]`: expected `,` or `]` at character 17",
                "allow_credentials: `yes`: wrong type: expected true or false",
                "max_age: `-1`: max_age must not be negative; 0 disables the cache; use `0`",
                "preflight_status: `OK`: wrong type: expected 200 or 204",
            ],
            "{loader}"
        );
    }
}
