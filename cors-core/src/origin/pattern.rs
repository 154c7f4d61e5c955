//! One entry of `allow_origins`: the strict parser of configuration.

use super::public_suffix::is_public_suffix;
use super::{host, is_scheme, parse_port, split_authority};
use crate::issue::Rule;
use std::net::{Ipv4Addr, Ipv6Addr};

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

/// `scheme://[*.]host[:port|:*]`, canonical but for the wildcards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pattern<'a> {
    pub(crate) scheme: &'a str,
    /// Any one or more labels may stand before the host, and at least one must.
    pub(crate) subdomains: bool,
    pub(crate) host: &'a str,
    /// With its colon, or empty; `:*` is any port or none.
    pub(crate) port: &'a str,
}

impl<'a> Entry<'a> {
    /// Reads an entry, or names the first rule that it breaks.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Rule> {
        match text {
            "*" => return Ok(Self::Any),
            "null" => return Ok(Self::Null),
            "" => return Err(Rule::EmptyItem),
            _ => {}
        }
        let pattern = Pattern::plain(text).map_or_else(|| Pattern::parse(text), Ok);
        pattern.map(Self::Pattern)
    }
}

impl<'a> Pattern<'a> {
    /// A shortcut for most entries of a long list, in which nothing can be wrong.
    fn plain(text: &'a str) -> Option<Self> {
        let host = text.strip_prefix("https://")?;
        host::is_plain(host.as_bytes()).then_some(Self {
            scheme: "https",
            subdomains: false,
            host,
            port: "",
        })
    }

    fn parse(text: &'a str) -> Result<Self, Rule> {
        check_characters(text)?;
        let (scheme, rest) = split_scheme(text)?;
        let authority = cut_authority(rest)?;
        let host_len = match split_authority(authority.as_bytes()) {
            Some((host, _)) => host.len(),
            None => return Err(Rule::OriginHost),
        };
        let (host, port) = authority
            .split_at_checked(host_len)
            .ok_or(Rule::OriginHost)?;
        let (subdomains, host) = match host.strip_prefix("*.") {
            Some(parent) => (true, parent),
            None => (false, host),
        };
        if host.contains('*') || (subdomains && (host.is_empty() || host.starts_with('['))) {
            return Err(Rule::OriginWildcard);
        }
        let kind = host::check(host.as_bytes()).map_err(|flaw| match flaw {
            host::Flaw::Syntax => Rule::OriginHost,
            host::Flaw::UpperCase => Rule::OriginUpperCase,
            host::Flaw::EmptyLabel => Rule::OriginEmptyLabel,
            host::Flaw::LongLabel => Rule::OriginLongLabel,
            host::Flaw::LongName => Rule::OriginLongName,
            host::Flaw::Ip => Rule::OriginIp,
        })?;
        if subdomains {
            if kind == host::Kind::Ip {
                return Err(Rule::OriginWildcard);
            }
            // `a.` before the host must still make a legal name.
            if host.len() + 2 > host::MAX_LEN {
                return Err(Rule::OriginLongName);
            }
        }
        check_port(scheme, port)?;
        Ok(Self {
            scheme,
            subdomains,
            host,
            port,
        })
    }

    /// Whether exactly one origin matches.
    pub(crate) fn is_exact(&self) -> bool {
        !self.subdomains && self.port != ":*"
    }

    /// Whether strangers can register names that it matches.
    pub(crate) fn is_on_public_suffix(&self) -> bool {
        is_public_suffix(self.host)
    }

    /// Whether it only matches pages that this machine serves itself (Secure Contexts, "potentially
    /// trustworthy origin": loopback addresses and `localhost` names).
    pub(crate) fn is_loopback(&self) -> bool {
        let name = self.host.strip_suffix('.').unwrap_or(self.host);
        let ipv6 = self
            .host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        name == "localhost"
            || name.ends_with(".localhost")
            || name
                .parse::<Ipv4Addr>()
                .is_ok_and(|address| address.is_loopback())
            || ipv6.is_some_and(|host| host.parse::<Ipv6Addr>().is_ok_and(|a| a.is_loopback()))
    }
}

fn check_characters(text: &str) -> Result<(), Rule> {
    let several = list_items(text).filter(|item| item.contains("://")).count() > 1;
    if several || text.contains(',') {
        return Err(Rule::OriginList);
    }
    if text.contains([' ', '\t', '\r', '\n']) {
        return Err(Rule::OriginWhitespace);
    }
    if text.contains(|c: char| c.is_ascii_control()) {
        return Err(Rule::OriginControlByte);
    }
    if !text.is_ascii() {
        return Err(Rule::OriginNonAscii);
    }
    Ok(())
}

/// The non-empty parts of what looks like several origins in one text.
pub(crate) fn list_items(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', ' ', '\t', '\r', '\n'])
        .filter(|item| !item.is_empty())
}

fn split_scheme(text: &str) -> Result<(&str, &str), Rule> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(if text.eq_ignore_ascii_case("null") {
            Rule::OriginUpperCase
        } else if text.contains('*') {
            Rule::OriginWildcard
        } else if starts_with_file(text) {
            Rule::OriginFile
        } else {
            Rule::OriginNoScheme
        });
    };
    if scheme.contains('*') {
        return Err(Rule::OriginWildcard);
    }
    if scheme.is_empty() {
        Err(Rule::OriginNoScheme)
    } else if scheme.eq_ignore_ascii_case("file") {
        Err(Rule::OriginFile)
    } else if scheme.eq_ignore_ascii_case("ws") || scheme.eq_ignore_ascii_case("wss") {
        Err(Rule::OriginWebSocket)
    } else if is_scheme(scheme.as_bytes()) {
        Ok((scheme, rest))
    } else if is_scheme(scheme.to_ascii_lowercase().as_bytes()) {
        Err(Rule::OriginUpperCase)
    } else {
        Err(Rule::OriginScheme)
    }
}

fn starts_with_file(text: &str) -> bool {
    text.get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("file:"))
}

/// Refuses what stands before and behind `host[:port]` in URLs.
fn cut_authority(rest: &str) -> Result<&str, Rule> {
    let ends = |byte| matches!(byte, b'/' | b'\\' | b'?' | b'#');
    let end = rest.bytes().position(ends).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
    if authority.contains('@') {
        return Err(Rule::OriginUserInfo);
    }
    match tail.as_bytes() {
        [] => Ok(authority),
        [b'/'] => Err(Rule::OriginTrailingSlash),
        [b'?', ..] => Err(Rule::OriginQuery),
        [b'#', ..] => Err(Rule::OriginFragment),
        _ => Err(Rule::OriginPath),
    }
}

fn check_port(scheme: &str, port: &str) -> Result<(), Rule> {
    if matches!(port, "" | ":*") {
        return Ok(());
    }
    let digits = port.strip_prefix(':').ok_or(Rule::OriginHost)?;
    if digits.contains('*') {
        return Err(Rule::OriginWildcard);
    }
    let number = parse_port(digits.as_bytes()).ok_or(Rule::OriginPort)?;
    match super::default_port(scheme.as_bytes()) {
        Some(default) if default == number => Err(Rule::OriginDefaultPort),
        Some(_) if BAD_PORTS.contains(&number) => Err(Rule::OriginBlockedPort),
        _ => Ok(()),
    }
}

/// Fetch, "bad port": no page can be loaded from them by `http` or `https`.
const BAD_PORTS: [u16; 82] = [
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
    103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
    512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
    995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
    6669, 6679, 6697, 10080,
];

#[cfg(test)]
mod tests {
    use super::{Entry, Pattern};
    use crate::issue::Rule;

    fn pattern(text: &str) -> Pattern<'_> {
        match Entry::parse(text) {
            Ok(Entry::Pattern(pattern)) => pattern,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_plain_entry_as_any_other() {
        let label = "a".repeat(63);
        for host in [
            "a",
            "a.b",
            "0-_.a",
            "xn--bcher-kva.example",
            "*.a.com",
            "a.com:1",
            "a.com:*",
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
                if let Some(plain) = Pattern::plain(&text) {
                    assert_eq!(Ok(plain), parsed, "{text}");
                }
            }
        }
        assert!(Pattern::plain("https://a.example.com").is_some());
    }

    #[test]
    fn parts_of_an_entry() {
        for (text, scheme, subdomains, host, port, exact) in [
            ("https://a.com", "https", false, "a.com", "", true),
            ("http://a.com:8080", "http", false, "a.com", ":8080", true),
            ("http://[::1]:3000", "http", false, "[::1]", ":3000", true),
            ("https://*.a.com", "https", true, "a.com", "", false),
            ("http://a.com:*", "http", false, "a.com", ":*", false),
            ("http://*.a.com:*", "http", true, "a.com", ":*", false),
            // A bad port is one of `http` and `https` only.
            ("app://a.com:6000", "app", false, "a.com", ":6000", true),
        ] {
            let parsed = pattern(text);
            assert_eq!(
                parsed,
                Pattern {
                    scheme,
                    subdomains,
                    host,
                    port
                },
                "{text}"
            );
            assert_eq!(parsed.is_exact(), exact, "{text}");
        }
        assert_eq!(Entry::parse("*"), Ok(Entry::Any));
        assert_eq!(Entry::parse("null"), Ok(Entry::Null));
    }

    /// Where several rules are broken, and where one has several faces.
    #[test]
    fn the_rule_that_is_named() {
        for (text, rule) in [
            ("", Rule::EmptyItem),
            ("https://a.com https://b.com", Rule::OriginList),
            ("a.com,b.com", Rule::OriginList),
            ("https://a.com,", Rule::OriginList),
            ("https://a.com b.com", Rule::OriginWhitespace),
            ("NULL", Rule::OriginUpperCase),
            ("HTTPS://a.com", Rule::OriginUpperCase),
            ("file:/home", Rule::OriginFile),
            ("File:", Rule::OriginFile),
            ("ws://a.com", Rule::OriginWebSocket),
            ("WSS://a.com", Rule::OriginWebSocket),
            ("://a.com", Rule::OriginNoScheme),
            ("https://a.com\\b", Rule::OriginPath),
            ("https://a.com//", Rule::OriginPath),
            ("https://*", Rule::OriginWildcard),
            ("https://*.", Rule::OriginWildcard),
            ("https://*.[::1]", Rule::OriginWildcard),
            ("https://*.127.0.0.1", Rule::OriginWildcard),
            ("https://a.*.com", Rule::OriginWildcard),
            ("http*://a.com", Rule::OriginWildcard),
            ("https://a.com:8*", Rule::OriginWildcard),
            ("https://", Rule::OriginHost),
            ("https://[::1", Rule::OriginHost),
            ("https://[::1]x", Rule::OriginHost),
            ("https://a.com:", Rule::OriginPort),
        ] {
            assert_eq!(Entry::parse(text), Err(rule), "{text}");
        }
    }

    /// `a.` before the host must still make a legal name.
    #[test]
    fn the_longest_pattern() {
        let label = "a".repeat(63);
        let host = format!("{label}.{label}.{label}.{}", "b".repeat(59));
        assert_eq!(pattern(&format!("https://*.{host}")).host.len(), 251);
        let longer = format!("https://*.{host}b");
        assert_eq!(Entry::parse(&longer), Err(Rule::OriginLongName));
        assert!(pattern(&longer.replace("*.", "")).is_exact());
    }

    #[test]
    fn pages_of_this_machine() {
        for (text, loopback) in [
            ("http://localhost", true),
            ("http://localhost.", true),
            ("http://*.localhost:*", true),
            ("http://a.localhost", true),
            ("http://127.1.2.3", true),
            ("http://[::1]", true),
            ("http://notlocalhost", false),
            ("http://localhost.com", false),
            ("http://10.0.0.1", false),
            ("http://[::2]", false),
            ("http://a.com", false),
        ] {
            assert_eq!(pattern(text).is_loopback(), loopback, "{text}");
        }
    }
}
