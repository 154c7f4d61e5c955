//! Values from outside (files, the environment) into a [`Config`].
//!
//! Nothing fails here: what cannot be read is kept as an issue, and reported by the build together
//! with everything else that is wrong.

use super::{Config, nearest::nearest};
use crate::issue::{Correction, Issue, Key, Rule};

/// A value as a file format may have it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Bool(bool),
    /// A whole number, of any size and sign.
    Whole(i128),
    Float(f64),
    Text(String),
    #[cfg_attr(not(feature = "serde"), expect(dead_code, reason = "files have lists"))]
    List(Vec<Value>),
    /// Nothing that a key could take: what it is called.
    #[cfg_attr(
        not(feature = "serde"),
        expect(dead_code, reason = "files have objects")
    )]
    Other(&'static str),
}

impl Value {
    /// The value as text, for error messages.
    fn into_text(self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Whole(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Text(text) => text,
            Self::List(_) => "a list".to_owned(),
            Self::Other(name) => name.to_owned(),
        }
    }
}

impl Config {
    /// Takes the value of a key of a file.
    pub(crate) fn read(&mut self, key: Key, value: Value) {
        match key {
            Key::AllowOrigins => self.allow_origins = self.read_list(key, value),
            Key::AllowMethods => self.allow_methods = self.read_list(key, value),
            Key::AllowHeaders => self.allow_headers = self.read_list(key, value),
            Key::ExposeHeaders => self.expose_headers = self.read_list(key, value),
            Key::AllowOriginRegex => self.read_regex(value),
            Key::MaxAge => self.read_max_age(value),
            Key::PreflightStatus => self.read_preflight_status(value),
            Key::AllowCredentials
            | Key::Diagnostics
            | Key::BlockRefusedOrigins
            | Key::DangerouslyAllowCredentialsOnPublicSuffixes
            | Key::DangerouslyAllowCredentialsWithBroadRegex => self.read_flag(key, value),
        }
    }

    /// Notes a key that is not known, and which one was meant.
    pub(crate) fn read_unknown(&mut self, name: &str, rule: Rule, meant: impl Fn(Key) -> String) {
        let correction = nearest_of(name).map(|key| Correction::RenameKey(meant(key)));
        self.unreadable
            .push(Issue::unknown(name, rule).corrected(correction));
    }

    /// A text stands for a comma list, as in an environment variable.
    fn read_list(&mut self, key: Key, value: Value) -> Vec<String> {
        let items = match value {
            Value::List(items) => items,
            Value::Text(text) => text
                .split(',')
                .map(|item| Value::Text(item.trim().to_owned()))
                .collect(),
            other => {
                self.wrong_type(key, None, other, "a list of texts");
                return Vec::new();
            }
        };
        let mut list = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Value::Text(text) => list.push(text),
                // Its place is kept, so that the indexes of later issues are right.
                other => {
                    list.push(String::new());
                    self.wrong_type(key, Some(index), other, "a text");
                }
            }
        }
        list
    }

    fn read_regex(&mut self, value: Value) {
        match value {
            Value::Text(text) => self.allow_origin_regex = Some(text),
            other => self.wrong_type(Key::AllowOriginRegex, None, other, "a text"),
        }
    }

    fn read_flag(&mut self, key: Key, value: Value) {
        let flag = match value {
            Value::Bool(flag) => flag,
            other => return self.wrong_type(key, None, other, "true or false"),
        };
        match key {
            Key::AllowCredentials => self.allow_credentials = flag,
            Key::Diagnostics => self.diagnostics = flag,
            Key::BlockRefusedOrigins => self.block_refused_origins = flag,
            Key::DangerouslyAllowCredentialsOnPublicSuffixes => {
                self.dangerously_allow_credentials_on_public_suffixes = flag;
            }
            Key::DangerouslyAllowCredentialsWithBroadRegex => {
                self.dangerously_allow_credentials_with_broad_regex = flag;
            }
            _ => {}
        }
    }

    fn read_max_age(&mut self, value: Value) {
        let rule = match value {
            Value::Whole(seconds) if seconds < 0 => Rule::MaxAgeNegative,
            Value::Whole(seconds) => match u64::try_from(seconds) {
                Ok(seconds) => return self.max_age = seconds,
                Err(_) => Rule::MaxAgeTooLarge,
            },
            Value::Float(seconds) if seconds < 0.0 => Rule::MaxAgeNegative,
            // From here on a file's whole number arrives as a float.
            Value::Float(seconds) if seconds >= TWO_TO_THE_64 => Rule::MaxAgeTooLarge,
            Value::Float(_) => Rule::MaxAgeFraction,
            other => return self.wrong_type(Key::MaxAge, None, other, "a whole number of seconds"),
        };
        let correction = match (rule, &value) {
            (Rule::MaxAgeNegative, _) => Some("0".to_owned()),
            (Rule::MaxAgeFraction, Value::Float(seconds)) if seconds.is_finite() => {
                Some(format!("{:.0}", seconds.trunc().abs()))
            }
            _ => None,
        };
        let issue = Issue::new(Key::MaxAge, value.into_text(), rule);
        self.unreadable
            .push(issue.corrected(correction.map(Correction::Replace)));
    }

    fn read_preflight_status(&mut self, value: Value) {
        match value {
            // The build judges it; a number that is no status at all stays wrong.
            Value::Whole(status) => match u16::try_from(status) {
                Ok(status) => self.preflight_status = status,
                Err(_) => {
                    let text = status.to_string();
                    self.unreadable.push(Issue::new(
                        Key::PreflightStatus,
                        text,
                        Rule::PreflightStatus,
                    ));
                }
            },
            other => self.wrong_type(Key::PreflightStatus, None, other, "200 or 204"),
        }
    }

    fn wrong_type(&mut self, key: Key, index: Option<usize>, value: Value, expected: &str) {
        let is_text = matches!(value, Value::Text(_));
        let meant = match &value {
            Value::Text(text) => unquoted(key, text),
            Value::Whole(0) if expected == "true or false" => Some("false".to_owned()),
            Value::Whole(1) if expected == "true or false" => Some("true".to_owned()),
            _ => None,
        };
        let mut issue = Issue::new(key, value.into_text(), Rule::WrongType)
            .detail(match &meant {
                Some(_) if is_text => format!("expected {expected}, without quotes"),
                _ => format!("expected {expected}"),
            })
            .corrected(meant.map(Correction::Replace));
        issue.index = index;
        self.unreadable.push(issue);
    }
}

const TWO_TO_THE_64: f64 = 18_446_744_073_709_551_616.0;

/// What a text would be without its quotes, if a key that takes no text could take that.
fn unquoted(key: Key, text: &str) -> Option<String> {
    let lower = text.trim().to_ascii_lowercase();
    let fits = match key {
        Key::MaxAge => lower.parse::<u64>().is_ok(),
        Key::PreflightStatus => matches!(lower.as_str(), "200" | "204"),
        _ => matches!(lower.as_str(), "true" | "false"),
    };
    fits.then_some(lower)
}

fn nearest_of(name: &str) -> Option<Key> {
    let lower = name.to_ascii_lowercase();
    let bare = lower.strip_prefix("cors_").unwrap_or(&lower);
    nearest(bare)
}
