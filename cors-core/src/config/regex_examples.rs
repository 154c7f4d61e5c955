//! Examples of origins that a regex matches, to find regexes that also match origins of other people.
//!
//! Where the regex matches any text, the examples contain `evil`: alone, as a label, as the end of a
//! label, and as a domain. If `evil` becomes part of the registrable domain, someone else can register
//! that domain. So `https://.*example\.com` is found, because it matches `https://evilexample.com`, but
//! `https://.*\.example\.com` is not.

use super::loopback::is_loopback;
use crate::language::public_suffix::registrable;
use crate::origin::pattern::{Entry, Pattern};
use crate::origin::regex::OriginRegex;
use crate::origin::{MAX_LEN, Origin};
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// The largest number of examples.
const MAX_EXAMPLES: usize = 1024;

/// What examples contain where a regex matches any text. The last is a port.
const FILLERS: [&str; 5] = ["evil", "evil.", "-evil", ".evil.com", "8080"];

/// Origins of other people that are tried with every regex.
const FOREIGN: [&str; 5] = [
    "https://evil.com",
    "http://evil.com:8080",
    "https://www.evil.co.uk",
    "https://203.0.113.7",
    "chrome-extension://evilevilevilevilevilevilevilevil",
];

/// The examples that a regex matches.
#[derive(Debug)]
pub(crate) struct Examples {
    /// Those that a browser could send.
    origins: Vec<String>,
    /// Whether there are any examples, including those that no browser sends.
    any: bool,
}

impl Examples {
    pub(crate) fn of(regex: &OriginRegex) -> Self {
        let mut accepted = FOREIGN.map(str::to_owned).to_vec();
        accepted.extend(examples(regex.hir()));
        accepted.retain(|example| regex.is_match(example.as_bytes()));
        let any = !accepted.is_empty();
        accepted.retain(|example| Origin::parse(example.as_bytes()).is_some());
        Self {
            origins: accepted,
            any,
        }
    }

    /// An example that can be the origin of other people.
    pub(crate) fn foreign(&self) -> Option<&str> {
        self.origins
            .iter()
            .map(String::as_str)
            .find(|origin| is_foreign(origin))
    }

    /// An example without TLS that is not on this machine.
    pub(crate) fn insecure(&self) -> Option<&str> {
        self.origins.iter().map(String::as_str).find(|origin| {
            pattern(origin).is_some_and(|parts| parts.scheme == "http" && !is_loopback(parts.host))
        })
    }

    /// Whether the regex matches some examples, but none that a browser sends. It may have been written
    /// for a part of an origin.
    pub(crate) fn miss_every_origin(&self) -> bool {
        self.any && self.origins.is_empty()
    }
}

fn pattern(origin: &str) -> Option<Pattern<'_>> {
    match Entry::parse(origin) {
        Ok(Entry::Pattern(pattern)) => Some(pattern),
        _ => None,
    }
}

fn is_foreign(origin: &str) -> bool {
    if FOREIGN.contains(&origin) {
        return true;
    }
    let Some(parts) = pattern(origin) else {
        return false;
    };
    !is_loopback(parts.host) && registrable(parts.host).contains("evil")
}

fn examples(hir: &Hir) -> Vec<String> {
    let mut out = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![String::from_utf8_lossy(&literal.0).into_owned()],
        HirKind::Class(class) => characters(class)
            .into_iter()
            .map(|byte| char::from(byte).to_string())
            .collect(),
        HirKind::Capture(capture) => examples(&capture.sub),
        HirKind::Alternation(parts) => parts.iter().flat_map(examples).collect(),
        HirKind::Concat(parts) => {
            let joined = |done: Vec<String>, next: &Hir| {
                let next = examples(next);
                let pairs = done
                    .iter()
                    .flat_map(|a| next.iter().map(move |b| format!("{a}{b}")));
                pairs
                    .filter(|text| text.len() <= MAX_LEN)
                    .take(MAX_EXAMPLES)
                    .collect()
            };
            parts.iter().fold(vec![String::new()], joined)
        }
        HirKind::Repetition(repetition) => repeated(repetition),
    };
    out.truncate(MAX_EXAMPLES);
    out
}

fn repeated(repetition: &Repetition) -> Vec<String> {
    let least = usize::try_from(repetition.min).unwrap_or(usize::MAX);
    let most = repetition
        .max
        .map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX));
    let mut out = Vec::new();
    if least > MAX_LEN {
        return out;
    }
    if let HirKind::Class(class) = repetition.sub.kind() {
        let fits = |filler: &&&str| filler.bytes().all(|byte| contains(class, byte));
        out.extend(FILLERS.iter().filter(fits).map(|filler| {
            let missing = least.saturating_sub(filler.len());
            "evil".repeat(missing.div_ceil(4)) + filler
        }));
        out.retain(|text| text.len() <= most);
    }
    if out.is_empty() {
        let times = least.max(1);
        let short = |text: &String| text.len() * times <= MAX_LEN;
        out.extend(
            examples(&repetition.sub)
                .iter()
                .filter(|text| short(text))
                .map(|text| text.repeat(times)),
        );
    }
    if least == 0 {
        out.push(String::new());
    }
    out
}

/// A few characters of a class, or all of them if at most three can occur in an origin.
fn characters(class: &Class) -> Vec<u8> {
    let all: Vec<u8> = (b'-'..=b'z')
        .filter(|byte| !byte.is_ascii_uppercase() && contains(class, *byte))
        .collect();
    if all.len() <= 3 {
        return all;
    }
    b".v1-"
        .iter()
        .copied()
        .filter(|byte| all.contains(byte))
        .collect()
}

fn contains(class: &Class, byte: u8) -> bool {
    match class {
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .any(|range| (range.start()..=range.end()).contains(&byte)),
        Class::Unicode(class) => {
            let c = char::from(byte);
            class
                .ranges()
                .iter()
                .any(|range| (range.start()..=range.end()).contains(&c))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Examples;
    use crate::origin::regex::OriginRegex;

    fn of(source: &str) -> Examples {
        Examples::of(&OriginRegex::compile(source).unwrap())
    }

    #[test]
    fn regexes_that_match_foreign_origins() {
        for source in [
            r".*",
            r"https?://.*",
            r"https://[a-z]+",
            r"https://.*\.com",
            r"https://.*example\.com",
            r"https://.*example[.]com",
            r"https://.*e[x]ample\.com",
            r"https://.*example\x2ecom",
            r"(?i)https://.*EXAMPLE\.COM",
            r"https://.*example\.(com|org)",
            r"https://.*(example|test)\.com",
            r"https://.*\.example\.com.*",
            r"https://(app|www)\.example\.com.*",
            r"https://[a-z]+\.example\.com.*",
            r"https://example\.(com|org).*",
            r"https://.+\.fr",
            r"https://[a-z]{5,}\.com",
            "(?x) https:// .* example \\. com # ours",
            r"https://(?:.*\.)?example\.com|https://.*shop\.(?:de|at)",
            r"http://localhost.*",
            r"https://example\.\w+\.com",
            r"http://.*:3000",
            r"https://(.+).acme.com",
            r"https?://10\.\d+.*",
            r"https://(?:[a-z]+\.)+com",
            r"https://(?:[a-z]+\.){2}com",
            r"app://.*",
            r"chrome-extension://\w+",
        ] {
            assert!(of(source).foreign().is_some(), "{source}");
        }
    }

    #[test]
    #[cfg(feature = "public-suffix")]
    fn regexes_on_public_suffixes() {
        for source in [
            r"https://[a-z]+\.github\.io",
            r"https://.*\.ngrok\.io",
            r"https://.*\.s3\.amazonaws\.com",
            r"https://myapp-.*\.vercel\.app",
            r"https://[a-z0-9]+-[a-z0-9]+\.vercel\.app",
            r"https://.*-myteam\.vercel\.app",
        ] {
            assert!(of(source).foreign().is_some(), "{source}");
        }
        for source in [
            r"https://pr-\d+-me\.vercel\.app",
            r"https://.*\.example\.co\.uk",
        ] {
            assert_eq!(of(source).foreign(), None, "{source}");
        }
    }

    #[test]
    fn regexes_for_own_domains() {
        for source in [
            r"https://.*\.example\.com",
            r"https://(app|www)\.example\.com(:\d+)?",
            r"http://localhost(:\d+)?",
            r"http://localhost:.*",
            r"http://.*\.localhost",
            r"https://.*preview\.example\.com",
            r"https://www.example.com",
            r"https?://([a-z0-9-]+\.)*example\.com(:\d{1,5})?",
            r"(?i)https://[a-z]+\.Example\.com",
            r"https://[^.]+\.example\.(com|net)",
            r"http://192\.168\.\d{1,3}\.\d{1,3}(:\d+)?",
            r"https://pr-\d+\.example\.dev",
        ] {
            let examples = of(source);
            assert_eq!(examples.foreign(), None, "{source}");
            assert!(!examples.miss_every_origin(), "{source}");
        }
    }

    #[test]
    fn regexes_that_miss_every_origin() {
        for source in [
            r"example\.com",
            r"https://example\.com/",
            r"https://EXAMPLE\.com",
            r"https://",
        ] {
            assert!(of(source).miss_every_origin(), "{source}");
        }
    }

    #[test]
    fn no_example_is_longer_than_an_origin() {
        for source in [".{326}", "(?:ab){163}"] {
            assert!(of(source).miss_every_origin(), "{source}");
        }
        for source in [".{327}", "(?:ab){164}"] {
            assert!(!of(source).miss_every_origin(), "{source}");
        }
    }

    #[test]
    fn insecure_origins() {
        assert!(of(r"https?://[a-z]+\.example\.com").insecure().is_some());
        for source in [
            r"https://[a-z]+\.example\.com",
            r"http://localhost:\d+",
            r"http://127\.0\.0\.\d",
        ] {
            assert_eq!(of(source).insecure(), None, "{source}");
        }
    }
}
