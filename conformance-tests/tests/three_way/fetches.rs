//! Checks that the browser model's result from a server's responses is what the policy implies.

use std::time::Duration;

use browser_model::{
    Blocked, Browser, CorsFailure, Outcome, PreflightFailure, Quirks, Response, ResponseKind,
};
use cors_core::Config;
use test_support::cases::{Case, Expected, as_rocket_can, meaning, meaning_again, problem};
use test_support::tally::Counts;

use super::counterexample;
use super::server::{Server, on_the_wire};

/// The minimum counts in a thousand fetches of a fixed sequence.
pub(crate) const SHARES: [(&str, u64); 18] = [
    ("blocked: * with credentials", 1),
    ("blocked: forbidden method", 5),
    ("blocked: no allow-origin", 40),
    ("blocked: no credentials", 5),
    ("blocked: preflight: * with credentials", 1),
    ("blocked: preflight: header", 1),
    ("blocked: preflight: method", 3),
    ("blocked: preflight: no allow-origin", 60),
    ("blocked: preflight: no credentials", 10),
    ("blocked: preflight: status", 10),
    ("blocked: unwanted redirect", 1),
    ("fetches: again", 5),
    ("readable: after redirects", 2),
    ("readable: cors", 80),
    ("readable: opaque redirect", 1),
    ("readable: same-origin", 10),
    ("requests: preflights", 200),
    ("requests: redirected", 30),
];

/// Fetches in a new browser, and possibly once more later.
pub(crate) fn check(
    config: &Config,
    case: &Case,
    server: &mut Server,
    counts: &mut Counts,
) -> Result<(), String> {
    let mut browser = Browser::new(Quirks::NONE);
    let mut first = meaning(config, case);
    if server.name() == "rocket" {
        first = as_rocket_can(first, case);
    }
    fetch(&mut browser, &first, config, case, server, counts)?;
    let has_asked = first.sent.iter().any(|sent| sent.preflight.is_some());
    let Some(seconds) = case
        .again_after
        .filter(|_| has_asked && first.result.is_ok())
    else {
        return Ok(());
    };
    counts.count("fetches: again");
    browser.wait(Duration::from_secs(seconds));
    let again = meaning_again(config, case, seconds);
    fetch(&mut browser, &again, config, case, server, counts)
}

fn fetch(
    browser: &mut Browser,
    expected: &Expected,
    config: &Config,
    case: &Case,
    server: &mut Server,
    counts: &mut Counts,
) -> Result<(), String> {
    let outcome = browser.fetch(&case.fetch(), |request| {
        let response = server.ask(&on_the_wire(request, &case.reply(&request.url)));
        Some(Response {
            status: response.status,
            headers: response.headers,
        })
    });
    count(&outcome, counts);
    match problem(expected, &outcome) {
        None => Ok(()),
        Some(problem) => Err(counterexample::shown(
            config,
            case,
            server.name(),
            &outcome,
            &problem,
        )),
    }
}

fn count(outcome: &Outcome, counts: &mut Counts) {
    counts.count("fetches");
    for (request, response) in &outcome.exchanges {
        counts.count("requests");
        let status = response.as_ref().map_or(0, |response| response.status);
        if request.is_preflight {
            counts.count("requests: preflights");
        } else if matches!(status, 301 | 302 | 303 | 307 | 308) {
            counts.count("requests: redirected");
        }
    }
    let has_followed = |outcome: &Outcome| {
        let requests = outcome.exchanges.iter().map(|(request, _)| request);
        requests.filter(|request| !request.is_preflight).count() > 1
    };
    counts.count(match &outcome.result {
        Ok(_) if has_followed(outcome) => "readable: after redirects",
        Ok(readable) => match readable.kind {
            ResponseKind::Basic => "readable: same-origin",
            ResponseKind::Cors => "readable: cors",
            ResponseKind::OpaqueRedirect => "readable: opaque redirect",
        },
        Err(Blocked::ForbiddenMethod) => "blocked: forbidden method",
        Err(Blocked::Redirect(_)) => "blocked: unwanted redirect",
        Err(Blocked::Cors(failure)) => match failure {
            CorsFailure::NoAllowOrigin => "blocked: no allow-origin",
            CorsFailure::AnyOriginWithCredentials => "blocked: * with credentials",
            _ => "blocked: no credentials",
        },
        Err(Blocked::Preflight(failure)) => match failure {
            PreflightFailure::Cors(failure) => match failure {
                CorsFailure::NoAllowOrigin => "blocked: preflight: no allow-origin",
                CorsFailure::AnyOriginWithCredentials => "blocked: preflight: * with credentials",
                _ => "blocked: preflight: no credentials",
            },
            PreflightFailure::Status(_) => "blocked: preflight: status",
            PreflightFailure::Method(_) => "blocked: preflight: method",
            _ => "blocked: preflight: header",
        },
        Err(_) => "blocked: otherwise",
    });
}
