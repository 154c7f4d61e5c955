//! Random policies, random fetches near them, and the expected result of each fetch under its
//! policy. The expectations are written independently of the library and of the browser model.
//!
//! [`Places`] --[`cases`]--> a policy, and [`Case`]s generated for it --[`meaning`]-->
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

/// The origins of pages and servers, serialized.
#[derive(Clone, Debug)]
pub struct Places {
    /// The pages that the policies are generated for.
    pub pages: Vec<String>,
    /// Whether a page can also be at any other origin, including that of a server.
    pub any_page: bool,
    /// The servers, all under the same policy.
    pub apis: Vec<String>,
}

/// The fetch of a script, and the responses of the application.
#[derive(Clone, Debug)]
pub struct Case {
    /// The origin of the page, as a browser serializes it.
    pub page: String,
    /// The method as the script writes it.
    pub method: String,
    /// Request headers; each name appears once.
    pub headers: Vec<Header>,
    /// The request body, only for a method that allows one.
    pub body: Option<&'static str>,
    /// The `credentials` option.
    pub credentials: Credentials,
    /// The `redirect` option.
    pub redirect: Redirect,
    /// Whether the request has an upload listener; only with a body.
    pub forces_preflight: bool,
    /// The URLs that are requested, all distinct. Each redirects to the next.
    pub hops: Vec<Hop>,
    /// The number of seconds after which the same fetch is repeated.
    pub again_after: Option<u64>,
}

/// A request header.
#[derive(Clone, Debug)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// How the browser treats it.
    pub kind: HeaderKind,
}

/// How Fetch classifies a request header. The generator knows the kind of each header it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderKind {
    /// Sent without a preflight.
    Safelisted,
    /// Must be requested in a preflight.
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
    /// The header lines except `Location`.
    pub headers: Vec<(&'static str, &'static str)>,
}

/// A policy that builds, and fetches near it.
pub fn cases(places: Places, fetches: Range<usize>) -> impl Strategy<Value = (Config, Vec<Case>)> {
    // The fetches are generated before the policy is known, and then fitted to it. This way both
    // shrink, the number of fetches first.
    let rough = vec(fetch::rough(), fetches);
    (rough, policy::policy(&places)).prop_map(move |(rough, config)| {
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

    /// The `X-Reply` lines for a request to this URL; empty if the URL is not one of the hops.
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
