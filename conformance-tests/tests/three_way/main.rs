//! For random policies and random fetches near them, two results must be equal: the one that the
//! policy implies for the fetch, and the one that the browser model derives from the actual
//! response. The responses come from the core in memory, and from every framework over a socket.
//!
//! Two more tests check the law of caches in the same way.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod caching;
mod counterexample;
mod fetches;
mod server;

use std::cell::RefCell;
use std::fmt::Debug;
use std::thread;

use conformance_tests::subject::Framework;
use cors_core::Config;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use test_support::cases::{Case, Places, cases};
use test_support::random;
use test_support::tally::{Counts, Tally};

use self::server::{Server, subjects};

#[test]
fn the_browser_model_agrees_with_the_policy_on_every_subject() {
    check(
        TestRunner::new(config(100)),
        subjects(),
        cases(places(), 1..100),
        |(config, _)| config.clone(),
        fetches,
    );
}

/// The core is enough, since the result of a fetch is the same on every subject.
#[test]
fn the_generator_reaches_every_result() {
    let tally = check(
        random::fixed(ProptestConfig {
            cases: 100,
            ..config(100)
        }),
        [None],
        cases(places(), 1..100),
        |(config, _)| config.clone(),
        fetches,
    );
    tally.assert_shares("fetches", &fetches::SHARES);
}

fn fetches(
    (config, cases): &(Config, Vec<Case>),
    server: &mut Server,
    counts: &mut Counts,
) -> Result<(), String> {
    let mut cases = cases.iter();
    cases.try_for_each(|case| fetches::check(config, case, server, counts))
}

#[test]
fn requests_that_agree_on_vary_get_the_same_cors_headers() {
    check(
        TestRunner::new(config(50)),
        subjects(),
        (cases(places(), 1..100), vec(caching::pair(), 100)),
        |((config, _), _)| config.clone(),
        |((config, cases), pairs), server, counts| {
            let mut pairs = cases.windows(2).zip(pairs);
            pairs.try_for_each(|(cases, pair)| {
                let pages = [cases[0].page.as_str(), &cases[1].page];
                caching::check(config, pair, pages, server, counts).map(drop)
            })
        },
    );
}

/// Under random policies, few pairs show anything: most responses are refused, or cached for one
/// origin. These pairs are made so that the second request gets the cached response and differs in
/// everything that `Vary` does not name.
#[test]
fn pairs_that_share_a_response_get_the_same_cors_headers() {
    for kind in caching::KINDS {
        check(
            TestRunner::new(config(10)),
            subjects(),
            (cases(places(), 0..1), vec(caching::pair_of_kind(), 10)),
            |((config, _), _)| (kind.policy)(config.clone()),
            |((config, _), pairs), server, counts| {
                let config = (kind.policy)(config.clone());
                pairs.iter().try_for_each(|pair| {
                    match caching::check(&config, pair, kind.pages, server, counts)? {
                        name if name == kind.name => Ok(()),
                        name => Err(format!(
                            "not {}, but {name}: {config:?} {pair:?}",
                            kind.name
                        )),
                    }
                })
            },
        );
    }
}

/// `PROPTEST_CASES` policies; `policies` is the default.
fn config(policies: u32) -> ProptestConfig {
    ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").map_or(policies, |set| set.parse().unwrap()),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    }
}

/// Checks a property of these subjects under random policies. Prints the simplest counterexample.
fn check<S: Strategy<Value: Debug + Sync>>(
    mut runner: TestRunner,
    subjects: impl IntoIterator<Item = Option<Framework>> + Clone,
    strategy: S,
    policy: impl Fn(&S::Value) -> Config + Sync,
    property: impl Fn(&S::Value, &mut Server, &mut Counts) -> Result<(), String> + Sync,
) -> Tally {
    let tally = RefCell::new(Tally::default());
    let policies = runner.config().cases;
    let result = runner.run(&strategy, |value| {
        let one = |subject| {
            let mut server = Server::start(subject, &policy(&value));
            let mut counts = Counts::default();
            property(&value, &mut server, &mut counts).map(|()| (server.name(), counts))
        };
        // In parallel, since each thread mostly waits for its server.
        let results: Vec<_> = thread::scope(|scope| {
            let one = &one;
            let threads: Vec<_> = subjects
                .clone()
                .into_iter()
                .map(|subject| scope.spawn(move || one(subject)))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        for result in results {
            let (subject, counts) = result.map_err(TestCaseError::fail)?;
            tally.borrow_mut().add(subject, counts);
        }
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(TestError::Abort(reason)) => panic!("no cases: {reason}"),
    }
    let tally = tally.into_inner();
    println!("{policies} policies\n{tally}");
    tally
}

/// Pages at every kind of origin, and three servers. The origin of the first server is not a page.
fn places() -> Places {
    let labels = [
        "a".repeat(63),
        "b".repeat(63),
        "c".repeat(63),
        "d".repeat(61),
    ];
    let longest = format!("https://{}", labels.join("."));
    let pages = [
        "https://app.example.com",
        "https://example.com",
        "http://app.example.com",
        "https://b.app.example.com:8443",
        "http://localhost:3000",
        "http://localhost",
        "http://app.localhost:8080",
        "http://127.0.0.1:8080",
        "http://[::1]:3000",
        "https://xn--bcher-kva.example",
        "https://a_b.example.org",
        "https://example.com.",
        "https://shop.example.co.uk",
        "https://user.github.io",
        "tauri://localhost",
        "app://.",
        "app://",
        "file://",
        "https://pr-7-web.example.app",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        &longest,
    ];
    let apis = [
        "http://api.example.com",
        "https://api.example.com:8443",
        "https://cdn.example.net",
    ];
    Places {
        pages: pages.map(str::to_owned).to_vec(),
        any_page: true,
        apis: apis.map(str::to_owned).to_vec(),
    }
}
