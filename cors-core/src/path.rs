//! Path prefixes, compared with the paths of requests.

use percent_encoding::percent_decode_str;
use std::fmt;

/// A path prefix is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
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
                "path prefix `{prefix}`: a prefix is a path without a query, a fragment, `.` or `..`"
            ),
            Flaw::Twice => write!(
                f,
                "path prefix `{prefix}`: this prefix has a policy already"
            ),
        }
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
        let segments: Vec<Vec<u8>> = segments(text)
            .map(|segment| percent_decode_str(segment).collect())
            .collect();
        let dots = |segment: &Vec<u8>| matches!(segment.as_slice(), b"." | b"..");
        if text.contains(['?', '#']) || segments.iter().any(dots) {
            return Err(Flaw::NotAPath);
        }
        if segments.is_empty() {
            Err(Flaw::Root)
        } else {
            Ok(Self { segments })
        }
    }

    /// A sort key that orders prefixes from short to long: the number of segments, then the segments.
    pub(crate) fn order(&self) -> (usize, &[Vec<u8>]) {
        (self.segments.len(), &self.segments)
    }

    /// Whether the path is this prefix or below it.
    pub(crate) fn covers(&self, path: &str) -> bool {
        let mut rest = segments(path);
        self.segments.iter().all(|own| {
            rest.next()
                .is_some_and(|segment| percent_decode_str(segment).eq(own.iter().copied()))
        })
    }
}

/// The segments of a path that are not empty, without decoding.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split('/').filter(|segment| !segment.is_empty())
}
