//! BEHAVIOUR 4: two requests that agree on all headers named in the `Vary` of a response get the
//! same `Access-Control-*` headers. So a cache may use the response to one for the other.

use conformance_tests::run::{cors, vary};
use conformance_tests::vector::{Line, Request};
use cors_core::Config;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use test_support::tally::Counts;

use super::counterexample::{policy, vector};
use super::server::Server;

const NOT_SHARED: &str = "pairs: not shared";
const SHARED_WITH_ANOTHER: &str = "pairs: shared, with another origin";
const SHARED_WITH_THE_SAME: &str = "pairs: shared, with the same origin";

/// How to make pairs with a certain result.
pub(crate) struct Kind {
    /// The result that [`check`] must report.
    pub(crate) name: &'static str,
    /// Changes a policy so that every pair has this result.
    pub(crate) policy: fn(Config) -> Config,
    pub(crate) pages: [&'static str; 2],
}

pub(crate) const KINDS: [Kind; 3] = [
    Kind {
        name: NOT_SHARED,
        policy: for_one_page,
        pages: [OTHER_PAGE, "https://another.invalid"],
    },
    Kind {
        name: SHARED_WITH_ANOTHER,
        policy: for_any_page,
        pages: [PAGE, OTHER_PAGE],
    },
    Kind {
        name: SHARED_WITH_THE_SAME,
        policy: for_one_page,
        pages: [PAGE, OTHER_PAGE],
    },
];

// Random policies allow no page of `.invalid`, unless they allow any origin.
const PAGE: &str = "https://page.invalid";
const OTHER_PAGE: &str = "https://other.invalid";

/// The host of all requests.
const HOST: &str = "api.example.com";

fn for_one_page(config: Config) -> Config {
    let origins = config.get_allow_origins().iter();
    let mut origins: Vec<String> = origins.filter(|entry| *entry != "*").cloned().collect();
    origins.push(PAGE.to_owned());
    for_this_host(config).allow_origins(origins)
}

fn for_any_page(config: Config) -> Config {
    for_this_host(config)
        .allow_credentials(false)
        .allow_origins(["*"])
}

/// A response for another host has no CORS headers, so it would not be shared.
fn for_this_host(config: Config) -> Config {
    let mut own = config.get_own_origins().to_vec();
    if !own.is_empty() {
        own.push(format!("http://{HOST}"));
    }
    config.own_origins(own)
}

/// Two requests for the same resource, made by two pages.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    method: &'static str,
    target: &'static str,
    /// The `X-Reply` lines. They are the same for both requests, since `Vary` never names
    /// `X-Reply`.
    replies: Vec<&'static str>,
    headers: [Vec<&'static str>; 2],
    have_origin: [bool; 2],
}

pub(crate) fn pair() -> impl Strategy<Value = Pair> {
    let headers = || subsequence(HEADERS.to_vec(), 0..4);
    (
        select(vec!["GET", "HEAD", "POST"]),
        select(vec![
            "/reply", "/", "/vary", "/teapot", "/error", "/panic", "/nowhere",
        ]),
        subsequence(REPLIES.to_vec(), 0..3),
        [headers(), headers()],
        [prop::bool::weighted(0.8), prop::bool::weighted(0.8)],
    )
        .prop_map(|(method, target, replies, headers, have_origin)| Pair {
            method,
            target,
            replies,
            headers,
            have_origin,
        })
}

/// Pairs that both have an `Origin`, and that differ in headers that `Vary` never names here.
pub(crate) fn pair_of_kind() -> impl Strategy<Value = Pair> {
    let own_origin = |line: &&str| !line.starts_with("Origin:");
    let headers = HEADERS.into_iter().filter(own_origin).collect::<Vec<_>>();
    let headers = subsequence(headers, 0..4);
    let target = select(vec!["/reply", "/", "/error", "/panic", "/nowhere"]);
    let method = select(vec!["GET", "HEAD", "POST"]);
    (method, target, headers).prop_map(|(method, target, mut first)| {
        first.push("X-Page: 1");
        Pair {
            method,
            target,
            replies: Vec::new(),
            headers: [first, vec!["X-Page: 2"]],
            have_origin: [true, true],
        }
    })
}

const HEADERS: [&str; 9] = [
    "Access-Control-Request-Method: PUT",
    "Access-Control-Request-Headers: x-a",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-Site: cross-site",
    "Cookie: a=1",
    "Authorization: Bearer secret",
    "Accept: text/html",
    "Accept-Encoding: gzip",
    "Origin: https://second.example",
];

const REPLIES: [&str; 7] = [
    "Status: 304",
    "Status: 404",
    "Vary: Accept, Cookie",
    "vary: origin",
    "Vary: *",
    "Access-Control-Allow-Origin: *",
    "Access-Control-Max-Age: 5",
];

/// Sends the same request from two pages. The second request copies from the first the headers that
/// the `Vary` of the first response names. Reports what kind of pair it was.
pub(crate) fn check(
    config: &Config,
    pair: &Pair,
    pages: [&str; 2],
    server: &mut Server,
    counts: &mut Counts,
) -> Result<&'static str, String> {
    let [kept, mut asked] = [0, 1].map(|which| pair.request(which, pages[which]));
    let stored = server.ask(&kept);
    let names = vary(&stored);
    counts.count("pairs");
    if names.iter().any(|name| name == "*") {
        let kind = "pairs: not cacheable";
        counts.count(kind);
        return Ok(kind);
    }
    let is_named = |line: &Line| names.iter().any(|name| line.is(name));
    asked.lines.retain(|line| !is_named(line));
    asked
        .lines
        .extend(kept.lines.iter().filter(|line| is_named(line)).cloned());
    let response = server.ask(&asked);

    let differs = !kept.values("origin").eq(asked.values("origin"));
    let kind = match (cors(&response).is_empty(), differs) {
        (true, _) => NOT_SHARED,
        (false, true) => SHARED_WITH_ANOTHER,
        (false, false) => SHARED_WITH_THE_SAME,
    };
    counts.count(kind);
    if cors(&stored) == cors(&response) {
        return Ok(kind);
    }
    Err(format!(
        "{}: a cache may use the first response for the second request\n\n{}{}{}",
        server.name(),
        policy(config),
        vector(0, &kept, Some(&stored)),
        vector(1, &asked, Some(&response)),
    ))
}

impl Pair {
    fn request(&self, which: usize, page: &str) -> Request {
        let origin = self.have_origin[which].then(|| format!("Origin: {page}"));
        let own = self.headers[which].iter().map(|&line| line.to_owned());
        let replies = self.replies.iter().map(|reply| format!("X-Reply: {reply}"));
        let always = [format!("Host: {HOST}"), "Connection: keep-alive".to_owned()];
        let lines = always.into_iter().chain(origin).chain(own).chain(replies);
        Request {
            method: self.method.to_owned(),
            target: self.target.to_owned(),
            lines: lines.map(|line| Line::new(line).unwrap()).collect(),
            body: String::new(),
        }
    }
}
