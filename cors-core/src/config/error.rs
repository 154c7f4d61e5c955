//! The error of the build.

use crate::issue::Issue;
use std::fmt;

/// The configuration is invalid. The error contains everything that is wrong with it.
///
/// `Display` and `Debug` write one line for each problem, so `main` can return the error and
/// `unwrap` shows it in full.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError {
    errors: Vec<Issue>,
    warnings: Vec<Issue>,
}

impl ConfigError {
    pub(super) fn new(errors: Vec<Issue>, warnings: Vec<Issue>) -> Self {
        Self { errors, warnings }
    }

    /// What must be corrected. It is empty only if a [strict build](crate::Config::build_strict)
    /// failed because of warnings.
    pub fn errors(&self) -> &[Issue] {
        &self.errors
    }

    /// What is valid, but probably not what was meant.
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
