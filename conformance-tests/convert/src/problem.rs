//! What is reported about a text.

use std::fmt;

/// A part of the text that cannot be read. With a problem, there is no policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    line: Option<usize>,
    message: String,
}

/// A difference in meaning between the configuration and the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    line: Option<usize>,
    message: String,
}

macro_rules! report {
    ($name:ident) => {
        impl $name {
            pub(crate) fn at(line: usize, message: impl Into<String>) -> Self {
                Self {
                    line: Some(line),
                    message: message.into(),
                }
            }

            pub(crate) fn of_file(message: impl Into<String>) -> Self {
                Self {
                    line: None,
                    message: message.into(),
                }
            }

            /// The line, counted from 1, or `None` if it is about the whole text.
            pub fn line(&self) -> Option<usize> {
                self.line
            }

            /// What it is, on one line.
            pub fn message(&self) -> &str {
                &self.message
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if let Some(line) = self.line {
                    write!(f, "line {line}: ")?;
                }
                f.write_str(&self.message)
            }
        }
    };
}

report!(Problem);
report!(Note);
