//! The environment variables `CORS_ALLOW_ORIGINS`, `CORS_MAX_AGE` and so on.

use super::Config;
use super::nearest::nearest;
use super::value::Value;
use crate::issue::{Correction, Issue, Key, Rule};

const PREFIX: &str = "CORS_";

impl Config {
    /// Reads the environment variables `CORS_ALLOW_ORIGINS`, `CORS_ALLOW_ORIGIN_REGEX`,
    /// `CORS_ALLOW_METHODS` and so on: every [`Key`] in upper case after `CORS_`.
    ///
    /// A list is separated by commas, or a JSON array: `https://a.com,https://b.com` or
    /// `["https://a.com", "https://b.com"]`. White space around an item is ignored, and an empty item is
    /// an error. Flags are `true` or `false`, or `1` or `0`. If a variable is not set, the key has its
    /// default. An empty variable counts as not set, with a warning.
    ///
    /// [`build`](Self::build) reports values that cannot be read, together with all other issues, and
    /// names the variable. If none of `CORS_ALLOW_ORIGINS`, `CORS_ALLOW_ORIGIN_REGEX` and
    /// `CORS_OWN_ORIGINS` is set, and no builder method sets these keys, that is an error, because no
    /// other site could read a response. To allow no origin, set `CORS_ALLOW_ORIGINS` to `[]`.
    ///
    /// A name that resembles a key (`CORS_ALLOW_ORIGIN`) is an error. Any other unknown name that starts
    /// with `CORS_` is a warning, because it may belong to another program. Kubernetes, for example,
    /// sets such variables for a service called `cors`. The name of a variable in another case
    /// (`cors_allow_origins`) is an error, too, except on Windows, where names have no case.
    ///
    /// For defaults in the code, see [`with_env`](Self::with_env).
    pub fn from_env() -> Self {
        Self::from_env_prefix(PREFIX)
    }

    /// Like [`from_env`](Self::from_env), with another prefix than `CORS_`, such as `MYAPP_CORS_`.
    pub fn from_env_prefix(prefix: &str) -> Self {
        Self::default()
            .with_env_prefix(prefix)
            .with_required_origins(prefix)
    }

    /// Like [`from_env_prefix`](Self::from_env_prefix), but reads the given names and values, whose case matters
    /// on every system. Names that do not start with `prefix` are ignored.
    pub fn from_vars(prefix: &str, vars: impl IntoIterator<Item = (String, String)>) -> Self {
        Self::default()
            .with_vars(prefix, vars)
            .with_required_origins(prefix)
    }

    /// Replaces the value of every key whose environment variable is set. The other keys keep their
    /// value. See [`from_env`](Self::from_env) for the names and values.
    ///
    /// So the code has the defaults, for example for development, and the environment has the real
    /// values:
    ///
    /// ```
    /// use cors_core::Config;
    ///
    /// let policy = Config::new().allow_origins(["http://localhost:3000"]).with_env().build()?;
    /// # Ok::<(), cors_core::ConfigError>(())
    /// ```
    ///
    /// A builder method after `with_env` replaces what the environment says.
    #[must_use]
    pub fn with_env(self) -> Self {
        self.with_env_prefix(PREFIX)
    }

    /// Like [`with_env`](Self::with_env), with another prefix than `CORS_`, such as `MYAPP_CORS_`.
    ///
    /// If the prefix is empty, names that do not resemble a key are ignored.
    #[must_use]
    pub fn with_env_prefix(self, prefix: &str) -> Self {
        let prefix = with_underscore(prefix);
        let vars = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            let name = match key_in_any_case(after_prefix(&name, &prefix)?) {
                Some(key) if cfg!(windows) => variable(&prefix, key),
                _ => name,
            };
            Some((name, value.to_string_lossy().into_owned()))
        });
        self.with_vars(&prefix, vars)
    }

    /// Like [`with_env_prefix`](Self::with_env_prefix), but reads the given names and values, whose case
    /// matters on every system. Names that do not start with `prefix` are ignored.
    #[must_use]
    pub fn with_vars(
        mut self,
        prefix: &str,
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let prefix = &with_underscore(prefix);
        let mut vars: Vec<_> = vars.into_iter().collect();
        vars.sort_unstable(); // The environment has no order, but reports should have one.
        for (name, text) in vars {
            let Some(rest) = after_prefix(&name, prefix) else {
                continue;
            };
            match key_in_any_case(rest) {
                Some(key) if name == variable(prefix, key) => {
                    self.read_variable(key, name, text.trim());
                }
                _ => self.report_unknown(&name, prefix, rest),
            }
        }
        self
    }

    fn read_variable(&mut self, key: Key, name: String, text: &str) {
        if text.is_empty() {
            let issue = Issue::new(key, "", Rule::VariableEmpty);
            return self.reading.push(issue.of_variable(name));
        }
        self.reading.forget(key);
        self.reading.is_set_by(key, name);
        self.read(key, Value::Text(text.to_owned()));
    }

    fn report_unknown(&mut self, name: &str, prefix: &str, rest: &str) {
        let meant = nearest(rest);
        let rule = match meant {
            Some(_) => Rule::UnknownKey,
            None if prefix.is_empty() => return,
            None => Rule::UnknownVariable,
        };
        let correction = meant.map(|key| Correction::RenameKey(variable(prefix, key)));
        self.reading
            .push(Issue::unknown(name, rule).corrected(correction));
    }

    /// Reports that no variable allows an origin. A name that resembles a key may be meant to. A server
    /// that knows its own origins may have no others.
    fn with_required_origins(mut self, prefix: &str) -> Self {
        let is_set = [Key::AllowOrigins, Key::AllowOriginRegex, Key::OwnOrigins]
            .iter()
            .any(|key| self.reading.has_variable(*key));
        if is_set || self.reading.has_unknown_key() {
            return self;
        }
        let prefix = &with_underscore(prefix);
        let regex = variable(prefix, Key::AllowOriginRegex);
        let empty = match self.reading.has_empty_variable(Key::AllowOrigins) {
            true => "its value is empty; ",
            false => "",
        };
        let issue = Issue::new(Key::AllowOrigins, "", Rule::VariableNotSet)
            .of_variable(variable(prefix, Key::AllowOrigins))
            .detail(format!(
                "{empty}list the origins in it, or `[]` for none, or set {regex}"
            ));
        self.reading.push(issue);
        self
    }
}

/// A prefix ends in `_`, or is empty.
fn with_underscore(prefix: &str) -> String {
    match prefix {
        "" => String::new(),
        _ if prefix.ends_with('_') => prefix.to_owned(),
        _ => format!("{prefix}_"),
    }
}

fn variable(prefix: &str, key: Key) -> String {
    format!("{prefix}{}", key.as_str().to_ascii_uppercase())
}

/// What follows `prefix` in `name`. The case of `prefix` does not matter before the name of a key.
fn after_prefix<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = name.split_at_checked(prefix.len())?;
    let is_other_case = || start.eq_ignore_ascii_case(prefix) && key_in_any_case(rest).is_some();
    (start == prefix || is_other_case()).then_some(rest)
}

fn key_in_any_case(name: &str) -> Option<Key> {
    let mut keys = Key::ALL.iter().copied();
    keys.find(|key| key.as_str().eq_ignore_ascii_case(name))
}
