//! Header lines with escapes and repetition, which keep hostile lines readable in a data file.

use anyhow::{Result, ensure};
use bstr::{ByteSlice as _, ByteVec as _};
use serde::Deserialize;

/// A header line as sent, without its line break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    bytes: Vec<u8>,
    colon: usize,
}

impl Line {
    /// Parses `Name: value`.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self> {
        let bytes = bytes.into();
        let colon = bytes.find_byte(b':').unwrap_or(0);
        ensure!(
            colon > 0,
            "not a header line `Name: value`: `{}`",
            bytes.as_bstr()
        );
        Ok(Self { bytes, colon })
    }

    /// The whole line.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it is a line of this header.
    pub fn is(&self, name: &str) -> bool {
        self.bytes
            .get(..self.colon)
            .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// The part after the colon, without surrounding white space (RFC 9110, section 5.5).
    pub fn value(&self) -> &[u8] {
        let value = self.bytes.get(self.colon + 1..).unwrap_or_default();
        value.trim_with(|c| matches!(c, ' ' | '\t'))
    }
}

/// One or more header lines, as written in a vector.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Written {
    Plain(String),
    Built(Built),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Built {
    start: String,
    #[serde(default)]
    repeat: String,
    #[serde(default)]
    times: usize,
    #[serde(default)]
    end: String,
    #[serde(default = "one")]
    lines: usize,
}

fn one() -> usize {
    1
}

impl Written {
    pub(super) fn lines(&self) -> Result<Vec<Line>> {
        let (bytes, count) = match self {
            Self::Plain(line) => (decode(line), 1),
            Self::Built(built) => {
                let middle = decode(&built.repeat).repeat(built.times);
                (
                    [decode(&built.start), middle, decode(&built.end)].concat(),
                    built.lines,
                )
            }
        };
        Ok(vec![Line::new(bytes)?; count])
    }
}

fn decode(text: &str) -> Vec<u8> {
    Vec::unescape_bytes(text)
}
