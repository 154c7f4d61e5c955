//! What to change so that a fetch is allowed.

use browser_model::{Blocked, CorsFailure, PreflightFailure};

use crate::observation::{Observation, is_redirect, shown};

/// What to change so that the script can read the response.
pub fn to_allow(seen: &Observation<'_>, blocked: &Blocked) -> String {
    match blocked {
        Blocked::Preflight(failure) => preflight(seen, failure),
        Blocked::Cors(failure) => cors(seen, failure),
        Blocked::Network => seen
            .problem
            .map(str::to_owned)
            .unwrap_or_else(|| blocked.to_string()),
        _ => blocked.to_string(),
    }
}

fn preflight(seen: &Observation<'_>, failure: &PreflightFailure) -> String {
    let has_any = |name| {
        let value = seen.value(name).unwrap_or_default();
        value.split(',').any(|item| item.trim() == "*")
    };
    match failure {
        PreflightFailure::Cors(CorsFailure::NoAllowOrigin) | PreflightFailure::Status(_) => {
            status(seen).unwrap_or_else(|| allow_origin(seen))
        }
        PreflightFailure::Cors(failure) => cors(seen, failure),
        PreflightFailure::MalformedMethods => {
            malformed(seen, "access-control-allow-methods", "methods")
        }
        PreflightFailure::MalformedHeaders => {
            malformed(seen, "access-control-allow-headers", "header names")
        }
        PreflightFailure::Method(method) => {
            let allowed = seen
                .value("access-control-allow-methods")
                .unwrap_or_default();
            let mut allowed = allowed.split(',').map(str::trim);
            if let Some(other) = allowed.find(|allowed| allowed.eq_ignore_ascii_case(method)) {
                format!(
                    "write `{other}` in the script or `{method}` in the policy of the server: methods are \
                     case-sensitive, and browsers change only DELETE, GET, HEAD, OPTIONS, POST and PUT to \
                     upper case"
                )
            } else if has_any("access-control-allow-methods") {
                format!(
                    "list `{method}` in the policy of the server: with credentials, `*` is not a wildcard"
                )
            } else {
                format!("add `{method}` to the methods that the policy of the server allows")
            }
        }
        PreflightFailure::Header(name) if has_any("access-control-allow-headers") => {
            let why = match seen.has_credentials() {
                true => "with credentials, `*` is not a wildcard",
                false => "`*` does not cover it",
            };
            format!("list `{name}` in the policy of the server: {why}")
        }
        PreflightFailure::Header(name) => {
            format!("add `{name}` to the request headers that the policy of the server allows")
        }
        failure => failure.to_string(),
    }
}

/// What to change about the status of a preflight response; `None` if it is a success.
fn status(seen: &Observation<'_>) -> Option<String> {
    let response = seen.last_response()?;
    let advice = match response.status {
        200..=299 => return None,
        _ if is_redirect(response) => {
            let location = seen.value("location").unwrap_or_default();
            format!(
                "fetch the URL that the server redirects to, `{location}`, or put the CORS middleware \
                 around what redirects: browsers follow no redirect of a preflight"
            )
        }
        401 | 407 => {
            "put the CORS middleware around the authentication: a preflight never has credentials, \
             neither cookies nor an `Authorization` header"
                .to_owned()
        }
        404 | 405 => {
            "put a CORS middleware around the routes that responds to preflights: this OPTIONS request \
             reached a router without a route for it"
                .to_owned()
        }
        500.. => "the server failed; see its log".to_owned(),
        status => format!(
            "allow {} in the policy of the server. If it is allowed there, put the CORS middleware around \
             what responds with {status}",
            requested(seen)
        ),
    };
    Some(advice)
}

/// What a preflight requests, such as `` `PUT` with `x-trace` from `https://app.example.com` ``.
fn requested(seen: &Observation<'_>) -> String {
    let headers = seen.last().map(|(request, _)| request.headers.as_slice());
    let headers = headers.unwrap_or_default();
    let value = |name| {
        let mut lines = headers.iter();
        let line = lines.find(|line| line.0 == name)?;
        Some(shown(&line.1))
    };
    let method = value("access-control-request-method").unwrap_or_default();
    let names = value("access-control-request-headers");
    let names = names.map_or_else(String::new, |names| format!(" with `{names}`"));
    format!("`{method}`{names} from `{}`", seen.origin())
}

fn cors(seen: &Observation<'_>, failure: &CorsFailure) -> String {
    let origin = seen.origin();
    match failure {
        CorsFailure::NoAllowOrigin if seen.had_preflight() && seen.is_sent() => {
            "add the CORS headers to this response, too: the preflight succeeded, so the policy allows \
             the request. The response is probably from outside of the CORS middleware"
                .to_owned()
        }
        CorsFailure::NoAllowOrigin => {
            let status = seen.last_response().map_or(0, |response| response.status);
            let advice = allow_origin(seen);
            match status {
                400.. => format!(
                    "{advice}. If it is there, put the CORS middleware around what responds with {status}"
                ),
                _ => advice,
            }
        }
        CorsFailure::AnyOriginWithCredentials => {
            format!(
                "list `{origin}` in the policy of the server instead of `*`, or fetch without credentials"
            )
        }
        CorsFailure::AllowOrigin(value) => {
            let value = shown(value);
            if value.contains(',') {
                "send the header once: probably two CORS middlewares, or one and a proxy, add it".to_owned()
            } else if value.strip_suffix('/') == Some(&origin) {
                format!("write `{origin}` in the policy of the server: an origin has no slash at the end")
            } else if value.eq_ignore_ascii_case(&origin) {
                format!("write `{origin}` in the policy of the server: browsers send lower case")
            } else {
                format!(
                    "{}; the response is for `{value}`",
                    allow_origin(seen)
                )
            }
        }
        CorsFailure::AllowCredentials => match seen.value("access-control-allow-credentials") {
            Some(value) => format!("send exactly `true`, not `{value}`"),
            None => {
                "allow credentials in the policy of the server, or fetch without credentials".to_owned()
            }
        },
        failure => failure.to_string(),
    }
}

fn allow_origin(seen: &Observation<'_>) -> String {
    match seen.origin().as_str() {
        "null" if seen.fetch.origin == "null" => {
            "fetch from a page that has an origin: all sandboxed pages and local files have the origin \
             `null`, so a policy that allows it allows all of them"
                .to_owned()
        }
        "null" => {
            "fetch the last URL directly: after a redirect from another origin, browsers send \
             `Origin: null`, which policies should not allow"
                .to_owned()
        }
        origin => format!("add `{origin}` to the origins that the policy of the server allows"),
    }
}

fn malformed(seen: &Observation<'_>, name: &str, items: &str) -> String {
    let value = seen.value(name).unwrap_or_default();
    format!("send a list of {items}, separated by commas, instead of `{name}: {value}`")
}
