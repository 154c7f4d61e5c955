//! A browser with the pages, and what it shows.

use std::collections::HashMap;
use std::process::Command;

use browser_model::Quirks;
use serde_json::Value;
use tempfile::TempDir;
use test_support::browser;
use test_support::process_group::Group;

use super::page::Pages;
use super::pair::{self, Pair};
use super::wrong::{Client, Wrong};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Chromium,
    Firefox,
}

/// What a browser did with a pair.
#[derive(Debug)]
pub(super) struct Seen {
    /// The status and the names of the headers that the script can read; `None` if it gets an error.
    pub(super) read: Option<(u16, Vec<String>)>,
    /// The message about CORS in the console; not known of Firefox.
    pub(super) message: Option<String>,
    /// The requests that the server with wrong responses got.
    pub(super) sent: Vec<String>,
}

impl Engine {
    /// The argument of `--browser`.
    pub(super) fn option(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }

    pub(super) fn quirks(self) -> Quirks {
        match self {
            Self::Chromium => Quirks::CHROMIUM,
            Self::Firefox => Quirks::FIREFOX,
        }
    }

    /// One of so many pairs is for this engine.
    pub(super) fn share(self) -> usize {
        match self {
            Self::Chromium => 1,
            Self::Firefox => 3,
        }
    }

    /// The least number of pairs, and of those with each verdict.
    pub(super) fn least(self) -> (usize, usize) {
        match self {
            Self::Chromium => (300, 100),
            Self::Firefox => (100, 40),
        }
    }

    /// Runs the pages; `None` if the browser is not installed.
    pub(super) fn run(self, pages: &Pages, wrong: &Wrong, pairs: &[&Pair]) -> Option<Vec<Seen>> {
        let profile = tempfile::tempdir().unwrap();
        let mut command = self.command(&profile)?;
        let (url, count) = pages.write(pairs);
        let browser = Group::start(command.arg(url));
        let mut results = pages.results();
        let mut messages = match self {
            Self::Chromium => console(&browser, count),
            Self::Firefox => HashMap::new(),
        };
        let seen = pairs.iter().map(|pair| Seen {
            read: read(&results.remove(&pair.number).unwrap()),
            message: messages.remove(&pair.number),
            sent: wrong.take(pair.number, Client::Browser),
        });
        Some(seen.collect())
    }

    fn command(self, profile: &TempDir) -> Option<Command> {
        match self {
            Self::Chromium => {
                let mut command = browser::chromium(profile.path())?;
                command.arg("--enable-logging=stderr");
                Some(command)
            }
            Self::Firefox => browser::firefox(profile.path(), ""),
        }
    }
}

fn read(result: &Value) -> Option<(u16, Vec<String>)> {
    if result.get("error").is_some() {
        return None;
    }
    let status = result["status"].as_u64().unwrap();
    let headers = serde_json::from_value(result["headers"].clone()).unwrap();
    Some((u16::try_from(status).unwrap(), headers))
}

/// Chromium's messages about CORS by the number of the pair, when this many pages have ended.
fn console(browser: &Group, pages: usize) -> HashMap<usize, String> {
    let mut messages = HashMap::new();
    let mut ended = 0;
    while ended < pages {
        let message = browser.announced(|line| {
            let text = line.split_once("CONSOLE")?.1.split_once('"')?.1;
            let text = text.rsplit_once("\", source: ")?.0;
            let is_wanted = text.starts_with("Access to fetch") || text == "pairs end";
            is_wanted.then(|| text.to_owned())
        });
        match pair::number(&message) {
            Some(number) => {
                messages.entry(number).or_insert(message);
            }
            None => ended += 1,
        }
    }
    messages
}
