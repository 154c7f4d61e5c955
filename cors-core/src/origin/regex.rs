//! `allow_origin_regex`: one regex that must match a whole origin.
//!
//! It becomes a complete automaton when the policy is built: a look-up a byte, whatever the regex,
//! and nothing to allocate. Only origins that a browser could have sent are ever matched, so they are
//! ASCII, and the regex is read without Unicode classes.

use crate::issue::Rule;
use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, Look};
use std::sync::Arc;

/// The longest source text, in bytes.
const MAX_SOURCE_LEN: usize = 1024;

/// The largest automaton, in bytes, and twice as much to make it.
const MAX_AUTOMATON_SIZE: usize = 1 << 20;

#[derive(Clone, Debug)]
pub(crate) struct OriginRegex {
    source: String,
    hir: Hir,
    automaton: Arc<dense::DFA<Vec<u32>>>,
}

impl OriginRegex {
    /// Compiles `source`, which must be a regex by itself; an error has a detail.
    pub(crate) fn compile(source: &str) -> Result<Self, (Rule, Option<String>)> {
        if source.len() > MAX_SOURCE_LEN {
            return Err((Rule::RegexTooLong, None));
        }
        let invalid = |reason: &str| (Rule::RegexInvalid, Some(reason.to_owned()));
        if source.is_empty() {
            return Err(invalid("it is empty"));
        }
        let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
        let hir = parser
            .parse(source)
            .map_err(|error| invalid(&reason(&error)))?;
        // Anchored as a tree, not as text: no bracket, flag or comment of the source can undo it.
        let whole = Hir::concat(vec![
            Hir::look(Look::Start),
            hir.clone(),
            Hir::look(Look::End),
        ]);
        let automaton =
            automaton(&whole).ok_or_else(|| invalid("it is too large when compiled"))?;
        Ok(Self {
            source: source.to_owned(),
            hir,
            automaton: Arc::new(automaton),
        })
    }

    pub(crate) fn is_match(&self, origin: &[u8]) -> bool {
        let input = Input::new(origin).anchored(Anchored::Yes).earliest(true);
        matches!(self.automaton.try_search_fwd(&input), Ok(Some(_)))
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The source as a tree.
    pub(crate) fn hir(&self) -> &Hir {
        &self.hir
    }
}

fn automaton(hir: &Hir) -> Option<dense::DFA<Vec<u32>>> {
    let nfa = thompson::Config::new()
        .utf8(false)
        .nfa_size_limit(Some(MAX_AUTOMATON_SIZE));
    let nfa = thompson::Compiler::new()
        .configure(nfa)
        .build_from_hir(hir)
        .ok()?;
    let dfa = dense::Config::new()
        .start_kind(StartKind::Anchored)
        .dfa_size_limit(Some(MAX_AUTOMATON_SIZE))
        .determinize_size_limit(Some(2 * MAX_AUTOMATON_SIZE));
    dense::Builder::new()
        .configure(dfa)
        .build_from_nfa(&nfa)
        .ok()
}

/// The last line of the error, which is the reason; the lines before it draw the place.
fn reason(error: &regex_syntax::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ")
        .unwrap_or(last)
        .trim_end_matches('.')
        .to_owned()
}

/// `source` with a backslash before every `.` that stands unescaped between two labels; `None` if
/// there is no such dot.
pub(crate) fn escape_dots(source: &str) -> Option<String> {
    if source.contains('#') {
        return None; // it may be a comment
    }
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len() + 4);
    let (mut escaped, mut in_class, mut found) = (false, false, false);
    for (i, &c) in chars.iter().enumerate() {
        let next = chars.get(i + 1).copied();
        let starts_label =
            next.is_some_and(|next| next.is_ascii_alphanumeric() || "([\\".contains(next));
        let follows_label = i
            .checked_sub(1)
            .and_then(|before| chars.get(before))
            .is_some_and(|before| before.is_ascii_alphanumeric() || ")]+*}-_?".contains(*before));
        if c == '.' && !escaped && !in_class && starts_label && follows_label {
            out.push('\\');
            found = true;
        }
        match c {
            '[' if !escaped => in_class = true,
            ']' if !escaped => in_class = false,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    found.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::{OriginRegex, escape_dots};
    use crate::issue::Rule;
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
        // The alternative that matches first is shorter than the one that matches all.
        assert!(regex("https://a|https://ab").is_match(b"https://ab"));
        let commented = regex("(?x) https://a\\.com # the app )|(?:.*");
        assert!(commented.is_match(b"https://a.com"));
        assert!(!commented.is_match(b"https://a.com.evil.com"));
        assert!(!regex(r"(?m)^https://a\.com$").is_match(b"https://a.com\nhttps://evil.com"));
    }

    #[test]
    fn what_does_not_compile_by_itself() {
        for source in ["a)|(b", "(", "[", "*", r"(?=a)", "", "a{1000}{1000}"] {
            assert_eq!(
                OriginRegex::compile(source).unwrap_err().0,
                Rule::RegexInvalid,
                "{source}"
            );
        }
        assert_eq!(
            OriginRegex::compile(&"a".repeat(1025)).unwrap_err().0,
            Rule::RegexTooLong
        );
        regex(&"a".repeat(1024));
        for (source, detail) in [
            ("a)", "unopened group"),
            ("", "it is empty"),
            ("https://.*a.{100}b", "it is too large when compiled"),
        ] {
            let error = (Rule::RegexInvalid, Some(detail.to_owned()));
            assert_eq!(OriginRegex::compile(source).unwrap_err(), error);
        }
    }

    #[test]
    fn regexes_of_common_size_compile() {
        for source in [
            r"https://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+example\.(?:com|org|net)(?::\d{1,5})?",
            r"https://(?:feature|fix|chore)-[a-z0-9-]{1,40}--(?:app|docs|admin)\.preview\.example\.dev",
            r"(?i)https?://(?:[\w-]+\.)*(?:example|example-staging|example-test)\.co\.uk",
            // Not common: small, but by way of something larger than it may be itself.
            "c[ab]*a[ab]{12}|[ab]*a[ab]{13}",
        ] {
            regex(source);
        }
    }

    proptest! {
        /// The automaton means what the `regex` crate means.
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

    #[test]
    fn dots_between_labels() {
        for (source, escaped) in [
            ("https://www.example.com", r"https://www\.example\.com"),
            ("https://(.+).acme.com", r"https://(.+)\.acme\.com"),
            (r"https://.*.example\.com", r"https://.*\.example\.com"),
            (
                r"https://[a-z]+.example\.com",
                r"https://[a-z]+\.example\.com",
            ),
            (r"https://\[a.b\]", r"https://\[a\.b\]"),
        ] {
            assert_eq!(escape_dots(source).as_deref(), Some(escaped));
        }
        for source in [
            r"https://.*\.example\.com",
            r"https://[a.b]+\.example\.com",
            r"https://[a\].b]+\.example\.com",
            ".*",
            r"a\\\.b",
        ] {
            assert_eq!(escape_dots(source), None, "{source}");
        }
    }
}
