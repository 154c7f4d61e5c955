//! Everything that is known about one request under one policy.

use browser_model::{Browser, Credentials, Fetch, Outcome, Quirks, Request, Response};
use cors_core::Policy;
use cors_core::issue::Issue;
use cors_diagnosis::{Observation, heads};
use serde::Serialize;

use crate::changes::{Changes, changes};
use crate::engines::{Engine, engines};
use crate::lines::shown;
use crate::server::Server;
use crate::steps::{Step, steps};
use crate::trust::Trust;

/// What browsers and the server do with a request of a script, and what to change.
#[derive(Serialize)]
pub struct Explanation<'a> {
    pub(crate) request: Asked,
    /// Whether a browser that follows the standard lets the script read the response.
    pub(crate) readable: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) blocked: Option<String>,
    pub(crate) steps: Vec<Step>,
    exchanges: Vec<Exchange>,
    /// The exchanges as text.
    #[serde(skip)]
    pub(crate) heads: String,
    pub(crate) engines: Vec<Engine>,
    pub(crate) changes: Changes,
    pub(crate) trust: Trust,
    pub(crate) warnings: &'a [Issue],
    pub(crate) more_warnings: usize,
}

/// What the script asks for.
#[derive(Serialize)]
pub(crate) struct Asked {
    pub(crate) origin: String,
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<String>,
    pub(crate) credentials: bool,
}

/// A request and its response.
#[derive(Serialize)]
struct Exchange {
    preflight: bool,
    method: String,
    request_headers: Lines,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'static str>,
    reasons: Vec<&'static str>,
    status: u16,
    response_headers: Lines,
}

type Lines = Vec<(String, String)>;

impl<'a> Explanation<'a> {
    /// Explains a request under this policy.
    pub fn of(fetch: &Fetch, policy: &'a Policy) -> Self {
        let server = Server::new(policy);
        let outcome = Browser::new(Quirks::NONE).fetch(fetch, |request| server.respond(request));
        let seen = Observation::new(fetch, &outcome);
        let blocked = outcome.result.as_ref().err();
        Self {
            request: Asked::of(fetch),
            readable: blocked.is_none(),
            blocked: blocked.map(ToString::to_string),
            steps: steps(seen, &server),
            exchanges: exchanges(&outcome, &server),
            heads: heads(&outcome),
            engines: engines(fetch, &server),
            changes: changes(fetch, policy),
            trust: Trust::of(policy),
            warnings: policy.warnings(),
            more_warnings: policy.more_warnings(),
        }
    }

    /// Whether a browser that follows the standard lets the script read the response.
    pub fn is_readable(&self) -> bool {
        self.readable
    }
}

impl Asked {
    fn of(fetch: &Fetch) -> Self {
        let names = fetch.headers.iter();
        Self {
            origin: fetch.origin.clone(),
            method: fetch.method.clone(),
            url: fetch.url.to_string(),
            headers: names.map(|(name, _)| name.clone()).collect(),
            credentials: fetch.credentials == Credentials::Include,
        }
    }
}

fn exchanges(outcome: &Outcome, server: &Server<'_>) -> Vec<Exchange> {
    let exchanges = outcome.exchanges.iter();
    let exchanges = exchanges.filter_map(|(request, response)| Some((request, response.as_ref()?)));
    exchanges
        .map(|(request, response)| Exchange::of(request, response, server))
        .collect()
}

impl Exchange {
    fn of(request: &Request, response: &Response, server: &Server<'_>) -> Self {
        let decision = server.explain(request).map(|(decision, _)| decision);
        let reasons = decision.into_iter().flat_map(cors_core::Decision::reasons);
        Self {
            preflight: request.is_preflight,
            method: request.method.clone(),
            request_headers: lines(&request.headers),
            decision: decision.map(cors_core::Decision::id),
            reasons: reasons.collect(),
            status: response.status,
            response_headers: lines(&response.headers),
        }
    }
}

fn lines(headers: &[(String, Vec<u8>)]) -> Lines {
    let lines = headers.iter();
    lines
        .map(|(name, value)| (name.clone(), shown(value)))
        .collect()
}
