//! What each browser engine does with the responses, and why it differs from the standard.

use std::time::Duration;

use browser_model::{Browser, Fetch, Outcome, Quirks};
use cors_diagnosis::{Engine as Console, Observation, console};
use serde::Serialize;

use crate::lines::value;
use crate::server::Server;

#[derive(Serialize)]
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    pub(crate) readable: bool,
    /// The result, with the preflight or the reason.
    pub(crate) message: String,
    /// What the console says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) console: Option<String>,
    pub(crate) preflight: bool,
    /// How long the same request needs no other preflight.
    pub(crate) kept_seconds: u64,
    /// Where the engine does not follow the standard, if that makes a difference for this request.
    pub(crate) deviations: Vec<String>,
}

const ENGINES: [(&str, Quirks, Console); 3] = [
    ("Chromium", Quirks::CHROMIUM, Console::Chromium),
    ("Firefox", Quirks::FIREFOX, Console::Firefox),
    ("WebKit", Quirks::WEBKIT, Console::Safari),
];

pub(crate) fn engines(fetch: &Fetch, server: &Server<'_>) -> Vec<Engine> {
    let engines = ENGINES.into_iter();
    let engines = engines.map(|(name, quirks, kind)| {
        let run = Run::of(quirks, fetch, server);
        let seen = Observation::new(fetch, &run.outcome);
        let console = console(&seen, kind);
        // The model knows only CORS.
        let is_mixed_content = console.is_some() && run.outcome.result.is_ok();
        Engine {
            name,
            readable: run.outcome.result.is_ok() && !is_mixed_content,
            message: match is_mixed_content {
                true => {
                    "blocked: mixed content, because the page is over HTTPS and the URL over HTTP"
                        .to_owned()
                }
                false => run.message(),
            },
            console,
            preflight: seen.had_preflight(),
            kept_seconds: run.kept.as_secs(),
            deviations: deviations(quirks, &run, fetch, server),
        }
    });
    engines.collect()
}

/// A fetch by one engine, and how long its preflight is kept.
pub(crate) struct Run {
    pub(crate) outcome: Outcome,
    kept: Duration,
}

impl Run {
    pub(crate) fn of(quirks: Quirks, fetch: &Fetch, server: &Server<'_>) -> Self {
        let mut browser = Browser::new(quirks);
        let mut send = || browser.fetch(fetch, |request| server.respond(request));
        let outcome = send();
        let is_kept = has_preflight(&outcome) && outcome.result.is_ok() && !has_preflight(&send());
        let kept = match is_kept {
            true => max_age(&outcome).min(quirks.max_age_cap.unwrap_or(Duration::MAX)),
            false => Duration::ZERO,
        };
        Self { outcome, kept }
    }

    fn message(&self) -> String {
        match &self.outcome.result {
            Err(blocked) => format!("blocked: {blocked}"),
            Ok(_) if !has_preflight(&self.outcome) => "readable, without a preflight".to_owned(),
            Ok(_) if self.kept.is_zero() => {
                "readable, after a preflight that is not kept".to_owned()
            }
            Ok(_) => format!(
                "readable, after a preflight that is kept for {} seconds",
                self.kept.as_secs()
            ),
        }
    }

    /// Whether the same happens to the script and to the server.
    fn is_like(&self, other: &Self) -> bool {
        self.outcome == other.outcome && self.kept == other.kept
    }
}

fn has_preflight(outcome: &Outcome) -> bool {
    let mut exchanges = outcome.exchanges.iter();
    exchanges.any(|(request, _)| request.is_preflight)
}

fn max_age(outcome: &Outcome) -> Duration {
    let first = outcome.exchanges.first();
    let response = first.and_then(|(_, response)| response.as_ref());
    let seconds = response.and_then(|response| value(&response.headers, "access-control-max-age"));
    let seconds = seconds.and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(5))
}

/// A deviation from the standard: how to undo it, and what it is.
type Deviation = (fn(&mut Quirks), &'static str);

/// The deviations that can make a difference for a fetch without redirects from a server with this library.
const DEVIATIONS: [Deviation; 8] = [
    (
        |quirks| quirks.client_hints_are_safe = false,
        "client hints and `User-Agent` need no preflight",
    ),
    (
        |quirks| quirks.non_ascii_is_unsafe = false,
        "a value with bytes that are not ASCII needs a preflight",
    ),
    (
        |quirks| quirks.empty_last_parameter_is_unsafe = false,
        "a `Content-Type` that ends with an empty parameter needs a preflight",
    ),
    (
        |quirks| quirks.range_unit_in_any_case = false,
        "`Range` needs no preflight if its unit is in upper case",
    ),
    (
        |quirks| quirks.force_needs_body = false,
        "an upload listener needs no preflight without a body",
    ),
    (
        |quirks| quirks.null_asks_again = false,
        "a preflight of the origin `null` is not kept",
    ),
    (
        |quirks| {
            quirks.conditional_requests_ask_again = false;
            quirks.conditional_uploads_ask_again = false;
        },
        "a conditional request needs a preflight each time",
    ),
    (
        |quirks| quirks.any_is_not_remembered = false,
        "what only `*` allows needs a preflight each time",
    ),
];

fn deviations(quirks: Quirks, run: &Run, fetch: &Fetch, server: &Server<'_>) -> Vec<String> {
    let makes_a_difference = |undo: fn(&mut Quirks)| {
        let mut without = quirks;
        undo(&mut without);
        without != quirks && !Run::of(without, fetch, server).is_like(run)
    };
    let all = DEVIATIONS.into_iter();
    let made = all.filter(|(undo, _)| makes_a_difference(*undo));
    let mut made: Vec<String> = made.map(|(_, text)| text.to_owned()).collect();
    if let Some(cap) = quirks.max_age_cap
        && makes_a_difference(|quirks| quirks.max_age_cap = None)
    {
        made.push(format!(
            "a preflight is kept for at most {} seconds",
            cap.as_secs()
        ));
    }
    made
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use std::collections::BTreeSet;

    use browser_model::Url;
    use cors_core::{Config, Policy};

    use super::*;

    fn policy(max_age: u64) -> Policy {
        let config = Config::new()
            .allow_origin_regex("(http|https)://.*")
            .allow_origins(["null"])
            .allow_methods(["*"])
            .allow_headers(["*"]);
        config.max_age(max_age).build().unwrap()
    }

    fn fetch(origin: &str, method: &str, header: Option<(&str, &[u8])>) -> Fetch {
        let headers = header.into_iter();
        Fetch {
            method: method.to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_vec()))
                .collect(),
            ..Fetch::new(origin, Url::parse("https://api.example").unwrap())
        }
    }

    /// A request for each deviation.
    fn fetches() -> Vec<Fetch> {
        let page = "https://app.example";
        let mut all = vec![
            fetch(page, "GET", None),
            fetch(page, "PUT", None),
            fetch("null", "PUT", None),
            fetch(page, "GET", Some(("User-Agent", b"x"))),
            fetch(page, "GET", Some(("Accept", b"\xe9"))),
            fetch(page, "POST", Some(("Content-Type", b"text/plain;;"))),
            fetch(page, "GET", Some(("Range", b"BYTES=0-5"))),
            fetch(page, "GET", Some(("If-Match", b"x"))),
            fetch(page, "GET", Some(("X-A", b"x"))),
        ];
        all.push(Fetch {
            forces_preflight: true,
            ..fetch(page, "POST", None)
        });
        all
    }

    #[test]
    fn every_deviation_makes_a_difference_for_a_request() {
        let policy = policy(100_000);
        let server = Server::new(&policy);
        let fetches = fetches();
        let engines = fetches.iter().flat_map(|fetch| engines(fetch, &server));
        let seen: BTreeSet<_> = engines.flat_map(|engine| engine.deviations).collect();
        let known = DEVIATIONS.iter().map(|(_, text)| (*text).to_owned());
        let caps = [600, 7_200, 86_400];
        let caps = caps.map(|cap| format!("a preflight is kept for at most {cap} seconds"));
        assert_eq!(seen, known.chain(caps).collect());
    }

    #[test]
    fn a_request_that_all_treat_as_the_standard_says_has_no_deviation() {
        let policy = policy(600);
        let server = Server::new(&policy);
        for engine in engines(&fetch("https://app.example", "PUT", None), &server) {
            assert_eq!((engine.kept_seconds, engine.deviations.len()), (600, 0));
        }
    }

    /// Asks the cache of the model, second by second around the end.
    #[test]
    fn a_preflight_is_kept_as_long_as_the_model_keeps_it() {
        for max_age in [0, 1, 5, 600, 601, 10_000, 100_000] {
            let policy = policy(max_age);
            let server = Server::new(&policy);
            for (fetch, (_, quirks, _)) in fetches()
                .iter()
                .flat_map(|fetch| ENGINES.map(|engine| (fetch, engine)))
            {
                let kept = Run::of(quirks, fetch, &server).kept;
                let asks_after = |time| {
                    let mut browser = Browser::new(quirks);
                    let first = browser.fetch(fetch, |request| server.respond(request));
                    browser.wait(time);
                    let second = browser.fetch(fetch, |request| server.respond(request));
                    has_preflight(&first).then(|| has_preflight(&second))
                };
                if kept > Duration::ZERO {
                    assert_eq!(
                        asks_after(kept - Duration::from_secs(1)),
                        Some(false),
                        "{fetch:?}"
                    );
                }
                assert_ne!(asks_after(kept), Some(false), "{fetch:?}");
            }
        }
    }
}
