//! figment: the policy is a field of the settings, from a TOML file with environment variables laid over it.
//!
//! This needs the feature `serde`. `Config` is the type of the field. A variable is a text, a number, a flag or a list, whatever
//! figment makes of it: `https://a.example, https://b.example`, `["GET", "PUT"]`, `true` and `300` all work.
//!
//! The traps: with `split("_")`, `APP_CORS_ALLOW_ORIGINS` becomes `cors.allow.origins`, and `allow` is an unknown key; use
//! `split("__")`. A blank variable is an error. Where blank means not set, read the variables by
//! `settings.cors.with_env_prefix("APP_CORS")` instead.

use cors_core::Config;
use figment::providers::{Env, Format as _, Toml};
use figment::{Figment, Jail};
use serde::Deserialize;

#[derive(Deserialize)]
struct Settings {
    port: u16,
    cors: Config,
}

const FILE: &str = r#"
port = 8000

[cors]
allow_origins = ["http://localhost:5173"]
allow_methods = ["GET"]
max_age = 600
"#;

fn settings() -> figment::Result<Settings> {
    Figment::new()
        .merge(Toml::file("app.toml"))
        .merge(Env::prefixed("APP_").split("__"))
        .extract()
}

/// Runs `test` in a folder with the file, and in an environment with only these variables.
fn with(variables: &[(&str, &str)], test: fn()) {
    Jail::expect_with(|jail| {
        jail.clear_env();
        jail.create_file("app.toml", FILE)?;
        for (name, value) in variables {
            jail.set_env(name, value);
        }
        test();
        Ok(())
    });
}

#[test]
fn variables_are_laid_over_the_file() {
    let variables = [
        ("APP_PORT", "9000"),
        (
            "APP_CORS__ALLOW_ORIGINS",
            "https://a.example, https://b.example",
        ),
        ("APP_CORS__ALLOW_METHODS", r#"["GET", "PUT"]"#),
        ("APP_CORS__ALLOW_HEADERS", "X-Trace"),
        ("APP_CORS__ALLOW_CREDENTIALS", "true"),
        ("APP_CORS__MAX_AGE", "300"),
    ];
    with(&variables, || {
        let settings = settings().unwrap();
        assert_eq!(settings.port, 9000);
        let expected = Config::new()
            .allow_origins(["https://a.example", "https://b.example"])
            .allow_methods(["GET", "PUT"])
            .allow_headers(["X-Trace"])
            .allow_credentials(true)
            .max_age(300);
        assert_eq!(settings.cors, expected);
        settings.cors.build_strict().unwrap();
    });
}

#[test]
fn wrong_values_are_errors_of_build() {
    let variables = [
        ("APP_CORS__ALLOW_CREDENTIALS", "yes"),
        ("APP_CORS__MAX_AGE", "-1"),
    ];
    with(&variables, || {
        let error = settings().unwrap().cors.build().unwrap_err().to_string();
        assert!(
            error.contains("allow_credentials: `yes`: wrong type"),
            "{error}"
        );
        assert!(
            error.contains("max_age: `-1`: max_age must not be negative"),
            "{error}"
        );
    });
}

#[test]
fn trap_split_at_one_underscore() {
    let variables = [("APP_CORS_ALLOW_ORIGINS", "https://a.example")];
    with(&variables, || {
        let split = Env::prefixed("APP_").split("_");
        let settings = Figment::new().merge(Toml::file("app.toml")).merge(split);
        let settings: Settings = settings.extract().unwrap();
        let error = settings.cors.build().unwrap_err().to_string();
        assert!(error.contains("`allow`: unknown key"), "{error}");
    });
}

#[test]
fn trap_blank_variables() {
    with(
        &[("APP_CORS__ALLOW_ORIGINS", ""), ("APP_CORS__MAX_AGE", "")],
        || {
            let error = settings().unwrap().cors.build().unwrap_err().to_string();
            assert!(
                error.contains("allow_origins[0]: empty list item"),
                "{error}"
            );
            assert!(error.contains("max_age: wrong type"), "{error}");
        },
    );
}

#[test]
fn variables_read_by_the_policy_may_be_blank() {
    let variables = [
        ("APP_CORS_ALLOW_ORIGINS", ""),
        ("APP_CORS_MAX_AGE", ""),
        ("APP_CORS_ALLOW_METHODS", "PUT"),
    ];
    with(&variables, || {
        let file: Settings = Figment::from(Toml::file("app.toml")).extract().unwrap();
        let policy = file.cors.with_env_prefix("APP_CORS").build().unwrap();
        assert!(policy.is_origin_allowed(b"http://localhost:5173"));
        assert_eq!(
            policy.to_config(),
            Config::new()
                .allow_origins(["http://localhost:5173"])
                .allow_methods(["PUT"])
        );
        assert_eq!(policy.warnings().len(), 2);
    });
}
