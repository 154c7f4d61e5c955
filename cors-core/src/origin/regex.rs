//! `allow_origin_regex`: one regex that must match a whole origin.
//!
//! The build compiles it to a complete automaton. Matching takes one table look-up for each byte,
//! whatever the regex, and does not allocate. Only origins that a browser could send are matched. They
//! are ASCII, so the regex is compiled without Unicode classes.

use super::Origin;
use super::automaton::Automaton;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;

/// The longest source text, in bytes.
const MAX_SOURCE_LEN: usize = 1024;

/// The largest automaton, in bytes.
const MAX_AUTOMATON_SIZE: usize = 1 << 20;

/// Why a text is not a regex for origins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RegexError {
    Empty,
    /// The source is longer than [`MAX_SOURCE_LEN`].
    TooLong,
    /// The source does not parse, for this reason.
    Syntax(String),
    /// The automaton is larger than [`MAX_AUTOMATON_SIZE`].
    TooLarge,
}

#[derive(Clone, Debug)]
pub(crate) struct OriginRegex {
    source: String,
    hir: Hir,
    automaton: Automaton,
}

impl OriginRegex {
    /// Compiles `source`. It must be a valid regex by itself, unlike `a)|(b`.
    pub(crate) fn compile(source: &str) -> Result<Self, RegexError> {
        if source.len() > MAX_SOURCE_LEN {
            return Err(RegexError::TooLong);
        }
        if source.is_empty() {
            return Err(RegexError::Empty);
        }
        let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
        let hir = parser
            .parse(source)
            .map_err(|error| RegexError::Syntax(reason(&error)))?;
        let automaton = Automaton::compile(hir.clone(), MAX_AUTOMATON_SIZE, 2 * MAX_AUTOMATON_SIZE)
            .ok_or(RegexError::TooLarge)?;
        Ok(Self {
            source: source.to_owned(),
            hir,
            automaton,
        })
    }

    pub(crate) fn is_match(&self, origin: &[u8]) -> bool {
        self.automaton.is_match(origin)
    }

    /// Whether the regex allows `origin`. The origins `null` and `file://`, which pages of any author can
    /// have, are allowed only by name, and not by a regex.
    #[inline]
    pub(crate) fn allows(&self, origin: &[u8]) -> bool {
        self.is_match(origin) && origin != b"file://" && Origin::parse(origin).is_some()
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn automaton(&self) -> &Automaton {
        &self.automaton
    }

    /// The source as a tree.
    pub(crate) fn hir(&self) -> &Hir {
        &self.hir
    }
}

/// The last line of the error, which has the reason. The lines before it show the place.
fn reason(error: &regex_syntax::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ")
        .unwrap_or(last)
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::{OriginRegex, RegexError};
    use proptest::prelude::*;

    fn regex(source: &str) -> OriginRegex {
        OriginRegex::compile(source).unwrap()
    }

    #[test]
    fn the_whole_origin_must_match() {
        let one = regex(r"https://a\.com|https://b\.com");
        assert!(one.is_match(b"https://a.com"));
        assert!(one.is_match(b"https://b.com"));
        assert!(!one.is_match(b"https://a.com.evil.com"));
        assert!(!one.is_match(b"https://evil.com?https://b.com"));
        // The first alternative that matches is shorter than the one that matches the whole origin.
        assert!(regex("https://a|https://ab").is_match(b"https://ab"));
        let commented = regex("(?x) https://a\\.com # the app )|(?:.*");
        assert!(commented.is_match(b"https://a.com"));
        assert!(!commented.is_match(b"https://a.com.evil.com"));
        assert!(!regex(r"(?m)^https://a\.com$").is_match(b"https://a.com\nhttps://evil.com"));
    }

    #[test]
    fn what_does_not_compile() {
        for source in ["a)|(b", "(", "[", "*", r"(?=a)"] {
            let error = OriginRegex::compile(source).unwrap_err();
            assert!(
                matches!(error, RegexError::Syntax(_)),
                "{source}: {error:?}"
            );
        }
        regex(&"a".repeat(1024));
        for (source, error) in [
            ("a)", RegexError::Syntax("unopened group".to_owned())),
            ("", RegexError::Empty),
            (&"a".repeat(1025), RegexError::TooLong),
            ("a{1000}{1000}", RegexError::TooLarge),
            ("https://.*a.{100}b", RegexError::TooLarge),
        ] {
            assert_eq!(OriginRegex::compile(source).unwrap_err(), error);
        }
    }

    #[test]
    fn regexes_of_common_size_compile() {
        for source in [
            r"https://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+example\.(?:com|org|net)(?::\d{1,5})?",
            r"https://(?:feature|fix|chore)-[a-z0-9-]{1,40}--(?:app|docs|admin)\.preview\.example\.dev",
            r"(?i)https?://(?:[\w-]+\.)*(?:example|example-staging|example-test)\.co\.uk",
            // Not common: the automaton is within the limit, but building it takes more.
            "c[ab]*a[ab]{12}|[ab]*a[ab]{13}",
        ] {
            regex(source);
        }
    }

    proptest! {
        /// The automaton matches the same origins as the `regex` crate.
        #[test]
        fn agrees_with_regex(
            source in r"(https://)?([ab.]|\\.|[a-c]|(\(a\|b\))|(\(\?i:A\))){0,6}[*+?]?(\|a)?",
            origin in r"(https://)?[abc.]{0,8}",
        ) {
            let whole = regex::bytes::RegexBuilder::new(&format!(r"\A(?:{source})\z")).unicode(false).build();
            if let (Ok(ours), Ok(theirs)) = (OriginRegex::compile(&source), whole) {
                prop_assert_eq!(ours.is_match(origin.as_bytes()), theirs.is_match(origin.as_bytes()));
            }
        }
    }
}
