//! What a page can do, according to the browser model and the responses of the core.

use std::collections::BTreeSet;

use browser_model::{Browser, Credentials, Fetch, Quirks, Request, Response, ResponseKind, Url};
use cors_core::{Decision, Permission, Policy, RenderedPolicy, RequestHeader};

use super::alphabet::URLS;
use super::support::{self, Headers};

/// A server under a policy.
pub(crate) struct Server {
    policy: RenderedPolicy<Vec<u8>>,
    /// Headers of the responses of the application.
    headers: Vec<&'static str>,
}

/// What came of a fetch.
#[derive(Debug)]
pub(crate) struct Result {
    /// Whether the application got the request, and not only a preflight.
    pub(crate) reached: bool,
    /// The response headers of the application that the page reads, if it reads the response of another origin.
    pub(crate) read: Option<BTreeSet<String>>,
    /// Whether the page reads the timing.
    pub(crate) timing: bool,
}

/// What every response of the application has.
const HEADERS: [&str; 6] = [
    "x-e",
    "x-f",
    "location",
    "content-length",
    "set-cookie",
    "x-request-id",
];

impl Server {
    pub(crate) fn new(policy: Policy) -> Self {
        Self {
            policy: support::rendered(policy),
            headers: HEADERS.to_vec(),
        }
    }

    pub(crate) fn fetch(&self, fetch: &Fetch) -> Result {
        self.fetch_with_site(fetch, true)
    }

    /// In a browser that does or does not send `Sec-Fetch-Site`.
    pub(crate) fn fetch_with_site(&self, fetch: &Fetch, has_site: bool) -> Result {
        self.result(&mut Browser::new(Quirks::NONE), fetch, has_site)
    }

    pub(crate) fn fetch_in(&self, browser: &mut Browser, fetch: &Fetch) -> Result {
        self.result(browser, fetch, true)
    }

    fn result(&self, browser: &mut Browser, fetch: &Fetch, has_site: bool) -> Result {
        let mut reached = false;
        let outcome = browser.fetch(fetch, |request| {
            let (response, is_of_application) = self.respond(request, &fetch.origin, has_site);
            reached |= is_of_application && !request.is_preflight;
            Some(response)
        });
        let last = outcome.exchanges.last().and_then(|(_, last)| last.as_ref());
        let timing = last.is_some_and(|last| {
            let mut lines = last.headers.iter();
            lines.any(|(name, value)| {
                name == "timing-allow-origin" && (value == fetch.origin.as_bytes() || value == b"*")
            })
        });
        let read = outcome.result.ok();
        let read = read.filter(|read| read.kind == ResponseKind::Cors);
        let names = read.map(|read| {
            let names = read.headers.into_iter().map(|(name, _)| name);
            names
                .filter(|name| self.headers.contains(&name.as_str()))
                .collect()
        });
        Result {
            reached,
            read: names,
            timing,
        }
    }

    fn respond(&self, request: &Request, page: &str, has_site: bool) -> (Response, bool) {
        let line = |header: RequestHeader| {
            let lines = request.headers.iter();
            let mut lines = lines.filter(move |(name, _)| name == header.name());
            lines.next().map(|(_, value)| (header, value.clone()))
        };
        let asked = [
            RequestHeader::Origin,
            RequestHeader::AccessControlRequestMethod,
            RequestHeader::AccessControlRequestHeaders,
        ];
        let site = match request.url.origin().ascii_serialization() == page {
            true => "same-origin",
            false => "cross-site",
        };
        let host = (RequestHeader::Host, request.url.authority().into());
        let site = (RequestHeader::SecFetchSite, site.into());
        let more = [host].into_iter().chain(has_site.then_some(site));
        let request = support::Request {
            method: request.method.clone().into_bytes(),
            lines: asked.into_iter().filter_map(line).chain(more).collect(),
        };
        let early = self.policy.early_response(self.policy.verdict(&request));
        let mut headers = Headers::default();
        if early.is_none() {
            let lines = self.headers.iter();
            headers.0.extend(lines.map(|name| (*name, b"1".to_vec())));
        }
        support::apply(&self.policy, &request, &mut headers);
        let lines = headers.0.into_iter();
        let response = Response {
            status: early.map_or(200, |early| early.status),
            headers: lines
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        };
        (response, early.is_none())
    }

    /// The first of these URLs whose host the server accepts.
    pub(crate) fn accepted<'a>(&self, urls: &[&'a str]) -> Option<&'a str> {
        let mut urls = urls.iter().copied();
        urls.find(|url| self.has_host(&url.parse().unwrap()))
    }

    /// Whether the server accepts the host of a URL.
    pub(crate) fn has_host(&self, url: &Url) -> bool {
        let request = support::Request {
            method: b"GET".to_vec(),
            lines: vec![(RequestHeader::Host, url.authority().into())],
        };
        let decision = self.policy.policy().decide(&request);
        !matches!(decision, Decision::Misdirected(_))
    }
}

/// A URL at which the case of a permission can be tried.
pub(crate) fn url_for(server: &Server, permission: &Permission) -> Url {
    if let Permission::ReachAsOwn { url, .. } | Permission::ReachHost { url, .. } = permission {
        return url.parse().unwrap();
    }
    let own = server.policy.policy().to_config();
    let own = own.get_own_origins().iter();
    let own = own.map(|own| own.replace(":*", ":81").replace('*', "x"));
    let urls = URLS.map(str::to_owned).into_iter().chain(own);
    let mut urls = urls.map(|url| url.parse().unwrap());
    let is_elsewhere = |url: &Url| {
        let url = url.origin().ascii_serialization();
        Some(url.as_str()) != origin_of(permission)
    };
    urls.find(|url| server.has_host(url) && is_elsewhere(url))
        .unwrap()
}

fn origin_of(permission: &Permission) -> Option<&str> {
    match permission {
        Permission::Read { origin, .. }
        | Permission::UseCredentials { origin, .. }
        | Permission::SendMethod { origin, .. }
        | Permission::SendHeader { origin, .. }
        | Permission::SendHeadersAtOnce { origin, .. }
        | Permission::SendAfterPreflight { origin, .. }
        | Permission::ReadHeader { origin, .. }
        | Permission::ReadTiming { origin, .. }
        | Permission::Reach { origin, .. }
        | Permission::ReachAsOwn { origin, .. } => Some(origin),
        _ => None,
    }
}

/// Whether the case of the permission succeeds.
pub(crate) fn is_permitted(server: &Server, permission: &Permission, url: &Url) -> bool {
    let page =
        origin_of(permission).map_or_else(|| url.origin().ascii_serialization(), str::to_owned);
    let plain = Fetch::new(page, url.clone());
    let fetch = |method: &str, headers: &[&str]| Fetch {
        method: method.to_owned(),
        // No header is safelisted with this value.
        headers: headers
            .iter()
            .map(|name| ((*name).to_owned(), b"(".to_vec()))
            .collect(),
        ..plain.clone()
    };
    match permission {
        Permission::Read { .. } => server.fetch(&plain).read.is_some(),
        Permission::UseCredentials { .. } => {
            let credentials = Credentials::Include;
            let fetch = Fetch {
                credentials,
                ..plain
            };
            server.fetch(&fetch).read.is_some()
        }
        Permission::SendMethod { method, .. } => match method.as_str() {
            "GET" | "HEAD" | "POST" => server.fetch(&fetch(method, &["content-type"])).reached,
            _ => server.fetch(&fetch(method, &[])).reached,
        },
        Permission::SendHeader { method, header, .. } => {
            server.fetch(&fetch(method, &[header])).reached
        }
        Permission::SendHeadersAtOnce {
            method, headers, ..
        } => {
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            server.fetch(&fetch(method, &headers)).reached
        }
        Permission::SendAfterPreflight {
            method,
            preflight_method,
            ..
        } => {
            let mut browser = Browser::new(Quirks::NONE);
            server.fetch_in(&mut browser, &fetch(preflight_method, &["content-type"]));
            server
                .fetch_in(&mut browser, &fetch(method, &["content-type"]))
                .reached
        }
        Permission::ReadHeader { header, .. } => {
            let headers = vec![&*header.clone().leak()];
            let server = Server {
                headers,
                policy: server.policy.clone(),
            };
            server
                .fetch(&plain)
                .read
                .is_some_and(|names| names.contains(header))
        }
        Permission::ReadTiming { .. } => server.fetch(&plain).timing,
        Permission::Reach { .. } => server.fetch(&fetch("POST", &[])).reached,
        Permission::ReachAsOwn { origin, .. } => {
            let has_site = *origin == url.origin().ascii_serialization();
            server
                .fetch_with_site(&fetch("POST", &[]), has_site)
                .reached
        }
        Permission::ReachHost { .. } => server.fetch(&plain).reached,
        other => panic!("unknown: {other:?}"),
    }
}
