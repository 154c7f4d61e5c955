//! The expected result of a request in the browser, derived only from the decisions of the core and
//! from the policy.
//!
//! The CORS headers that were sent and the result that the browser reports are not used: the page
//! compares the two sides.

use std::sync::Arc;

use axum::http::HeaderName;
use serde::{Deserialize, Serialize};

use crate::record::Record;

/// The options of the script that the server cannot see.
#[derive(Deserialize)]
pub(crate) struct ScriptOptions {
    /// `credentials: "include"`
    credentials: bool,
    /// The response header that the script reads; empty for none.
    read: String,
}

#[derive(Serialize)]
pub(crate) struct Expectation {
    outcome: Outcome,
    /// The reason, if the decisions do not explain the outcome.
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
    pub(crate) fn of(records: &[Arc<Record>], options: &ScriptOptions) -> Option<Self> {
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
        let config = last.policy.to_config();
        if options.credentials && !config.get_allow_credentials() {
            return blocked(Some(
                "the request is made with credentials, which the policy does not allow",
            ));
        }
        let header = HeaderName::from_bytes(options.read.as_bytes())
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
