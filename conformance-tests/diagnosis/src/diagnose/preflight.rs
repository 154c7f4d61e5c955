//! Why a preflight fails.

use browser_model::{CorsFailure, PreflightFailure};

use super::{allow_origin, redirect};
use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::{Observation, is_redirect};

const METHODS: &str = "access-control-allow-methods";
const HEADERS: &str = "access-control-allow-headers";

pub(super) fn finding(seen: &Observation<'_>, failure: &PreflightFailure) -> Finding {
    match failure {
        PreflightFailure::Cors(CorsFailure::NoAllowOrigin) | PreflightFailure::Status(_) => {
            status(seen).unwrap_or_else(|| allow_origin::finding(seen, &CorsFailure::NoAllowOrigin))
        }
        PreflightFailure::Cors(failure) => allow_origin::finding(seen, failure),
        PreflightFailure::MalformedMethods => malformed(seen, METHODS, "methods"),
        PreflightFailure::MalformedHeaders => malformed(seen, HEADERS, "header names"),
        PreflightFailure::Method(name) => method(seen, name),
        PreflightFailure::Header(name) => header(seen, name),
        failure => {
            let text = failure.to_string();
            Finding::blocking(Culprit::PreflightStatus, text.clone(), text)
        }
    }
}

/// What the status of a preflight response says; `None` if it is a success.
fn status(seen: &Observation<'_>) -> Option<Finding> {
    let response = seen.last_response()?;
    let status = response.status;
    let with = |culprit, who: &str, fix: &str| {
        Finding::blocking(
            culprit,
            format!("{who} responded to the preflight with status {status}"),
            fix,
        )
    };
    Some(match status {
        200..=299 => return None,
        _ if is_redirect(response) => redirect::of_preflight(seen),
        401 | 407 => with(
            Culprit::PreflightUnauthorized,
            "authentication",
            redirect::AROUND_AUTHENTICATION,
        ),
        404 | 405 | 501 => with(
            Culprit::PreflightNotRouted,
            "a router without a route for OPTIONS",
            "put a CORS middleware around the routes that responds to preflights: this OPTIONS request reached a \
             router without a route for it",
        ),
        500.. => with(
            Culprit::PreflightServerError,
            "a server that failed",
            "the server failed; see its log",
        ),
        400..=499 => return Some(refused(seen, status)),
        _ => with(
            Culprit::PreflightStatus,
            "the server",
            "send a status from 200 to 299, such as 204",
        ),
    })
}

/// A client error. Some CORS middlewares refuse like this.
fn refused(seen: &Observation<'_>, status: u16) -> Finding {
    let has_origin = seen.value("access-control-allow-origin").is_some();
    if let Some(finding) = has_origin.then(|| refused_item(seen)).flatten() {
        return finding;
    }
    if !has_origin && allow_origin::is_aware(seen) && seen.origin() != "null" {
        return Finding::blocking(
            Culprit::OriginNotAllowed,
            format!(
                "the CORS policy of the server refused the preflight from `{}` with status {status}",
                seen.origin()
            ),
            allow_origin::to_allow(seen),
        );
    }
    let request = preflight_request(seen);
    let (cause, fix) = if seen.is_refused_by_policy() {
        (
            format!(
                "the server allows `{}`, but refused the method or the headers of the preflight with status {status}",
                seen.origin()
            ),
            format!(
                "allow {request} in the policy of the server. The body of the response may say what it refuses"
            ),
        )
    } else {
        (
            format!("the server refused the preflight with status {status}"),
            format!(
                "allow {request} in the policy of the server. If it is allowed there, put the CORS middleware around \
                 what responds with {status}"
            ),
        )
    };
    Finding::blocking(Culprit::PreflightRefused, cause, fix)
}

/// The method or the header that the lists of a refusal lack.
fn refused_item(seen: &Observation<'_>) -> Option<Finding> {
    let methods = seen.list(METHODS);
    let name = seen.requested("access-control-request-method")?;
    let is_safe = ["GET", "HEAD", "POST"].contains(&name.as_str());
    if !methods.is_empty() && !is_safe && !methods.iter().any(|item| *item == name || item == "*") {
        return Some(method(seen, &name));
    }
    let allowed = seen.list(HEADERS);
    let names = seen.requested("access-control-request-headers")?;
    let is_missing = |name: &&str| {
        let is_it = |item: &String| item == "*" || item.eq_ignore_ascii_case(name);
        !allowed.iter().any(is_it)
    };
    let name = names.split(',').find(is_missing)?;
    (!allowed.is_empty()).then(|| header(seen, name))
}

fn method(seen: &Observation<'_>, method: &str) -> Finding {
    let allowed = seen.list(METHODS);
    let other = allowed
        .iter()
        .find(|item| item.eq_ignore_ascii_case(method));
    if let Some(other) = other {
        Finding::blocking(
            Culprit::MethodCase,
            format!("the request has the method `{method}`, but the server allows `{other}`"),
            format!(
                "write `{other}` in the script or `{method}` in the policy of the server: methods are case-sensitive, \
                 and browsers change only DELETE, GET, HEAD, OPTIONS, POST and PUT to upper case"
            ),
        )
    } else if allowed.iter().any(|item| item == "*") {
        Finding::blocking(
            Culprit::WildcardMethods,
            format!(
                "`Access-Control-Allow-Methods: *` does not allow `{method}` for a request with credentials"
            ),
            format!(
                "list `{method}` in the policy of the server: with credentials, `*` is not a wildcard"
            ),
        )
    } else {
        Finding::blocking(
            Culprit::MethodNotAllowed,
            format!(
                "the server does not allow the method `{method}`{}",
                instead(&allowed)
            ),
            format!("add `{method}` to the methods that the policy of the server allows"),
        )
    }
}

fn header(seen: &Observation<'_>, name: &str) -> Finding {
    let allowed = seen.list(HEADERS);
    let has_any = allowed.iter().any(|item| item == "*");
    let (culprit, what, why) = match (has_any, seen.has_credentials()) {
        (false, _) => {
            return Finding::blocking(
                Culprit::HeaderNotAllowed,
                format!(
                    "the server does not allow the request header `{name}`{}",
                    instead(&allowed)
                ),
                format!("add `{name}` to the request headers that the policy of the server allows"),
            );
        }
        (true, true) => (
            Culprit::WildcardHeaders,
            "for a request with credentials",
            "with credentials, `*` is not a wildcard",
        ),
        (true, false) => (
            Culprit::WildcardAuthorization,
            "in the standard, although no browser enforces this today",
            "`*` does not cover it",
        ),
    };
    Finding::blocking(
        culprit,
        format!("`Access-Control-Allow-Headers: *` does not allow `{name}` {what}"),
        format!("list `{name}` in the policy of the server: {why}"),
    )
}

/// What is allowed instead of what was requested.
fn instead(allowed: &[String]) -> String {
    match allowed {
        [] => String::new(),
        allowed => format!(", only `{}`", allowed.join(", ")),
    }
}

fn malformed(seen: &Observation<'_>, name: &str, items: &str) -> Finding {
    let value = seen.value(name).unwrap_or_default();
    let culprit = match name {
        METHODS => Culprit::MalformedMethods,
        _ => Culprit::MalformedHeaders,
    };
    Finding::blocking(
        culprit,
        format!(
            "`{name}: {value}` is not a list of {items}, so browsers refuse the whole preflight"
        ),
        format!("send a list of {items}, separated by commas, instead of `{name}: {value}`"),
    )
}

/// What a preflight requests, such as `` `PUT` with `x-trace` from `https://app.example.com` ``.
fn preflight_request(seen: &Observation<'_>) -> String {
    let method = seen.requested("access-control-request-method");
    let names = seen.requested("access-control-request-headers");
    let names = names.map_or_else(String::new, |names| format!(" with `{names}`"));
    format!(
        "`{}`{names} from `{}`",
        method.unwrap_or_default(),
        seen.origin()
    )
}
