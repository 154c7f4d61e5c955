//! A small alphabet. Wherever two of its policies differ, one of its fetches shows it.

use browser_model::{Browser, Credentials, Fetch, Quirks, Url};
use cors_core::Config;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::page::Server;

const PAGES: [&str; 12] = [
    "https://a.com",
    "https://b.com",
    "https://x.b.com",
    "https://x.y.b.com",
    "https://xb.com",
    "https://other.org",
    "http://a.com",
    "https://s.com",
    "app://x",
    "app://y",
    "null",
    "file://",
];

const ENTRIES: [&str; 9] = [
    "https://a.com",
    "https://b.com",
    "https://*.b.com",
    "http://a.com",
    "https://s.com",
    "app://x",
    "app://*",
    "null",
    "file://",
];

const REGEXES: [&str; 5] = [
    r"https://(a|b)\.com",
    r"https://.*b\.com",
    r"https?://a\.com",
    r"https://[a-z]\.b\.com",
    ".*",
];

const OWN: [&str; 7] = [
    "https://s.com",
    "http://s.com",
    "http://s.com:443",
    "https://*.s.com",
    "http://t.com",
    "http://t.com:*",
    "https://t.com:81",
];

pub(crate) const URLS: [&str; 10] = [
    "https://s.com",
    "http://s.com",
    "http://s.com:443",
    "https://s.com:80",
    "https://x.s.com",
    "http://t.com",
    "https://t.com:81",
    "http://t.com:81",
    "http://t.com:82",
    "http://u.com",
];

/// Of every own origin, one of these is accepted. None of them has one of the pages.
const SERVERS: [&str; 5] = [
    "http://s.com",
    "http://s.com:443",
    "https://x.s.com",
    "http://t.com",
    "https://t.com:81",
];

const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PURGE"];

/// With the value `(`, each of them needs a preflight.
const HEADERS: [&str; 4] = ["Content-Type", "X-A", "Authorization", "X-Z"];

const READ: [&str; 3] = ["x-e", "x-f", "location"];

/// More headers than `*` allows at once.
fn many() -> Vec<String> {
    (0..70).map(|number| format!("x-{number}")).collect()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

pub(crate) fn policy() -> impl Strategy<Value = Config> {
    let some = |pool: &[&'static str], most: usize| subsequence(pool.to_vec(), 0..=most);
    let origins = prop_oneof![
        1 => Just(vec!["*"]),
        5 => some(&ENTRIES, 4),
    ];
    let methods = prop_oneof![
        3 => some(&["GET", "POST", "PUT", "HEAD"], 4),
        1 => Just(vec!["PUT"]),
        1 => Just(vec!["*"]),
        1 => Just(vec!["PURGE", "GET"]),
    ];
    let headers = prop_oneof![
        4 => some(&["X-A", "Authorization", "Cookie", "accept"], 3).prop_map(|names| texts(&names)),
        2 => Just(texts(&["*"])),
        1 => Just(many()),
    ];
    let exposed = prop_oneof![
        3 => some(&["X-E", "Set-Cookie", "content-length", "Location"], 3),
        1 => Just(vec!["*"]),
    ];
    let own = prop_oneof![2 => Just(Vec::new()), 1 => some(&OWN, 3)];
    let lists = (origins, methods, headers, exposed, own);
    let rest = (
        weighted(0.25, select(REGEXES.to_vec())),
        select(vec![0, 600]),
        prop::array::uniform5(prop::bool::ANY),
    );
    (lists, rest).prop_map(
        |((origins, methods, headers, exposed, own), (regex, max_age, flags))| {
            let [credentials, block, timing, diagnostics, bare] = flags;
            let config = Config::new()
                .allow_origins(origins)
                .allow_methods(methods)
                .allow_headers(headers)
                .expose_headers(exposed)
                .own_origins(own)
                .max_age(max_age)
                .allow_credentials(credentials)
                .block_refused_origins(block)
                .timing_allow_origin(timing)
                .diagnostics(diagnostics)
                .preflight_status(if bare { 204 } else { 200 })
                .dangerously_allow_credentials_with_any_app(true)
                .dangerously_allow_credentials_with_broad_regex(true);
            match regex {
                Some(regex) => config.allow_origin_regex(regex),
                None => config,
            }
        },
    )
}

/// Policies that differ only in origins, and in the hosts and pages that reach the application.
pub(crate) fn policy_of_hosts() -> impl Strategy<Value = Config> {
    let origins = select(vec![
        &[][..],
        &["*"],
        &["https://s.com"],
        &["http://s.com"],
        &["https://t.com:81"],
        &["null"],
        &["null", "file://"],
    ]);
    let own = [
        "http://s.com",
        "https://s.com",
        "http://s.com:443",
        "https://t.com:81",
        "http://t.com:81",
        "http://t.com",
        "http://t.com:*",
    ];
    let own = subsequence(own.to_vec(), 0..=3);
    let all = (
        origins,
        weighted(0.2, Just(".*")),
        own,
        prop::bool::weighted(0.7),
    );
    all.prop_map(|(origins, regex, own, block)| {
        let config = Config::new()
            .allow_origins(origins.iter().copied())
            .own_origins(own)
            .block_refused_origins(block);
        match regex {
            Some(regex) => config.allow_origin_regex(regex),
            None => config,
        }
    })
}

/// What pages can do, always in the same order.
pub(crate) fn acts(server: &Server) -> Vec<bool> {
    let mut acts = Vec::new();
    visit(server, |_, can| acts.push(can));
    acts
}

/// What the act at this place of the list is.
pub(crate) fn name_of(place: usize) -> String {
    let server = Server::new(Config::new().build().unwrap());
    let mut names = Vec::new();
    visit(&server, |name, _| names.push(name()));
    names[place].clone()
}

fn visit(server: &Server, mut act: impl FnMut(&dyn Fn() -> String, bool)) {
    for url in URLS {
        let parsed: Url = url.parse().unwrap();
        let is_own = server.has_host(&parsed);
        let navigated = is_own && server.fetch(&Fetch::new(url, parsed.clone())).reached;
        act(&|| format!("reach {url}"), navigated);
        for page in PAGES.into_iter().chain(URLS) {
            for has_site in [true, false] {
                let post = with("POST", &[], page, &parsed);
                let reached = is_own && server.fetch_with_site(&post, has_site).reached;
                act(
                    &|| format!("post from {page} to {url}, site {has_site}"),
                    reached,
                );
            }
        }
    }
    // What a page of another origin can do does not depend on the host, if it is accepted.
    for page in URLS {
        let mut urls = URLS.to_vec();
        urls.retain(|url| *url != page);
        let url = server.accepted(&urls);
        let fetch = |url: &str| Fetch::new(page, url.parse().unwrap());
        let reads = url.is_some_and(|url| server.fetch(&fetch(url)).read.is_some());
        act(&|| format!("read from {page}"), reads);
    }
    let url = server.accepted(&SERVERS).unwrap_or(SERVERS[0]);
    let url: Url = url.parse().unwrap();
    let is_own = server.has_host(&url);
    for page in PAGES {
        visit_fetches(server, page, &url, is_own, &mut act);
        visit_pairs(server, page, &url, is_own, &mut act);
    }
}

fn visit_fetches(
    server: &Server,
    page: &str,
    url: &Url,
    is_own: bool,
    act: &mut impl FnMut(&dyn Fn() -> String, bool),
) {
    let mut fetches = Vec::new();
    for method in METHODS {
        fetches.push(with(method, &[], page, url));
        fetches.push(with(method, &many(), page, url));
        fetches.extend(HEADERS.map(|header| with(method, &texts(&[header]), page, url)));
    }
    fetches.push(Fetch {
        body: Some(Vec::new()),
        forces_preflight: true,
        ..with("POST", &[], page, url)
    });
    for fetch in fetches {
        for credentials in [Credentials::Omit, Credentials::Include] {
            let fetch = Fetch {
                credentials,
                ..fetch.clone()
            };
            let result = is_own.then(|| server.fetch(&fetch));
            let reached = result.as_ref().is_some_and(|result| result.reached);
            let read = result.as_ref().and_then(|result| result.read.as_ref());
            act(&|| format!("send {fetch:?}"), reached);
            act(&|| format!("read {fetch:?}"), read.is_some());
            for name in READ {
                let reads = read.is_some_and(|names| names.contains(name));
                act(&|| format!("read {name} of {fetch:?}"), reads);
            }
            let timing = result
                .as_ref()
                .is_some_and(|result| result.timing && result.reached);
            act(&|| format!("read timing of {fetch:?}"), timing);
        }
    }
}

/// The second of two fetches with the same header.
fn visit_pairs(
    server: &Server,
    page: &str,
    url: &Url,
    is_own: bool,
    act: &mut impl FnMut(&dyn Fn() -> String, bool),
) {
    for first in METHODS {
        for second in ["GET", "HEAD", "POST"] {
            for header in ["Content-Type", "X-A"] {
                let mut browser = Browser::new(Quirks::NONE);
                let mut fetch = |method| {
                    let fetch = with(method, &texts(&[header]), page, url);
                    is_own && server.fetch_in(&mut browser, &fetch).reached
                };
                fetch(first);
                let reached = fetch(second);
                act(
                    &|| format!("{second} with {header} after {first} from {page} to {url}"),
                    reached,
                );
            }
        }
    }
}

fn with(method: &str, headers: &[String], page: &str, url: &Url) -> Fetch {
    Fetch {
        method: method.to_owned(),
        headers: headers
            .iter()
            .map(|name| (name.clone(), b"(".to_vec()))
            .collect(),
        ..Fetch::new(page, url.clone())
    }
}
