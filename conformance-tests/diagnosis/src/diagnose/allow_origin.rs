//! Why the CORS check of a response fails.

use browser_model::{CorsFailure, Url, page_origin};

use super::credentials;
use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::{Observation, is_redirect, lines, shown};

pub(super) fn finding(seen: &Observation<'_>, failure: &CorsFailure) -> Finding {
    match failure {
        CorsFailure::NoAllowOrigin => missing(seen),
        CorsFailure::AnyOriginWithCredentials => credentials::wildcard_origin(seen),
        CorsFailure::AllowOrigin(value) => different(seen, &shown(value)),
        CorsFailure::AllowCredentials => credentials::not_allowed(seen),
        failure => Finding::blocking(
            Culprit::OriginNotAllowed,
            failure.to_string(),
            to_allow(seen),
        ),
    }
}

/// There is no `Access-Control-Allow-Origin`.
fn missing(seen: &Observation<'_>) -> Finding {
    let is_preflight = seen.last().is_some_and(|(request, _)| request.is_preflight);
    let status = seen.last_response().map_or(0, |response| response.status);
    if !is_preflight && seen.last_response().is_some_and(is_redirect) {
        return super::redirect::without_headers(seen);
    }
    if !is_preflight && seen.had_preflight() {
        return outside_of_middleware(status);
    }
    let fix = to_allow(seen);
    if let Some(finding) = null_origin(seen) {
        return finding;
    }
    match status {
        _ if is_aware(seen) => Finding::blocking(
            Culprit::OriginNotAllowed,
            format!(
                "the server has a CORS policy that does not allow `{}`: there is no \
                 `Access-Control-Allow-Origin`, but other headers of CORS",
                seen.origin()
            ),
            fix,
        ),
        400.. => Finding::blocking(
            Culprit::ErrorWithoutHeaders,
            format!("the response, an error with status {status}, has no CORS headers"),
            format!(
                "{fix}. If it is there, put the CORS middleware around what responds with {status}"
            ),
        ),
        _ => Finding::blocking(
            Culprit::NoCorsHeaders,
            "the response has no CORS headers: the server has no CORS policy for this URL, or its policy does not \
             allow the origin",
            fix,
        ),
    }
}

/// A response without headers after a preflight that succeeded.
fn outside_of_middleware(status: u16) -> Finding {
    let fix = "add the CORS headers to this response, too: the preflight succeeded, so the policy allows the request. \
               The response is probably from outside of the CORS middleware";
    match status {
        400.. => Finding::blocking(
            Culprit::ErrorWithoutHeaders,
            format!(
                "the preflight succeeded, but the response, an error with status {status}, has no CORS headers"
            ),
            fix,
        ),
        _ => Finding::blocking(
            Culprit::ResponseWithoutHeaders,
            "the preflight succeeded, but the response has no CORS headers",
            fix,
        ),
    }
}

/// Whether the response comes from a CORS middleware.
pub(super) fn is_aware(seen: &Observation<'_>) -> bool {
    let names = seen
        .last_response()
        .map(|response| response.headers.as_slice());
    let mut names = names.unwrap_or_default().iter();
    let is_of_cors = |name: &str| {
        name.to_ascii_lowercase()
            .starts_with("access-control-allow-")
    };
    let varies = seen.list("vary");
    let varies = varies
        .iter()
        .any(|name| name.eq_ignore_ascii_case("origin"));
    varies || names.any(|line| is_of_cors(&line.0))
}

/// `Access-Control-Allow-Origin` is neither the origin nor `*`.
fn different(seen: &Observation<'_>, value: &str) -> Finding {
    if let Some(finding) = duplicate(seen, value) {
        return finding;
    }
    let origin = seen.origin();
    let write = |why| format!("write `{origin}` in the policy of the server: {why}");
    let is = |how| format!("the server allows `{value}`, {how} the origin of the page, `{origin}`");
    let allow = format!("{}; the response is for `{value}`", to_allow(seen));
    if value.strip_suffix('/') == Some(&origin) {
        let fix = write("an origin has no slash at the end");
        return Finding::blocking(
            Culprit::OriginSlash,
            is("which has an extra slash compared with"),
            fix,
        );
    }
    if value.eq_ignore_ascii_case(&origin) {
        let fix = write("browsers send lower case");
        return Finding::blocking(
            Culprit::OriginCase,
            is("with different upper and lower case than"),
            fix,
        );
    }
    if let Some(finding) = null_origin(seen) {
        return finding;
    }
    let Some(allowed) = as_origin(value) else {
        let what = format!(
            "the server sends `Access-Control-Allow-Origin: {value}`, which is not an origin: browsers compare it with \
             `{origin}` byte by byte, without patterns"
        );
        return Finding::blocking(Culprit::OriginMalformed, what, allow);
    };
    let (culprit, how) = match Url::parse(&origin) {
        Ok(own) if is_same(&own, &allowed) => {
            let fix = write("browsers leave out the default port");
            return Finding::blocking(
                Culprit::OriginPort,
                is("which adds the default port to"),
                fix,
            );
        }
        Ok(own) => difference(&own, &allowed),
        Err(_) => (Culprit::OriginNotAllowed, "not"),
    };
    Finding::blocking(culprit, is(how), allow)
}

/// There are several lines, or a list.
fn duplicate(seen: &Observation<'_>, value: &str) -> Option<Finding> {
    let lines = lines(seen.last_response()?, "access-control-allow-origin");
    let what = match lines.as_slice() {
        [_, _, ..] => {
            let values: Vec<_> = lines.iter().map(|line| format!("`{line}`")).collect();
            format!(
                "the response has {} lines of `Access-Control-Allow-Origin`, {}: the application and a proxy \
                 probably both set it",
                lines.len(),
                values.join(" and ")
            )
        }
        _ if value.contains(',') || value.split_whitespace().nth(1).is_some() => format!(
            "the response has several values in `Access-Control-Allow-Origin`, `{value}`, but browsers accept one only"
        ),
        _ => return None,
    };
    Some(Finding::blocking(
        Culprit::DuplicateAllowOrigin,
        what,
        "send the header once: probably two CORS middlewares, or one and a proxy, add it",
    ))
}

/// The origin of the request is `null`.
fn null_origin(seen: &Observation<'_>) -> Option<Finding> {
    if seen.origin() != "null" {
        return None;
    }
    let (culprit, what) = match seen.fetch.origin.as_str() {
        "null" => (
            Culprit::OpaqueOrigin,
            "the page has the origin `null`, as local files and sandboxed frames do, and the server does not allow it",
        ),
        _ => (
            Culprit::RedirectedOrigin,
            "the redirect from another origin has changed `Origin` to `null`, and the server does not allow it",
        ),
    };
    Some(Finding::blocking(culprit, what, to_allow(seen)))
}

/// What to change so that the origin of the request is allowed.
pub(super) fn to_allow(seen: &Observation<'_>) -> String {
    match seen.origin().as_str() {
        "null" if seen.fetch.origin == "null" => {
            "fetch from a page that has an origin: all sandboxed pages and local files have the origin `null`, so a \
             policy that allows it allows all of them"
                .to_owned()
        }
        "null" => {
            "fetch the last URL directly: after a redirect from another origin, browsers send `Origin: null`, which \
             policies should not allow"
                .to_owned()
        }
        origin => format!("add `{origin}` to the origins that the policy of the server allows"),
    }
}

/// The URL of an origin, which may write its default port.
fn as_origin(value: &str) -> Option<Url> {
    let url = Url::parse(value).ok()?;
    let rest = value.split_once("://")?.1;
    // Bytes beyond ASCII are shown as `\xNN`, and a URL parser reads a backslash as a slash.
    let has_more = rest.contains(['/', '\\', '?', '#', '@', '*']);
    (!has_more && page_origin(value).is_some()).then_some(url)
}

fn is_same(own: &Url, allowed: &Url) -> bool {
    let parts = |url: &Url| {
        let host = url.host_str().map(str::to_owned);
        (url.scheme().to_owned(), host, url.port_or_known_default())
    };
    parts(own) == parts(allowed)
}

/// How another origin differs; the words come before "the origin of the page".
fn difference(own: &Url, allowed: &Url) -> (Culprit, &'static str) {
    let host = |url: &Url| url.host_str().unwrap_or_default().to_owned();
    let (own_host, allowed_host) = (host(own), host(allowed));
    let is_same_scheme = own.scheme() == allowed.scheme();
    let without_www = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_owned();
    if own_host == allowed_host {
        match is_same_scheme {
            true => (Culprit::OriginPort, "with another port than"),
            false => (Culprit::OriginScheme, "with another scheme than"),
        }
    } else if is_same_scheme && without_www(&own_host) == without_www(&allowed_host) {
        match allowed_host.starts_with("www.") {
            true => (Culprit::OriginWww, "which has `www.`, unlike"),
            false => (Culprit::OriginWww, "without the `www.` of"),
        }
    } else {
        (Culprit::OriginNotAllowed, "not")
    }
}
