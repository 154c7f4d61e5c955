//! The text of a failure.

use std::fmt::Write as _;

use cors_diagnosis::{Engine, Observation, console, heads};

/// A failure: a headline, what the console of a browser says, the heads of all requests and responses,
/// the step of the standard, and what to change.
pub(crate) fn report(headline: &str, seen: &Observation<'_>, step: &str, change: &str) -> String {
    let mut text = format!("{headline}\n");
    if let Some(message) = console(seen, Engine::Chromium) {
        let _ = write!(text, "\nconsole: {message}\n");
    }
    text.push_str(&heads(seen.outcome));
    let _ = write!(text, "\nstandard: {step}\nchange: {change}\n");
    text
}
