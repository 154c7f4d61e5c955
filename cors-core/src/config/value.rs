//! Converts a value of a file or of the environment to the value of a key.
//!
//! No function here fails. A value that cannot be read becomes an issue, and the build returns it
//! together with all other issues.

use super::reading::Reading;
use super::{comma_list, json_array};
use crate::issue::{Correction, Issue, Key, Rule, hide_user_info};
use std::fmt;
use std::time::Duration;

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

impl From<Duration> for Value {
    fn from(time: Duration) -> Self {
        match time.subsec_nanos() {
            0 => Self::Whole(time.as_secs().into()),
            nanos => {
                let text = format!("{}.{nanos:09}", time.as_secs());
                number_of(text.trim_end_matches('0'))
            }
        }
    }
}

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

    /// The value, or the value that `read` finds in a text. White space around the text is ignored.
    fn reading_text(self, read: fn(&str) -> Self) -> Self {
        match self {
            Self::Text(text) => read(text.trim()),
            other => other,
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
pub(super) trait Setting: fmt::Debug {
    /// Replaces this value with `value`, or reports why that is not possible.
    ///
    /// A text may be from a variable, or from a loader that knows only texts. So it is also read as what
    /// the key expects.
    fn read(&mut self, key: Key, value: Value, issues: &mut Reading);

    /// The `Debug` of this value, without the passwords of URLs.
    fn without_passwords(&self, _key: Key) -> String {
        format!("{self:?}")
    }
}

impl Setting for Vec<String> {
    /// A text is read as a comma-separated list, or as a JSON array.
    fn read(&mut self, key: Key, value: Value, issues: &mut Reading) {
        let items = match value {
            Value::List(items) => items,
            Value::Text(text) => match list_in(&text) {
                Ok(items) => items.into_iter().map(Value::Text).collect(),
                Err(problem) => {
                    let issue = Issue::new(key, text, Rule::JsonArray);
                    return issues.push(issue.detail(problem));
                }
            },
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

    fn without_passwords(&self, key: Key) -> String {
        let texts = self
            .iter()
            .map(|text| hide_user_info(Some(key), text.clone()));
        format!("{:?}", texts.collect::<Vec<_>>())
    }
}

impl Setting for Option<String> {
    fn read(&mut self, key: Key, value: Value, issues: &mut Reading) {
        match value {
            Value::Text(text) => *self = Some(text),
            other => issues.push(wrong_type(key, other, "a text")),
        }
    }

    fn without_passwords(&self, key: Key) -> String {
        let text = self
            .as_ref()
            .map(|text| hide_user_info(Some(key), text.clone()));
        format!("{text:?}")
    }
}

impl Setting for bool {
    fn read(&mut self, key: Key, value: Value, issues: &mut Reading) {
        match value.reading_text(flag_of) {
            Value::Bool(flag) => *self = flag,
            other => {
                let meant = match other {
                    Value::Whole(0) => Some(Correction::Replace("false".to_owned())),
                    Value::Whole(1) => Some(Correction::Replace("true".to_owned())),
                    _ => None,
                };
                issues.push(wrong_type(key, other, "true or false").corrected(meant));
            }
        }
    }
}

/// Seconds.
impl Setting for u64 {
    fn read(&mut self, key: Key, value: Value, issues: &mut Reading) {
        let value = value.reading_text(number_of);
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
            other => return issues.push(wrong_type(key, other, "a whole number of seconds")),
        };
        let correction = match (rule, &value) {
            (Rule::MaxAgeNegative, _) => Some("0".to_owned()),
            // Not 0 for a part of a second: it disables caching.
            (Rule::MaxAgeFraction, Value::Float(seconds))
                if seconds.number.is_finite()
                    && (seconds.number >= 1.0 || seconds.number == 0.0) =>
            {
                Some(format!("{:.0}", seconds.number.trunc().abs()))
            }
            _ => None,
        };
        let issue = Issue::new(key, value.into_text(), rule);
        issues.push(issue.corrected(correction.map(Correction::Replace)));
    }
}

/// An HTTP status.
impl Setting for u16 {
    fn read(&mut self, key: Key, value: Value, issues: &mut Reading) {
        match value.reading_text(number_of) {
            // The build checks which status it is. A number that does not fit is reported here.
            Value::Whole(status) => match u16::try_from(status) {
                Ok(status) => *self = status,
                Err(_) => issues.push(Issue::new(key, status.to_string(), Rule::PreflightStatus)),
            },
            other => issues.push(wrong_type(key, other, "200 or 204")),
        }
    }
}

/// The items of a list in a text.
///
/// # Errors
///
/// Returns what is wrong with a JSON array.
fn list_in(text: &str) -> Result<Vec<String>, String> {
    if json_array::is_meant(text) {
        return json_array::parse(text);
    }
    let items = comma_list::items(text).into_iter();
    Ok(items.map(str::to_owned).collect())
}

/// The flag in `text`, or `text`.
fn flag_of(text: &str) -> Value {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Value::Bool(true),
        "false" | "0" => Value::Bool(false),
        _ => Value::Text(text.to_owned()),
    }
}

/// The number in `text`, or `text`.
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
    Issue::new(key, value.into_text(), Rule::WrongType).detail(format!("expected {expected}"))
}

const TWO_TO_THE_64: f64 = 18_446_744_073_709_551_616.0;
