//! Random policies and random fetches near them, in a real browser, on every framework.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use browser_model::{Blocked, Credentials, Outcome, Quirks, Redirect, ResponseKind, Url};
use conformance_tests::subject::{FRAMEWORKS, Framework, Running};
use cors_core::Config;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use test_support::cases::{
    self, Case, Cause, Expected, Places, Reads, as_rocket_can, cases, meaning, meaning_again,
};
use test_support::random;
use test_support::tally::{Counts, Tally};

use crate::comparison::{difference, replayed, script};
use crate::network::{Exchange, Server};
use crate::session::{Script, Session};

/// The number of policies in a batch. Each policy has its own servers, which end with the batch.
const POLICIES_IN_A_BATCH: usize = 8;

/// The maximum number of fetches that are made once more, of those of one session.
const MOST_REPEATED: usize = 3;

/// The minimum counts in a thousand fetches of a fixed sequence.
const SHARES: [(&str, u64); 10] = [
    ("blocked: cors", 60),
    ("blocked: otherwise", 3),
    ("blocked: preflight", 120),
    ("pages: http", 180),
    ("pages: https", 100),
    ("pages: null", 1),
    ("readable: cors", 70),
    ("readable: same-origin", 10),
    ("requests: preflights", 180),
    ("requests: redirected", 25),
];

/// By the results that the policies imply, so that no browser is needed.
#[test]
fn the_generator_reaches_every_result() {
    let mut runner = random::fixed(ProptestConfig::default());
    let mut counts = Counts::default();
    for places in places().iter().cycle().take(100) {
        let tree = cases(places.clone(), 8..17).new_tree(&mut runner).unwrap();
        let (config, cases) = tree.current();
        let cases = cases.into_iter();
        for case in cases.filter_map(|case| as_pages_can(&config, case)) {
            count_expected(&meaning(&config, &case), &case, &mut counts);
        }
    }
    let mut tally = Tally::default();
    tally.add("expected", counts);
    println!("{tally}");
    tally.assert_shares("fetches", &SHARES);
}

fn count_expected(expected: &Expected, case: &Case, counts: &mut Counts) {
    counts.count("fetches");
    counts.count(kind_of_page(&case.page));
    for (i, sent) in expected.sent.iter().enumerate() {
        if sent.preflight.is_some() {
            counts.count("requests: preflights");
        } else if expected.sent.len() > i + 1 {
            counts.count("requests: redirected");
        }
    }
    let is_own = |url: &str| {
        let url: Url = url.parse().unwrap();
        url.origin().ascii_serialization() == case.page
    };
    let last = expected.sent.last();
    counts.count(match &expected.result {
        Ok(Reads::Redirect) => "readable: opaque redirect",
        Ok(Reads::Response(..)) if expected.sent.iter().all(|sent| is_own(&sent.url)) => {
            "readable: same-origin"
        }
        Ok(Reads::Response(..)) => "readable: cors",
        Err(Cause::ForbiddenMethod | Cause::Redirect) => "blocked: otherwise",
        Err(_) if last.is_some_and(|sent| sent.preflight.is_some()) => "blocked: preflight",
        Err(_) => "blocked: cors",
    });
}

fn kind_of_page(page: &str) -> &'static str {
    match page.split(':').next() {
        Some("https") => "pages: https",
        Some("http") => "pages: http",
        _ => "pages: null",
    }
}

/// Compares at least `wanted` cases. A case is the fetches of one page from one framework.
pub(crate) fn compare(session: &Session, wanted: usize, tally: &mut Tally) -> Result<()> {
    let mut runner = TestRunner::new(ProptestConfig::default());
    let (mut compared, mut repeated) = (0, 0);
    while compared < wanted {
        let batch = Batch::new(session, &mut runner, compared);
        compared += batch.planned.len();
        let scripts: Vec<Script> = batch.planned.iter().map(Planned::script).collect();
        let results = session.run(&scripts)?;
        for (planned, seen) in batch.planned.iter().zip(results) {
            let counts = match planned.compared(session, &seen) {
                Ok(counts) => counts,
                Err(report) => {
                    repeated += 1;
                    assert!(repeated <= MOST_REPEATED, "{report}");
                    eprintln!("{report}\nOnce more:");
                    planned.compared_again(session)?
                }
            };
            tally.add(session.engine.name(), counts);
        }
    }
    Ok(())
}

struct Batch {
    planned: Vec<Planned>,
    _servers: Vec<Running>,
}

/// A fetch from a framework.
#[derive(Clone)]
struct Planned {
    name: String,
    framework: Framework,
    server: SocketAddr,
    config: Config,
    case: Case,
}

impl Batch {
    /// Creates cases numbered from `first`. No URL is used twice, because browsers have caches.
    fn new(session: &Session, runner: &mut TestRunner, first: usize) -> Self {
        let mut planned: Vec<Planned> = Vec::new();
        let mut servers = Vec::new();
        for places in places().iter().cycle().take(POLICIES_IN_A_BATCH) {
            let tree = cases(places.clone(), 8..17).new_tree(runner).unwrap();
            let (config, cases) = tree.current();
            let cases = cases
                .into_iter()
                .filter_map(|case| as_pages_can(&config, case));
            let cases: Vec<Case> = cases.collect();
            for framework in FRAMEWORKS {
                let server = framework.spawn(config.clone().build().unwrap()).unwrap();
                for case in cases.clone() {
                    let case = Planned {
                        name: (first + planned.len()).to_string(),
                        framework,
                        server: server.address,
                        config: config.clone(),
                        case,
                    };
                    planned.push(case.routed(session));
                }
                servers.push(server);
            }
        }
        Self {
            planned,
            _servers: servers,
        }
    }
}

impl Planned {
    /// Gives the case its own URLs and routes them to the server.
    fn routed(mut self, session: &Session) -> Self {
        for hop in &mut self.case.hops {
            hop.url = hop.url.replace('?', &format!("?{}.", self.name));
        }
        for hop in &self.case.hops {
            let url: Url = hop.url.parse().unwrap();
            let server = Server::Framework(self.server, self.case.reply(&url));
            session.network.route(&self.name, &url, server);
        }
        self
    }

    fn script(&self) -> Script {
        Script {
            page: self.case.page.clone(),
            text: script(&self.case.fetch(), self.times()),
        }
    }

    fn times(&self) -> usize {
        1 + usize::from(self.case.again_after.is_some())
    }

    /// Compares what the page saw with the model. The error is a report of the difference.
    fn compared(&self, session: &Session, seen: &Value) -> Result<Counts, String> {
        let exchanges = session.network.close(&self.name);
        let mut counts = Counts::default();
        match self.problem(session, &exchanges, seen, &mut counts) {
            Some(problem) => Err(self.report(session, &exchanges, seen, &problem)),
            None => Ok(counts),
        }
    }

    /// Makes the fetch once more after a difference. Two differences are a disagreement. One can be chance,
    /// because a request can get lost on a machine with a high load.
    fn compared_again(&self, session: &Session) -> Result<Counts> {
        let again = Self {
            name: format!("again-{}", self.name),
            ..self.clone()
        };
        let again = again.routed(session);
        let seen = session.run(&[again.script()])?;
        let mut counts = again
            .compared(session, &seen[0])
            .unwrap_or_else(|report| panic!("{report}"));
        assert!(!counts.is_empty(), "{} is not compared", again.name);
        counts.count("fetches: repeated");
        Ok(counts)
    }

    fn problem(
        &self,
        session: &Session,
        exchanges: &[Exchange],
        seen: &Value,
        counts: &mut Counts,
    ) -> Option<String> {
        if self.times() > 1 && is_slow(exchanges) {
            return None;
        }
        if exchanges.iter().any(is_misdirected) {
            counts.count("fetches: misdirected");
            return None;
        }
        let fetch = self.case.fetch();
        let as_engine = replayed(session.engine.quirks(), &fetch, exchanges, self.times());
        let by_fetch = replayed(Quirks::NONE, &fetch, exchanges, self.times());
        let expected = [self.expected(), self.expected_again()];
        for (time, (outcome, part)) in as_engine.iter().enumerate() {
            self.count(outcome, part, counts);
            let standard = &by_fetch[time].0;
            let mut problem = difference(&fetch, outcome, part, &seen[time]);
            if outcome != standard {
                // With a quirk, the result need not be the one that the policy implies.
                counts.count("fetches: by a quirk");
            } else if let Some(expected) = &expected[time] {
                problem = problem.or_else(|| cases::problem(expected, standard));
            }
            if problem.is_some() {
                return problem;
            }
        }
        None
    }

    /// The expected result of the first fetch.
    fn expected(&self) -> Option<Expected> {
        let expected = meaning(&self.config, &self.case);
        Some(match self.framework.name {
            "rocket" => as_rocket_can(expected, &self.case),
            _ => expected,
        })
    }

    /// The expected result of the second fetch, if the contents of the cache are known.
    fn expected_again(&self) -> Option<Expected> {
        let first = self.expected()?;
        let has_asked = first.sent.iter().any(|sent| sent.preflight.is_some());
        (has_asked && first.result.is_ok()).then(|| meaning_again(&self.config, &self.case, 0))
    }

    fn count(&self, outcome: &Outcome, exchanges: &[Exchange], counts: &mut Counts) {
        counts.count("fetches");
        counts.count(self.framework.name);
        counts.count(kind_of_page(&self.case.page));
        for Exchange {
            request, response, ..
        } in exchanges
        {
            counts.count("requests");
            if request.is_preflight {
                counts.count("requests: preflights");
            }
            if request.with_credentials {
                counts.count("requests: with cookies");
            }
            if matches!(response.status, 301 | 302 | 303 | 307 | 308) {
                counts.count("requests: redirected");
            }
        }
        counts.count(match &outcome.result {
            Ok(readable) => match readable.kind {
                ResponseKind::Basic => "readable: same-origin",
                ResponseKind::Cors => "readable: cors",
                ResponseKind::OpaqueRedirect => "readable: opaque redirect",
            },
            Err(Blocked::Preflight(_)) => "blocked: preflight",
            Err(Blocked::Cors(_)) => "blocked: cors",
            Err(_) => "blocked: otherwise",
        });
    }

    /// A report with everything needed to find the cause.
    fn report(
        &self,
        session: &Session,
        exchanges: &[Exchange],
        seen: &Value,
        problem: &str,
    ) -> String {
        let policy = serde_json::to_string(&self.config).unwrap();
        let mut text = format!(
            "{} on {}\n{problem}\n\nthe page saw {seen}\npolicy {policy}\n{:#?}\n",
            session.version, self.framework.name, self.case
        );
        for Exchange {
            request, response, ..
        } in exchanges
        {
            write!(text, "\n{} {}\n", request.method, request.url).unwrap();
            lines(&mut text, &request.headers);
            writeln!(text, "-> {}", response.status).unwrap();
            lines(&mut text, &response.headers);
        }
        text
    }
}

/// Whether the two fetches of a case took so long that the cache of preflights may have forgotten the
/// first, as on a machine with a high load. The shortest time that it remembers one is a second.
fn is_slow(exchanges: &[Exchange]) -> bool {
    match exchanges {
        [first, .., last] => last.at.duration_since(first.at) >= Duration::from_secs(1),
        _ => false,
    }
}

/// Whether the server sent 421. Browsers then send the request again (Fetch, "HTTP-network-or-cache fetch").
/// Engines do so in different ways: Firefox hides the first request, and joins the headers of both
/// responses. The model does not do it, so such a case is not compared.
fn is_misdirected(exchange: &Exchange) -> bool {
    exchange.response.status == 421
}

fn lines(text: &mut String, lines: &[(String, Vec<u8>)]) {
    for (name, value) in lines {
        writeln!(text, "    {name}: {}", String::from_utf8_lossy(value)).unwrap();
    }
}

/// Adapts the case to a real page and script. `None` if no page can have the origin.
fn as_pages_can(config: &Config, mut case: Case) -> Option<Case> {
    let is_secure = |url: &str| url.starts_with("https:");
    let is_page = case.page.starts_with("http") || case.page == "null";
    // Browsers block mixed content.
    let is_mixed = || case.hops.iter().any(|hop| !is_secure(&hop.url));
    if !is_page || is_secure(&case.page) && is_mixed() {
        return None;
    }
    // Only XMLHttpRequest has upload listeners, and it supports nothing else.
    if case.forces_preflight {
        case.redirect = Redirect::Follow;
        if case.credentials == Credentials::Omit {
            case.credentials = Credentials::SameOrigin;
        }
    }
    // The second fetch follows immediately. A cache entry that is valid for less than a minute may
    // have expired by then. Redirects have separate caches.
    let is_remembered = config.get_max_age() == 0 || config.get_max_age() >= 60;
    case.again_after = case
        .again_after
        .filter(|_| is_remembered && case.hops.len() == 1);
    if case.again_after.is_some() {
        case.again_after = Some(0);
        let headers = &mut case.hops[0].headers;
        headers.retain(|line| line.0 != "Cache-Control");
        headers.push(("Cache-Control", "no-store"));
    }
    Some(case)
}

/// Pages with `http`, and pages with `https`.
fn places() -> [Places; 2] {
    let places = |pages: &[&str], apis: [&str; 3]| Places {
        pages: pages.iter().map(|page| (*page).to_owned()).collect(),
        any_page: true,
        apis: apis.map(str::to_owned).to_vec(),
    };
    [
        places(
            &[
                "http://app.example.com",
                "http://example.com",
                "http://b.app.example.com:8443",
                "http://localhost:3000",
                "http://app.localhost:8080",
                "http://127.0.0.1:8080",
                "http://[::1]:3000",
                "http://xn--bcher-kva.example",
                "http://shop.example.co.uk",
            ],
            [
                "http://api.example.com",
                "http://cdn.example.net:8000",
                "http://127.0.0.1:9000",
            ],
        ),
        places(
            &[
                "https://app.example.com",
                "https://example.com",
                "https://b.app.example.com:8443",
                "https://localhost:3000",
                "https://127.0.0.1:8080",
                "https://a_b.example.org",
                "http://app.example.com",
            ],
            [
                "https://api.example.com",
                "https://cdn.example.net:8443",
                "https://localhost",
            ],
        ),
    ]
}
