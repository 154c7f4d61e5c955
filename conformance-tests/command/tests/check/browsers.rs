//! `cors check` and real browsers agree: on whether a script can read a response, on what it can read, on the requests
//! that are sent, and on the message in the console.
//!
//! A pair is a request and a path of a server. One page for each origin sends all of its requests, and `cors check` runs
//! once for each. Without a browser or a server the test is skipped, or fails if `CI=true`.

mod check;
mod page;
mod pair;
mod run;
mod site;
mod wrong;

use std::collections::BTreeMap;

use browser_model::Quirks;
use test_support::skip::skip;

use self::check::Checked;
use self::page::Pages;
use self::pair::{Pair, pairs};
use self::run::{Engine, Seen};
use self::site::sites;
use self::wrong::Wrong;

#[test]
fn check_agrees_with_browsers() {
    let pages = Pages::start();
    let wrong = Wrong::start(&pages);
    let Some(sites) = sites(&pages, &wrong) else {
        return;
    };
    let pairs = pairs(&sites, &pages.origins(&wrong));
    let checked = check::all(&pairs, &wrong);
    let mut disagreements = Vec::new();
    for engine in [Engine::Chromium, Engine::Firefox] {
        let share = engine.share();
        let pairs: Vec<_> = pairs.iter().step_by(share).collect();
        let checked = checked.iter().step_by(share);
        let Some(seen) = engine.run(&pages, &wrong, &pairs) else {
            skip(&format!("no {engine:?}"));
            continue;
        };
        assert_eq!(seen.len(), pairs.len());
        let mut tally = Tally::default();
        for ((pair, checked), seen) in pairs.iter().zip(checked).zip(&seen) {
            tally.count(pair, seen);
            disagreements.extend(disagreement(engine, &wrong, pair, checked, seen));
        }
        println!("{engine:?}\n{tally}");
        tally.assert_enough(engine);
    }
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

/// How the command and the engine disagree. Where the engine deviates from the standard, the command must say so when it
/// imitates the engine, and the deviation must be known.
fn disagreement(
    engine: Engine,
    wrong: &Wrong,
    pair: &Pair,
    checked: &Checked,
    seen: &Seen,
) -> Option<String> {
    let first = checked.difference(engine, pair, seen)?;
    let reason = deviation(pair, engine.quirks());
    let imitated = check::one(pair, wrong, engine.option());
    let second = imitated.difference(engine, pair, seen);
    if reason.is_some() && second.is_none() {
        return None;
    }
    Some(format!(
        "{engine:?}: {pair}\n  standard: {first}\n  {}: {}\n  known deviation: {reason:?}\n  browser: {seen:?}",
        engine.option(),
        second.as_deref().unwrap_or("agrees"),
    ))
}

/// Why an engine may treat the pair unlike the standard.
fn deviation(pair: &Pair, quirks: Quirks) -> Option<&'static str> {
    let has_key = pair
        .request
        .headers
        .iter()
        .any(|header| header.0 == "authorization");
    let goes_to = |path: &str| pair.is_scripted && pair.url.contains(path);
    let known = [
        (
            quirks.authorization_under_any && has_key,
            "`*` covers `Authorization`",
        ),
        (
            quirks.preflight_after_preflight && goes_to("/redirect"),
            "a redirect of a request with a preflight always leads to a preflight",
        ),
        (
            quirks.preflight_with_page_origin && goes_to("/redirect-to"),
            "a preflight after a redirect has the origin of the page",
        ),
        (
            quirks.empty_lines_are_ignored && goes_to("/empty-and-right"),
            "a line without a value is ignored beside another",
        ),
        (
            quirks.user_info_is_blocked && goes_to("/redirect-to-user"),
            "no subresource has a user name in its URL",
        ),
    ];
    known.into_iter().find(|known| known.0).map(|known| known.1)
}

/// The numbers of readable and blocked pairs by server.
#[derive(Default)]
struct Tally(BTreeMap<String, [usize; 2]>);

impl Tally {
    fn count(&mut self, pair: &Pair, seen: &Seen) {
        let of_server = self.0.entry(pair.server.clone()).or_default();
        of_server[usize::from(seen.read.is_none())] += 1;
    }

    fn assert_enough(&self, engine: Engine) {
        let sum = |verdict: usize| self.0.values().map(|of| of[verdict]).sum::<usize>();
        let (readable, blocked) = (sum(0), sum(1));
        let (all, each) = engine.least();
        assert!(readable + blocked >= all, "{engine:?}\n{self}");
        assert!(readable >= each && blocked >= each, "{engine:?}\n{self}");
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (server, [readable, blocked]) in &self.0 {
            writeln!(f, "{server:20} {readable:4} readable {blocked:4} blocked")?;
        }
        Ok(())
    }
}
