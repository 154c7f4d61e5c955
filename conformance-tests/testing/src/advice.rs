//! What to change so that a fetch is allowed.

use browser_model::{Blocked, CorsFailure, PreflightFailure};

use crate::console::is_redirect;
use crate::facts::{Facts, shown};

/// What to change so that the script can read the response.
pub(crate) fn to_allow(facts: &Facts, blocked: &Blocked) -> String {
    match blocked {
        Blocked::Preflight(failure) => preflight(facts, failure),
        Blocked::Cors(failure) => cors(facts, failure),
        Blocked::Network => facts.problem.clone().unwrap_or_else(|| blocked.to_string()),
        _ => blocked.to_string(),
    }
}

fn preflight(facts: &Facts, failure: &PreflightFailure) -> String {
    let has_any = |name| {
        let value = facts.value(name).unwrap_or_default();
        value.split(',').any(|item| item.trim() == "*")
    };
    match failure {
        PreflightFailure::Cors(CorsFailure::NoAllowOrigin) | PreflightFailure::Status(_) => {
            status(facts).unwrap_or_else(|| allow_origin(facts))
        }
        PreflightFailure::Cors(failure) => cors(facts, failure),
        PreflightFailure::MalformedMethods => {
            malformed(facts, "access-control-allow-methods", "methods")
        }
        PreflightFailure::MalformedHeaders => {
            malformed(facts, "access-control-allow-headers", "header names")
        }
        PreflightFailure::Method(method) => {
            let allowed = facts
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
            let why = match facts.has_credentials() {
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
fn status(facts: &Facts) -> Option<String> {
    let response = facts.last_response()?;
    let advice = match response.status {
        200..=299 => return None,
        _ if is_redirect(response) => {
            let location = facts.value("location").unwrap_or_default();
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
            requested(facts)
        ),
    };
    Some(advice)
}

/// What a preflight requests, such as `` `PUT` with `x-trace` from `https://app.example.com` ``.
fn requested(facts: &Facts) -> String {
    let headers = facts.last().map(|(request, _)| request.headers.as_slice());
    let headers = headers.unwrap_or_default();
    let value = |name| {
        let mut lines = headers.iter();
        let line = lines.find(|line| line.0 == name)?;
        Some(shown(&line.1))
    };
    let method = value("access-control-request-method").unwrap_or_default();
    let names = value("access-control-request-headers");
    let names = names.map_or_else(String::new, |names| format!(" with `{names}`"));
    format!("`{method}`{names} from `{}`", facts.origin())
}

fn cors(facts: &Facts, failure: &CorsFailure) -> String {
    let origin = facts.origin();
    match failure {
        CorsFailure::NoAllowOrigin if facts.had_preflight() && facts.is_sent() => {
            "add the CORS headers to this response, too: the preflight succeeded, so the policy allows \
             the request. The response is probably from outside of the CORS middleware"
                .to_owned()
        }
        CorsFailure::NoAllowOrigin => {
            let status = facts.last_response().map_or(0, |response| response.status);
            let advice = allow_origin(facts);
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
                    allow_origin(facts)
                )
            }
        }
        CorsFailure::AllowCredentials => match facts.value("access-control-allow-credentials") {
            Some(value) => format!("send exactly `true`, not `{value}`"),
            None => {
                "allow credentials in the policy of the server, or fetch without credentials".to_owned()
            }
        },
        failure => failure.to_string(),
    }
}

fn allow_origin(facts: &Facts) -> String {
    match facts.origin().as_str() {
        "null" if facts.fetch.origin == "null" => {
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

fn malformed(facts: &Facts, name: &str, items: &str) -> String {
    let value = facts.value(name).unwrap_or_default();
    format!("send a list of {items}, separated by commas, instead of `{name}: {value}`")
}

/// What to change so that the script cannot read the response.
pub(crate) fn to_block(facts: &Facts) -> String {
    match facts.value("access-control-allow-origin").as_deref() {
        Some("*") => {
            "list the origins that may read the response, instead of `*`, in the policy of the server"
                .to_owned()
        }
        _ => {
            let origin = facts.origin();
            format!("remove `{origin}` from the origins that the policy of the server allows")
        }
    }
}

/// What to change so that the request is not sent.
pub(crate) fn to_stop(facts: &Facts) -> String {
    match facts.had_preflight() {
        true => {
            let origin = facts.origin();
            format!("refuse the method, the header or the origin `{origin}` in the policy of the server")
        }
        false => {
            "check `Origin` in the server before it acts: browsers send a request with this method and \
             these headers without a preflight, whatever a CORS policy says"
                .to_owned()
        }
    }
}

/// What to change so that the script can read a header of the response; `name` is in lower case.
pub(crate) fn to_expose(facts: &Facts, name: &str) -> String {
    if is_cookie(name) {
        return "use another header: no script can read cookies that a response sets".to_owned();
    }
    let exposed = exposed(facts);
    match facts.has_credentials() && exposed.iter().any(|item| item == "*") {
        true => format!(
            "list `{name}` in the headers that the policy of the server exposes: with credentials, `*` is \
             not a wildcard"
        ),
        false => {
            format!("add `{name}` to the response headers that the policy of the server exposes")
        }
    }
}

/// What to change so that the script cannot read a header of the response; `name` is in lower case.
pub(crate) fn to_hide(facts: &Facts, name: &str) -> String {
    let exposed = exposed(facts);
    if exposed.iter().any(|item| item.eq_ignore_ascii_case(name)) {
        format!("remove `{name}` from the response headers that the policy of the server exposes")
    } else if exposed.iter().any(|item| item == "*") {
        "list the response headers that the policy of the server exposes, instead of `*`".to_owned()
    } else {
        "the test: scripts can read this header of every response that they can read".to_owned()
    }
}

/// Whether scripts never see this header; `name` is in lower case.
pub(crate) fn is_cookie(name: &str) -> bool {
    ["set-cookie", "set-cookie2"].contains(&name)
}

fn exposed(facts: &Facts) -> Vec<String> {
    let exposed = facts
        .value("access-control-expose-headers")
        .unwrap_or_default();
    exposed
        .split(',')
        .map(|item| item.trim().to_owned())
        .collect()
}
