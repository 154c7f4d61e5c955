//! What WebKit writes to its console.

use browser_model::{Blocked, CorsFailure, PreflightFailure, RedirectFailure, Url};

use crate::observation::{Invalid, Observation, is_redirect, printable, shown};

/// The error in the console, or the error that the script gets if the console has none.
pub(super) fn message(seen: &Observation<'_>, blocked: &Blocked) -> String {
    match blocked {
        Blocked::ForbiddenMethod => "TypeError: Method is forbidden.".to_owned(),
        Blocked::NoHttp => match seen.invalid() {
            Invalid::Method(_) => "TypeError: Method is not a valid HTTP token.".to_owned(),
            Invalid::Name(name) => format!("TypeError: Invalid header name: '{}'", printable(name)),
            Invalid::Value(name, value) => {
                format!("TypeError: Header '{name}' has invalid value: '{value}'")
            }
        },
        Blocked::Body => "TypeError: Request has method 'GET' and cannot have a body".to_owned(),
        Blocked::Preflight(failure) => preflight(seen, failure),
        Blocked::Cors(failure) => cors(seen, failure),
        Blocked::Redirect(failure) => redirect(seen, failure),
        Blocked::Network if seen.last().is_some_and(|(request, _)| request.is_preflight) => {
            cannot_load(seen)
        }
        _ => "TypeError: Load failed".to_owned(),
    }
}

pub(super) fn mixed_content(seen: &Observation<'_>, url: &Url) -> String {
    format!(
        "[blocked] The page at {}/ requested insecure content from {url}. This content was blocked and must be served \
         over HTTPS.",
        seen.fetch.origin
    )
}

/// WebKit looks at the status first.
fn preflight(seen: &Observation<'_>, failure: &PreflightFailure) -> String {
    let status = seen.last_response().map_or(0, |response| response.status);
    if !(200..=299).contains(&status) {
        return format!("Preflight response is not successful. Status code: {status}");
    }
    let invalid = |list: &str, name: &str| {
        let value = seen.value(list).unwrap_or_default();
        format!("Header {name} has an invalid value: {value}")
    };
    match failure {
        PreflightFailure::Cors(failure) => check(seen, failure),
        PreflightFailure::MalformedMethods => invalid(
            "access-control-allow-methods",
            "Access-Control-Allow-Methods",
        ),
        PreflightFailure::MalformedHeaders => invalid(
            "access-control-allow-headers",
            "Access-Control-Allow-Headers",
        ),
        PreflightFailure::Method(method) => {
            format!("Method {method} is not allowed by Access-Control-Allow-Methods.")
        }
        PreflightFailure::Header(name) => {
            let written = seen.fetch.headers.iter().map(|line| line.0.as_str());
            let mut written = written.filter(|written| written.eq_ignore_ascii_case(name));
            let name = written.next().unwrap_or(name);
            format!("Request header field {name} is not allowed by Access-Control-Allow-Headers.")
        }
        failure => failure.to_string(),
    }
}

fn cors(seen: &Observation<'_>, failure: &CorsFailure) -> String {
    let check = check(seen, failure);
    let target = seen
        .redirect_target()
        .filter(|_| seen.last_response().is_some_and(is_redirect));
    match target {
        Some(target) => denied(target.as_str(), &check),
        None => check,
    }
}

fn check(seen: &Observation<'_>, failure: &CorsFailure) -> String {
    match failure {
        CorsFailure::AnyOriginWithCredentials => {
            "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true."
                .to_owned()
        }
        CorsFailure::AllowOrigin(value) if shown(value).contains(',') => {
            "Access-Control-Allow-Origin cannot contain more than one origin.".to_owned()
        }
        CorsFailure::AllowCredentials => {
            "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\"."
                .to_owned()
        }
        _ => {
            let status = seen.last_response().map_or(0, |response| response.status);
            let origin = seen.origin();
            format!(
                "Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}"
            )
        }
    }
}

fn redirect(seen: &Observation<'_>, failure: &RedirectFailure) -> String {
    match (failure, seen.redirect_target()) {
        (RedirectFailure::NotWanted, _) => {
            format!(
                "Not allowed to follow a redirection while loading {}",
                seen.url()
            )
        }
        (RedirectFailure::TooMany, _) => "Load cannot follow more than 20 redirections".to_owned(),
        (RedirectFailure::UserInfo, Some(target)) => {
            let mut without = target.clone();
            let _ = without.set_username("");
            let _ = without.set_password(None);
            denied(
                without.as_str(),
                &format!("redirection URL {target} has credentials"),
            )
        }
        (RedirectFailure::Malformed, _) => denied(
            &seen.value("location").unwrap_or_default(),
            "not allowed to follow a cross-origin CORS redirection with non CORS scheme",
        ),
        _ => cannot_load(seen),
    }
}

/// What WebKit adds to every failure of CORS. Before it, the HTTP library of the system describes the problem.
fn cannot_load(seen: &Observation<'_>) -> String {
    format!(
        "Fetch API cannot load {} due to access control checks.",
        seen.url()
    )
}

fn denied(target: &str, why: &str) -> String {
    format!(
        "Cross-origin redirection to {target} denied by Cross-Origin Resource Sharing policy: {why}"
    )
}
