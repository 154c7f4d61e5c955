//! Random policies and random fetches near them; and what each fetch means under its policy, written
//! apart from the library and from the browser model.
//!
//! [`Places`] --[`cases`]--> a policy, and [`Case`]s that are made for it --[`meaning`]-->
//! [`Expected`]

mod fetch;
mod meaning;
#[path = "../../../cors-core/tests/naive/mod.rs"]
mod naive;
mod policy;
mod verdict;

use std::ops::Range;

use browser_model::{Credentials, Fetch, Redirect, Url};
use cors_core::Config;
use proptest::collection::vec;
use proptest::prelude::*;

pub use meaning::{Cause, Expected, Names, Reads, Sent, meaning, meaning_again};
pub use verdict::{as_rocket_can, problem};

/// Where pages and servers are, as serialized origins.
#[derive(Clone, Debug)]
pub struct Places {
    /// The policies are made for pages like these.
    pub pages: Vec<String>,
    /// Whether a page can be at any other origin too, that of a server among them.
    pub any_page: bool,
    /// The servers, all under the same policy.
    pub apis: Vec<String>,
}

/// What a script asks for, and how the application will respond.
#[derive(Clone, Debug)]
pub struct Case {
    /// The origin of the page, as a browser serializes it.
    pub page: String,
    /// As the script writes it.
    pub method: String,
    /// A name once.
    pub headers: Vec<Header>,
    /// Only with a method that takes one.
    pub body: Option<&'static str>,
    /// `credentials`
    pub credentials: Credentials,
    /// `redirect`
    pub redirect: Redirect,
    /// An upload listener; only with a body.
    pub forces_preflight: bool,
    /// Where the requests go: each answers with a redirect to the next. Their URLs differ.
    pub hops: Vec<Hop>,
    /// After how many seconds the same is fetched again.
    pub again_after: Option<u64>,
}

/// A request header.
#[derive(Clone, Debug)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// What the browser does with it.
    pub kind: HeaderKind,
}

/// What Fetch makes of a request header, known from its making.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderKind {
    /// Sent without asking.
    Safelisted,
    /// A preflight must ask for it.
    Unsafe,
    /// The script may not set it, so it is dropped.
    Forbidden,
}

/// A URL, and the response of the application there.
#[derive(Clone, Debug)]
pub struct Hop {
    /// The URL.
    pub url: String,
    /// The status.
    pub status: u16,
    /// Other header lines than `Location`.
    pub headers: Vec<(&'static str, &'static str)>,
}

/// A policy that builds, and fetches near it.
pub fn cases(places: Places, fetches: Range<usize>) -> impl Strategy<Value = (Config, Vec<Case>)> {
    // The fetches are made before the policy is known, and then fitted to it: so both shrink, the
    // number of fetches first.
    let rough = vec(fetch::rough(), fetches);
    (rough, policy::policy(&places.pages)).prop_map(move |(rough, config)| {
        let nearby = fetch::Nearby::new(&config, &places);
        let cases = rough.into_iter().map(|rough| rough.fit(&nearby)).collect();
        (config, cases)
    })
}

impl Case {
    /// The arguments of `fetch()`.
    pub fn fetch(&self) -> Fetch {
        let line = |header: &Header| (header.name.clone(), header.value.clone().into_bytes());
        Fetch {
            method: self.method.clone(),
            headers: self.headers.iter().map(line).collect(),
            body: self.body.map(Vec::from),
            credentials: self.credentials,
            redirect: self.redirect,
            forces_preflight: self.forces_preflight,
            ..Fetch::new(self.page.clone(), self.hops[0].url.parse().unwrap())
        }
    }

    /// What `X-Reply` must dictate to the application at this URL; nothing for any other URL.
    pub fn reply(&self, url: &Url) -> Vec<String> {
        let Some(place) = self.hops.iter().position(|hop| hop.url == url.as_str()) else {
            return Vec::new();
        };
        let hop = &self.hops[place];
        let status = format!("Status: {}", hop.status);
        let location = self.hops.get(place + 1);
        let location = location.map(|next| format!("Location: {}", next.url));
        let headers = hop.headers.iter();
        let headers = headers.map(|(name, value)| format!("{name}: {value}"));
        [status]
            .into_iter()
            .chain(location)
            .chain(headers)
            .collect()
    }
}
