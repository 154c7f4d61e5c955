//! Thousands of slips: texts that differ from a valid value as people mistype it.
//!
//! Every correction must lint clean, and must mean what was written: the entry that the slip started from,
//! and the origin that a URL parser finds in the text.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use cors_core::issue::{Correction, Issue, Rule};
use cors_core::{Config, IntoEntries};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use url::{Origin, Url};

const ENTRIES: [&str; 34] = [
    "https://example.com",
    "https://www.example.com",
    "http://example.com",
    "https://example.com:8443",
    "http://example.com:8080",
    "https://a-b_c.example.co.uk",
    "https://1.example",
    "https://example.com.",
    "https://*.example.com",
    "http://*.example.com:*",
    "https://app.example.com:*",
    "http://localhost",
    "http://localhost:3000",
    "https://localhost:8443",
    "http://localhost:*",
    "http://app.localhost:3000",
    "http://127.0.0.1",
    "http://127.0.0.1:3000",
    "https://203.0.113.7:8443",
    "http://[::1]",
    "http://[::1]:3000",
    "https://[2001:db8::1]:8443",
    "https://xn--bcher-kva.example",
    "https://*.xn--bcher-kva.example:8443",
    "https://xn--r8jz45g.jp",
    "tauri://localhost",
    "capacitor://localhost",
    "chrome-extension://fmkadmapgofadopljbjfkapdkoienihi",
    "app://a.example:4000",
    "https://httpbin.example",
    "https://app-*.example.com",
    "https://pr-*-web.example.com:8443",
    "chrome-extension://*",
    "app://.",
];

/// A slip. `None` if it does not apply to the entry.
type Slip = fn(&str) -> Option<String>;

/// Slips that keep every part of the origin, so that the correction must be the entry itself.
const LOSSLESS: &[Slip] = &[
    |entry| Some(format!("{entry}/")),
    |entry| Some(format!("{entry}//")),
    |entry| Some(format!("{entry}/*")),
    |entry| Some(format!("{entry}/app/index.html")),
    |entry| Some(format!("{entry}/?q=a@b#f")),
    |entry| Some(format!("{entry}?")),
    |entry| Some(format!("{entry}?q=1")),
    |entry| Some(format!("{entry}#")),
    |entry| Some(format!("{entry}#/route")),
    |entry| Some(format!(" {entry}")),
    |entry| Some(format!("{entry} ")),
    |entry| Some(format!("{entry}\t")),
    |entry| Some(format!("\u{a0}{entry}")),
    |entry| Some(format!("{entry}\r\n")),
    |entry| Some(format!("{entry}\0")),
    |entry| Some(format!("\"{entry}\"")),
    |entry| Some(format!("'{entry}'")),
    |entry| Some(format!("`{entry}`")),
    |entry| Some(format!("<{entry}>")),
    |entry| Some(format!("({entry})")),
    |entry| Some(format!("\"{entry}")),
    |entry| Some(format!("[\"{entry}\"]")),
    |entry| Some(format!("['{entry}'")),
    |entry| Some(format!("{entry},")),
    |entry| Some(format!("{entry};")),
    |entry| Some(format!(",{entry}")),
    |entry| Some(format!("blob:{entry}/550e8400")),
    |entry| Some(format!("blob:{entry}")),
    |entry| Some(entry.to_uppercase()),
    |entry| Some(capitalized(entry)),
    |entry| {
        around_host(entry, |scheme, rest| {
            format!("{scheme}://{}", capitalized(rest))
        })
        .filter(|text| text != entry)
    },
    |entry| around_host(entry, |scheme, rest| format!("{scheme}://user@{rest}")),
    |entry| around_host(entry, |scheme, rest| format!("{scheme}://user:pw@{rest}/")),
    |entry| around_host(entry, |scheme, rest| format!("{scheme}://@{rest}")),
    |entry| around_host(entry, |scheme, rest| format!(r"{scheme}:\\{rest}")),
    |entry| around_web_host(entry, |scheme, rest| format!("{scheme}:{rest}")),
    |entry| around_web_host(entry, |scheme, rest| format!("{scheme}:/{rest}")),
    |entry| around_web_host(entry, |scheme, rest| format!("{scheme}:///{rest}")),
    |entry| around_web_host(entry, |scheme, rest| format!("{scheme}:////{rest}/")),
    |entry| around_web_host(entry, |scheme, rest| format!("{scheme}//{rest}")),
    |entry| around_web_host(entry, |scheme, rest| format!(r"{scheme}:\/{rest}\app")),
    |entry| {
        around_web_host(entry, |scheme, rest| {
            format!("{}://{rest}", if scheme == "http" { "ws" } else { "wss" })
        })
    },
    |entry| with_port(entry, default_port(entry)?),
    |entry| with_port(entry, &format!("0{}", default_port(entry)?)),
    |entry| with_port(entry, ""),
    |entry| with_port(entry, default_port(entry)?).map(|text| text + "/app"),
    |entry| in_port(entry, |port| format!("0{port}")),
    |entry| in_port(entry, |port| format!("+{port}")),
    |entry| replaced(entry, "127.0.0.1", "127.1"),
    |entry| replaced(entry, "127.0.0.1", "2130706433"),
    |entry| replaced(entry, "127.0.0.1", "0x7f.0.0.1"),
    |entry| replaced(entry, "127.0.0.1", "0177.0.0.01"),
    |entry| replaced(entry, "127.0.0.1", "127.0.0.1."),
    |entry| replaced(entry, "203.0.113.7", "203.0.28935"),
    |entry| replaced(entry, "[::1]", "[0:0:0:0:0:0:0:1]"),
    |entry| replaced(entry, "2001:db8::1", "2001:DB8:0::0001"),
    |entry| replaced(entry, "xn--bcher-kva", "bücher"),
    |entry| replaced(entry, "xn--bcher-kva", "BÜCHER"),
    |entry| replaced(entry, "xn--r8jz45g", "例え"),
];

/// Slips of which a part is lost, or whose correction is only probable.
const LOSSY: &[Slip] = &[
    |entry| around_host(entry, |_, rest| rest.to_owned()),
    |entry| around_host(entry, |_, rest| format!("//{rest}")),
    |entry| around_host(entry, |_, rest| format!("{rest}/")),
    |entry| around_host(entry, |scheme, rest| format!("{scheme} ://{rest}")),
    |entry| around_host(entry, |scheme, rest| format!("{scheme}:// {rest}")),
    |entry| {
        around_host(entry, |scheme, rest| {
            format!("{scheme}://{scheme}://{rest}")
        })
    },
    |entry| around_host(entry, |scheme, rest| format!("https://{scheme}://{rest}")),
    |entry| around_host(entry, |scheme, rest| format!("http:{scheme}://{rest}/")),
    |entry| {
        around_host(entry, |scheme, rest| {
            format!("{scheme}://example.org@{rest}")
        })
    },
    |entry| around_host(entry, |scheme, rest| format!("{scheme}://.{rest}")),
    |entry| around_host(entry, |scheme, rest| format!("{scheme}://*{rest}")),
    |entry| around_host(entry, |scheme, rest| format!("{scheme}://*.*.{rest}")),
    |entry| around_host(entry, |scheme, rest| format!("{scheme}://xn--f.{rest}")),
    |entry| around_host(entry, |scheme, rest| format!("{scheme}://é.{rest}/")),
    |entry| around_host(entry, |scheme, rest| format!("{scheme}://ß.{rest}/")),
    |entry| around_host(entry, |scheme, rest| format!("{scheme}://%61{rest}")),
    |entry| {
        around_host(entry, |scheme, rest| {
            format!("{scheme}://{}", rest.replace('.', r"\."))
        })
    },
    |entry| around_host(entry, |scheme, rest| format!("{scheme}://({rest}|b.com)")),
    |entry| Some(format!("{entry}'")),
    |entry| Some(format!("^{entry}$")),
    |entry| Some(format!("{entry}|")),
    |entry| Some(format!("{entry}x")),
    |entry| Some(format!("{entry}:99999")),
    |entry| Some(format!("{entry}:6000")),
    |entry| Some(format!("{entry}:a")),
    |entry| Some(format!("{entry}.")),
    |entry| Some(format!("{entry}..")),
    |entry| Some(format!("{entry},{entry}")),
    |entry| Some(format!("view-source:{entry}")),
    |entry| Some(format!("filesystem:{entry}/temporary")),
    |entry| Some(format!("data:{entry}")),
    |entry| replaced(entry, "https", "htps"),
    |entry| replaced(entry, "https", "httsp").map(|text| text + "/"),
    |entry| replaced(entry, "http", "htp"),
    |entry| replaced(entry, "localhost", "locahost"),
    |entry| replaced(entry, "localhost", "lcoalhost").map(|text| text + "/"),
    |entry| replaced(entry, "[::1]", "::1"),
    |entry| replaced(entry, "[::1]", "[::1%25eth0]"),
    |entry| replaced(entry, "127.0.0.1", "256.0.0.1"),
    |entry| replaced(entry, "127.0.0.1", "[127.0.0.1]"),
    |entry| replaced(entry, ".", ".."),
];

/// Typos of schemes. Their correction has another scheme.
const TYPOS: [&str; 3] = ["htps", "httsp", "htp"];

const HEADERS: [&str; 6] = [
    "X-A",
    "Authorization",
    "X-Requested-With",
    "if-none-match",
    "Idempotency-Key",
    "x_custom",
];

/// Slips in a header name.
const HEADER_SLIPS: &[Slip] = &[
    |name| Some(format!("{name}:")),
    |name| Some(format!("{name} : ")),
    |name| Some(format!("\"{name}:\"")),
    |name| Some(format!(" {name}")),
    |name| Some(format!("{name}\n")),
    |name| Some(format!("\"{name}\"")),
    |name| Some(format!("'{name}'")),
    |name| Some(format!("[\"{name}\"]")),
    |name| Some(format!("{name},")),
    |name| replaced(name, "-", "\u{2011}"),
    |name| replaced(name, "-", "\u{2013}"),
];

/// Two entries that became one.
const JOINED: [&str; 9] = [",", ", ", ";", "; ", " ", "|", "\n", ",\n  ", "/, "];

fn capitalized(text: &str) -> String {
    let first: String = text.chars().take(1).collect();
    first.to_uppercase() + &text[first.len()..]
}

fn around_host(entry: &str, slip: fn(&str, &str) -> String) -> Option<String> {
    let (scheme, rest) = entry.split_once("://")?;
    Some(slip(scheme, rest))
}

fn around_web_host(entry: &str, slip: fn(&str, &str) -> String) -> Option<String> {
    // A number alone could be a port.
    let is_number = entry
        .split("://")
        .nth(1)?
        .starts_with(|c: char| c.is_ascii_digit());
    (entry.starts_with("http") && !is_number).then(|| around_host(entry, slip))?
}

/// `None` if there is a port.
fn with_port(entry: &str, port: &str) -> Option<String> {
    let host = entry.split_once("://")?.1;
    let has_port = !host.ends_with(']') && host.contains(':');
    (!has_port).then(|| format!("{entry}:{port}"))
}

fn default_port(entry: &str) -> Option<&'static str> {
    match entry.split_once("://")?.0 {
        "http" => Some("80"),
        "https" => Some("443"),
        _ => None,
    }
}

fn in_port(entry: &str, slip: fn(&str) -> String) -> Option<String> {
    let (host, port) = entry.rsplit_once(':')?;
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
    is_port.then(|| format!("{host}:{}", slip(port)))
}

fn replaced(entry: &str, from: &str, to: &str) -> Option<String> {
    entry.contains(from).then(|| entry.replacen(from, to, 1))
}

fn lint(config: Config) -> Vec<Issue> {
    match config.build() {
        Ok(policy) => policy.warnings().to_vec(),
        Err(error) => [error.errors(), error.warnings()].concat(),
    }
}

fn lint_origins<K>(entries: impl IntoEntries<K>) -> Vec<Issue> {
    lint(Config::new().allow_origins(entries))
}

/// The rules that a text breaks, and the corrected entries.
fn corrected(text: &str) -> (Vec<Rule>, Option<Vec<String>>) {
    let issues = lint_origins([text]);
    let rules = issues.iter().map(Issue::rule).collect();
    let corrections: Vec<&Correction> = issues.iter().filter_map(Issue::correction).collect();
    let entries = match corrections.as_slice() {
        [] => None,
        [Correction::Replace(entry)] => Some(vec![entry.clone()]),
        [Correction::Split(entries)] => Some(entries.clone()),
        [Correction::Remove] => Some(Vec::new()),
        other => panic!("{text}: {other:?}"),
    };
    (rules, entries)
}

/// Checks a correction apart from what the slip started from. Returns it, if there is one.
fn check(text: &str) -> Option<Vec<String>> {
    let (rules, entries) = corrected(text);
    let entries = entries?;
    let again = lint_origins(entries.clone());
    let again: Vec<&Issue> = again
        .iter()
        .filter(|issue| issue.rule() != Rule::Duplicate && issue.rule() != Rule::Redundant)
        .collect();
    assert!(again.is_empty(), "{text:?} -> {entries:?}: {again:?}");
    let lower = text.to_lowercase();
    let is_guess =
        rules.contains(&Rule::OriginList) || TYPOS.iter().any(|typo| lower.contains(typo));
    if let [entry] = entries.as_slice()
        && !is_guess
        && let Some(written) = meaning(text)
    {
        assert_eq!(meaning(entry), Some(written), "{text:?} -> {entry:?}");
    }
    Some(entries)
}

static ANY_PORT: LazyLock<regex::Regex> =
    LazyLock::new(|| regex::Regex::new(r":\*($|[^A-Za-z0-9._*-])").unwrap());

/// Scheme, host and port of the origin that a browser finds in `text`. The origin of a page that opens a
/// WebSocket has the scheme `http` or `https`.
fn meaning(text: &str) -> Option<(String, String, Option<u16>)> {
    // A URL parser does not accept a wildcard as a port, so a port takes its place.
    let text = ANY_PORT.replace(text, ":4$1");
    let url = Url::parse(&text).ok()?;
    let url = match url.origin() {
        Origin::Tuple(..) => Url::parse(&url.origin().ascii_serialization()).ok()?,
        Origin::Opaque(_) => url,
    };
    let scheme = match url.scheme() {
        "ws" => "http",
        "wss" => "https",
        scheme => scheme,
    };
    // Browsers compare hosts of other schemes as they compare those of `https`.
    let host = url.host_str()?.to_lowercase();
    Some((scheme.to_owned(), host, url.port_or_known_default()))
}

#[test]
fn one_slip() {
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for entry in ENTRIES {
        assert_eq!(lint_origins([entry]), []);
        for (i, slip) in LOSSLESS.iter().enumerate() {
            let Some(text) = slip(entry) else { continue };
            if check(&text) != Some(vec![entry.to_owned()]) {
                wrong.push(format!("{i}: {text:?} -> {:?}", corrected(&text)));
            }
            seen.insert(text);
        }
        for slip in LOSSY {
            if let Some(text) = slip(entry) {
                check(&text);
                seen.insert(text);
            }
        }
    }
    println!("{} slips", seen.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen.len() > 2_000, "{}", seen.len());
}

#[test]
fn two_slips() {
    let (mut tried, mut offered) = (0, 0);
    let all = LOSSLESS.iter().chain(LOSSY);
    for (i, entry) in ENTRIES.iter().enumerate() {
        for (j, first) in all.clone().enumerate() {
            for (k, second) in all.clone().enumerate() {
                // Every eleventh pair, and different ones for every entry.
                if (i + j + k) % 11 != 0 {
                    continue;
                }
                let Some(text) = first(entry).and_then(|text| second(&text)) else {
                    continue;
                };
                tried += 1;
                if let Some(entries) = check(&text) {
                    offered += 1;
                    let lossless = j < LOSSLESS.len() && k < LOSSLESS.len();
                    if lossless {
                        assert_eq!(entries, [*entry], "{text:?}");
                    }
                }
            }
        }
    }
    println!("{offered} corrections of {tried}");
    assert!(offered > tried / 3, "{offered} of {tried}");
}

#[test]
fn joined_entries() {
    for first in ENTRIES {
        for second in ENTRIES.iter().filter(|second| **second != first) {
            for separator in JOINED {
                let text = format!("{first}{separator}{second}");
                assert_eq!(
                    check(&text),
                    Some(vec![first.to_owned(), (*second).to_owned()]),
                    "{text:?}"
                );
            }
        }
    }
}

#[test]
fn header_names() {
    for name in HEADERS {
        for slip in HEADER_SLIPS {
            let Some(text) = slip(name) else { continue };
            let keys = [
                |config: Config, name: &str| config.allow_headers(name),
                |config: Config, name: &str| config.expose_headers(name),
            ];
            for key in keys {
                let issues = lint(key(Config::new().allow_origins("*"), &text));
                let [issue] = issues.as_slice() else {
                    panic!("{text:?}: {issues:?}");
                };
                let meant = Correction::Replace(name.to_owned());
                assert_eq!(issue.correction(), Some(&meant), "{text:?}");
                assert_eq!(lint(key(Config::new().allow_origins("*"), name)), []);
            }
        }
    }
}

/// The regex of every entry, with some of its dots unescaped.
#[test]
fn dots_of_a_regex() {
    let mut tried = 0;
    for entry in ENTRIES.iter().filter(|entry| !entry.contains(['*', '['])) {
        let regex = entry.replace('.', r"\.");
        let dots: Vec<usize> = regex.match_indices(r"\.").map(|(at, _)| at).collect();
        for unescaped in 1..1 << dots.len() {
            let mut text = regex.clone();
            for (i, dot) in dots.iter().enumerate().rev() {
                // The last dot of a name separates nothing.
                if unescaped >> i & 1 == 1 && dot + 2 < regex.len() {
                    text.remove(*dot);
                }
            }
            let origins = || Config::new().allow_origins(["https://other.example"]);
            let issues = lint(origins().allow_origin_regex(&text));
            let found: Vec<Option<&Correction>> = issues.iter().map(Issue::correction).collect();
            let meant = Correction::Replace(regex.clone());
            let expected = if text == regex {
                vec![]
            } else {
                vec![Some(&meant)]
            };
            assert_eq!(found, expected, "{text}");
            assert_eq!(lint(origins().allow_origin_regex(&regex)), []);
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}
