//! One entry of `allow_origins`: the strict parser for configuration.

use super::{has_no_host, host, is_scheme, parse_port, split_authority};
use std::borrow::Cow;

/// What an entry of `allow_origins` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry<'a> {
    /// `*`
    Any,
    /// `null`
    Null,
    /// An origin, with or without wildcards.
    Pattern(Pattern<'a>),
}

/// `scheme://host[:port|:*]`, canonical except for the wildcards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pattern<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) wildcard: Wildcard<'a>,
    /// The host, without the label that has the wildcard. Empty if the host is `*`, or if there is none.
    pub(crate) host: &'a str,
    /// With its colon, or empty; `:*` is any port or none.
    pub(crate) port: &'a str,
}

/// What `*` stands for in a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wildcard<'a> {
    /// There is no `*`.
    None,
    /// `*.example.com`: one or more labels.
    Subdomains,
    /// `before*after.example.com`: one or more letters, digits and hyphens. One of the two texts may be
    /// empty.
    Label { before: &'a str, after: &'a str },
    /// `scheme://*`: any host that is not empty, without a port. Not with `http` and `https`.
    Host,
}

/// Why a text is not an entry of `allow_origins`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryError {
    Empty,
    List,
    Whitespace,
    ControlByte,
    NonAscii,
    NoScheme,
    Scheme,
    /// The scheme is `file`, but the entry is not `file://`.
    File,
    /// The scheme is `ws` or `wss`.
    WebSocket,
    UserInfo,
    Path,
    TrailingSlash,
    Query,
    Fragment,
    UpperCase,
    Host,
    EmptyLabel,
    LongLabel,
    LongName,
    /// An IP address that is not in canonical form.
    Ip,
    DefaultPort,
    Port,
    BlockedPort,
    Wildcard,
}

impl From<host::HostError> for EntryError {
    fn from(error: host::HostError) -> Self {
        match error {
            host::HostError::Syntax => Self::Host,
            host::HostError::UpperCase => Self::UpperCase,
            host::HostError::EmptyLabel => Self::EmptyLabel,
            host::HostError::LongLabel => Self::LongLabel,
            host::HostError::LongName => Self::LongName,
            host::HostError::Ip => Self::Ip,
        }
    }
}

impl<'a> Entry<'a> {
    /// Parses an entry. The error is the first problem that is found, not every problem.
    pub(crate) fn parse(text: &'a str) -> Result<Self, EntryError> {
        match text {
            "*" => return Ok(Self::Any),
            "null" => return Ok(Self::Null),
            "" => return Err(EntryError::Empty),
            _ => {}
        }
        let pattern = Pattern::common(text).map_or_else(|| Pattern::parse(text), Ok);
        pattern.map(Self::Pattern)
    }
}

impl<'a> Pattern<'a> {
    /// A shortcut for the most common entries of a long list, which need no further checks.
    fn common(text: &'a str) -> Option<Self> {
        let host = text.strip_prefix("https://")?;
        host::is_common_name(host.as_bytes()).then_some(Self {
            scheme: "https",
            wildcard: Wildcard::None,
            host,
            port: "",
        })
    }

    fn parse(text: &'a str) -> Result<Self, EntryError> {
        check_characters(text)?;
        let (scheme, rest) = split_scheme(text)?;
        let authority = cut_authority(rest)?;
        let host_len = match split_authority(authority.as_bytes()) {
            Some((host, _)) => host.len(),
            None => return Err(EntryError::Host),
        };
        let (host, port) = authority
            .split_at_checked(host_len)
            .ok_or(EntryError::Host)?;
        let (wildcard, host) = split_wildcard(host)?;
        check_wildcard(scheme, wildcard, host, port)?;
        check_port(scheme, port)?;
        Ok(Self {
            scheme,
            wildcard,
            host,
            port,
        })
    }

    /// Whether exactly one origin matches.
    pub(crate) fn is_exact(&self) -> bool {
        self.wildcard == Wildcard::None && self.port != ":*"
    }
}

fn check_characters(text: &str) -> Result<(), EntryError> {
    let several = list_items(text).filter(|item| item.contains("://")).count() > 1;
    if several || text.contains(',') || text.ends_with(';') {
        return Err(EntryError::List);
    }
    if text.contains([' ', '\t', '\r', '\n']) {
        return Err(EntryError::Whitespace);
    }
    if text.contains(|c: char| c.is_ascii_control()) {
        return Err(EntryError::ControlByte);
    }
    if !text.is_ascii() {
        return Err(EntryError::NonAscii);
    }
    Ok(())
}

/// The non-empty parts of a text that looks like several origins.
pub(crate) fn list_items(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '|', ' ', '\t', '\r', '\n'])
        .filter(|item| !item.is_empty())
}

fn split_scheme(text: &str) -> Result<(&str, &str), EntryError> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(if text.eq_ignore_ascii_case("null") {
            EntryError::UpperCase
        } else if text.contains('*') {
            EntryError::Wildcard
        } else if starts_with_file(text) {
            EntryError::File
        } else {
            EntryError::NoScheme
        });
    };
    if scheme.contains('*') {
        return Err(EntryError::Wildcard);
    }
    if scheme.is_empty() {
        Err(EntryError::NoScheme)
    } else if scheme.eq_ignore_ascii_case("file") && text != "file://" {
        Err(EntryError::File)
    } else if scheme.eq_ignore_ascii_case("ws") || scheme.eq_ignore_ascii_case("wss") {
        Err(EntryError::WebSocket)
    } else if is_scheme(scheme.as_bytes()) {
        Ok((scheme, rest))
    } else if is_scheme(scheme.to_ascii_lowercase().as_bytes()) {
        Err(EntryError::UpperCase)
    } else {
        Err(EntryError::Scheme)
    }
}

fn starts_with_file(text: &str) -> bool {
    text.get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("file:"))
}

/// Returns `host[:port]`. User info before it, or a path, query or fragment after it, is an error.
fn cut_authority(rest: &str) -> Result<&str, EntryError> {
    let ends = |byte| matches!(byte, b'/' | b'\\' | b'?' | b'#');
    let end = rest.bytes().position(ends).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
    if authority.contains('@') {
        return Err(EntryError::UserInfo);
    }
    match tail.as_bytes() {
        [] => Ok(authority),
        [b'/'] => Err(EntryError::TrailingSlash),
        [b'?', ..] => Err(EntryError::Query),
        [b'#', ..] => Err(EntryError::Fragment),
        _ => Err(EntryError::Path),
    }
}

/// Splits a host into the wildcard in its first label and the rest.
fn split_wildcard(host: &str) -> Result<(Wildcard<'_>, &str), EntryError> {
    let Some((before, tail)) = host.split_once('*') else {
        return Ok((Wildcard::None, host));
    };
    if host == "*" {
        return Ok((Wildcard::Host, ""));
    }
    let (after, rest) = tail.split_once('.').ok_or(EntryError::Wildcard)?;
    if before.contains(['.', '[']) || tail.contains('*') || rest.is_empty() || rest.starts_with('[')
    {
        return Err(EntryError::Wildcard);
    }
    Ok(match (before, after) {
        ("", "") => (Wildcard::Subdomains, rest),
        // Such a label is an encoded name, in which `*` has no meaning.
        _ if before.starts_with("xn--") => return Err(EntryError::Wildcard),
        _ => (Wildcard::Label { before, after }, rest),
    })
}

/// Checks the host. The shortest text that `*` can stand for must give a valid host.
fn check_wildcard(
    scheme: &str,
    wildcard: Wildcard<'_>,
    host: &str,
    port: &str,
) -> Result<(), EntryError> {
    let shortest = match wildcard {
        Wildcard::None if has_no_host(scheme.as_bytes(), host.as_bytes(), port.as_bytes()) => {
            return Ok(());
        }
        Wildcard::None => Cow::Borrowed(host),
        Wildcard::Host if matches!(scheme, "http" | "https") || !port.is_empty() => {
            return Err(EntryError::Wildcard);
        }
        Wildcard::Host => return Ok(()),
        // The host of an extension is its identifier, which has no dots.
        _ if scheme.ends_with("-extension") => return Err(EntryError::Wildcard),
        Wildcard::Subdomains => Cow::Owned(format!("a.{host}")),
        Wildcard::Label { before, after } => Cow::Owned(format!("{before}a{after}.{host}")),
    };
    match host::check(shortest.as_bytes()) {
        Ok(_) => Ok(()),
        // An address has no subdomains.
        Err(host::HostError::Ip) if wildcard != Wildcard::None => Err(EntryError::Wildcard),
        Err(error) => Err(error.into()),
    }
}

fn check_port(scheme: &str, port: &str) -> Result<(), EntryError> {
    if matches!(port, "" | ":*") {
        return Ok(());
    }
    let digits = port.strip_prefix(':').ok_or(EntryError::Host)?;
    if digits.contains('*') {
        return Err(EntryError::Wildcard);
    }
    let number = parse_port(digits.as_bytes()).ok_or(EntryError::Port)?;
    match super::default_port(scheme.as_bytes()) {
        Some(default) if default == number => Err(EntryError::DefaultPort),
        Some(_) if BAD_PORTS.contains(&number) => Err(EntryError::BlockedPort),
        _ => Ok(()),
    }
}

/// Fetch, ["bad port"]: browsers load no page from these ports over `http` or `https`.
///
/// ["bad port"]: https://fetch.spec.whatwg.org/#port-blocking
pub(crate) const BAD_PORTS: [u16; 82] = [
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
    103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
    512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
    995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
    6669, 6679, 6697, 10080,
];

#[cfg(test)]
mod tests {
    use super::{Entry, EntryError, Pattern, Wildcard};

    fn pattern(text: &str) -> Pattern<'_> {
        match Entry::parse(text) {
            Ok(Entry::Pattern(pattern)) => pattern,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn the_shortcut_agrees_with_the_parser() {
        let label = "a".repeat(63);
        for host in [
            "a",
            "a.b",
            "0-_.a",
            "xn--bcher-kva.example",
            "*.a.com",
            "a.com:1",
            "a.com:*",
            "a*.com",
        ]
        .into_iter()
        .chain([
            "",
            ".",
            "a.",
            "a..b",
            "A.b",
            "a.1",
            "127.0.0.1",
            "[::1]",
            "a/",
            "a?",
            "a@b",
        ])
        .chain(["a b", "a,b", "a\tb", "\u{e9}.a", "a#", "*", "a.*", &label])
        {
            for text in [
                format!("https://{host}"),
                format!("http://{host}"),
                host.to_owned(),
            ] {
                let parsed = Pattern::parse(&text);
                if let Some(common) = Pattern::common(&text) {
                    assert_eq!(Ok(common), parsed, "{text}");
                }
            }
        }
        assert!(Pattern::common("https://a.example.com").is_some());
    }

    #[test]
    fn parts_of_an_entry() {
        use Wildcard::{Host, Subdomains};
        const NONE: Wildcard<'_> = Wildcard::None;
        const fn label<'a>(before: &'a str, after: &'a str) -> Wildcard<'a> {
            Wildcard::Label { before, after }
        }
        for (text, scheme, wildcard, host, port) in [
            ("https://a.com", "https", NONE, "a.com", ""),
            ("http://a.com:8080", "http", NONE, "a.com", ":8080"),
            ("http://[::1]:3000", "http", NONE, "[::1]", ":3000"),
            ("https://*.a.com", "https", Subdomains, "a.com", ""),
            ("http://a.com:*", "http", NONE, "a.com", ":*"),
            ("http://*.a.com:*", "http", Subdomains, "a.com", ":*"),
            // Bad ports apply only to `http` and `https`.
            ("app://a.com:6000", "app", NONE, "a.com", ":6000"),
            ("app://", "app", NONE, "", ""),
            ("app://.", "app", NONE, ".", ""),
            ("file://", "file", NONE, "", ""),
            ("app://*", "app", Host, "", ""),
            ("chrome-extension://*", "chrome-extension", Host, "", ""),
            ("https://a-*.b.com", "https", label("a-", ""), "b.com", ""),
            ("https://*-a.b.com", "https", label("", "-a"), "b.com", ""),
            ("https://a*b.c:8443", "https", label("a", "b"), "c", ":8443"),
            ("https://*-.b.com:*", "https", label("", "-"), "b.com", ":*"),
            ("https://_*.b.com.", "https", label("_", ""), "b.com.", ""),
            ("app://x*.y", "app", label("x", ""), "y", ""),
        ] {
            let parsed = pattern(text);
            let parts = Pattern {
                scheme,
                wildcard,
                host,
                port,
            };
            assert_eq!(parsed, parts, "{text}");
            let exact = wildcard == NONE && port != ":*";
            assert_eq!(parsed.is_exact(), exact, "{text}");
        }
        assert_eq!(Entry::parse("*"), Ok(Entry::Any));
        assert_eq!(Entry::parse("null"), Ok(Entry::Null));
    }

    /// Entries that break several rules, and rules that can be broken in several ways.
    #[test]
    fn the_rule_that_is_reported() {
        for (text, rule) in [
            ("", EntryError::Empty),
            ("https://a.com https://b.com", EntryError::List),
            ("a.com,b.com", EntryError::List),
            ("https://a.com,", EntryError::List),
            ("https://a.com:1;", EntryError::List),
            ("https://a.com b.com", EntryError::Whitespace),
            ("NULL", EntryError::UpperCase),
            ("HTTPS://a.com", EntryError::UpperCase),
            ("file:/home", EntryError::File),
            ("File:", EntryError::File),
            ("ws://a.com", EntryError::WebSocket),
            ("WSS://a.com", EntryError::WebSocket),
            ("://a.com", EntryError::NoScheme),
            ("https://a.com\\b", EntryError::Path),
            ("https://a.com//", EntryError::Path),
            ("https://*", EntryError::Wildcard),
            ("https://*.", EntryError::Wildcard),
            ("https://*.[::1]", EntryError::Wildcard),
            ("https://*.127.0.0.1", EntryError::Wildcard),
            ("https://a.*.com", EntryError::Wildcard),
            ("http*://a.com", EntryError::Wildcard),
            ("https://a.com:8*", EntryError::Wildcard),
            ("https://", EntryError::Host),
            ("https://[::1", EntryError::Host),
            ("https://[::1]x", EntryError::Host),
            ("https://a.com:", EntryError::Port),
            ("https://a*b*.c.com", EntryError::Wildcard),
            ("https://a*.*.c.com", EntryError::Wildcard),
            ("https://**.c.com", EntryError::Wildcard),
            ("https://a.b*.com", EntryError::Wildcard),
            ("https://a*.[::1]", EntryError::Wildcard),
            ("https://[a*.b]", EntryError::Wildcard),
            ("https://1*.0.0.1", EntryError::Wildcard),
            ("https://a-*", EntryError::Wildcard),
            ("https://a-*.", EntryError::Wildcard),
            ("https://a.*", EntryError::Wildcard),
            ("https://xn--*.a.com", EntryError::Wildcard),
            ("https://A*.b.com", EntryError::UpperCase),
            ("https://a!*.b.com", EntryError::Host),
            ("https://a*..com", EntryError::EmptyLabel),
            ("https://a*.b.com:443", EntryError::DefaultPort),
            ("https://a*.b.com/", EntryError::TrailingSlash),
            ("a*.b.com", EntryError::Wildcard),
            ("http://*", EntryError::Wildcard),
            ("http://*:*", EntryError::Wildcard),
            ("app://*:*", EntryError::Wildcard),
            ("app://*:80", EntryError::Wildcard),
            ("app://*/", EntryError::TrailingSlash),
            ("App://*", EntryError::UpperCase),
            ("*://a", EntryError::Wildcard),
            ("chrome-extension://*.x", EntryError::Wildcard),
            ("moz-extension://a*.x", EntryError::Wildcard),
            ("chrome-extension://a*", EntryError::Wildcard),
            ("wss://*", EntryError::WebSocket),
            ("file://*", EntryError::File),
            ("file:///", EntryError::File),
            ("file://host", EntryError::File),
            ("FILE://", EntryError::File),
            ("App://", EntryError::UpperCase),
            ("app:///", EntryError::TrailingSlash),
            ("app://:80", EntryError::Host),
            ("app://:*", EntryError::Host),
            ("app://.:80", EntryError::EmptyLabel),
            ("app://..", EntryError::EmptyLabel),
            ("app:", EntryError::NoScheme),
            ("http://", EntryError::Host),
            ("ftp://", EntryError::Host),
            ("https://.", EntryError::EmptyLabel),
        ] {
            assert_eq!(Entry::parse(text), Err(rule), "{text}");
        }
    }

    /// With `a.` before it, the host must still be a valid name.
    #[test]
    fn the_longest_pattern() {
        let label = "a".repeat(63);
        let host = format!("{label}.{label}.{label}.{}", "b".repeat(59));
        assert_eq!(pattern(&format!("https://*.{host}")).host.len(), 251);
        let longest = format!("https://{0}*{0}.b.com", "a".repeat(31));
        assert_eq!(pattern(&longest).host, "b.com");
        let longer = longest.replace('*', "a*");
        assert_eq!(Entry::parse(&longer), Err(EntryError::LongLabel));
        let longer = format!("https://*.{host}b");
        assert_eq!(Entry::parse(&longer), Err(EntryError::LongName));
        assert!(pattern(&longer.replace("*.", "")).is_exact());
    }
}
