//! The requests to the API and their responses, for the page and for the terminal.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::Request;
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::response::Response;
use command_support::printable;
use cors_core::{Decision, Policy};
use serde::Serialize;

/// The latest records. Their number and the length of their texts are limited, because any page can
/// send requests to the API.
#[derive(Default)]
pub(crate) struct Records(Mutex<VecDeque<Arc<Record>>>);

const KEPT: usize = 1000;

impl Records {
    pub(crate) fn add(&self, record: Record) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Arc::new(record));
    }

    /// The requests whose target ends with `row=` and this name, in order.
    pub(crate) fn of_row(&self, row: &str) -> Vec<Arc<Record>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = [format!("?row={row}"), format!("&row={row}")];
        kept.iter()
            .filter(|record| ends.iter().any(|end| record.target.ends_with(end)))
            .cloned()
            .collect()
    }
}

/// A request, the decision of the core, and the response.
#[derive(Serialize)]
pub(crate) struct Record {
    method: String,
    target: String,
    /// Whether the request has a cookie.
    cookie: bool,
    preflight: bool,
    #[serde(serialize_with = "as_id")]
    pub(crate) decision: Decision,
    allowed: bool,
    reasons: Vec<&'static str>,
    explanation: String,
    pub(crate) status: u16,
    /// The CORS headers of the response.
    headers: Vec<(String, String)>,
    /// The other headers of the response that CORS has to do with.
    other_headers: Vec<(String, String)>,
    #[serde(skip)]
    pub(crate) response_headers: Vec<HeaderName>,
    /// The policy that decided. Another policy may be active by now. Its server is not kept.
    #[serde(skip)]
    pub(crate) policy: Arc<Policy>,
}

impl Record {
    pub(crate) fn new(policy: Arc<Policy>, request: &Request<()>, response: &Response) -> Self {
        let decision = policy.decide(request);
        let headers = response.headers();
        let is_cors = |name: &HeaderName| name.as_str().starts_with("access-control-");
        let is_other = |name: &HeaderName| name == header::VARY || name == "timing-allow-origin";
        Self {
            method: printable(request.method().as_str().as_bytes()),
            target: printable(request.uri().to_string().as_bytes()),
            cookie: request.headers().contains_key(header::COOKIE),
            preflight: matches!(decision, Decision::Preflight(_)),
            decision,
            allowed: decision.is_allowed(),
            reasons: decision.reasons().collect(),
            explanation: printable(policy.explain(decision, request).as_bytes()),
            status: response.status().as_u16(),
            headers: lines(headers, is_cors),
            other_headers: lines(headers, is_other),
            response_headers: headers.keys().cloned().collect(),
            policy,
        }
    }
}

fn lines(headers: &HeaderMap, which: impl Fn(&HeaderName) -> bool) -> Vec<(String, String)> {
    let lines = headers.iter().filter(|(name, _)| which(name));
    let lines = lines.map(|(name, value)| (name.to_string(), printable(value.as_bytes())));
    lines.collect()
}

/// The line that is printed on the terminal.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            target,
            status,
            decision,
            explanation,
            ..
        } = self;
        write!(f, "{method} {target} {status} {}", decision.id())?;
        if !self.reasons.is_empty() {
            write!(f, " ({})", self.reasons.join(", "))?;
        }
        write!(f, ": {explanation}")
    }
}

fn as_id<S: serde::Serializer>(decision: &Decision, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(decision.id())
}
