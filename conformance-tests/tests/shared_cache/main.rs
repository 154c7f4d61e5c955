//! A real shared cache in front of each framework. Whatever the cache has stored, every client must
//! get the CORS headers that the framework itself would send, and nothing may be fetched twice.
//!
//! The caches are Varnish and nginx. A cache that is not installed is skipped, except under
//! `CI=true`. `PROPTEST_CASES` is the number of random sequences for each framework, policy and
//! cache; the first ones are the same in every run.

#![cfg(unix)] // a port is reserved for nginx
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod cache;
mod relay;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::env;
use std::io::ErrorKind;

use conformance_tests::response::Response;
use conformance_tests::run::{cors, shown, vary};
use conformance_tests::subject::{FRAMEWORKS, Framework, Running};
use conformance_tests::vector::{Line, Request};
use conformance_tests::wire;
use cors_core::Config;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::TestRunner;
use test_support::random;

use self::cache::Cache;
use self::relay::Relay;

#[test]
fn varnish_never_serves_a_response_to_another_origin() {
    before_each_framework("varnish", cache::varnish);
}

#[test]
fn nginx_never_serves_a_response_to_another_origin() {
    before_each_framework("nginx", cache::nginx);
}

fn before_each_framework(name: &str, start: cache::Start) {
    for framework in FRAMEWORKS {
        let Some(site) = Site::start(framework, name, start) else {
            return;
        };
        each_origin_comes_first(&site);
        let counts = in_any_order(&site, FIXED, random::fixed);
        println!("{name} before {}: {counts:?}", framework.name);
        counts.suffice();
        in_any_order(&site, cases(), TestRunner::new);
        without_vary_the_cache_is_poisoned(&site);
    }
}

/// Each origin is once the first to fill an empty cache. All others follow, then all of them again.
fn each_origin_comes_first(site: &Site) {
    let kept = [
        (LISTED, ORIGINS.len()),
        (CREDENTIALS, ORIGINS.len()),
        (ANY, 1),
    ];
    for (host, fetches) in kept {
        for first in 0..ORIGINS.len() {
            let mut origins = ORIGINS;
            origins.rotate_left(first);
            let visits = [origins, origins].concat();
            let visits: Vec<_> = visits
                .into_iter()
                .map(|it| Visit::plain(host, it))
                .collect();
            let received = site.receive(&visits).unwrap();
            let fetched = received.iter().filter(|it| it.is_fetched).count();
            assert_eq!(fetched, fetches, "{host} {first}");
        }
    }
}

fn in_any_order(site: &Site, cases: u32, runner: fn(ProptestConfig) -> TestRunner) -> Counts {
    let counts = RefCell::new(Counts::default());
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    for host in [LISTED, CREDENTIALS, ANY] {
        let result = runner(config.clone()).run(&visits(host), |visits| {
            let received = site.receive(&visits).map_err(TestCaseError::fail)?;
            let mut counts = counts.borrow_mut();
            visits
                .iter()
                .zip(&received)
                .for_each(|(visit, received)| counts.add(visit, received));
            Ok(())
        });
        result.unwrap_or_else(|error| panic!("{error}"));
    }
    counts.into_inner()
}

/// The number of sequences for each policy that are the same in every run.
const FIXED: u32 = 5;

/// The number of random sequences for each policy.
fn cases() -> u32 {
    env::var("PROPTEST_CASES").map_or(3, |cases| cases.parse().unwrap())
}

/// Shows that the tests above can fail.
fn without_vary_the_cache_is_poisoned(site: &Site) {
    site.relay.forget_vary();
    for [first, second] in [
        [Some(APP), Some(EVIL)],
        [Some(APP), Some(OTHER)],
        [Some(APP), None],
        [Some(EVIL), Some(APP)],
        [None, Some(APP)],
    ] {
        let [first, second] = [first, second].map(|origin| Visit::plain(LISTED, origin));
        let mark = site.mark();
        let [kept, read] = [&first, &second].map(|visit| site.through_cache(visit, mark));
        let own = [&first, &second].map(|visit| cors(&site.direct(visit)));
        assert_eq!([cors(&kept), cors(&read)], [own[0].clone(), own[0].clone()]);
        assert_ne!(own[0], own[1]);
    }
}

/// A framework under several policies, with one cache in front.
struct Site {
    servers: BTreeMap<&'static str, Running>,
    relay: Relay,
    cache: Cache,
    marks: Cell<usize>,
    direct: RefCell<HashMap<Visit, Response>>,
}

impl Site {
    /// Starts the servers and the cache. `None`: the cache is not installed.
    fn start(framework: Framework, name: &str, start: cache::Start) -> Option<Self> {
        let spawn =
            |(host, config): (_, Config)| (host, framework.spawn(config.build().unwrap()).unwrap());
        let servers: BTreeMap<_, _> = policies().into_iter().map(spawn).collect();
        let addresses = servers.iter().map(|(host, server)| (*host, server.address));
        let relay = Relay::start(addresses.collect());
        let cache = match start(relay.address) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                assert_ne!(
                    env::var("CI").as_deref(),
                    Ok("true"),
                    "{name} is not installed"
                );
                eprintln!("skipped: {name} is not installed");
                return None;
            }
            cache => cache.unwrap(),
        };
        Some(Self {
            servers,
            relay,
            cache,
            marks: Cell::default(),
            direct: RefCell::default(),
        })
    }

    /// Sends these visits to an empty cache. Returns an error if the cache changes the CORS headers
    /// of the framework, or fetches more or less often than it must.
    fn receive(&self, visits: &[Visit]) -> Result<Vec<Received>, String> {
        let mark = self.mark();
        // RFC 9111, section 4.1: the cache keys of stored responses, with the headers named in
        // `Vary`.
        let mut kept = BTreeSet::new();
        let mut received = Vec::new();
        for visit in visits {
            let fetched_before = self.relay.fetches();
            let response = self.through_cache(visit, mark);
            let fetched = self.relay.fetches() - fetched_before;
            let direct = self.direct(visit);

            let request = visit.request(mark);
            let seen = |response: &Response| (cors(response), vary(response));
            let (read, own) = (seen(&response), seen(&direct));
            if read != own {
                let by = if fetched == 0 { "kept" } else { "fetched" };
                return Err(format!("{}: {by} {read:?}, own {own:?}", shown(&request)));
            }
            let key_headers = self.cache.headers_in_key(&direct).into_iter().map(|name| {
                let values = request.values(&name).map(<[u8]>::to_vec);
                values.collect::<Vec<_>>()
            });
            let key = (visit.host, visit.path, key_headers.collect::<Vec<_>>());
            let expected = usize::from(visit.method == "OPTIONS" || kept.insert(key));
            if fetched != expected {
                return Err(format!("{}: fetched {fetched} times", shown(&request)));
            }
            received.push(Received {
                response,
                is_fetched: fetched > 0,
            });
        }
        Ok(received)
    }

    /// Returns a number for URLs that are not in any cache yet.
    fn mark(&self) -> usize {
        self.marks.set(self.marks.get() + 1);
        self.marks.get()
    }

    fn through_cache(&self, visit: &Visit, mark: usize) -> Response {
        wire::ask(self.cache.address, &visit.request(mark)).unwrap()
    }

    /// The response of the framework itself. It never changes, so each request is sent only once.
    fn direct(&self, visit: &Visit) -> Response {
        let mut direct = self.direct.borrow_mut();
        let ask = || wire::ask(self.servers[visit.host].address, &visit.request(0)).unwrap();
        direct.entry(visit.clone()).or_insert_with(ask).clone()
    }
}

struct Received {
    response: Response,
    is_fetched: bool,
}

/// Counts over the sequences that are the same in every run.
#[derive(Debug, Default)]
struct Counts {
    fetched: usize,
    kept_for_their_origin: usize,
    kept_for_any_origin: usize,
    kept_for_no_origin: usize,
    /// Also counted above, as are the following.
    not_modified: usize,
    to_options: usize,
}

impl Counts {
    fn add(&mut self, visit: &Visit, received: &Received) {
        let response = &received.response;
        let allowed = response.values("access-control-allow-origin").next();
        let place = match allowed {
            _ if received.is_fetched => &mut self.fetched,
            None => &mut self.kept_for_no_origin,
            Some(b"*") => &mut self.kept_for_any_origin,
            Some(_) => &mut self.kept_for_their_origin,
        };
        *place += 1;
        self.not_modified += usize::from(response.status == 304);
        self.to_options += usize::from(visit.method == "OPTIONS");
    }

    /// Checks the minimum counts. Below them, requests rarely hit responses of earlier requests.
    fn suffice(&self) {
        for count in [
            self.fetched,
            self.kept_for_their_origin,
            self.kept_for_any_origin,
            self.kept_for_no_origin,
            self.not_modified,
            self.to_options,
        ] {
            assert!(count >= FIXED as usize / 2, "{self:?}");
        }
    }
}

// ---- policies and requests near each other

const LISTED: &str = "listed.example";
const CREDENTIALS: &str = "credentials.example";
const ANY: &str = "any.example";

const APP: &str = "https://app.example.com";
const OTHER: &str = "https://other.example.com";
const EVIL: &str = "https://evil.example";

const ORIGINS: [Option<&str>; 9] = [
    None,
    Some(APP),
    Some(OTHER),
    Some("https://a.b.example.com"),
    Some("null"),
    Some(EVIL),
    Some("http://app.example.com"),
    Some("https://app.example.com.evil.example"),
    Some("https://APP.example.com"),
];

/// A path of the test application, and the `X-Reply` lines for `/reply`.
type Resource = (&'static str, &'static [&'static str]);

const RESOURCES: [Resource; 6] = [
    (
        "/reply?missing",
        &["Status: 404", "Cache-Control: max-age=86400"],
    ),
    (
        "/reply?moved",
        &["Status: 301", "Location: /", "Cache-Control: max-age=86400"],
    ),
    (
        "/reply?language",
        &["Vary: Accept-Language", "Cache-Control: max-age=86400"],
    ),
    (
        "/reply?own",
        &[
            "Access-Control-Allow-Origin: https://handler.example",
            "Vary: Accept-Language, origin",
            "Cache-Control: max-age=86400",
        ],
    ),
    // A cache may store these for any time.
    ("/vary?", &[]),
    ("/nowhere?", &[]),
];
const PLAIN: Resource = ("/reply?", &["ETag: \"1\"", "Cache-Control: max-age=86400"]);

fn policies() -> [(&'static str, Config); 3] {
    let config = Config::new()
        .allow_methods(["GET", "PUT"])
        .allow_headers(["*"])
        .expose_headers(["X-Total"]);
    let subdomains = config.clone().allow_origins([APP, "https://*.example.com"]);
    [
        (LISTED, config.clone().allow_origins([APP, OTHER, "null"])),
        (CREDENTIALS, subdomains.allow_credentials(true)),
        (ANY, config.allow_origins(["*"])),
    ]
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Visit {
    host: &'static str,
    method: &'static str,
    path: &'static str,
    reply: &'static [&'static str],
    origin: Option<&'static str>,
    more: Vec<&'static str>,
}

impl Visit {
    fn plain(host: &'static str, origin: Option<&'static str>) -> Self {
        let (path, reply) = PLAIN;
        Self {
            host,
            method: "GET",
            path,
            reply,
            origin,
            more: Vec::new(),
        }
    }

    fn request(&self, mark: usize) -> Request {
        let reply = self.reply.iter().map(|line| format!("X-Reply: {line}"));
        let origin = self.origin.map(|origin| format!("Origin: {origin}"));
        let more = self.more.iter().map(|&line| line.to_owned());
        let lines = [format!("Host: {}", self.host)].into_iter();
        let lines = lines.chain(origin).chain(reply).chain(more);
        Request {
            method: self.method.to_owned(),
            target: format!("{}&{mark}", self.path),
            lines: lines.map(|line| Line::new(line).unwrap()).collect(),
            body: String::new(),
        }
    }
}

/// Visits to few paths, so that later ones hit the responses of earlier ones.
fn visits(host: &'static str) -> impl Strategy<Value = Vec<Visit>> {
    let resources = select(RESOURCES.to_vec()).prop_map(|other| [PLAIN, other]);
    resources.prop_flat_map(move |resources| vec(visit(host, resources), 1..40))
}

fn visit(host: &'static str, resources: [Resource; 2]) -> impl Strategy<Value = Visit> {
    let method = prop_oneof![6 => Just("GET"), 2 => Just("HEAD"), 2 => Just("OPTIONS")];
    let more = vec![
        "Access-Control-Request-Method: PUT",
        "Access-Control-Request-Headers: x-a",
        "Accept-Language: en",
        "If-None-Match: \"1\"",
    ];
    let parts = (
        method,
        select(resources.to_vec()),
        select(ORIGINS.to_vec()),
        subsequence(more, 0..=4),
    );
    parts.prop_map(move |(method, (path, reply), origin, more)| Visit {
        host,
        method,
        path,
        reply,
        origin,
        more,
    })
}
