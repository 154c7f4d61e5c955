//! The expected result of a request in the browser, derived only from the decisions of the core and
//! from the policy.
//!
//! The CORS headers that were sent and the result that the browser reports are not used: the page
//! compares the two sides.

use std::sync::Arc;

use axum::http::HeaderName;
use cors_core::Config;
use cors_core::issue::Key;
use cors_explain::Edit;
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
    /// What makes the header readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Edit>,
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
    /// `None` if no request of the row reached the API, or if the response is a redirect to a place that is not in the log.
    pub(crate) fn of(records: &[Arc<Record>], options: &ScriptOptions) -> Option<Self> {
        let last = records.last()?;
        if [301, 302, 303, 307, 308].contains(&last.status) {
            return None;
        }
        let blocked = |why| {
            Some(Self {
                outcome: Outcome::Blocked,
                why,
                header: None,
                change: None,
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
        let (header, change) = match HeaderName::from_bytes(options.read.as_bytes()) {
            Ok(name) => read(&name, last, &config),
            Err(_) => (None, None),
        };
        Some(Self {
            outcome: Outcome::Readable,
            why: None,
            header,
            change,
        })
    }
}

/// Whether the script can read the header, and what changes that.
fn read(name: &HeaderName, last: &Record, config: &Config) -> (Option<Header>, Option<Edit>) {
    let is_entry = |entry: &String| entry == "*" || entry.eq_ignore_ascii_case(name.as_str());
    let is_exposed = ALWAYS_READABLE.contains(&name.as_str())
        || config.get_expose_headers().iter().any(is_entry);
    let can_be_read =
        last.response_headers.contains(name) && !NEVER_READABLE.contains(&name.as_str());
    match (can_be_read, is_exposed) {
        (true, true) => (Some(Header::Readable), None),
        (true, false) => {
            let expose = Edit::add(Key::ExposeHeaders, [name.to_string()]);
            (Some(Header::Hidden), Some(expose))
        }
        (false, _) => (Some(Header::Hidden), None),
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
