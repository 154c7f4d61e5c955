//! The environment variables `CORS_ALLOW_ORIGINS`, `CORS_MAX_AGE` and so on.

use super::Config;
use super::nearest::nearest;
use crate::issue::{Correction, Issue, Key, Rule};

const PREFIX: &str = "CORS_";

impl Config {
    /// Reads the environment variables `CORS_ALLOW_ORIGINS`, `CORS_ALLOW_ORIGIN_REGEX`,
    /// `CORS_ALLOW_METHODS` and so on: every [`Key`] in upper case after `CORS_`.
    ///
    /// Lists are comma-separated. White space around an item is ignored, and an empty item is an
    /// error. Flags are `true` or `false`, or `1` or `0`. If a variable is not set, the key has its
    /// default.
    ///
    /// [`build`](Self::build) reports values that cannot be read, together with all other issues. A name
    /// that resembles a key (`CORS_ALLOW_ORIGIN`) is an error. Any other unknown name that starts
    /// with `CORS_` is a warning, because it may belong to another program. Kubernetes, for example,
    /// sets such variables for a service called `cors`.
    pub fn from_env() -> Self {
        let vars = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            name.starts_with(PREFIX)
                .then(|| (name, value.to_string_lossy().into_owned()))
        });
        Self::from_vars(vars)
    }

    /// Like [`from_env`](Self::from_env), but reads the given names and values. Names that do not
    /// start with `CORS_` are ignored.
    pub fn from_vars(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut config = Self::default();
        let mut vars: Vec<_> = vars.into_iter().collect();
        vars.sort_unstable(); // The environment has no order, but reports should have one.
        for (name, text) in vars {
            let Some(rest) = name.strip_prefix(PREFIX) else {
                continue;
            };
            let is_meant = |key: &Key| key.as_str().to_ascii_uppercase() == rest;
            match Key::ALL.iter().copied().find(is_meant) {
                Some(key) => config.read_text(key, text.trim()),
                None => config.read_issues.push(unknown(&name, rest)),
            }
        }
        config
    }

    fn read_text(&mut self, key: Key, text: &str) {
        if text.is_empty() {
            let issue = Issue::new(key, "", Rule::EmptyItem);
            let issue = issue.detail("unset the variable to keep the default");
            return self.read_issues.push(issue);
        }
        self.read_variable(key, text);
    }
}

/// `rest` is the name without the prefix.
fn unknown(name: &str, rest: &str) -> Issue {
    let meant = nearest(rest);
    let rule = match meant {
        Some(_) => Rule::UnknownKey,
        None => Rule::UnknownVariable,
    };
    let variable = |key: Key| format!("{PREFIX}{}", key.as_str().to_ascii_uppercase());
    let correction = meant.map(variable).map(Correction::RenameKey);
    Issue::unknown(name, rule).corrected(correction)
}
