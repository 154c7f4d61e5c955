//! What a policy allows that is similar to what it refused, for [`explain`](crate::Policy::explain).
//!
//! The request may come from an attacker, so the work is bounded: a fixed number of look-ups, and the
//! first [`SEARCHED`] entries of a list.

use crate::origin::pattern::{Entry, Pattern, Wildcard};
use crate::origin::set::OriginSet;
use crate::origin::{default_port, parse_port};
use crate::slip::is_one_slip;

/// How many entries of a list are compared.
const SEARCHED: usize = 1_000;

/// The shortest name that is compared for typos. Shorter ones resemble too many others.
const MIN_NAME_LEN: usize = 4;

/// The same for hosts.
const MIN_HOST_LEN: usize = 6;

/// What is allowed instead, and how what was asked for differs from it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NearMiss {
    pub(crate) allowed: String,
    pub(crate) difference: &'static str,
}

/// An allowed origin or pattern that differs from `origin` in one part only.
pub(crate) fn origin(origins: &OriginSet, origin: &[u8]) -> Option<NearMiss> {
    let text = std::str::from_utf8(origin).ok()?;
    let Ok(Entry::Pattern(asked)) = Entry::parse(text) else {
        return first_allowed(origins, as_browsers_write(text));
    };
    let listed = |compare: fn(&Pattern<'_>, &Pattern<'_>) -> Option<&'static str>| {
        origins.first_entries(SEARCHED).find_map(|entry| {
            let Ok(Entry::Pattern(allowed)) = Entry::parse(entry) else {
                return None;
            };
            Some(NearMiss {
                difference: compare(&asked, &allowed)?,
                allowed: entry.to_owned(),
            })
        })
    };
    listed(difference)
        .or_else(|| first_allowed(origins, variants(&asked)))
        .or_else(|| listed(typo))
}

/// A name in `allowed` that is one typo away from `name`.
pub(crate) fn name<'a>(allowed: &'a [String], name: &[u8]) -> Option<&'a str> {
    let is_similar = |known: &&str| {
        known.len().min(name.len()) >= MIN_NAME_LEN && is_one_slip(known.as_bytes(), name)
    };
    let searched = allowed.iter().take(SEARCHED);
    searched.map(String::as_str).find(is_similar)
}

fn first_allowed(
    origins: &OriginSet,
    candidates: impl IntoIterator<Item = (String, &'static str)>,
) -> Option<NearMiss> {
    candidates
        .into_iter()
        .find(|(candidate, _)| origins.contains(candidate.as_bytes()))
        .map(|(allowed, difference)| NearMiss {
            allowed,
            difference,
        })
}

/// How `asked` differs from `allowed`, if it differs in one part only.
fn difference(asked: &Pattern<'_>, allowed: &Pattern<'_>) -> Option<&'static str> {
    let scheme = asked.scheme == allowed.scheme;
    let port = asked.port == allowed.port || allowed.port == ":*";
    let host = asked.host == allowed.host;
    let is_one_host = allowed.wildcard == Wildcard::None;
    match (scheme, host, port) {
        (true, true, true) if allowed.wildcard == Wildcard::Subdomains => {
            Some("`*.` stands for at least one label")
        }
        (false, true, true) if is_one_host => Some("the scheme differs"),
        (true, true, false) if is_one_host => Some("the port differs"),
        (true, false, true) if is_one_host && is_subdomain(asked.host, allowed.host) => {
            Some("a subdomain is another host")
        }
        _ => None,
    }
}

fn is_subdomain(host: &str, parent: &str) -> bool {
    host.strip_suffix(parent)
        .is_some_and(|labels| labels.ends_with('.'))
}

/// Whether the host of `asked` is one typo away from that of `allowed`, or from one below it.
fn typo(asked: &Pattern<'_>, allowed: &Pattern<'_>) -> Option<&'static str> {
    let same_scheme = asked.scheme == allowed.scheme;
    let same_port = asked.port == allowed.port || allowed.port == ":*";
    let is_similar = |host: &str| {
        host.len().min(allowed.host.len()) >= MIN_HOST_LEN
            && is_one_slip(host.as_bytes(), allowed.host.as_bytes())
    };
    let is_typo = match allowed.wildcard {
        Wildcard::None => is_similar(asked.host),
        Wildcard::Subdomains => parents(asked.host).any(is_similar),
        Wildcard::Label { .. } | Wildcard::Host => false,
    };
    (same_scheme && same_port && is_typo).then_some("the host is one typo away")
}

/// The domains above a host.
fn parents(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(parent(host), |host| parent(host))
}

fn parent(host: &str) -> Option<&str> {
    host.split_once('.').map(|(_, parent)| parent)
}

/// The origins of the pages of an app that is built with Tauri or Capacitor, on every platform.
const APPS: [&str; 7] = [
    "tauri://localhost",
    "http://tauri.localhost",
    "https://tauri.localhost",
    "capacitor://localhost",
    "ionic://localhost",
    "https://localhost",
    "http://localhost",
];

/// Origins that people take for `asked`, the most similar first.
fn variants(asked: &Pattern<'_>) -> Vec<(String, &'static str)> {
    let Pattern {
        scheme, host, port, ..
    } = *asked;
    let mut out = Vec::new();
    if let Some(other) = other_scheme(scheme) {
        out.push((format!("{other}://{host}{port}"), "the scheme differs"));
        let number = port
            .strip_prefix(':')
            .and_then(|port| parse_port(port.as_bytes()));
        if number.is_some() && number == default_port(other.as_bytes()) {
            let difference = "the port is the default of the other scheme";
            out.push((format!("{other}://{host}"), difference));
        }
    }
    let is_web = matches!(scheme, "http" | "https");
    const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
    if LOOPBACK.contains(&host) {
        let difference = "`localhost`, `127.0.0.1` and `[::1]` are three hosts";
        out.extend(LOOPBACK.map(|host| (format!("{scheme}://{host}{port}"), difference)));
    } else if is_web {
        let www = match host.strip_prefix("www.") {
            Some(apex) => apex.to_owned(),
            None => format!("www.{host}"),
        };
        out.push((
            format!("{scheme}://{www}{port}"),
            "`www.` makes it another host",
        ));
        let dot = match host.strip_suffix('.') {
            Some(host) => host.to_owned(),
            None => format!("{host}."),
        };
        let difference = "a dot at the end makes it another host";
        out.push((format!("{scheme}://{dot}{port}"), difference));
    }
    if !port.is_empty() {
        out.push((format!("{scheme}://{host}"), "the port differs"));
    }
    if port.is_empty() && APPS.contains(&format!("{scheme}://{host}").as_str()) {
        let difference = "apps of Tauri and Capacitor have another origin on each platform";
        out.extend(APPS.map(|origin| (origin.to_owned(), difference)));
    }
    out
}

fn other_scheme(scheme: &str) -> Option<&'static str> {
    match scheme {
        "http" => Some("https"),
        "https" => Some("http"),
        _ => None,
    }
}

/// The origin that a browser sends where another client sends `text`.
fn as_browsers_write(text: &str) -> Vec<(String, &'static str)> {
    let mut out = Vec::new();
    out.push((
        text.to_ascii_lowercase(),
        "browsers send origins in lower case",
    ));
    if let Some(origin) = text.strip_suffix('/') {
        out.push((origin.to_owned(), "an origin has no slash at the end"));
    }
    for scheme in ["http", "https"] {
        let is_of_scheme = text
            .split_once("://")
            .is_some_and(|(first, _)| first == scheme);
        let port = default_port(scheme.as_bytes()).map(|port| format!(":{port}"));
        let origin = port
            .and_then(|port| text.strip_suffix(&port))
            .filter(|_| is_of_scheme);
        if let Some(origin) = origin {
            out.push((origin.to_owned(), "browsers omit the default port"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{MIN_HOST_LEN, NearMiss, SEARCHED, name, origin};
    use crate::origin::builder::Builder;
    use crate::origin::pattern::Entry;
    use crate::origin::set::OriginSet;

    fn set<I: IntoIterator<Item = String>>(entries: I) -> OriginSet {
        let entries: Vec<String> = entries.into_iter().collect();
        let mut builder = Builder::default();
        for (i, entry) in entries.iter().enumerate() {
            match Entry::parse(entry) {
                Ok(Entry::Pattern(pattern)) => builder.allow(i, entry, &pattern),
                other => panic!("{entry}: {other:?}"),
            }
        }
        builder.finish().0
    }

    fn near(allowed: &str, asked: &str) -> Option<(String, &'static str)> {
        origin(&set([allowed.to_owned()]), asked.as_bytes()).map(
            |NearMiss {
                 allowed,
                 difference,
             }| (allowed, difference),
        )
    }

    #[test]
    fn confused_origins() {
        let loopback = "`localhost`, `127.0.0.1` and `[::1]` are three hosts";
        let app = "apps of Tauri and Capacitor have another origin on each platform";
        let www = "`www.` makes it another host";
        let dot = "a dot at the end makes it another host";
        let typo = "the host is one typo away";
        for (allowed, asked, difference) in [
            ("http://localhost:3000", "http://127.0.0.1:3000", loopback),
            ("http://localhost:3000", "http://[::1]:3000", loopback),
            ("http://127.0.0.1:3000", "http://localhost:3000", loopback),
            ("http://[::1]", "http://localhost", loopback),
            ("https://www.example.com", "https://example.com", www),
            (
                "https://example.com",
                "https://www.example.com",
                "a subdomain is another host",
            ),
            ("tauri://localhost", "http://tauri.localhost", app),
            ("http://tauri.localhost", "tauri://localhost", app),
            ("http://tauri.localhost", "capacitor://localhost", app),
            ("ionic://localhost", "https://tauri.localhost", app),
            (
                "tauri://localhost",
                "https://localhost",
                "the scheme differs",
            ),
            (
                "capacitor://localhost",
                "ionic://localhost",
                "the scheme differs",
            ),
            ("https://example.com", "https://example.com.", dot),
            ("https://example.com.", "https://example.com", dot),
            (
                "https://example.com",
                "http://example.com",
                "the scheme differs",
            ),
            (
                "https://example.com",
                "http://example.com:443",
                "the port is the default of the other scheme",
            ),
            (
                "https://example.com",
                "https://example.com:443",
                "browsers omit the default port",
            ),
            (
                "http://localhost",
                "http://localhost:80",
                "browsers omit the default port",
            ),
            (
                "https://example.com",
                "https://Example.com",
                "browsers send origins in lower case",
            ),
            (
                "https://example.com",
                "https://example.com/",
                "an origin has no slash at the end",
            ),
            ("https://example.com", "https://exmaple.com", typo),
            ("https://example.com", "https://examples.com", typo),
            ("https://example.com", "https://exampl.com", typo),
            ("https://example.com:*", "https://exemple.com:8443", typo),
            ("http://localhost:3000", "http://locahost:3000", typo),
        ] {
            let expected = Some((allowed.to_owned(), difference));
            assert_eq!(near(allowed, asked), expected, "{asked}");
        }
        // The origin that a pattern allows is named.
        let near_pattern = near("https://*.example.com", "http://app.example.com");
        let expected = ("https://app.example.com".to_owned(), "the scheme differs");
        assert_eq!(near_pattern, Some(expected));
        let near_pattern = near("https://*.example.com", "https://a.b.exmaple.com");
        let expected = ("https://*.example.com".to_owned(), typo);
        assert_eq!(near_pattern, Some(expected));
    }

    #[test]
    fn other_origins() {
        for (allowed, asked) in [
            ("https://example.com", "https://evil.com"),
            ("https://example.com", "http://exmaple.com"),
            ("https://example.com", "https://exmaple.com:8443"),
            ("https://example.com", "https://exmapel.com"),
            ("https://*.example.com", "https://evilexample.com"),
            ("https://a.com", "https://b.com"),
            ("https://localhost:3000", "tauri://localhost"),
            ("https://example.com", "http://example.com:443/"),
            ("https://example.com", "http://example.com:80"),
            ("http://localhost:3000", "http://192.168.0.1:3000"),
        ] {
            assert_eq!(near(allowed, asked), None, "{asked}");
        }
        assert_eq!(MIN_HOST_LEN, "ab.com".len());
    }

    /// Look-ups find an origin in a list of any length. Comparisons read only some entries.
    #[test]
    fn long_lists() {
        let long = set((0..SEARCHED * 3).map(|i| format!("https://host-{i:05}.example")));
        let found = |asked: &str| origin(&long, asked.as_bytes()).map(|near| near.allowed);
        for i in [0, SEARCHED, SEARCHED * 3 - 1] {
            let allowed = format!("https://host-{i:05}.example");
            let plain = format!("http://host-{i:05}.example");
            assert_eq!(found(&plain), Some(allowed));
        }
        let typos =
            (0..SEARCHED * 3).filter(|i| found(&format!("https://hozt-{i:05}.example")).is_some());
        assert_eq!(typos.count(), SEARCHED);
    }

    #[test]
    fn names() {
        let allowed = ["X-Custom", "X-A", "DELETE"].map(str::to_owned);
        for (asked, expected) in [
            ("x-cutsom", Some("X-Custom")),
            ("x_custom", Some("X-Custom")),
            ("DELET", Some("DELETE")),
            ("X-B", None),
            ("X-Custom", None),
            ("x-costume", None),
        ] {
            assert_eq!(name(&allowed, asked.as_bytes()), expected, "{asked}");
        }
        let long: Vec<String> = (0..=SEARCHED).map(|i| format!("x-name-{i:05}")).collect();
        assert_eq!(name(&long, b"x-mane"), None);
        assert!(name(&long, b"x-nam-00999").is_some());
        assert!(name(&long, b"x-nam-01000").is_none());
    }
}
