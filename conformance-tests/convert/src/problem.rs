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
                    message: printable(&message.into()),
                }
            }

            pub(crate) fn of_file(message: impl Into<String>) -> Self {
                Self {
                    line: None,
                    message: printable(&message.into()),
                }
            }

            /// The line, counted from 1, or `None` if it is about the whole text.
            pub fn line(&self) -> Option<usize> {
                self.line
            }

            /// What it is, on one line. Control characters from the text are escaped.
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

/// Escapes what a terminal would obey or hide. Quotes and other characters stay as they are.
fn printable(message: &str) -> String {
    let mut printable = String::with_capacity(message.len());
    for c in message.chars() {
        if c.is_control() || is_invisible(c) {
            printable.extend(c.escape_unicode());
        } else {
            printable.push(c);
        }
    }
    printable
}

/// Marks that change the direction of the text after them, and separators of lines.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
