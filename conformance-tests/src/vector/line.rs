//! Header lines: escapes and repetition, so that hostile ones stay readable in a data file.

use anyhow::{Result, ensure};
use bstr::{ByteSlice as _, ByteVec as _};
use serde::Deserialize;

/// A header line as it stands on the wire, without its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    bytes: Vec<u8>,
    colon: usize,
}

impl Line {
    /// Takes `Name: value`.
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

    /// What stands behind the colon, without the white space around it (RFC 9110, section 5.5).
    pub fn value(&self) -> &[u8] {
        let value = self.bytes.get(self.colon + 1..).unwrap_or_default();
        value.trim_with(|c| matches!(c, ' ' | '\t'))
    }
}

/// A header line, or many, as written in a vector.
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
