//! Policies for pages at given origins, close to every boundary of an entry.

use cors_core::Config;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use super::Places;

/// Policies that build.
pub(super) fn policy(places: &Places) -> impl Strategy<Value = Config> + use<> {
    let pages = &places.pages;
    let access = (
        prop_oneof![
            1 => Just(vec![]),
            12 => vec(entry(pages), 1..5),
            3 => Just(vec!["*".to_owned()]),
        ],
        weighted(0.2, regex(pages)),
        any::<bool>(),
    );
    let lists = (
        list(&METHODS),
        list(&HEADERS),
        list(&EXPOSED),
        prop_oneof![
            select(vec![600, 0, 1, 5, 7_200, 86_400, u64::MAX]),
            any::<u64>(),
        ],
    );
    let flags = (select(vec![200, 204]), any::<[bool; 6]>());
    let config = (access, lists, flags, own_origins(&places.apis)).prop_map(
        |(
            (mut origins, regex, credentials),
            (methods, headers, mut exposed, max_age),
            flags,
            own,
        )| {
            if credentials {
                // These entries are errors with credentials.
                origins.retain(|entry| !["*", "null"].contains(&entry.as_str()));
                exposed.retain(|name| *name != "*");
            }
            let (
                status,
                [
                    diagnostics,
                    block,
                    timing,
                    public_suffixes,
                    any_app,
                    broad_regex,
                ],
            ) = flags;
            let config = Config::new()
                .allow_origins(origins)
                .allow_methods(methods)
                .allow_headers(headers)
                .allow_credentials(credentials)
                .expose_headers(exposed)
                .max_age(max_age)
                .preflight_status(status)
                .diagnostics(diagnostics)
                .block_refused_origins(block)
                .own_origins(own)
                .timing_allow_origin(timing)
                .dangerously_allow_credentials_on_public_suffixes(public_suffixes)
                .dangerously_allow_credentials_with_any_app(any_app)
                .dangerously_allow_credentials_with_broad_regex(broad_regex);
            match regex {
                Some(regex) => config.allow_origin_regex(regex),
                None => config,
            }
        },
    );
    config.prop_filter("it builds", |config| config.clone().build().is_ok())
}

const METHODS: [&str; 11] = [
    "*", "GET", "PUT", "POST", "PATCH", "patch", "DELETE", "put", "OPTIONS", "PURGE", "QUERY",
];

/// With the value `1`, each of these must be requested in a preflight.
const HEADERS: [&str; 8] = [
    "*",
    "X-A",
    "Authorization",
    "x-b",
    "Content-Type",
    "Range",
    "X-Requested-With",
    "IF-MATCH",
];

const EXPOSED: [&str; 6] = [
    "*",
    "X-Total",
    "etag",
    "Content-Length",
    "X-Request-Id",
    "Set-Cookie",
];

/// A random selection, which rarely contains `*`.
fn list(pool: &[&'static str]) -> impl Strategy<Value = Vec<&'static str>> + use<> {
    let named = subsequence(pool[1..].to_vec(), 0..=pool.len() - 1).prop_shuffle();
    prop_oneof![
        12 => named.clone(),
        4 => Just(vec![pool[0]]),
        1 => named.prop_map(|names| [&["*"], &names[..]].concat()),
    ]
}

/// Mostly none, or those of every server; rarely some are missing.
fn own_origins(apis: &[String]) -> impl Strategy<Value = Vec<String>> + use<> {
    let any_port = |api: &String| {
        let (scheme, host, _) = parts(api);
        format!("{scheme}://{host}:*")
    };
    prop_oneof![
        16 => Just(Vec::new()),
        2 => Just(apis.to_vec()),
        1 => Just(apis.iter().map(any_port).collect()),
        1 => subsequence(apis.to_vec(), 1..=apis.len()),
    ]
}

/// An entry of `allow_origins`.
fn entry(pages: &[String]) -> impl Strategy<Value = String> + use<> {
    let pages = pages.to_vec();
    prop_oneof![
        4 => select(pages.clone()),
        // An origin that none of these pages has.
        2 => (select(pages.clone()), any::<Index>()).prop_map(|(page, index)| {
            let near = neighbours(&page);
            near[index.index(near.len())].clone()
        }),
        5 => (select(pages.clone()), any::<[bool; 3]>()).prop_map(|(page, how)| pattern(&page, how)),
        3 => (select(pages), any::<(Index, Index, bool)>())
            .prop_map(|(page, (start, end, any_port))| label_pattern(&page, start, end, any_port)),
        1 => Just("null".to_owned()),
    ]
}

/// A pattern in which `*` stands for a part of the page's first label. For a page with another scheme
/// than http and https, it is any host.
fn label_pattern(page: &str, start: Index, end: Index, any_port: bool) -> String {
    let (scheme, host, port) = parts(page);
    if !["http", "https", "file"].contains(&scheme) {
        return format!("{scheme}://*");
    }
    let port = if any_port { ":*" } else { port };
    let (label, rest) = host.split_at(host.find('.').unwrap_or(host.len()));
    // `*` must not be the whole label, and encoded names have no wildcard.
    if !is_name(host) || rest.len() < 2 || label.len() < 2 || label.starts_with("xn--") {
        return page.to_owned();
    }
    let start = start.index(label.len());
    let longest = if start == 0 {
        label.len() - 1
    } else {
        label.len() - start
    };
    let end = start + 1 + end.index(longest);
    format!(
        "{scheme}://{}*{}{rest}{port}",
        &label[..start],
        &label[end..]
    )
}

/// A pattern for the page or its parent domain, with optional wildcards for subdomains and port.
fn pattern(page: &str, [of_parent, subdomains, any_port]: [bool; 3]) -> String {
    let (scheme, host, port) = parts(page);
    let host = match parent(host) {
        Some(parent) if of_parent && subdomains => format!("*.{parent}"),
        _ if subdomains && is_name(host) => format!("*.{host}"),
        _ => host.to_owned(),
    };
    let has_port = any_port && !["", "."].contains(&host.as_str());
    let port = if has_port { ":*" } else { port };
    format!("{scheme}://{host}{port}")
}

/// Regexes that allow some pages. Their ends and alternatives go wrong if they are not anchored.
fn regex(pages: &[String]) -> impl Strategy<Value = String> + use<> {
    let page = select(pages.to_vec());
    let two = (page.clone(), page.clone());
    let escape = |page: &str| {
        page.replace('.', r"\.")
            .replace('[', r"\[")
            .replace(']', r"\]")
    };
    prop_oneof![
        two.prop_map(move |(one, other)| format!("{}|{}", escape(&one), escape(&other))),
        page.prop_map(move |page| {
            let (scheme, host, _) = parts(&page);
            let host = match parent(host) {
                Some(parent) => format!(r"[a-z]+\.{}", escape(parent)),
                None => escape(host),
            };
            format!(r"{scheme}s?://{host}(:\d+)?")
        }),
    ]
}

/// Origins near an entry, each beyond one or more of its boundaries: scheme, labels, suffix, port.
/// For a pattern, they include origins that it allows.
pub(super) fn neighbours(entry: &str) -> Vec<String> {
    let (scheme, host, port) = parts(entry);
    let hosts = match host.strip_prefix("*.") {
        None if host == "*" => ["host", "a.b", ".", ""]
            .map(|host| Some(host.to_owned()))
            .to_vec(),
        None if host.contains('*') => ["1", "a-b", "", "a_b", "a.b"]
            .map(|part| Some(host.replace('*', part)))
            .into_iter()
            .chain([Some(format!("evil{}", host.replace('*', "1")))])
            .collect(),
        None if is_name(host) => vec![
            Some(host.to_owned()),
            Some(format!("sub.{host}")),
            parent(host).map(str::to_owned),
            Some(format!("evil-{host}")),
            Some(format!("{host}.evil.net")),
        ],
        None => vec![Some(host.to_owned())],
        Some(apex) => vec![
            Some(format!("app.{apex}")),
            Some(format!("b.app.{apex}")),
            Some(apex.to_owned()),
            Some(format!("evil{apex}")),
            Some(format!("app.{apex}.evil.net")),
        ],
    };
    let ports = match port {
        ":*" => ["", ":8080"],
        "" => ["", ":8443"],
        port => [port, ""],
    };
    let schemes = match scheme {
        "https" => ["https", "http"],
        scheme => [scheme, "https"],
    };
    let mut origins = Vec::new();
    for host in hosts.iter().flatten() {
        for port in ports {
            origins.extend(schemes.map(|scheme| format!("{scheme}://{host}{port}")));
        }
    }
    origins
}

/// The host without its first label, if the rest can still be a site.
fn parent(host: &str) -> Option<&str> {
    let (_, parent) = host.split_once('.').filter(|_| is_name(host))?;
    (parent.contains('.') || parent == "localhost").then_some(parent)
}

/// Whether the host can have subdomains.
fn is_name(host: &str) -> bool {
    let is_address = host.starts_with('[') || host.ends_with(|last: char| last.is_ascii_digit());
    !is_address && !["", "."].contains(&host)
}

/// Scheme, host, and port with its colon.
fn parts(origin: &str) -> (&str, &str, &str) {
    let (scheme, rest) = origin.split_once("://").unwrap_or(("https", origin));
    match rest.rfind(':') {
        Some(colon) if !rest.ends_with(']') => (scheme, &rest[..colon], &rest[colon..]),
        _ => (scheme, rest, ""),
    }
}
