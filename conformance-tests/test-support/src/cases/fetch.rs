//! Fetches near a policy. The policy allows about half of their pages, and most of the methods and
//! headers that they request are on its lists or close to an entry.

use browser_model::{Credentials, Redirect, Url};
use cors_core::Config;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use super::HeaderKind::{Forbidden, Safelisted, Unsafe};
use super::meaning::{allows_origin, normalized, origin_of};
use super::policy::neighbours;
use super::{Case, Header, HeaderKind, Hop, Places};

type Line = (&'static str, &'static str);

/// A fetch before the policy is known.
#[derive(Clone, Debug)]
pub(super) struct Rough {
    page: (Wanted, Index),
    method: (Pick, Index),
    headers: Vec<(Pick, Index)>,
    body: Option<&'static str>,
    forces_preflight: bool,
    credentials: Credentials,
    redirect: Redirect,
    hops: Vec<(Index, u16, Vec<Line>)>,
    again_after: Option<(Index, u64)>,
}

#[derive(Clone, Copy, Debug)]
enum Wanted {
    Allowed,
    Refused,
    SameOrigin,
}

#[derive(Clone, Copy, Debug)]
enum Pick {
    /// A value that needs no preflight.
    Simple,
    /// A value on the policy's list.
    Listed,
    Any,
}

/// The values from which fetches under a policy are built.
pub(super) struct Nearby {
    allowed: Vec<String>,
    refused: Vec<String>,
    same_origin: bool,
    apis: Vec<String>,
    methods: Vec<String>,
    headers: Vec<Header>,
    max_age: u64,
}

pub(super) fn rough() -> impl Strategy<Value = Rough> {
    let page = prop_oneof![
        10 => Just(Wanted::Allowed),
        4 => Just(Wanted::Refused),
        1 => Just(Wanted::SameOrigin),
    ];
    let pick = || {
        let kind = select(vec![Pick::Simple, Pick::Simple, Pick::Listed, Pick::Any]);
        (kind, any::<Index>())
    };
    let asked = (
        (page, any::<Index>()),
        pick(),
        prop_oneof![1 => Just(vec![]), 1 => vec(pick(), 1..4)],
        weighted(0.4, select(vec!["", "content"])),
        prop::bool::weighted(0.2),
        prop_oneof![
            3 => Just(Credentials::SameOrigin),
            1 => Just(Credentials::Omit),
            3 => Just(Credentials::Include),
        ],
        prop_oneof![
            12 => Just(Redirect::Follow),
            1 => Just(Redirect::Error),
            1 => Just(Redirect::Manual),
        ],
    );
    let redirects = select(vec![302, 301, 303, 307, 308]);
    let hop = |status| (any::<Index>(), status, subsequence(REPLIES.to_vec(), 0..5));
    let hops = (
        prop_oneof![3 => Just(vec![]), 1 => vec(hop(redirects.boxed()), 1..4)],
        hop(select(STATUSES.to_vec()).boxed()),
    );
    let hops = hops.prop_map(|(mut hops, last)| {
        hops.push(last);
        hops
    });
    let again = weighted(0.2, (any::<Index>(), any::<u64>()));
    (asked, hops, again).prop_map(|(asked, hops, again_after)| {
        let (page, method, headers, body, forces_preflight, credentials, redirect) = asked;
        Rough {
            page,
            method,
            headers,
            body,
            forces_preflight,
            credentials,
            redirect,
            hops,
            again_after,
        }
    })
}

impl Nearby {
    pub(super) fn new(config: &Config, places: &Places) -> Self {
        let mut pages = places.pages.clone();
        if places.any_page {
            let entries = config.get_allow_origins().iter();
            let entries = entries.filter(|entry| !["*", "null"].contains(&entry.as_str()));
            pages.extend(entries.flat_map(|entry| neighbours(entry)));
            if config.get_allow_origin_regex().is_some() {
                pages.extend(places.pages.iter().flat_map(|page| neighbours(page)));
            }
            pages.push("null".to_owned());
            pages.retain(|page| can_be(page));
        }
        let (allowed, refused) = pages
            .into_iter()
            .partition(|page| allows_origin(config, page));
        let names = config
            .get_allow_headers()
            .iter()
            .filter(|name| *name != "*");
        // "1" is neither a MIME type nor a range.
        let header = |name: &String| header((name, "1", Unsafe));
        let methods = config
            .get_allow_methods()
            .iter()
            .filter(|method| *method != "*");
        Self {
            allowed,
            refused,
            same_origin: places.any_page,
            apis: places.apis.clone(),
            methods: methods.cloned().collect(),
            headers: names.map(header).collect(),
            max_age: config.get_max_age(),
        }
    }
}

impl Rough {
    pub(super) fn fit(self, near: &Nearby) -> Case {
        let hops = self.hops.into_iter().enumerate();
        let hops = hops.map(|(place, (api, status, headers))| {
            let api = api.get(&near.apis);
            Hop {
                url: format!("{api}/reply?{place}"),
                status,
                headers,
            }
        });
        let hops: Vec<Hop> = hops.collect();
        let (wanted, index) = self.page;
        let page = match wanted {
            Wanted::SameOrigin if near.same_origin => origin_of(&hops[0].url),
            Wanted::Refused if !near.refused.is_empty() => index.get(&near.refused).clone(),
            _ if !near.allowed.is_empty() => index.get(&near.allowed).clone(),
            _ => index.get(&near.refused).clone(),
        };
        let (pick, index) = self.method;
        let method = match (pick, near.methods.as_slice()) {
            (Pick::Simple, _) => (*index.get(&SIMPLE_METHODS)).to_owned(),
            (Pick::Listed, [_, ..]) => index.get(&near.methods).clone(),
            _ => (*index.get(&METHODS)).to_owned(),
        };
        let mut headers: Vec<Header> = Vec::new();
        for (pick, index) in self.headers {
            let header = match (pick, near.headers.as_slice()) {
                (Pick::Simple, _) => header(*index.get(&SIMPLE_HEADERS)),
                (Pick::Listed, [_, ..]) => index.get(&near.headers).clone(),
                _ => header(*index.get(&HEADERS)),
            };
            let is_same = |other: &Header| other.name.eq_ignore_ascii_case(&header.name);
            if !headers.iter().any(is_same) {
                headers.push(header);
            }
        }
        let body = self
            .body
            .filter(|_| !["GET", "HEAD"].contains(&normalized(&method).as_str()));
        let max_age = near.max_age;
        let again_after = self.again_after.map(|(index, any)| {
            *index.get(&[max_age.saturating_sub(1), max_age.saturating_add(1), 0, any])
        });
        Case {
            page,
            method,
            headers,
            body,
            credentials: self.credentials,
            redirect: self.redirect,
            forces_preflight: self.forces_preflight && body.is_some(),
            hops,
            again_after,
        }
    }
}

/// Whether a page can have this origin: it is serialized as browsers do, without the default port,
/// and its host is valid in DNS. An app can define a scheme whose pages have no host.
fn can_be(page: &str) -> bool {
    match page.split_once("://") {
        Some(("file", host)) => return host.is_empty(),
        Some((scheme, "" | ".")) => return !["http", "https"].contains(&scheme),
        _ => {}
    }
    let Ok(url) = Url::parse(page) else {
        return page == "null";
    };
    let is_written_so = match url.scheme() {
        "http" | "https" => origin_of(page) == page,
        _ => true,
    };
    let host = url.host_str().unwrap_or_default();
    let mut labels = host.strip_suffix('.').unwrap_or(host).split('.');
    is_written_so && host.len() <= 253 && labels.all(|label| (1..=63).contains(&label.len()))
}

fn header((name, value, kind): (&str, &str, HeaderKind)) -> Header {
    Header {
        name: name.to_owned(),
        value: value.to_owned(),
        kind,
    }
}

const SIMPLE_METHODS: [&str; 5] = ["GET", "POST", "HEAD", "post", "get"];

const METHODS: [&str; 14] = [
    "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY", "PURGE", "head", "put", "delete", "patch",
    "Patch", "query", "options", "trace",
];

/// 128 bytes, the maximum length of a safelisted value.
const LONG: &str = "text/plain, text/plain, text/plain, text/plain, text/plain, text/plain, \
                    text/plain, text/plain, text/plain, text/plain, text/xml";

/// 129 bytes.
const TOO_LONG: &str = "text/plain, text/plain, text/plain, text/plain, text/plain, text/plain, \
                        text/plain, text/plain, text/plain, text/plain, text/xmls";

/// Classified as in Fetch ("CORS-safelisted request-header").
const SIMPLE_HEADERS: [(&str, &str, HeaderKind); 10] = [
    ("Accept", "application/json", Safelisted),
    ("Accept", LONG, Safelisted),
    ("Accept-Language", "de, en;q=0.5", Safelisted),
    ("Content-Language", "de-DE", Safelisted),
    ("Content-Type", "text/plain", Safelisted),
    ("content-type", "TEXT/plain;charset=UTF-8", Safelisted),
    (
        "Content-Type",
        "application/x-www-form-urlencoded",
        Safelisted,
    ),
    (
        "Content-Type",
        "multipart/form-data; boundary=x",
        Safelisted,
    ),
    ("Range", "bytes=0-5", Safelisted),
    ("range", "bytes=7-", Safelisted),
];

/// Classified as in Fetch ("forbidden request-header").
const HEADERS: [(&str, &str, HeaderKind); 28] = [
    ("Accept", TOO_LONG, Unsafe),
    ("accept", "text/html;v=\"1\"", Unsafe),
    ("Accept-Language", "de_DE", Unsafe),
    ("Content-Language", "<de>", Unsafe),
    ("Content-Type", "application/json", Unsafe),
    ("Content-Type", "text/plain, application/json", Unsafe),
    ("content-type", "text/plainx", Unsafe),
    ("Content-Type", "text/plain; x=\"y\"", Unsafe),
    ("Range", "bytes=-5", Unsafe),
    ("Range", "bytes=9-5", Unsafe),
    ("Range", "bytes=0-5,7-9", Unsafe),
    ("Authorization", "Bearer secret", Unsafe),
    ("AUTHORIZATION", "Basic YTpi", Unsafe),
    ("X-A", "1", Unsafe),
    ("x-b", "", Unsafe),
    ("X-A-B", "1", Unsafe),
    ("X-Requested-With", "XMLHttpRequest", Unsafe),
    ("If-None-Match", "\"1\"", Unsafe),
    ("Last-Event-ID", "1", Unsafe),
    ("X-HTTP-Method-Override", "PUT", Unsafe),
    ("X-HTTP-Method-Override", "TRACE", Forbidden),
    ("Cookie", "a=1", Forbidden),
    ("Origin", "https://evil.example", Forbidden),
    ("Host", "evil.example", Forbidden),
    ("Sec-Fetch-Site", "same-origin", Forbidden),
    ("Proxy-Authorization", "Basic YTpi", Forbidden),
    ("Access-Control-Request-Method", "PUT", Forbidden),
    ("Access-Control-Request-Headers", "x-a", Forbidden),
];

/// The status of the last response; earlier responses are redirects.
const STATUSES: [u16; 10] = [200, 201, 204, 304, 400, 401, 404, 418, 500, 503];

/// Headers that handlers set. Careless handlers set CORS headers too.
const REPLIES: [Line; 18] = [
    ("X-Total", "12"),
    ("X-Request-Id", "7f"),
    ("ETag", "\"1\""),
    ("X-Secret", "s"),
    ("Set-Cookie", "a=1"),
    ("Set-Cookie2", "a=1"),
    ("Cache-Control", "no-store"),
    ("Content-Language", "en"),
    ("Expires", "0"),
    ("Last-Modified", "Sat, 21 Nov 2026 00:00:00 GMT"),
    ("Pragma", "no-cache"),
    ("Vary", "Accept"),
    ("Vary", "*"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Origin", "https://evil.example"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Expose-Headers", "*"),
    ("Access-Control-Expose-Headers", "X-Secret, not a name"),
];
