//! Fetch, "CORS-preflight cache". The model has a single page, so the network partition key
//! is omitted.

use std::time::Duration;

use super::preflight::{Grant, Preflight, is_authorization};
use super::{Credentials, Url};

/// The permissions that preflights have granted, and the current time.
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

    /// Whether cached entries make the preflight unnecessary.
    pub(super) fn grants(&self, preflight: &Preflight<'_>, needs_method: bool) -> bool {
        let method = needs_method.then(|| Item::Method(preflight.method.to_owned()));
        let names = preflight
            .names
            .iter()
            .map(|&name| Item::Name(name.to_owned()));
        let mut items = method.into_iter().chain(names);
        items.all(|item| {
            self.entries
                .iter()
                .any(|entry| entry.grants(preflight, &item))
        })
    }

    /// Caches the methods and header names that a preflight response has granted.
    pub(super) fn store(&mut self, preflight: &Preflight<'_>, grant: &Grant<'_>) {
        let methods = grant
            .methods
            .iter()
            .map(|&method| Item::Method(method.to_owned()));
        let names = grant.names.iter().map(|&name| Item::Name(name.to_owned()));
        for item in methods.chain(names) {
            let mut known = false;
            for entry in &mut self.entries {
                if entry.grants(preflight, &item) {
                    entry.max_age = grant.max_age;
                    known = true;
                }
            }
            if !known {
                self.entries.push(Entry {
                    origin: preflight.origin.to_owned(),
                    url: preflight.url.clone(),
                    with_credentials: preflight.credentials == Credentials::Include,
                    item,
                    since: self.now,
                    max_age: grant.max_age,
                });
            }
        }
        self.wait(Duration::ZERO);
    }

    /// Removes the entries of this origin for this URL.
    pub(super) fn clear(&mut self, origin: &str, url: &Url) {
        let is_other = |entry: &Entry| entry.origin != origin || entry.url != *url;
        self.entries.retain(is_other);
    }
}

impl Entry {
    /// Fetch, "method cache entry match" and "header-name cache entry match".
    fn grants(&self, preflight: &Preflight<'_>, item: &Item) -> bool {
        let is_for = self.origin == preflight.origin
            && self.url == *preflight.url
            && (self.with_credentials || preflight.credentials != Credentials::Include);
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
