//! What Firefox writes to its console.

use browser_model::{Blocked, CorsFailure, PreflightFailure, RedirectFailure, Url};

use crate::observation::{Invalid, Observation, is_redirect, is_token, printable, shown};

/// The error in the console, or the error that the script gets if the console has none.
pub(super) fn message(seen: &Observation<'_>, blocked: &Blocked) -> String {
    let url = seen.url();
    match blocked {
        Blocked::ForbiddenMethod => format!(
            "TypeError: Window.fetch: Invalid request method {}.",
            printable(&seen.fetch.method)
        ),
        Blocked::NoHttp => {
            let problem = match seen.invalid() {
                Invalid::Method(method) => format!("Invalid request method {}.", printable(method)),
                Invalid::Name(name) => format!("{} is an invalid header name.", printable(name)),
                Invalid::Value(_, value) => format!("{value} is an invalid header value."),
            };
            format!("TypeError: Window.fetch: {problem}")
        }
        Blocked::Body => {
            "TypeError: Window.fetch: HEAD or GET Request cannot have a body.".to_owned()
        }
        Blocked::Preflight(PreflightFailure::Cors(failure)) | Blocked::Cors(failure) => {
            cors(seen, failure)
        }
        Blocked::Preflight(failure) => request(url, &preflight(seen, failure)),
        Blocked::Redirect(RedirectFailure::Scheme) if seen.is_cross_origin() => {
            let target = seen.redirect_target();
            request(
                target.as_ref().unwrap_or(url),
                "(Reason: CORS request not http).",
            )
        }
        Blocked::Redirect(RedirectFailure::NotWanted) => NETWORK_ERROR.to_owned(),
        _ if seen.is_cross_origin() => request(url, NO_SUCCESS),
        _ => NETWORK_ERROR.to_owned(),
    }
}

const NETWORK_ERROR: &str = "TypeError: NetworkError when attempting to fetch resource.";

const NO_SUCCESS: &str = "(Reason: CORS request did not succeed). Status code: (null).";

pub(super) fn mixed_content(url: &Url) -> String {
    format!("Blocked loading mixed active content “{url}”")
}

/// The warning for a fetch that Firefox allows, but the standard does not.
pub(super) fn authorization(seen: &Observation<'_>) -> String {
    format!(
        "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at {} soon. \
         (Reason: When the `Access-Control-Allow-Headers` is `*`, the `Authorization` header is not covered. To \
         include the `Authorization` header, it must be explicitly listed in CORS header \
         `Access-Control-Allow-Headers`).",
        seen.url()
    )
}

fn request(url: &Url, reason: &str) -> String {
    format!(
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. {reason}"
    )
}

fn cors(seen: &Observation<'_>, failure: &CorsFailure) -> String {
    let url = seen.url();
    match failure {
        // Only this text quotes the URL.
        CorsFailure::AnyOriginWithCredentials => format!(
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘{url}’. \
             {}",
            check(seen, failure)
        ),
        failure => request(url, &check(seen, failure)),
    }
}

fn check(seen: &Observation<'_>, failure: &CorsFailure) -> String {
    match failure {
        CorsFailure::NoAllowOrigin => format!(
            "(Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {}.",
            status(seen)
        ),
        CorsFailure::AnyOriginWithCredentials => {
            "(Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’)."
                .to_owned()
        }
        CorsFailure::AllowOrigin(value) => format!(
            "(Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘{}’).",
            printed(value)
        ),
        CorsFailure::AllowCredentials => {
            "(Reason: expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’)."
                .to_owned()
        }
        failure => format!("(Reason: {failure})."),
    }
}

fn preflight(seen: &Observation<'_>, failure: &PreflightFailure) -> String {
    let invalid = |list: &str, name: &str| {
        let items = seen.list(list);
        let token = items.iter().find(|item| !is_token(item));
        let token = token.map(String::as_str).unwrap_or_default();
        format!("(Reason: invalid token ‘{token}’ in CORS header ‘{name}’).")
    };
    match failure {
        PreflightFailure::Status(_) if is_followed(seen) => {
            "(Reason: CORS request external redirect not allowed).".to_owned()
        }
        PreflightFailure::Status(status) => {
            format!("(Reason: CORS preflight response did not succeed). Status code: {status}.")
        }
        PreflightFailure::MalformedMethods => invalid(
            "access-control-allow-methods",
            "Access-Control-Allow-Methods",
        ),
        // Firefox reads the methods first.
        PreflightFailure::MalformedHeaders if allows_method(seen) => invalid(
            "access-control-allow-headers",
            "Access-Control-Allow-Headers",
        ),
        PreflightFailure::Method(_) | PreflightFailure::MalformedHeaders => {
            "(Reason: Did not find method in CORS header ‘Access-Control-Allow-Methods’)."
                .to_owned()
        }
        PreflightFailure::Header(name) => format!(
            "(Reason: header ‘{}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS \
             preflight response).",
            first_missing(seen).unwrap_or_else(|| name.clone())
        ),
        failure => format!("(Reason: {failure})."),
    }
}

/// Whether Firefox takes the response for a redirect.
fn is_followed(seen: &Observation<'_>) -> bool {
    seen.last_response().is_some_and(is_redirect) && seen.value("location").is_some()
}

fn allows_method(seen: &Observation<'_>) -> bool {
    let Some(method) = seen.requested("access-control-request-method") else {
        return true;
    };
    let allowed = seen.list("access-control-allow-methods");
    let is_allowed = |item: &String| *item == method || item == "*" && !seen.has_credentials();
    ["GET", "HEAD", "POST"].contains(&method.as_str()) || allowed.iter().any(is_allowed)
}

/// The first name in alphabetical order that is not allowed.
fn first_missing(seen: &Observation<'_>) -> Option<String> {
    let allowed = seen.list("access-control-allow-headers");
    let has_any = !seen.has_credentials() && allowed.iter().any(|item| item == "*");
    let names = seen.requested("access-control-request-headers")?;
    let is_missing = |name: &&str| {
        let is_it = |item: &String| item.eq_ignore_ascii_case(name);
        !has_any && !allowed.iter().any(is_it)
    };
    names.split(',').find(is_missing).map(str::to_owned)
}

fn status(seen: &Observation<'_>) -> u16 {
    seen.last_response().map_or(0, |response| response.status)
}

/// A header value as the console prints it: UTF-8 is decoded.
fn printed(value: &[u8]) -> String {
    match str::from_utf8(value) {
        Ok(text) if !text.is_ascii() => printable(text),
        _ => shown(value),
    }
}
