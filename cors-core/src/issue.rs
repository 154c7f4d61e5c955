//! What the build reports about a configuration: errors and warnings.
//!
//! An [`Issue`] names the key and the entry, the [`Rule`] that the entry breaks, and the [`Correction`]
//! if it is clear what was meant.

mod rule;
#[cfg(feature = "serde")]
mod serialize;
pub(crate) mod user_info;

pub use crate::key::{Key, ValueKind};
pub use rule::{Rule, Severity};

use std::fmt;

/// What to write instead.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Correction {
    /// Replace the entry with this text.
    Replace(String),
    /// Replace the entry with these entries.
    Split(Vec<String>),
    /// Write this entry in `allow_origins` instead.
    Entry(String),
    /// Remove the entry: the policy means the same without it.
    Remove,
    /// Move the value to this key.
    RenameKey(String),
}

impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replace(text) => write!(f, "use {}", Quoted(text)),
            Self::Split(entries) => {
                const SHOWN: usize = 20;
                f.write_str("use ")?;
                for (i, entry) in entries.iter().take(SHOWN).enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}{}", Quoted(entry))?;
                }
                match entries.len().checked_sub(SHOWN) {
                    None | Some(0) => {}
                    Some(more) => write!(f, " and {more} more")?,
                }
                f.write_str(" as separate entries")
            }
            Self::Entry(entry) => write!(f, "use {} in allow_origins", Quoted(entry)),
            Self::Remove => f.write_str("remove it"),
            Self::RenameKey(key) => write!(f, "did you mean {}?", Quoted(key)),
        }
    }
}

/// One problem in a configuration: its place, the rule and, where possible, a correction.
///
/// `Display` writes everything on one line. If the value is from an environment variable, the line starts with
/// its name, and the position counts from 1: `CORS_ALLOW_ORIGINS, entry 2`.
///
/// ```
/// let error = cors_core::Config::new()
///     .allow_origins(["https://example.com/"])
///     .build()
///     .unwrap_err();
/// assert_eq!(
///     error.errors()[0].to_string(),
///     "allow_origins[0]: `https://example.com/`: an origin ends with the host or the port, \
///      without a slash; use `https://example.com`",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub(crate) key: Option<Key>,
    pub(crate) index: Option<usize>,
    pub(crate) variable: Option<String>,
    pub(crate) text: String,
    pub(crate) rule: Rule,
    pub(crate) detail: Option<String>,
    pub(crate) correction: Option<Correction>,
}

impl Issue {
    pub(crate) fn new(key: Key, text: impl Into<String>, rule: Rule) -> Self {
        Self {
            key: Some(key),
            index: None,
            variable: None,
            text: hide_user_info(Some(key), text.into()),
            rule,
            detail: None,
            correction: None,
        }
    }

    /// An issue for a name that is not a key.
    pub(crate) fn unknown(name: &str, rule: Rule) -> Self {
        Self {
            key: None,
            index: None,
            variable: None,
            text: hide_user_info(None, name.to_owned()),
            rule,
            detail: None,
            correction: None,
        }
    }

    pub(crate) fn at(mut self, index: usize) -> Self {
        self.index = Some(index);
        self
    }

    pub(crate) fn of_variable(mut self, name: String) -> Self {
        self.variable = Some(name);
        self
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// A correction with a password in it is not offered.
    pub(crate) fn corrected(mut self, correction: impl Into<Option<Correction>>) -> Self {
        let is_public = |text: &String| hide_user_info(self.key, text.clone()) == *text;
        self.correction = correction.into().filter(|correction| match correction {
            Correction::Replace(text) | Correction::Entry(text) | Correction::RenameKey(text) => {
                is_public(text)
            }
            Correction::Split(entries) => entries.iter().all(is_public),
            Correction::Remove => true,
        });
        self
    }

    /// The key with the problem, or `None` if the name is not a key. The name is then the
    /// [`text`](Self::text).
    pub fn key(&self) -> Option<Key> {
        self.key
    }

    /// The position in the list, counted from 0, or `None` if the issue is not about one entry of a
    /// list.
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// The environment variable that the value is from, if it is from one.
    pub fn variable(&self) -> Option<&str> {
        self.variable.as_deref()
    }

    /// The text with the problem, as it was given, but with `***` in place of a password. It can contain
    /// any characters: escape it before showing it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The rule that is broken.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// Whether the issue is an error or a warning.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// The rule as a sentence, with the details of this case.
    pub fn message(&self) -> String {
        let rule = match &self.variable {
            Some(name) if self.rule.is_about_variable() => format!("{name} {}", self.rule),
            _ => self.rule.to_string(),
        };
        match &self.detail {
            Some(detail) => format!("{rule}: {detail}"),
            None => rule,
        }
    }

    /// What to write instead, if it is clear what was meant.
    pub fn correction(&self) -> Option<&Correction> {
        self.correction.as_ref()
    }
}

/// `text`, a value of `key`, without passwords.
pub(crate) fn hide_user_info(key: Option<Key>, text: String) -> String {
    match key {
        Some(Key::AllowOriginRegex) => user_info::hide_in_regex(text),
        _ => user_info::hide(text),
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.variable, self.key, self.index) {
            _ if self.rule.is_about_variable() => {}
            (Some(name), _, Some(index)) => write!(f, "{name}, entry {}: ", index + 1)?,
            (Some(name), _, None) => write!(f, "{name}: ")?,
            (None, Some(key), Some(index)) => write!(f, "{key}[{index}]: ")?,
            (None, Some(key), None) => write!(f, "{key}: ")?,
            (None, None, _) => {}
        }
        if !self.text.is_empty() {
            write!(f, "{}: ", Quoted(&self.text))?;
        }
        f.write_str(&self.message())?;
        match &self.correction {
            Some(correction) => write!(f, "; {correction}"),
            None => Ok(()),
        }
    }
}

/// Text of a configuration between backticks. Control characters are escaped, and the text is cut after
/// 120 characters.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 120;
        f.write_str("`")?;
        for c in self.0.chars().take(SHOWN) {
            if c.is_control() || is_invisible(c) {
                write!(f, "{}", c.escape_debug())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        let more = if self.0.chars().nth(SHOWN).is_some() {
            "…"
        } else {
            ""
        };
        write!(f, "{more}`")
    }
}

/// Line separators, invisible characters and those that change the direction of text.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}
