//! For random policies and random fetches near them, two results must be equal: the one that the
//! policy implies for the fetch, and the one that the browser model derives from the actual
//! response. The responses come from the core in memory, and from every framework over a socket.
//!
//! A second test checks the law of caches in the same random way.

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

use cors_core::Config;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use test_support::cases::{Places, cases};
use test_support::tally::{Counts, Tally};

use self::server::{Server, subjects};

#[test]
fn the_browser_model_agrees_with_the_policy_on_every_subject() {
    let tally = check(
        100,
        cases(places(), 1..100),
        |(config, _)| config,
        |(config, cases), server, counts| {
            let mut cases = cases.iter();
            cases.try_for_each(|case| fetches::check(config, case, server, counts))
        },
    );
    tally.assert_shares("fetches", &fetches::SHARES);
}

#[test]
fn requests_that_agree_on_vary_get_the_same_cors_headers() {
    let tally = check(
        50,
        (cases(places(), 1..100), vec(caching::pair(), 100)),
        |((config, _), _)| config,
        |((config, cases), pairs), server, counts| {
            let mut pairs = cases.windows(2).zip(pairs);
            pairs.try_for_each(|(cases, pair)| {
                let pages = [cases[0].page.as_str(), &cases[1].page];
                caching::check(config, pair, pages, server, counts)
            })
        },
    );
    tally.assert_shares("pairs", &caching::SHARES);
}

/// Checks a property of every subject under `PROPTEST_CASES` policies; `policies` is the default.
/// Prints the simplest counterexample.
fn check<S: Strategy<Value: Debug + Sync>>(
    policies: u32,
    strategy: S,
    policy: fn(&S::Value) -> &Config,
    property: impl Fn(&S::Value, &mut Server, &mut Counts) -> Result<(), String> + Sync,
) -> Tally {
    let tally = RefCell::new(Tally::default());
    let policies = std::env::var("PROPTEST_CASES").map_or(policies, |set| set.parse().unwrap());
    let config = ProptestConfig {
        cases: policies,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    };
    let result = TestRunner::new(config).run(&strategy, |value| {
        let one = |subject| {
            let mut server = Server::start(subject, policy(&value));
            let mut counts = Counts::default();
            property(&value, &mut server, &mut counts).map(|()| (server.name(), counts))
        };
        // In parallel, since each thread mostly waits for its server.
        let results: Vec<_> = thread::scope(|scope| {
            let one = &one;
            let threads: Vec<_> = subjects()
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
