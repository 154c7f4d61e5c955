//! Checks that the browser model and real browsers agree on the responses of the frameworks.

#![cfg(unix)] // browsers are ended through their process group
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod comparison;
mod engine;
mod network;
mod permissive;
mod quirks;
mod random;
mod scenario;
mod scenarios;
mod session;

use anyhow::Result;
use test_support::tally::Tally;

use self::engine::Engine;
use self::session::Session;

#[test]
fn chromium() {
    agree(Engine::Chromium);
}

#[test]
fn firefox() {
    agree(Engine::Firefox);
}

#[test]
fn webkit() {
    agree(Engine::WebKit);
}

/// The maximum number of browser instances that are tried. With a high load, a browser can hang or lose a request.
const ATTEMPTS: usize = 3;

/// Compares the engine with the model. An error is repeated with a new browser: if the model is wrong, the probes and
/// scenarios fail each time. A random case that differs is not an error but a panic, because the next ones are others.
fn agree(engine: Engine) {
    for _ in 1..ATTEMPTS {
        match try_agree(engine) {
            Ok(()) => return,
            Err(error) => eprintln!("{error:#}\nOnce more:"),
        }
    }
    try_agree(engine).unwrap_or_else(|error| panic!("{error:#}"));
}

/// Runs `CORS_BROWSER_CASES` random cases; the default is 1,000.
fn try_agree(engine: Engine) -> Result<()> {
    /// The maximum number of cases per browser instance. Chromium caches 1,024 preflights and
    /// evicts some beyond that.
    const CASES: usize = 2_000;
    let Some(mut session) = Session::start(engine)? else {
        return Ok(());
    };
    let probes = quirks::probe(&session)?;
    let steps = scenarios::play(&session)?;
    let mut tally = Tally::default();
    let mut cases = std::env::var("CORS_BROWSER_CASES").map_or(1_000, |set| set.parse().unwrap());
    loop {
        random::compare(&session, cases.min(CASES), &mut tally)?;
        cases = cases.saturating_sub(CASES);
        if cases == 0 {
            break;
        }
        session = Session::start(engine)?.unwrap();
    }
    println!(
        "{}: {probes} probes show a quirk, {steps} steps of scenarios\n{tally}",
        session.version
    );
    Ok(())
}
