//! Path prefixes, and which of them applies to the path of a request.

mod climb;
mod name;
pub(crate) mod tree;

use percent_encoding::percent_decode_str;
use std::fmt;

/// A path prefix is not valid.
#[derive(Clone, PartialEq, Eq)]
pub struct PrefixError {
    prefix: String,
    flaw: Flaw,
}

impl PrefixError {
    fn new(prefix: &str, flaw: Flaw) -> Self {
        Self {
            prefix: prefix.to_owned(),
            flaw,
        }
    }

    pub(crate) fn twice(prefix: &str) -> Self {
        Self::new(prefix, Flaw::Twice)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    NoSlash,
    Root,
    Pattern,
    NotAPath,
    Unclear,
    NotText,
    TooLong,
    Twice,
}

impl fmt::Display for PrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = self.prefix.escape_debug();
        match self.flaw {
            Flaw::NoSlash => {
                write!(
                    f,
                    "path prefix `{prefix}`: a prefix starts with a slash; use `/{prefix}`"
                )
            }
            Flaw::Root => write!(
                f,
                "path prefix `{prefix}`: a prefix has at least one segment; \
                 use the default policy for all paths"
            ),
            Flaw::Pattern => write!(
                f,
                "path prefix `{prefix}`: a prefix is not a pattern, it covers every path below it; \
                 use the part before the first placeholder"
            ),
            Flaw::NotAPath => write!(
                f,
                "path prefix `{prefix}`: a prefix is a path without a query, a fragment, `.` or `..`; use \
                 the path alone, with the dots resolved"
            ),
            Flaw::Unclear => write!(
                f,
                "path prefix `{prefix}`: servers read `\\`, `;`, an encoded `%` and an encoded `/`, `?`, \
                 `#` or NUL in different ways; use the part before it"
            ),
            Flaw::NotText => write!(
                f,
                "path prefix `{prefix}`: a prefix is valid UTF-8 after decoding, without U+FFFD, the \
                 replacement for invalid bytes; encode the text as UTF-8"
            ),
            Flaw::TooLong => write!(
                f,
                "path prefix `{prefix}`: a segment has at most {} bytes after decoding; use the part \
                 before it",
                name::LONGEST
            ),
            Flaw::Twice => write!(
                f,
                "path prefix `{prefix}`: this prefix has a policy already"
            ),
        }
    }
}

/// The text of `Display`, because `main` may return this error.
impl fmt::Debug for PrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for PrefixError {}

/// A path prefix: the decoded segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    segments: Vec<Vec<u8>>,
}

impl Prefix {
    pub(crate) fn parse(text: &str) -> Result<Self, PrefixError> {
        Self::parse_segments(text).map_err(|flaw| PrefixError::new(text, flaw))
    }

    fn parse_segments(text: &str) -> Result<Self, Flaw> {
        if text.is_empty() {
            return Err(Flaw::Root);
        }
        if !text.starts_with('/') {
            return Err(Flaw::NoSlash);
        }
        if text.contains(['*', '{', '}', '<', '>']) || text.contains("/:") {
            return Err(Flaw::Pattern);
        }
        if text.contains(['?', '#']) {
            return Err(Flaw::NotAPath);
        }
        let raw = text.split('/').filter(|segment| !segment.is_empty());
        let segments: Vec<Vec<u8>> = raw
            .map(|segment| percent_decode_str(segment).collect())
            .collect();
        if segments.is_empty() {
            return Err(Flaw::Root);
        }
        for segment in &segments {
            check(segment)?;
        }
        Ok(Self { segments })
    }

    /// The decoded segments. There is at least one.
    pub(crate) fn segments(&self) -> &[Vec<u8>] {
        &self.segments
    }
}

/// The prefix with these segments, not encoded. Without any, it is `/`.
pub(crate) fn text_of(segments: &[Vec<u8>]) -> String {
    let names = segments.iter().map(|name| String::from_utf8_lossy(name));
    format!("/{}", names.collect::<Vec<_>>().join("/"))
}

/// Every server must read the segment in the same way.
fn check(segment: &[u8]) -> Result<(), Flaw> {
    let text = std::str::from_utf8(segment).map_err(|_| Flaw::NotText)?;
    if matches!(text, "." | "..") {
        Err(Flaw::NotAPath)
    } else if !name::is_clear(segment) {
        Err(Flaw::Unclear)
    } else if text.contains(char::REPLACEMENT_CHARACTER) {
        Err(Flaw::NotText)
    } else if segment.len() > name::LONGEST {
        Err(Flaw::TooLong)
    } else {
        Ok(())
    }
}
