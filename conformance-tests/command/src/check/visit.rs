//! The requests of a fetch over the network, hop by hop, and those that ask about caches.

use std::net::IpAddr;

use browser_model::{Browser, Outcome, Quirks, Request, Response, Url};
use cors_diagnosis::{fetch_metadata, probes};
use http::Version;

use super::plan::Plan;
use crate::client::{BodyStart, Client, Problem};

/// What happened on the network.
pub(super) struct Visit {
    /// The requests that were sent, and what the script gets.
    pub(super) outcome: Outcome,
    /// More about each response of the outcome.
    pub(super) details: Vec<Option<Details>>,
    /// The address that the latest request was sent to.
    pub(super) server: Option<IpAddr>,
    /// Why the latest request has no response.
    pub(super) problem: Option<Problem>,
    /// The same as text.
    pub(super) reason: Option<String>,
    /// The requests that ask about caches, with their responses.
    pub(super) probes: Vec<(Request, Option<Response>)>,
    /// Why one of them has no response, the first.
    pub(super) probe_problem: Option<Problem>,
    /// The target of a redirect to a host that the command line does not name. Nothing was sent to it.
    pub(super) stopped_at: Option<Url>,
}

/// What a response has that does not matter to a browser.
pub(super) struct Details {
    pub(super) version: Version,
    /// The start of the body of an error, or of a response to a preflight.
    pub(super) body: BodyStart,
}

/// Sends what a browser sends.
pub(super) async fn visit(plan: &Plan, client: &Client, quirks: Quirks) -> Visit {
    let mut network = Network {
        plan,
        client,
        details: Vec::new(),
        server: None,
        problem: None,
        stopped_at: None,
        urls: Vec::new(),
    };
    let mut browser = Browser::new(quirks);
    let send = async |request: &Request| network.send(request).await;
    let mut outcome = browser.fetch_async(&plan.fetch, send).await;
    if network.stopped_at.is_some() {
        outcome.exchanges.pop();
    }
    let mut asked = Vec::new();
    let mut probe_problem = None;
    for probe in probes(&outcome) {
        let request = probe_with_metadata(&probe);
        let response = match client.send(&request, plan.cookie(&probe)).await {
            Ok(reply) => Some(reply.response),
            Err(problem) => {
                probe_problem.get_or_insert(problem);
                None
            }
        };
        asked.push((probe, response));
    }
    Visit {
        outcome,
        details: network.details,
        server: network.server,
        reason: network.problem.as_ref().map(ToString::to_string),
        probes: asked,
        probe_problem,
        problem: network.problem,
        stopped_at: network.stopped_at,
    }
}

/// The request with what a browser says about where it comes from. `urls` are those of the fetch so far.
fn with_metadata(request: &Request, origin: &str, urls: &[Url]) -> Request {
    let mut request = request.clone();
    request.headers.extend(fetch_metadata(origin, urls));
    request
}

/// The probe as a page of its origin would send it.
fn probe_with_metadata(probe: &Request) -> Request {
    let origin = probe.headers.iter().find(|(name, _)| name == "origin");
    origin.map_or_else(
        || probe.clone(),
        |(_, origin)| {
            let origin = String::from_utf8_lossy(origin);
            with_metadata(probe, &origin, std::slice::from_ref(&probe.url))
        },
    )
}

struct Network<'a> {
    plan: &'a Plan,
    client: &'a Client,
    details: Vec<Option<Details>>,
    server: Option<IpAddr>,
    problem: Option<Problem>,
    stopped_at: Option<Url>,
    /// The URLs of the fetch so far, without preflights.
    urls: Vec<Url>,
}

impl Network<'_> {
    async fn send(&mut self, request: &Request) -> Option<Response> {
        if !self.plan.is_named(request) {
            self.stopped_at = Some(request.url.clone());
            return None;
        }
        self.details.push(None);
        let cookie = self.plan.cookie(request);
        let request = self.with_metadata(request);
        match self.client.send(&request, cookie).await {
            Ok(reply) => {
                if let Some(details) = self.details.last_mut() {
                    *details = Some(Details {
                        version: reply.version,
                        body: reply.body,
                    });
                }
                self.server = reply.server;
                Some(reply.response)
            }
            Err(problem) => {
                self.problem = Some(problem);
                None
            }
        }
    }

    fn with_metadata(&mut self, request: &Request) -> Request {
        self.urls.push(request.url.clone());
        let sent = with_metadata(request, &self.plan.fetch.origin, &self.urls);
        if request.is_preflight {
            self.urls.pop();
        }
        sent
    }
}
