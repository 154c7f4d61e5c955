//! What Chromium writes to its console.

use browser_model::{Blocked, CorsFailure, PreflightFailure, RedirectFailure, Url};

use crate::diagnose::Mixed;
use crate::observation::{Invalid, Observation, is_redirect, printable, shown};

/// The error in the console, or the error that the script gets if the console has none.
pub(super) fn message(seen: &Observation<'_>, blocked: &Blocked) -> String {
    let reason = match blocked {
        Blocked::Preflight(failure) => preflight(seen, failure),
        Blocked::Cors(failure) => cors(seen, failure),
        Blocked::Redirect(RedirectFailure::UserInfo) if !is_within_page(seen) => {
            "Redirect location '' contains a username and password, which is disallowed for \
             cross-origin requests."
                .to_owned()
        }
        Blocked::Redirect(RedirectFailure::Scheme) if seen.is_cross_origin() => {
            let target = seen.redirect_target();
            return access(
                seen,
                target.as_ref().unwrap_or(seen.url()),
                "Cross origin requests are only supported for protocol schemes: chrome, chrome-untrusted, data, http, \
                 https.",
            );
        }
        Blocked::NoHttp => {
            let problem = match seen.invalid() {
                Invalid::Method(method) => {
                    format!("'{}' is not a valid HTTP method.", printable(method))
                }
                Invalid::Name(_) => "Invalid name".to_owned(),
                Invalid::Value(..) => "Invalid value".to_owned(),
            };
            return format!("TypeError: Failed to execute 'fetch' on 'Window': {problem}");
        }
        Blocked::ForbiddenMethod => {
            return format!(
                "TypeError: Failed to execute 'fetch' on 'Window': '{}' HTTP method is unsupported.",
                printable(&seen.fetch.method)
            );
        }
        Blocked::Body => {
            return "TypeError: Failed to execute 'fetch' on 'Window': Request with GET/HEAD method \
                    cannot have body."
                .to_owned();
        }
        _ => return "TypeError: Failed to fetch".to_owned(),
    };
    access(seen, seen.url(), &reason)
}

pub(super) fn mixed_content(seen: &Observation<'_>, url: &Url, mixed: Mixed) -> String {
    let consequence = match mixed {
        Mixed::AllowedInLocalNetwork => "This content should also be served over HTTPS.",
        _ => "This request has been blocked; the content must be served over HTTPS.",
    };
    format!(
        "Mixed Content: The page at '{}/' was loaded over HTTPS, but requested an insecure resource '{url}'. \
         {consequence}",
        seen.fetch.origin
    )
}

fn access(seen: &Observation<'_>, url: &Url, reason: &str) -> String {
    let first = &seen.fetch.url;
    let redirected = match first == url {
        true => String::new(),
        false => format!(" (redirected from '{first}')"),
    };
    format!(
        "Access to fetch at '{url}'{redirected} from origin '{}' has been blocked by CORS policy: {reason}",
        seen.fetch.origin
    )
}

fn preflight(seen: &Observation<'_>, failure: &PreflightFailure) -> String {
    let check = "Response to preflight request doesn't pass access control check:";
    if seen.last_response().is_some_and(is_redirect) && seen.value("location").is_some() {
        return format!("{check} Redirect is not allowed for a preflight request.");
    }
    let malformed =
        |name| format!("Cannot parse {name} response header field in preflight response.");
    match failure {
        PreflightFailure::Cors(failure) => format!("{check} {}", cors(seen, failure)),
        PreflightFailure::Status(_) => format!("{check} It does not have HTTP ok status."),
        PreflightFailure::MalformedMethods => malformed("Access-Control-Allow-Methods"),
        PreflightFailure::MalformedHeaders => malformed("Access-Control-Allow-Headers"),
        PreflightFailure::Method(method) => format!(
            "Method {method} is not allowed by Access-Control-Allow-Methods in preflight response."
        ),
        PreflightFailure::Header(name) => format!(
            "Request header field {name} is not allowed by Access-Control-Allow-Headers in preflight \
             response."
        ),
        failure => failure.to_string(),
    }
}

fn cors(seen: &Observation<'_>, failure: &CorsFailure) -> String {
    match failure {
        CorsFailure::NoAllowOrigin => {
            "No 'Access-Control-Allow-Origin' header is present on the requested resource."
                .to_owned()
        }
        CorsFailure::AnyOriginWithCredentials => {
            "The value of the 'Access-Control-Allow-Origin' header in the response must not be the \
             wildcard '*' when the request's credentials mode is 'include'."
                .to_owned()
        }
        CorsFailure::AllowOrigin(value) => {
            let shown = printed(value);
            let is_url = || Url::parse(&String::from_utf8_lossy(value)).is_ok();
            let problem = if shown.contains([',', ' ']) {
                format!("contains multiple values '{shown}', but only one is allowed.")
            } else if value != b"null" && !is_url() {
                format!("contains the invalid value '{shown}'.")
            } else {
                format!("has a value '{shown}' that is not equal to the supplied origin.")
            };
            format!(
                "The 'Access-Control-Allow-Origin' header {problem} Have the server send the header with \
                 a valid value."
            )
        }
        CorsFailure::AllowCredentials => format!(
            "The value of the 'Access-Control-Allow-Credentials' header in the response is '{}' which \
             must be 'true' when the request's credentials mode is 'include'.",
            seen.value("access-control-allow-credentials")
                .unwrap_or_default()
        ),
        failure => failure.to_string(),
    }
}

/// A header value as the console prints it: bytes beyond ASCII are those of Latin-1.
fn printed(value: &[u8]) -> String {
    let byte = |byte: &u8| match byte {
        0x80.. => format!("\\u{byte:04X}"),
        _ => shown(&[*byte]),
    };
    value.iter().map(byte).collect()
}

/// Whether the fetch and its latest redirect stay within the origin of the page.
fn is_within_page(seen: &Observation<'_>) -> bool {
    let target = seen.redirect_target();
    let is_own = |url: &Url| url.origin().ascii_serialization() == seen.fetch.origin;
    !seen.is_cross_origin() && target.as_ref().is_some_and(is_own)
}
