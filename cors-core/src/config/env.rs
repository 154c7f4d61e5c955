//! The environment variables `CORS_ALLOW_ORIGINS`, `CORS_MAX_AGE` and so on.

use super::Config;
use super::nearest::nearest;
use super::read::Value;
use crate::issue::{Issue, Key, Rule};

const PREFIX: &str = "CORS_";

impl Config {
    /// Reads the environment variables `CORS_ALLOW_ORIGINS`, `CORS_ALLOW_ORIGIN_REGEX`,
    /// `CORS_ALLOW_METHODS` and so on: each key of the schema in upper case behind `CORS_`.
    ///
    /// Lists are separated by commas, with white space around the items as you like and no empty
    /// items; flags are `true` or `false`, or `1` or `0`. Variables that are not set leave the
    /// defaults.
    ///
    /// What cannot be read is reported by [`build`](Self::build), with everything else. A name that
    /// resembles a key (`CORS_ALLOW_ORIGIN`) is an error; any other unknown `CORS_` name is a
    /// warning, because it may belong to somebody else, such as Kubernetes with a service `cors`.
    pub fn from_env() -> Self {
        let vars = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            name.starts_with(PREFIX)
                .then(|| (name, value.to_string_lossy().into_owned()))
        });
        Self::from_vars(vars)
    }

    /// Like [`from_env`](Self::from_env), from these names and values. Names that do not start with
    /// `CORS_` are passed over.
    pub fn from_vars(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut config = Self::default();
        let mut vars: Vec<_> = vars.into_iter().collect();
        vars.sort_unstable(); // the environment has no order; reports should have one
        for (name, text) in vars {
            let Some(rest) = name.strip_prefix(PREFIX) else {
                continue;
            };
            let is_meant = |key: &Key| key.as_str().to_ascii_uppercase() == rest;
            match Key::ALL.iter().copied().find(is_meant) {
                Some(key) => config.read_variable(key, &text),
                None => {
                    let known = nearest(rest).is_some();
                    let rule = if known {
                        Rule::UnknownKey
                    } else {
                        Rule::UnknownVariable
                    };
                    config.read_unknown(&name, rule, |key| {
                        format!("{PREFIX}{}", key.as_str().to_ascii_uppercase())
                    });
                }
            }
        }
        config
    }

    fn read_variable(&mut self, key: Key, text: &str) {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return self.unreadable.push(
                Issue::new(key, "", Rule::EmptyItem)
                    .detail("unset the variable to keep the default"),
            );
        }
        let value = match key {
            Key::AllowOrigins
            | Key::AllowOriginRegex
            | Key::AllowMethods
            | Key::AllowHeaders
            | Key::ExposeHeaders => Value::Text(trimmed.to_owned()),
            Key::MaxAge | Key::PreflightStatus => number(trimmed),
            _ => match trimmed.to_ascii_lowercase().as_str() {
                "true" | "1" => Value::Bool(true),
                "false" | "0" => Value::Bool(false),
                _ => Value::Text(trimmed.to_owned()),
            },
        };
        self.read(key, value);
    }
}

fn number(text: &str) -> Value {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if let Ok(whole) = text.parse::<i128>() {
        Value::Whole(whole)
    } else if digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        text.parse::<f64>()
            .map_or(Value::Text(text.to_owned()), Value::Float)
    } else {
        Value::Text(text.to_owned())
    }
}
