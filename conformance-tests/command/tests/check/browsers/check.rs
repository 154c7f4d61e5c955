//! `cors check` with each pair.

use std::thread;

use serde_json::Value;

use super::pair::Pair;
use super::run::{Engine, Seen};
use super::wrong::{Client, Wrong};
use crate::{command, run};

/// What `cors check` did with a pair.
pub(super) struct Checked {
    report: Value,
    /// The requests that the server with wrong responses got.
    sent: Vec<String>,
}

/// Checks all pairs, several at a time.
pub(super) fn all(pairs: &[Pair], wrong: &Wrong) -> Vec<Checked> {
    const THREADS: usize = 4;
    let part = pairs.len().div_ceil(THREADS);
    thread::scope(|scope| {
        let threads: Vec<_> = pairs
            .chunks(part)
            .map(|pairs| {
                scope.spawn(|| {
                    let checked = pairs.iter().map(|pair| one(pair, wrong, "standard"));
                    checked.collect::<Vec<_>>()
                })
            })
            .collect();
        let checked = threads.into_iter().map(|thread| thread.join().unwrap());
        checked.flatten().collect()
    })
}

/// Checks one pair with this argument of `--browser`.
pub(super) fn one(pair: &Pair, wrong: &Wrong, browser: &str) -> Checked {
    let request = pair.request;
    let mut command = command();
    command.args([&pair.url, "--origin", &pair.origin, "-X", request.method]);
    command.args(["--browser", browser, "--format", "json"]);
    command.args(["--follow-to", "127.0.0.1", "--follow-to", "localhost"]);
    for (name, value) in request.headers {
        command.args(["-H", &format!("{name}: {value}")]);
    }
    if let Some(body) = request.body {
        command.args(["--data", body]);
    }
    if request.has_credentials {
        command.arg("--credentials");
    }
    let run = run(&mut command);
    let report: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{pair}: {error} {run:?}"));
    let status = match report["verdict"].as_str().unwrap() {
        "readable" => 0,
        "blocked" => 1,
        "unreachable" => 2,
        other => panic!("{pair}: {other}"),
    };
    assert_eq!(run.status, status, "{pair}");
    let mut sent = wrong.take(pair.number, Client::Check);
    // Those that follow ask about caches.
    sent.truncate(report["exchanges"].as_array().unwrap().len());
    Checked { report, sent }
}

impl Checked {
    /// What the report says that the browser does not show.
    pub(super) fn difference(&self, engine: Engine, pair: &Pair, seen: &Seen) -> Option<String> {
        let reason = &self.report["reason"];
        if self.read() != seen.read {
            return Some(format!("{:?}, because {reason}", self.read()));
        }
        let message = self.message(engine);
        if engine == Engine::Chromium && message != seen.message {
            return Some(format!("{message:?}"));
        }
        let (mut sent, mut seen) = (self.sent.clone(), seen.sent.clone());
        if engine == Engine::Firefox {
            if self.report["verdict"] == "unreachable" {
                // Firefox tries again.
                seen.dedup();
            }
            if pair.url.contains("/redirect") {
                // Firefox says `cross-site` after every redirect of another origin, also within a site.
                without_site(&mut sent);
                without_site(&mut seen);
            }
        }
        (sent != seen).then(|| format!("{:#?}, because {reason}", self.sent))
    }

    fn read(&self) -> Option<(u16, Vec<String>)> {
        let readable = self.report["readable"].as_object()?;
        let status = readable["status"].as_u64().unwrap();
        let headers = serde_json::from_value(readable["headers"].clone()).unwrap();
        Some((u16::try_from(status).unwrap(), headers))
    }

    /// The message about CORS, without those about other problems.
    fn message(&self, engine: Engine) -> Option<String> {
        let message = self.report["console"][engine.option()].as_str()?;
        let is_about_cors = message.starts_with("Access to fetch");
        is_about_cors.then(|| message.to_owned())
    }
}

fn without_site(lines: &mut [String]) {
    for line in lines {
        if let Some((start, _)) = line.split_once(" sec-fetch-site: ") {
            *line = start.to_owned();
        }
    }
}
