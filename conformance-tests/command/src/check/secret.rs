//! Which values of headers a report shows. Reports are pasted into issues and kept by CI servers.

use browser_model::Fetch;
use cors_diagnosis::shown;

use super::plan::Plan;
use crate::client::BodyStart;

const REDACTED: &str = "...";

/// How many bytes of a body are shown.
const SHOWN_BODY: usize = 200;

/// A shorter part of a value, such as `Bearer`, may be a part of any text.
const MIN_SECRET: usize = 8;

/// Headers of requests whose values matter to CORS or caches and do not identify a user.
const PUBLIC: [&str; 9] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "access-control-request-headers",
    "access-control-request-method",
    "content-language",
    "content-type",
    "origin",
    "range",
];

/// A header value of a request as text; `name` is in any case. Scripts send secrets in headers of any name.
pub(super) fn of_request(name: &str, value: &[u8]) -> String {
    match is_public(name) {
        true => shown(value),
        false => REDACTED.to_owned(),
    }
}

/// A header value of a response as text. Of a cookie, only its name and attributes are shown.
pub(super) fn of_response(name: &str, value: &[u8]) -> String {
    let value = shown(value);
    if !name.eq_ignore_ascii_case("set-cookie") {
        return value;
    }
    let (cookie, attributes) = match value.split_once(';') {
        Some((cookie, attributes)) => (cookie, format!(";{attributes}")),
        None => (value.as_str(), String::new()),
    };
    let name = cookie.split_once('=').map_or("", |(name, _)| name);
    format!("{name}={REDACTED}{attributes}")
}

/// The message of a console without the values that the script sets. It contains a value only if no header can have it.
pub(super) fn without_values(message: String, fetch: &Fetch) -> String {
    let is_invalid = |value: &[u8]| value.iter().any(|byte| b"\0\n\r".contains(byte));
    let lines = fetch.headers.iter();
    let secret = lines.filter(|line| !is_public(&line.0) && is_invalid(&line.1));
    let values = secret.map(|line| shown(line.1.trim_ascii()));
    let values = values.filter(|value| !value.is_empty());
    values.fold(message, |message, value| message.replace(&value, REDACTED))
}

/// The start of a body on one line. An error page may repeat the request, so secrets of the request are not shown.
/// `None` if there is no text.
pub(super) fn of_body(body: &BodyStart, plan: &Plan) -> Option<String> {
    let headers = plan.fetch.headers.iter();
    let headers = headers.filter(|line| !is_public(&line.0));
    let values = headers.map(|line| line.1.as_slice());
    let values = values.chain(plan.secret_cookie().map(str::as_bytes));
    let parts = values
        .flat_map(|value| value.split(|byte| byte.is_ascii_whitespace() || b";=".contains(byte)));
    let secrets: Vec<_> = parts.filter(|part| part.len() >= MIN_SECRET).collect();
    let text = redacted(body, &secrets);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = if text.len() > SHOWN_BODY { " ..." } else { "" };
    let bytes = text.as_bytes();
    let start = shown(bytes.get(..SHOWN_BODY).unwrap_or(bytes));
    (!text.is_empty()).then(|| format!("{start}{end}"))
}

/// The body with `...` in place of secrets, which may overlap. If the body is not whole, it may end with the start of
/// a secret.
fn redacted(body: &BodyStart, secrets: &[&[u8]]) -> String {
    let mut text = Vec::new();
    // The end of the secrets so far.
    let mut end = 0;
    for (start, &byte) in body.bytes.iter().enumerate() {
        let rest = body.bytes.get(start..).unwrap_or_default();
        let found = secrets.iter().filter(|secret| {
            rest.starts_with(secret) || (!body.is_whole && secret.starts_with(rest))
        });
        if let Some(length) = found.map(|secret| secret.len()).max() {
            if start >= end {
                text.extend(REDACTED.bytes());
            }
            end = end.max(start.saturating_add(length));
        }
        if start >= end {
            text.push(byte);
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn is_public(name: &str) -> bool {
    PUBLIC
        .iter()
        .any(|public| name.eq_ignore_ascii_case(public))
}
