//! Fetch, "CORS-preflight cache". There is one page, so the network partition key is left out.

use std::time::Duration;

use super::preflight::{Asked, Grant, is_authorization};
use super::{Credentials, Url};

/// What servers have granted, and the clock.
#[derive(Clone, Debug, Default)]
pub(super) struct Cache {
    entries: Vec<Entry>,
    now: Duration,
}

#[derive(Clone, Debug)]
struct Entry {
    origin: String,
    url: Url,
    with_credentials: bool,
    item: Item,
    since: Duration,
    max_age: Duration,
}

#[derive(Clone, Debug)]
enum Item {
    Method(String),
    Name(String),
}

impl Cache {
    pub(super) fn wait(&mut self, time: Duration) {
        self.now = self.now.saturating_add(time);
        let now = self.now;
        let lives = |entry: &Entry| now.saturating_sub(entry.since) < entry.max_age;
        self.entries.retain(lives);
    }

    /// Whether a preflight can be left out.
    pub(super) fn grants(&self, asked: &Asked<'_>, asks_for_method: bool) -> bool {
        let method = asks_for_method.then(|| Item::Method(asked.method.to_owned()));
        let names = asked.names.iter().map(|&name| Item::Name(name.to_owned()));
        let mut items = method.into_iter().chain(names);
        items.all(|item| self.entries.iter().any(|entry| entry.grants(asked, &item)))
    }

    /// Remembers what an answer has granted.
    pub(super) fn store(&mut self, asked: &Asked<'_>, grant: &Grant<'_>) {
        let methods = grant
            .methods
            .iter()
            .map(|&method| Item::Method(method.to_owned()));
        let names = grant.names.iter().map(|&name| Item::Name(name.to_owned()));
        for item in methods.chain(names) {
            let mut known = false;
            for entry in &mut self.entries {
                if entry.grants(asked, &item) {
                    entry.max_age = grant.max_age;
                    known = true;
                }
            }
            if !known {
                self.entries.push(Entry {
                    origin: asked.origin.to_owned(),
                    url: asked.url.clone(),
                    with_credentials: asked.credentials == Credentials::Include,
                    item,
                    since: self.now,
                    max_age: grant.max_age,
                });
            }
        }
        self.wait(Duration::ZERO);
    }

    /// Forgets what was granted to this origin for this URL.
    pub(super) fn clear(&mut self, origin: &str, url: &Url) {
        let is_other = |entry: &Entry| entry.origin != origin || entry.url != *url;
        self.entries.retain(is_other);
    }
}

impl Entry {
    /// Fetch, "method cache entry match" and "header-name cache entry match".
    fn grants(&self, asked: &Asked<'_>, item: &Item) -> bool {
        let is_for = self.origin == asked.origin
            && self.url == *asked.url
            && (self.with_credentials || asked.credentials != Credentials::Include);
        is_for
            && match (&self.item, item) {
                (Item::Method(granted), Item::Method(method)) => {
                    granted == method || granted == "*"
                }
                (Item::Name(granted), Item::Name(name)) => {
                    granted.eq_ignore_ascii_case(name) || granted == "*" && !is_authorization(name)
                }
                _ => false,
            }
    }
}
