//! What is read from the configurations of other libraries, and what is not.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod hostile;
mod options;
mod peers;
mod read;
mod regexes;
mod unread;

use cors_convert::{Converted, Library, convert};

/// Converts what must be readable.
fn converted(from: Library, text: &str) -> Converted {
    convert(from, text).unwrap_or_else(|problems| {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{}\n{text}\n{}", from.as_str(), problems.join("\n"))
    })
}

/// The problems of what must not be readable, one on a line.
fn problems(from: Library, text: &str) -> String {
    match convert(from, text) {
        Ok(converted) => panic!("{}\n{text}\n{:?}", from.as_str(), converted.config),
        Err(problems) => {
            let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
            problems.join("\n")
        }
    }
}
