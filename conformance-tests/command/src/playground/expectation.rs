//! What a browser must make of a request, told from the core's decisions and the meaning of the
//! policy alone.
//!
//! Neither the CORS headers that went out nor what the browser reports is looked at: the page
//! compares the two sides.

use std::sync::Arc;

use axum::http::HeaderName;
use serde::{Deserialize, Serialize};

use super::record::Record;

/// What the script asked for, as far as the server cannot see it.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// `credentials: "include"`
    credentials: bool,
    /// The response header that the script reads; empty: none.
    read: String,
}

#[derive(Serialize)]
pub(crate) struct Expectation {
    outcome: Outcome,
    /// What the decisions do not say by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<Header>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Readable,
    Blocked,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Header {
    Readable,
    Hidden,
}

impl Expectation {
    /// `None` if no request of the row reached the API.
    pub(crate) fn of(records: &[Arc<Record>], asked: &Asked) -> Option<Self> {
        let last = records.last()?;
        let blocked = |why| {
            Some(Self {
                outcome: Outcome::Blocked,
                why,
                header: None,
            })
        };
        if records.iter().any(|record| !record.decision.is_allowed()) {
            return blocked(None);
        }
        let config = last.in_force.policy.to_config();
        if asked.credentials && !config.get_allow_credentials() {
            return blocked(Some(
                "the request is made with credentials, which the policy does not allow",
            ));
        }
        let header = HeaderName::from_bytes(asked.read.as_bytes())
            .ok()
            .map(|name| {
                let exposed =
                    |entry: &String| entry == "*" || entry.eq_ignore_ascii_case(name.as_str());
                let readable = ALWAYS_READABLE.contains(&name.as_str())
                    || config.get_expose_headers().iter().any(exposed);
                let there = last.response_headers.contains(&name);
                if there && readable && !NEVER_READABLE.contains(&name.as_str()) {
                    Header::Readable
                } else {
                    Header::Hidden
                }
            });
        Some(Self {
            outcome: Outcome::Readable,
            why: None,
            header,
        })
    }
}

// Fetch, "CORS-safelisted response-header name" and "forbidden response-header name".
const ALWAYS_READABLE: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];
const NEVER_READABLE: [&str; 2] = ["set-cookie", "set-cookie2"];
