//! One entry of `allow_origins`: everything that is wrong with it.
//!
//! The parser in [`pattern`](crate::origin::pattern) stops at the first problem. Here, each problem is
//! mended without regard to what was meant, and the rest is parsed again.

use super::notation::{is_opaque, is_quoted, other_notation, unquote};
use super::{ipv4, punycode};
use crate::issue::Rule;
use crate::origin::pattern::{Entry, EntryError, Pattern};
use crate::origin::{is_scheme, split_authority};
use std::net::Ipv6Addr;

/// One thing that is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) rule: Rule,
    pub(super) detail: Option<String>,
}

impl Flaw {
    fn new(rule: Rule, detail: Option<&str>) -> Self {
        Self {
            rule,
            detail: detail.map(str::to_owned),
        }
    }
}

/// Parses an entry.
///
/// # Errors
///
/// Returns everything that is wrong, at least one flaw.
pub(super) fn parse(text: &str) -> Result<Entry<'_>, Vec<Flaw>> {
    match Entry::parse(text) {
        Ok(Entry::Pattern(pattern)) => match invalid_punycode(&pattern) {
            Some(flaw) => Err(vec![flaw]),
            None => Ok(Entry::Pattern(pattern)),
        },
        Ok(entry) => Ok(entry),
        Err(_) => Err(flaws(text)),
    }
}

fn invalid_punycode(pattern: &Pattern<'_>) -> Option<Flaw> {
    let label = punycode::invalid_label(pattern.host)?;
    Some(Flaw {
        rule: Rule::OriginPunycode,
        detail: Some(format!("`{label}` is not")),
    })
}

/// More flaws than parts of an origin.
const MAX_FLAWS: usize = 16;

fn flaws(text: &str) -> Vec<Flaw> {
    if is_opaque(text) {
        let origin =
            "pages of such URLs have the origin `null`, or that of the page that opened them";
        return vec![Flaw::new(Rule::OriginNoScheme, Some(origin))];
    }
    if let Some(rule) = other_notation(text) {
        return vec![Flaw::new(rule, None)];
    }
    let mut found: Vec<Flaw> = Vec::new();
    let mut rest = text.to_owned();
    for _ in 0..MAX_FLAWS {
        let error = match Entry::parse(&rest) {
            Ok(Entry::Pattern(pattern)) => {
                found.extend(invalid_punycode(&pattern));
                break;
            }
            Ok(Entry::Any | Entry::Null) => break,
            Err(error) => error,
        };
        let is_around = found.is_empty() && is_quoted(&rest);
        let detail = match is_around {
            true => Some("there are quotes or brackets around it"),
            false => detail(error, &rest),
        };
        let flaw = Flaw::new(broken_rule(error, &rest), detail);
        if !found.iter().any(|known| known.rule == flaw.rule) {
            found.push(flaw);
        }
        let mended = match is_around {
            true => Some(unquote(&rest).trim_end_matches(['"', '\'', '`']).to_owned()),
            false => mend(error, &rest),
        };
        match mended {
            Some(mended) if mended != rest => rest = mended,
            _ => break,
        }
    }
    found
}

/// The rule that `error` breaks.
fn broken_rule(error: EntryError, text: &str) -> Rule {
    match error {
        EntryError::Empty => Rule::EmptyItem,
        EntryError::List => Rule::OriginList,
        EntryError::Whitespace => Rule::OriginWhitespace,
        EntryError::ControlByte => Rule::OriginControlByte,
        EntryError::NonAscii => Rule::OriginNonAscii,
        EntryError::NoScheme => Rule::OriginNoScheme,
        EntryError::Scheme => Rule::OriginScheme,
        EntryError::File => Rule::OriginFile,
        EntryError::WebSocket => Rule::OriginWebSocket,
        EntryError::UserInfo => Rule::OriginUserInfo,
        _ if lacks_host(text) => Rule::OriginHost,
        EntryError::Path => Rule::OriginPath,
        EntryError::TrailingSlash => Rule::OriginTrailingSlash,
        EntryError::Query => Rule::OriginQuery,
        EntryError::Fragment => Rule::OriginFragment,
        EntryError::UpperCase => Rule::OriginUpperCase,
        EntryError::Host => Rule::OriginHost,
        EntryError::EmptyLabel => Rule::OriginEmptyLabel,
        EntryError::LongLabel => Rule::OriginLongLabel,
        EntryError::LongName => Rule::OriginLongName,
        EntryError::Ip if no_ip(text).is_some() => Rule::OriginHost,
        EntryError::Ip => Rule::OriginIp,
        EntryError::DefaultPort => Rule::OriginDefaultPort,
        EntryError::Port => Rule::OriginPort,
        EntryError::BlockedPort => Rule::OriginBlockedPort,
        EntryError::Wildcard => Rule::OriginWildcard,
    }
}

/// What the rule does not say about this text.
fn detail(error: EntryError, text: &str) -> Option<&'static str> {
    let is_host_rule = broken_rule(error, text) == Rule::OriginHost;
    match error {
        EntryError::Host if text.contains('|') => {
            Some("`|` does not separate origins: each is an entry")
        }
        EntryError::Ip => no_ip(text),
        EntryError::Wildcard if lacks_scheme(text) => Some("the scheme and `://` are missing"),
        EntryError::Wildcard if is_any_site(text) => Some(
            "to allow every site, use `*`, which excludes credentials; to allow the subdomains of \
             one, `https://*.example.com`; otherwise list the origins, or use allow_origin_regex",
        ),
        _ if is_host_rule && lacks_host(text) => {
            Some("it is missing, or does not follow `://` directly")
        }
        _ => None,
    }
}

/// Whether `*` is the whole host, with a scheme for which that is not possible.
fn is_any_site(text: &str) -> bool {
    Parts::of(text).is_some_and(|parts| parts.host == "*")
}

/// Why a host that must be an IP address is none. `None` if it is one in another notation.
fn no_ip(text: &str) -> Option<&'static str> {
    let host = Parts::of(text)?.host;
    let Some(ipv6) = host.strip_prefix('[') else {
        return match ipv4::parse(host) {
            Some(_) => None,
            None => Some("this one ends in a number, but is not an IPv4 address"),
        };
    };
    let ipv6 = ipv6.strip_suffix(']').unwrap_or(ipv6);
    if ipv6.contains('%') {
        Some("the zone of an IPv6 address, which follows `%`, is not part of an origin")
    } else if ipv6.parse::<Ipv6Addr>().is_err() {
        Some("this one is not an IPv6 address")
    } else {
        None
    }
}

fn lacks_host(text: &str) -> bool {
    Parts::of(text).is_some_and(|parts| parts.lacks_host())
}

/// Whether only the scheme is missing, as in `localhost:*`.
fn lacks_scheme(text: &str) -> bool {
    !text.contains("://") && Entry::parse(&format!("https://{text}")).is_ok()
}

/// `text` without the problem, so that the next one can be found. `None` if the rest cannot be
/// checked.
fn mend(error: EntryError, text: &str) -> Option<String> {
    match error {
        EntryError::Empty | EntryError::List | EntryError::File => return None,
        EntryError::Whitespace => return Some(text.replace([' ', '\t', '\r', '\n'], "")),
        EntryError::ControlByte => return Some(text.replace(|c: char| c.is_ascii_control(), "")),
        EntryError::NonAscii => return Some(text.replace(|c: char| !c.is_ascii(), "x")),
        EntryError::UpperCase => return Some(text.to_ascii_lowercase()),
        EntryError::NoScheme => return with_scheme(text),
        EntryError::Wildcard if lacks_scheme(text) => return None,
        _ => {}
    }
    let parts = Parts::of(text)?;
    Some(
        match error {
            EntryError::Scheme => Parts {
                scheme: "x",
                ..parts
            },
            EntryError::WebSocket if parts.scheme.eq_ignore_ascii_case("wss") => Parts {
                scheme: "https",
                ..parts
            },
            EntryError::WebSocket => Parts {
                scheme: "http",
                ..parts
            },
            EntryError::UserInfo => Parts {
                user_info: "",
                ..parts
            },
            EntryError::Path
            | EntryError::TrailingSlash
            | EntryError::Query
            | EntryError::Fragment => Parts { tail: "", ..parts },
            EntryError::DefaultPort | EntryError::Port | EntryError::BlockedPort => {
                Parts { port: "", ..parts }
            }
            EntryError::Wildcard if parts.authority.contains('[') => Parts {
                host: "x",
                port: "",
                ..parts
            },
            EntryError::Wildcard => Parts {
                scheme: if parts.scheme.contains('*') {
                    "x"
                } else {
                    parts.scheme
                },
                host: if parts.host.contains('*') {
                    "x"
                } else {
                    parts.host
                },
                port: if parts.port.contains('*') {
                    ""
                } else {
                    parts.port
                },
                ..parts
            },
            _ if parts.lacks_host() => return None,
            // What looks like the port belongs to an address without brackets.
            _ if parts.authority.parse::<Ipv6Addr>().is_ok() => return None,
            _ => Parts { host: "x", ..parts },
        }
        .join(),
    )
}

/// `text` with a scheme. `None` if it is unclear where the host starts.
fn with_scheme(text: &str) -> Option<String> {
    let host = text.strip_prefix("://").or_else(|| text.strip_prefix("//"));
    let host = host.unwrap_or(text);
    let is_port = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || c == '*');
    let is_other_url = host.split_once(':').is_some_and(|(scheme, rest)| {
        is_scheme(scheme.to_ascii_lowercase().as_bytes()) && !is_port(rest)
    });
    // A single word is probably not a host.
    let is_host = host.contains(['.', ':']) && !host.starts_with(['/', '\\']);
    (is_host && !is_other_url).then(|| format!("x://{host}"))
}

/// `scheme://user_info@host:port/tail`
#[derive(Clone, Copy)]
struct Parts<'a> {
    scheme: &'a str,
    /// With its `@`, or empty.
    user_info: &'a str,
    /// Host and port.
    authority: &'a str,
    host: &'a str,
    /// With its colon, or empty.
    port: &'a str,
    tail: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at_checked(end)?;
        let user_info = authority.rfind('@').map_or(0, |at| at + 1);
        let (user_info, authority) = authority.split_at_checked(user_info)?;
        let host_len =
            split_authority(authority.as_bytes()).map_or(authority.len(), |(host, _)| host.len());
        let (host, port) = authority.split_at_checked(host_len)?;
        Some(Self {
            scheme,
            user_info,
            authority,
            host,
            port,
            tail,
        })
    }

    fn lacks_host(&self) -> bool {
        self.host.is_empty()
            && self.authority.parse::<Ipv6Addr>().is_err()
            // Pages of some schemes have no host.
            && Entry::parse(&format!("{}://", self.scheme)).is_err()
    }

    fn join(&self) -> String {
        let Self {
            scheme,
            user_info,
            host,
            port,
            tail,
            authority: _,
        } = self;
        format!("{scheme}://{user_info}{host}{port}{tail}")
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::issue::Rule;
    use crate::origin::pattern::Entry;
    use proptest::prelude::*;

    fn rules(text: &str) -> Vec<Rule> {
        match parse(text) {
            Ok(_) => Vec::new(),
            Err(flaws) => flaws.iter().map(|flaw| flaw.rule).collect(),
        }
    }

    #[test]
    fn every_flaw_is_reported() {
        for (text, expected) in [
            ("https://a.com", &[] as &[Rule]),
            (
                "https://ex\u{e1}mple.com:99999",
                &[Rule::OriginNonAscii, Rule::OriginPort],
            ),
            (
                " HTTPS://me@A..com:443/x?y",
                &[
                    Rule::OriginWhitespace,
                    Rule::OriginUpperCase,
                    Rule::OriginUserInfo,
                    Rule::OriginPath,
                    Rule::OriginEmptyLabel,
                    Rule::OriginDefaultPort,
                ],
            ),
            (
                "\"wss://127.1:22/\"",
                &[
                    Rule::OriginScheme,
                    Rule::OriginWebSocket,
                    Rule::OriginTrailingSlash,
                    Rule::OriginIp,
                    Rule::OriginBlockedPort,
                ],
            ),
            (
                "ht_tp://a*b*.com:8*",
                &[Rule::OriginScheme, Rule::OriginWildcard],
            ),
            (
                "example.com:0443/",
                &[
                    Rule::OriginNoScheme,
                    Rule::OriginTrailingSlash,
                    Rule::OriginPort,
                ],
            ),
            (
                "https://*.xn--f:0",
                &[Rule::OriginPort, Rule::OriginPunycode],
            ),
            ("None", &[Rule::OriginNoScheme]),
            ("https:///a.com", &[Rule::OriginHost]),
            ("https://?a", &[Rule::OriginHost]),
            ("https://me@", &[Rule::OriginUserInfo, Rule::OriginHost]),
            ("https://a.com|https://b.com/", &[Rule::OriginList]),
            ("https://(a|b).com:0", &[Rule::OriginRegex]),
            ("https://a.*.com", &[Rule::OriginWildcard]),
            ("https://:0", &[Rule::OriginHost]),
            (
                "http://::1:3000/",
                &[Rule::OriginTrailingSlash, Rule::OriginHost],
            ),
        ] {
            assert_eq!(rules(text), expected, "{text}");
        }
    }

    proptest! {
        /// Whatever the text, the parser and this file agree on what is valid.
        #[test]
        fn agrees_with_the_parser(text in prop_oneof![
            "(https?|wss?|app|\\*|é)?(:|//|://)?([a-c*@.é |]{0,5}[:/?\\[\\]]?){0,4}[0-9*]{0,5}[/?#]?",
            "\\PC{0,12}",
        ]) {
            prop_assert_eq!(parse(&text).is_ok(), Entry::parse(&text).is_ok());
            if let Err(flaws) = parse(&text) {
                prop_assert!(!flaws.is_empty());
            }
        }
    }
}
