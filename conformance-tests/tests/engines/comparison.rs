//! Compares an engine with the browser model, which gets the same responses.

use std::collections::BTreeMap;

use browser_model::{
    Browser, Credentials, Fetch, Outcome, Quirks, Redirect, Request, ResponseKind, Url,
};
use serde_json::{Value, json};

use crate::network::Exchange;
use crate::session::SITE;

/// A script that makes a fetch `times` times in sequence.
pub(crate) fn script(fetch: &Fetch, times: usize) -> String {
    let headers = fetch.headers.iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| json!([name, latin1(value)]))
        .collect();
    let run = json!({
        "url": fetch.url.as_str(),
        "upload": fetch.forces_preflight,
        "method": fetch.method,
        "headers": headers,
        "body": fetch.body.as_deref().map(latin1),
        "credentials": match fetch.credentials {
            Credentials::Omit => "omit",
            Credentials::SameOrigin => "same-origin",
            Credentials::Include => "include",
        },
        "redirect": match fetch.redirect {
            Redirect::Follow => "follow",
            Redirect::Error => "error",
            Redirect::Manual => "manual",
        },
    });
    let runs = vec![format!("await run({run})"); times];
    format!("return [{}]", runs.join(", "))
}

/// Replays the responses that the engine got in the model. Returns the outcome of each fetch and
/// the exchanges that belong to it.
pub(crate) fn replayed<'a>(
    quirks: Quirks,
    fetch: &Fetch,
    mut exchanges: &'a [Exchange],
    times: usize,
) -> Vec<(Outcome, &'a [Exchange])> {
    let mut browser = Browser::new(quirks);
    let mut replayed = Vec::new();
    for time in 1..=times {
        let mut responses = exchanges.iter().map(|exchange| exchange.response.clone());
        let outcome = browser.fetch(fetch, |_| responses.next());
        let sent = match time == times {
            // The remaining exchanges belong to the last fetch.
            true => exchanges.len(),
            false => outcome.exchanges.len().min(exchanges.len()),
        };
        let (part, rest) = exchanges.split_at(sent);
        exchanges = rest;
        replayed.push((outcome, part));
    }
    replayed
}

/// Describes how the engine differs from the model.
pub(crate) fn difference(
    fetch: &Fetch,
    outcome: &Outcome,
    exchanges: &[Exchange],
    seen: &Value,
) -> Option<String> {
    let script = joined(&fetch.headers);
    let expected = outcome
        .exchanges
        .iter()
        .map(|(request, _)| sent(request, &script));
    let expected: Vec<_> = expected.collect();
    let got = exchanges
        .iter()
        .map(|exchange| sent(&exchange.request, &script));
    let got: Vec<_> = got.collect();
    if expected != got {
        return Some(format!(
            "the model sends {expected:#?}\nthe engine sent {got:#?}"
        ));
    }
    let requests = outcome
        .exchanges
        .iter()
        .map(|(request, _)| request)
        .zip(exchanges);
    for (expected, Exchange { request, .. }) in requests {
        let must_have = expected.with_credentials && has_cookies(fetch, &request.url);
        if request.with_credentials && !expected.with_credentials
            || must_have && !request.with_credentials
        {
            return Some(format!(
                "cookies with {expected:#?}: {}",
                request.with_credentials
            ));
        }
    }
    let expected = match &outcome.result {
        Ok(readable) => Ok((
            kind(readable.kind),
            readable.status,
            joined(&readable.headers),
        )),
        Err(blocked) => Err(blocked),
    };
    let got = read(seen);
    match (&expected, &got) {
        (Err(_), None) => return None,
        (Ok((kind, status, headers)), Some(got)) => {
            // XMLHttpRequest does not expose the type.
            let kind_agrees = got.0.is_none_or(|got| got == *kind);
            if kind_agrees && (status, headers) == (&got.1, &got.2) {
                return None;
            }
        }
        _ => {}
    }
    Some(format!(
        "the model reads {expected:#?}\nthe engine reads {got:#?}"
    ))
}

/// Whether the browser has a cookie to send with this page's request.
fn has_cookies(fetch: &Fetch, url: &Url) -> bool {
    let is_of_site = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        url.scheme() == "http" && format!(".{host}").ends_with(&format!(".{SITE}"))
    };
    let page = fetch.origin.parse();
    page.is_ok_and(|page| is_of_site(&page)) && [&fetch.url, url].into_iter().all(is_of_site)
}

/// The parts of a request that depend on the script and on CORS.
#[derive(Debug, PartialEq)]
struct Sent {
    url: String,
    method: String,
    headers: BTreeMap<String, String>,
}

fn sent(request: &Request, by_script: &BTreeMap<String, String>) -> Sent {
    let of_cors = [
        "origin",
        "access-control-request-method",
        "access-control-request-headers",
    ];
    // If the browser does not send the script's value of the first headers, it sends its own. The
    // last two describe a body; after a redirect that drops the body, engines treat them
    // differently.
    let of_browser = [
        "accept",
        "accept-encoding",
        "accept-language",
        "cookie",
        "host",
        "sec-fetch-site",
        "user-agent",
        "content-language",
        "content-type",
    ];
    let headers = joined(&request.headers).into_iter();
    let headers = headers.filter_map(|(name, value)| {
        if of_cors.contains(&name.as_str()) {
            return Some((name, value));
        }
        let is_of_script = by_script.contains_key(&name) && !of_browser.contains(&name.as_str());
        // A browser may serialize the value differently.
        is_of_script.then(|| (name, "sent".to_owned()))
    });
    Sent {
        url: without_user_info(request.url.clone()).to_string(),
        method: request.method.clone(),
        headers: headers.collect(),
    }
}

/// The URL as a server receives it.
pub(crate) fn without_user_info(mut url: Url) -> Url {
    // Only URLs without a host cannot have a user name.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// The `type`, the `status` and the headers that the script could read.
fn read(seen: &Value) -> Option<(Option<&str>, u16, BTreeMap<String, String>)> {
    let status = seen["status"].as_u64()?;
    let headers = seen["headers"].as_array()?.iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let headers = headers.map(|line| (text(&line[0]), text(&line[1])));
    // Firefox adds a header to HTTP/2 responses.
    let headers = headers.filter(|line| line.0 != "x-firefox-spdy");
    Some((
        seen["type"].as_str(),
        u16::try_from(status).unwrap(),
        headers.collect(),
    ))
}

/// Each header with the values of all of its lines.
fn joined(lines: &[(String, Vec<u8>)]) -> BTreeMap<String, String> {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in lines {
        let joined = headers.entry(name.to_lowercase());
        let value = latin1(value);
        joined
            .and_modify(|joined| *joined += &format!(", {value}"))
            .or_insert(value);
    }
    headers
}

fn kind(kind: ResponseKind) -> &'static str {
    match kind {
        ResponseKind::Basic => "basic",
        ResponseKind::Cors => "cors",
        ResponseKind::OpaqueRedirect => "opaqueredirect",
    }
}

/// Decodes bytes as scripts see them.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
