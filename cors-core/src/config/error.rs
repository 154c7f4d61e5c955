//! The error of the build.

use crate::issue::Issue;
use std::fmt;

/// The configuration is invalid. This error contains all issues.
///
/// `Display` and `Debug` write one line for each error, or for each warning if there is no error. So
/// all of them are visible if `main` returns this error, and also with `unwrap`.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError {
    errors: Vec<Issue>,
    warnings: Vec<Issue>,
}

impl ConfigError {
    pub(super) fn new(errors: Vec<Issue>, warnings: Vec<Issue>) -> Self {
        Self { errors, warnings }
    }

    /// The errors. Empty only if a [strict build](crate::Config::build_strict) failed because of
    /// warnings.
    pub fn errors(&self) -> &[Issue] {
        &self.errors
    }

    /// The warnings: entries that are valid, but probably mistakes.
    pub fn warnings(&self) -> &[Issue] {
        &self.warnings
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (issues, name) = match self.errors.as_slice() {
            [] => (&self.warnings, "warning"),
            _ => (&self.errors, "error"),
        };
        let s = if issues.len() == 1 { "" } else { "s" };
        write!(f, "invalid CORS policy, {} {name}{s}:", issues.len())?;
        issues.iter().try_for_each(|issue| write!(f, "\n{issue}"))
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigError {}
