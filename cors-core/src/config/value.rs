//! Converts a value of a file or of the environment to the value of a key.
//!
//! No function here fails. A value that cannot be read becomes an issue, and the build returns it
//! together with all other issues.

use super::comma_list;
use crate::issue::{Correction, Issue, Key, Rule};

/// A value of a file or of the environment, before it is converted.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Bool(bool),
    Whole(i128),
    /// A number with a fraction or an exponent, or one that is too large for `Whole`.
    Float(Float),
    Text(String),
    #[cfg_attr(
        not(feature = "serde"),
        expect(dead_code, reason = "only files have lists")
    )]
    List(Vec<Value>),
    /// A value of a type that no key accepts: the name of the type.
    #[cfg_attr(
        not(feature = "serde"),
        expect(dead_code, reason = "only files have objects")
    )]
    Other(&'static str),
}

/// A number and its text, which may have more digits than the number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Float {
    number: f64,
    text: String,
}

impl Float {
    /// `None` if `text` is not a number.
    fn parse(text: &str) -> Option<Self> {
        Some(Self {
            number: text.parse().ok()?,
            text: text.to_owned(),
        })
    }
}

/// A number of a file, whose text is lost: the shortest text of the number. If the number was probably
/// rounded, it is the exact number: `18446744073709551616` (2^64), not `18446744073709552000`.
impl From<f64> for Float {
    fn from(number: f64) -> Self {
        let shortest = format!("{number:?}");
        let mantissa = shortest.split('e').next().unwrap_or_default();
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
        let is_rounded = number.abs() >= LARGEST_EXACT && digits > CERTAIN_DIGITS;
        Self {
            number,
            text: if is_rounded {
                format!("{number:.0}")
            } else {
                shortest
            },
        }
    }
}

/// A float keeps every number of so many digits.
const CERTAIN_DIGITS: usize = 15;

/// A float keeps every whole number up to 2^53.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

impl Value {
    /// A whole number of any size.
    #[cfg_attr(
        not(feature = "serde"),
        expect(dead_code, reason = "only files have such numbers")
    )]
    pub(super) fn whole(number: u128) -> Self {
        match i128::try_from(number) {
            Ok(whole) => Self::Whole(whole),
            Err(_) => number_of(&number.to_string()),
        }
    }

    /// The value as text, for error messages.
    fn into_text(self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Whole(value) => value.to_string(),
            Self::Float(value) => value.text,
            Self::Text(text) => text,
            Self::List(_) => "a list".to_owned(),
            Self::Other(name) => name.to_owned(),
        }
    }
}

/// The Rust type of the value of a key.
pub(super) trait Setting {
    /// Replaces this value with `value`, or reports why that is not possible.
    fn read(&mut self, key: Key, value: Value, issues: &mut Vec<Issue>);

    /// Converts the text of an environment variable to a value. The text is not empty and has no white
    /// space at its ends.
    fn from_variable(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl Setting for Vec<String> {
    /// A text is read as a comma-separated list, as in an environment variable.
    fn read(&mut self, key: Key, value: Value, issues: &mut Vec<Issue>) {
        let items = match value {
            Value::List(items) => items,
            Value::Text(text) => comma_list::items(&text)
                .into_iter()
                .map(|item| Value::Text(item.to_owned()))
                .collect(),
            other => return issues.push(wrong_type(key, other, "a list of texts")),
        };
        *self = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Value::Text(text) => self.push(text),
                // An empty text keeps the position, so that the indexes of later issues are right.
                other => {
                    self.push(String::new());
                    issues.push(wrong_type(key, other, "a text").at(index));
                }
            }
        }
    }
}

impl Setting for Option<String> {
    fn read(&mut self, key: Key, value: Value, issues: &mut Vec<Issue>) {
        match value {
            Value::Text(text) => *self = Some(text),
            other => issues.push(wrong_type(key, other, "a text")),
        }
    }
}

impl Setting for bool {
    fn read(&mut self, key: Key, value: Value, issues: &mut Vec<Issue>) {
        match value {
            Value::Bool(flag) => *self = flag,
            other => {
                let meant = match &other {
                    Value::Text(text) => unquoted(text, |text| matches!(text, "true" | "false")),
                    Value::Whole(0) => Some("false".to_owned()),
                    Value::Whole(1) => Some("true".to_owned()),
                    _ => None,
                };
                issues.push(wrong_type_meant(key, other, "true or false", meant));
            }
        }
    }

    fn from_variable(text: &str) -> Value {
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Value::Bool(true),
            "false" | "0" => Value::Bool(false),
            _ => Value::Text(text.to_owned()),
        }
    }
}

/// Seconds.
impl Setting for u64 {
    fn read(&mut self, key: Key, value: Value, issues: &mut Vec<Issue>) {
        let rule = match value {
            Value::Whole(seconds) if seconds < 0 => Rule::MaxAgeNegative,
            Value::Whole(seconds) => match u64::try_from(seconds) {
                Ok(seconds) => return *self = seconds,
                Err(_) => Rule::MaxAgeTooLarge,
            },
            Value::Float(ref seconds) if seconds.number < 0.0 => Rule::MaxAgeNegative,
            // A file format may read a whole number of this size as a float.
            Value::Float(ref seconds) if seconds.number >= TWO_TO_THE_64 => Rule::MaxAgeTooLarge,
            Value::Float(_) => Rule::MaxAgeFraction,
            other => {
                let meant = match &other {
                    Value::Text(text) => unquoted(text, |text| text.parse::<u64>().is_ok()),
                    _ => None,
                };
                let expected = "a whole number of seconds";
                return issues.push(wrong_type_meant(key, other, expected, meant));
            }
        };
        let correction = match (rule, &value) {
            (Rule::MaxAgeNegative, _) => Some("0".to_owned()),
            (Rule::MaxAgeFraction, Value::Float(seconds)) if seconds.number.is_finite() => {
                Some(format!("{:.0}", seconds.number.trunc().abs()))
            }
            _ => None,
        };
        let issue = Issue::new(key, value.into_text(), rule);
        issues.push(issue.corrected(correction.map(Correction::Replace)));
    }

    fn from_variable(text: &str) -> Value {
        number_of(text)
    }
}

/// An HTTP status.
impl Setting for u16 {
    fn read(&mut self, key: Key, value: Value, issues: &mut Vec<Issue>) {
        match value {
            // The build checks which status it is. A number that does not fit is reported here.
            Value::Whole(status) => match u16::try_from(status) {
                Ok(status) => *self = status,
                Err(_) => issues.push(Issue::new(key, status.to_string(), Rule::PreflightStatus)),
            },
            other => {
                let meant = match &other {
                    Value::Text(text) => unquoted(text, |text| matches!(text, "200" | "204")),
                    _ => None,
                };
                issues.push(wrong_type_meant(key, other, "200 or 204", meant));
            }
        }
    }

    fn from_variable(text: &str) -> Value {
        number_of(text)
    }
}

fn number_of(text: &str) -> Value {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    match (text.parse(), Float::parse(text)) {
        (Ok(whole), _) => Value::Whole(whole),
        (Err(_), Some(float)) if is_number => Value::Float(float),
        _ => Value::Text(text.to_owned()),
    }
}

fn wrong_type(key: Key, value: Value, expected: &str) -> Issue {
    wrong_type_meant(key, value, expected, None)
}

fn wrong_type_meant(key: Key, value: Value, expected: &str, meant: Option<String>) -> Issue {
    let detail = match (&value, &meant) {
        (Value::Text(_), Some(_)) => format!("expected {expected}, without quotes"),
        _ => format!("expected {expected}"),
    };
    Issue::new(key, value.into_text(), Rule::WrongType)
        .detail(detail)
        .corrected(meant.map(Correction::Replace))
}

const TWO_TO_THE_64: f64 = 18_446_744_073_709_551_616.0;

/// The text of a value in quotes, if it would be valid without the quotes.
fn unquoted(text: &str, is_valid: impl FnOnce(&str) -> bool) -> Option<String> {
    let lower = text.trim().to_ascii_lowercase();
    is_valid(&lower).then_some(lower)
}
