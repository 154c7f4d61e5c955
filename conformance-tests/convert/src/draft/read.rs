//! Reads options from values. What is of another kind is a problem.

use std::collections::HashSet;

use super::Draft;
use crate::value::{Argument, Kind, Value};

impl Draft {
    /// Reports a value that cannot be read.
    pub(crate) fn unreadable(&mut self, option: &str, value: &Value) {
        let shown = &value.shown;
        let message = match &value.kind {
            Kind::Closure { .. } => {
                format!(
                    "`{option}`: a policy cannot contain a function; write the values that it allows"
                )
            }
            Kind::Name(_) => {
                format!(
                    "`{option}`: `{shown}` is not defined in this text: write its value in the configuration"
                )
            }
            _ => format!(
                "`{option}`: cannot read `{shown}`: only literals, and names that are defined once, are read"
            ),
        };
        self.problem(value.line, message);
    }

    /// Reports each option that is given twice, because libraries differ in which of the two counts.
    pub(crate) fn refuse_duplicates(&mut self, options: &[Argument]) {
        let mut seen = HashSet::new();
        for option in options {
            if let Some(name) = option.name.as_deref()
                && !seen.insert(name)
            {
                self.problem(
                    option.line,
                    format!("`{name}` is given twice: write it once"),
                );
            }
        }
    }

    pub(crate) fn flag(&mut self, option: &str, value: &Value) -> Option<bool> {
        match value.kind {
            Kind::Flag(flag) => Some(flag),
            _ => {
                self.unreadable(option, value);
                None
            }
        }
    }

    pub(crate) fn seconds(&mut self, option: &str, value: &Value) -> Option<u64> {
        match value.kind {
            Kind::Integer(seconds) => Some(seconds),
            _ => {
                self.unreadable(option, value);
                None
            }
        }
    }

    /// The texts of a list, with their lines. `name` gives the text of an entry that is not a literal.
    pub(crate) fn texts(
        &mut self,
        option: &str,
        value: &Value,
        name: impl Fn(&Value) -> Option<String>,
    ) -> Vec<(usize, String)> {
        let Kind::List(entries) = &value.kind else {
            self.unreadable(option, value);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for entry in entries {
            match name(entry) {
                Some(text) => texts.push((entry.line, text)),
                None => self.unreadable(option, entry),
            }
        }
        texts
    }

    /// Adds origins of a library that compares whole texts. There, `*` has no meaning inside of one.
    pub(crate) fn add_exact_origins(&mut self, origins: Vec<(usize, String)>) {
        for (line, origin) in origins {
            if origin.contains('*') {
                let message = format!(
                    "`{origin}` is left out: it was compared literally, so it allowed no origin; here `*` is a pattern"
                );
                self.note(line, message);
            } else {
                self.meaning.origins.push(origin);
            }
        }
    }

    /// Removes `*` from names of a library in which it is an ordinary name.
    pub(crate) fn without_literal_star(
        &mut self,
        option: &str,
        names: Vec<(usize, String)>,
    ) -> Vec<String> {
        let mut kept = Vec::new();
        for (line, name) in names {
            if name == "*" {
                let message = format!(
                    "`*` in `{option}` is left out: it was an ordinary name, so it allowed nothing; here it allows everything"
                );
                self.note(line, message);
            } else {
                kept.push(name);
            }
        }
        kept
    }
}

/// The text of a literal.
pub(crate) fn literal(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// The texts without their lines.
pub(crate) fn without_lines(texts: Vec<(usize, String)>) -> Vec<String> {
    texts.into_iter().map(|(_, text)| text).collect()
}
