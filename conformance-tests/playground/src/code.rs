//! A policy as code or configuration, for copying. Everything comes from the table of keys.

mod environment;
mod rust;

use cors_core::Config;
use cors_core::issue::Key;
use serde::Deserialize;
use serde_json::{Map, Value};

use self::rust::Framework;

/// What to write.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Form {
    Axum,
    Actix,
    Rocket,
    Warp,
    Toml,
    Environment,
}

/// Writes a valid configuration in this form.
pub(crate) fn code(config: &Config, form: Form) -> Result<String, String> {
    let framework = match form {
        Form::Axum => Framework::Axum,
        Form::Actix => Framework::Actix,
        Form::Rocket => Framework::Rocket,
        Form::Warp => Framework::Warp,
        Form::Toml => return toml::to_string_pretty(config).map_err(|error| error.to_string()),
        Form::Environment => return Ok(environment::lines(&settings(config)?)),
    };
    Ok(rust::function(framework, &settings(config)?))
}

/// The keys whose values are not the defaults, in the order of the table. The origins are always there.
fn settings(config: &Config) -> Result<Vec<(Key, Value)>, String> {
    let as_json = serde_json::to_value(config).map_err(|error| error.to_string())?;
    let values: Map<String, Value> =
        serde_json::from_value(as_json).map_err(|error| error.to_string())?;
    let set = |key: Key| {
        let value = values.get(key.as_str())?;
        let default: Value = serde_json::from_str(key.default_json()).unwrap_or_default();
        (key == Key::AllowOrigins || *value != default).then(|| (key, value.clone()))
    };
    Ok(Key::ALL.iter().filter_map(|key| set(*key)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    const SEEDS: [&str; 3] = [
        include_str!("../../../cors-core/fuzz/seeds/config/every-key.json"),
        include_str!("../../../cors-core/fuzz/seeds/config/any.json"),
        "{}",
    ];

    fn config(text: &str) -> Config {
        let config: Config = serde_json::from_str(text).unwrap();
        config.build().unwrap().to_config()
    }

    fn awkward() -> Config {
        Config::new()
            .allow_origin_regex(r#"https://[a-z'"$#]+\.example\.org"#)
            .allow_methods([""; 0])
            .block_refused_origins(true)
    }

    #[test]
    fn toml_and_variables_are_read_back_as_the_same_policy() {
        for config in SEEDS.map(config).into_iter().chain([awkward()]) {
            let toml = code(&config, Form::Toml).unwrap();
            let read: Config = toml::from_str(&toml).unwrap();
            let again = read.build().unwrap().to_config();
            assert_eq!(again, config.clone().build().unwrap().to_config(), "{toml}");

            let lines = code(&config, Form::Environment).unwrap();
            let vars = lines.lines().filter(|line| !line.starts_with('#'));
            let vars = vars.map(|line| {
                let word = shlex::split(line).unwrap().concat(); // as a shell reads it
                let (name, value) = word.split_once('=').unwrap();
                (name.to_owned(), value.to_owned())
            });
            let again = Config::from_vars("CORS_", vars).build().unwrap();
            let expected = config.build().unwrap().to_config();
            assert_eq!(again.to_config(), expected, "{lines}");
        }
    }
}
