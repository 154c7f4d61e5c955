//! A text that can be repeated, which keeps long paths readable in a data file.

use serde::Deserialize;

/// A text, as written in a vector.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Written {
    Plain(String),
    Built(Built),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Built {
    #[serde(default)]
    start: String,
    repeat: String,
    times: usize,
    #[serde(default)]
    end: String,
}

impl Written {
    pub(super) fn text(self) -> String {
        match self {
            Self::Plain(text) => text,
            Self::Built(built) => built.start + &built.repeat.repeat(built.times) + &built.end,
        }
    }
}
