//! The heads of requests and responses, as text.

use std::fmt::Write as _;

use browser_model::{Outcome, Request, Response};

use crate::observation::shown;

/// The heads of all requests and responses, with an empty line before each request.
pub fn heads(outcome: &Outcome) -> String {
    let mut text = String::new();
    for (request, response) in &outcome.exchanges {
        text.push('\n');
        show_request(&mut text, request);
        match response {
            Some(response) => show_response(&mut text, response),
            None => text.push_str("< no response\n"),
        }
    }
    text
}

fn show_request(text: &mut String, request: &Request) {
    let kind = match (request.is_preflight, request.with_credentials) {
        (true, _) => " (preflight)",
        (false, true) => " (with credentials)",
        (false, false) => "",
    };
    let _ = writeln!(text, "> {} {}{kind}", request.method, request.url);
    show_lines(text, '>', &request.headers);
}

fn show_response(text: &mut String, response: &Response) {
    let status = http::StatusCode::from_u16(response.status).ok();
    let reason = status.and_then(|status| status.canonical_reason());
    let _ = writeln!(text, "< {} {}", response.status, reason.unwrap_or_default());
    show_lines(text, '<', &response.headers);
}

fn show_lines(text: &mut String, side: char, lines: &[(String, Vec<u8>)]) {
    for (name, value) in lines {
        let _ = writeln!(text, "{side} {name}: {}", shown(value));
    }
}
