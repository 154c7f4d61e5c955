//! `allow_origin_regex`: one regex that must match a whole origin.
//!
//! Only origins that a browser could have sent are ever matched, so they are ASCII, and the regex is
//! compiled without Unicode classes. Matching is linear in the length of the origin, which is bounded.

use super::Origin;
use super::public_suffix::is_public_suffix;
use crate::issue::Rule;
use regex::bytes::{Regex, RegexBuilder};

/// The longest source text, in bytes.
const MAX_SOURCE_LEN: usize = 1024;

/// The largest compiled program, in bytes.
const MAX_COMPILED_SIZE: usize = 1 << 20;

#[derive(Clone, Debug)]
pub(crate) struct OriginRegex {
    source: String,
    regex: Regex,
}

impl OriginRegex {
    /// Compiles `source` by itself, then anchored at both ends; an error has a detail.
    pub(crate) fn compile(source: &str) -> Result<Self, (Rule, Option<String>)> {
        if source.len() > MAX_SOURCE_LEN {
            return Err((Rule::RegexTooLong, None));
        }
        if source.is_empty() {
            return Err((Rule::RegexInvalid, Some("it is empty".to_owned())));
        }
        // First alone: `a)|(b` becomes legal, and unanchored, between the brackets of the anchors.
        compile(source)?;
        // `(?x)` may end in a comment, which the line break ends; it is white space there only.
        let line_break = if source.contains('#') && ends_in_comment(source) {
            "\n"
        } else {
            ""
        };
        let regex = compile(&format!(r"\A(?:{source}{line_break})\z"))?;
        Ok(Self {
            source: source.to_owned(),
            regex,
        })
    }

    pub(crate) fn is_match(&self, origin: &[u8]) -> bool {
        self.regex.is_match(origin)
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// An origin of a stranger that the regex lets in, if one of many tries finds it.
    pub(crate) fn accepted_stranger(&self) -> Option<String> {
        const SCHEMES: [&str; 2] = ["https", "http"];
        const PORTS: [&str; 4] = ["", ":3000", ":8080", ":8443"];
        let hosts = STRANGERS.iter().map(|host| (*host).to_owned());
        let hosts: Vec<String> = hosts.chain(look_alikes(&self.source)).collect();
        let web = hosts.iter().flat_map(|host| {
            SCHEMES.iter().flat_map(move |scheme| {
                PORTS
                    .iter()
                    .map(move |port| format!("{scheme}://{host}{port}"))
            })
        });
        web.chain(OTHER_STRANGERS.iter().map(|origin| (*origin).to_owned()))
            .find(|origin| {
                Origin::parse(origin.as_bytes()).is_some() && self.is_match(origin.as_bytes())
            })
    }
}

fn compile(source: &str) -> Result<Regex, (Rule, Option<String>)> {
    RegexBuilder::new(source)
        .unicode(false)
        .size_limit(MAX_COMPILED_SIZE)
        .build()
        .map_err(|error| (Rule::RegexInvalid, Some(reason(&error))))
}

/// Whether closing brackets behind `source` would be part of a comment.
fn ends_in_comment(source: &str) -> bool {
    compile(&format!("(?:{source})")).is_err()
}

/// The last line of the error, which is the reason; the lines before it draw the place.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ")
        .unwrap_or(last)
        .trim_end_matches('.')
        .to_owned()
}

/// Hosts that no regex written for one's own hosts matches: plain domains, and domains under which
/// anybody gets a name.
const STRANGERS: [&str; 24] = [
    "evil.com",
    "www.evil.com",
    "evil.net",
    "evil.org",
    "evil.io",
    "evil.dev",
    "evil.app",
    "evil.de",
    "evil.co.uk",
    "evil.example",
    "evil.test",
    "evil.github.io",
    "evil.gitlab.io",
    "evil.vercel.app",
    "evil.netlify.app",
    "evil.herokuapp.com",
    "evil.azurewebsites.net",
    "evil.pages.dev",
    "evil.workers.dev",
    "evil.web.app",
    "evil.fly.dev",
    "evil.onrender.com",
    "203.0.113.7",
    "[2001:db8::7]",
];

const OTHER_STRANGERS: [&str; 3] = [
    "chrome-extension://evilevilevilevilevilevilevilevil",
    "moz-extension://00000000-0000-4000-8000-000000000000",
    "tauri://evil",
];

/// Hosts of strangers that resemble what the regex names: `evilexample.com` for `example\.com`,
/// and `example.com.evil.com`.
fn look_alikes(source: &str) -> Vec<String> {
    let mut out = Vec::new();
    for literal in literals(source) {
        let name = literal.trim_matches('.');
        if name.is_empty() {
            continue;
        }
        out.push(format!("{name}.evil.com"));
        out.push(format!("{name}evil.com"));
        // In `preview.example.com` a longer first label is still a name of the owner's; in
        // `example.com` it is anybody's.
        if name
            .split_once('.')
            .is_some_and(|(_, parent)| is_public_suffix(parent))
        {
            let name = name.trim_start_matches('-');
            out.push(format!("evil{name}"));
            out.push(format!("evil-{name}"));
        }
    }
    out
}

/// The runs of literal host characters in a regex, read roughly: a wrong guess is one try more.
fn literals(source: &str) -> Vec<String> {
    let mut runs = vec![String::new()];
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        let literal = match c {
            '\\' => rest.next().filter(|next| matches!(next, '.' | '-')),
            'a'..='z' | '0'..='9' | '-' | '_' | '.' => Some(c),
            _ => None,
        };
        let repeated = matches!(rest.peek(), Some('*' | '+' | '?' | '{'));
        match (literal, runs.last_mut()) {
            (Some(c), Some(run)) if !repeated => run.push(c),
            _ => runs.push(String::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// `source` with a backslash before every `.` that stands unescaped between two labels; `None` if
/// there is no such dot.
pub(crate) fn escape_dots(source: &str) -> Option<String> {
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
        let commented = regex("(?x) https://a\\.com # the app");
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
        let (_, detail) = OriginRegex::compile("a)").unwrap_err();
        assert_eq!(detail.unwrap(), "unopened group");
    }

    #[test]
    fn strangers() {
        for (source, stranger) in [
            (".*", "https://evil.com"),
            ("https?://.*", "https://evil.com"),
            (r"https://.*\.com", "https://evil.com"),
            (r"https://[a-z]+\.github\.io", "https://evil.github.io"),
            (r"https://.*example\.com", "https://evilexample.com"),
            (r"https://(.+).acme.com", "https://evilacme.com"),
            (r"http://localhost.*", "http://localhost.evil.com"),
            (r"https://example\.com.*", "https://example.com.evil.com"),
            (r"https://example\.\w+\.com", "https://example.evil.com"),
            (r"http://.*:3000", "http://evil.com:3000"),
            (
                r"chrome-extension://\w+",
                "chrome-extension://evilevilevilevilevilevilevilevil",
            ),
        ] {
            assert_eq!(
                regex(source).accepted_stranger().as_deref(),
                Some(stranger),
                "{source}"
            );
        }
        for source in [
            r"https://.*\.example\.com",
            r"https://(app|www)\.example\.com(:\d+)?",
            r"http://localhost(:\d+)?",
            r"https://.*preview\.example\.com",
            r"https://[a-z0-9-]+\.preview\.example\.co\.uk",
            r"https://www.example.com",
        ] {
            assert_eq!(regex(source).accepted_stranger(), None, "{source}");
        }
    }

    #[test]
    fn dots_between_labels() {
        for (source, escaped) in [
            ("https://www.example.com", r"https://www\.example\.com"),
            ("https://(.+).acme.com", r"https://(.+)\.acme\.com"),
            (r"https://.*.example\.com", r"https://.*\.example\.com"),
        ] {
            assert_eq!(escape_dots(source).as_deref(), Some(escaped));
        }
        for source in [
            r"https://.*\.example\.com",
            r"https://[a-z.]+\.example\.com",
            ".*",
            r"a\\\.b",
        ] {
            assert_eq!(escape_dots(source), None, "{source}");
        }
    }
}
