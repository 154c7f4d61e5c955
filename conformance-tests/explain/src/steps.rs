//! The way of a request through the browser and the server, step by step.

use browser_model::{Blocked, Credentials, PreflightFailure, Request, Response, ResponseKind};
use cors_core::Decision;
use cors_diagnosis::{Observation, standard};
use serde::Serialize;

use crate::lines::{list, value};
use crate::sections;
use crate::server::Server;

/// A check that the request passes or not.
#[derive(Serialize)]
pub(crate) struct Step {
    pub(crate) by: By,
    pub(crate) passed: bool,
    pub(crate) message: String,
    /// The step of the standard that requires the check.
    pub(crate) standard: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum By {
    Browser,
    Server,
}

/// The steps of a fetch that follows the standard. The last one is the one that decides.
pub(crate) fn steps(seen: Observation<'_>, server: &Server<'_>) -> Vec<Step> {
    let mut steps: Vec<_> = left_out(&seen).into_iter().collect();
    let exchanges = &seen.outcome.exchanges;
    if !exchanges.is_empty() {
        steps.push(origins(&seen));
    }
    for (request, response) in exchanges {
        steps.push(kind_of(request, &seen));
        steps.extend(decision(request, server));
        if let Some(response) = response.as_ref().filter(|_| is_cross_origin(&seen)) {
            steps.extend(match request.is_preflight {
                true => preflight_checks(&seen, request, response),
                false => response_checks(&seen, response),
            });
        }
    }
    if let Err(blocked) = &seen.outcome.result {
        steps.push(Step {
            by: By::Browser,
            passed: false,
            message: blocked.to_string(),
            standard: standard::step(blocked),
        });
    }
    steps
}

fn passed(message: impl Into<String>, standard: String) -> Step {
    Step {
        by: By::Browser,
        passed: true,
        message: message.into(),
        standard,
    }
}

fn is_cross_origin(seen: &Observation<'_>) -> bool {
    let kind = seen.outcome.result.as_ref().map(|readable| readable.kind);
    kind != Ok(ResponseKind::Basic)
}

fn left_out(seen: &Observation<'_>) -> Option<Step> {
    let names: Vec<_> = seen.fetch.forbidden_headers().collect();
    let message = format!(
        "the browser leaves out {}, which scripts cannot set",
        list(&names)
    );
    (!names.is_empty()).then(|| passed(message, sections::forbidden_headers()))
}

fn origins(seen: &Observation<'_>) -> Step {
    let url = seen.fetch.url.origin().ascii_serialization();
    let page = &seen.fetch.origin;
    match is_cross_origin(seen) {
        true => passed(
            format!(
                "`{url}` is not the origin of the page, `{page}`: the response is readable only if the server allows it"
            ),
            sections::cross_origin(),
        ),
        false => passed(
            format!(
                "`{url}` is the origin of the page, so CORS does not apply and the response is readable"
            ),
            standard::same_origin(),
        ),
    }
}

/// Why this request is sent: a preflight, the request after one, or the request without one.
fn kind_of(request: &Request, seen: &Observation<'_>) -> Step {
    let method = &request.method;
    if !request.is_preflight {
        return match seen.had_preflight() {
            true => passed(
                format!("the preflight succeeded, so the browser sends {method}"),
                sections::after_preflight(),
            ),
            false if !is_cross_origin(seen) => passed(
                format!("the browser sends {method}"),
                standard::same_origin(),
            ),
            false => passed(
                format!(
                    "{method} with these headers needs no preflight, so the browser sends it at once"
                ),
                standard::no_preflight(),
            ),
        };
    }
    let method = value(&request.headers, "access-control-request-method").unwrap_or_default();
    let names = requested_names(request);
    let mut why = Vec::new();
    if !is_safelisted(&method) {
        why.push(format!("the method {method} is not GET, HEAD or POST"));
    }
    if !names.is_empty() {
        why.push(format!(
            "not safelisted with their values: {}",
            list(&names)
        ));
    }
    if why.is_empty() {
        why.push("the script listens to upload progress or sends a stream".to_owned());
    }
    let message = format!("a preflight is needed: {}", why.join("; "));
    passed(message, sections::needs_preflight())
}

fn decision(request: &Request, server: &Server<'_>) -> Option<Step> {
    let (decision, message) = server.explain(request)?;
    Some(Step {
        by: By::Server,
        passed: decision.is_allowed(),
        message,
        standard: match decision {
            Decision::Misdirected(_) => sections::misdirected(),
            Decision::Blocked(_) => sections::forbidden(),
            Decision::Preflight(_) => sections::cors_requests(),
            _ => sections::cors_responses(),
        },
    })
}

/// The checks of a preflight response that it passes, in order.
fn preflight_checks(seen: &Observation<'_>, request: &Request, response: &Response) -> Vec<Step> {
    let method = value(&request.headers, "access-control-request-method").unwrap_or_default();
    let names = requested_names(request);
    let mut checks = vec![
        passed(allowed_origin(seen, response), standard::success()),
        passed(
            format!("the status {} is a success", response.status),
            sections::preflight("7"),
        ),
        passed(method_check(&method, response), sections::preflight("7.5")),
        passed(
            match names.is_empty() {
                true => "no header needs to be allowed".to_owned(),
                false => format!(
                    "Access-Control-Allow-Headers `{}` covers {}",
                    value(&response.headers, "access-control-allow-headers").unwrap_or_default(),
                    list(&names)
                ),
            },
            sections::preflight("7.6 and 7.7"),
        ),
        passed(kept(response), sections::preflight("7.8 to 7.10")),
    ];
    if let Err(Blocked::Preflight(failure)) = &seen.outcome.result {
        checks.truncate(match failure {
            PreflightFailure::Cors(_) => 0,
            PreflightFailure::Status(_) => 1,
            PreflightFailure::Header(_) => 3,
            _ => 2,
        });
    }
    checks
}

fn method_check(method: &str, response: &Response) -> String {
    match is_safelisted(method) {
        true => format!("{method} needs no entry in Access-Control-Allow-Methods"),
        false => format!(
            "Access-Control-Allow-Methods `{}` covers {method}",
            value(&response.headers, "access-control-allow-methods").unwrap_or_default()
        ),
    }
}

fn kept(response: &Response) -> String {
    let seconds = value(&response.headers, "access-control-max-age");
    match seconds.as_deref() {
        Some("0") => "the browser does not keep the preflight (Access-Control-Max-Age)".to_owned(),
        Some(seconds) => format!(
            "the browser may keep the preflight for {seconds} seconds (Access-Control-Max-Age)"
        ),
        None => "the browser may keep the preflight for 5 seconds".to_owned(),
    }
}

/// The checks of the response to the actual request that it passes, in order.
fn response_checks(seen: &Observation<'_>, response: &Response) -> Vec<Step> {
    if seen.outcome.result.is_err() {
        return Vec::new();
    }
    let exposed = value(&response.headers, "access-control-expose-headers");
    let headers = match exposed.as_deref() {
        None => "the safelisted response headers".to_owned(),
        Some("*") => "every response header".to_owned(),
        Some(names) => {
            let names: Vec<_> = names.split(", ").collect();
            format!("the safelisted response headers and {}", list(&names))
        }
    };
    vec![
        passed(allowed_origin(seen, response), standard::success()),
        passed(
            format!("the script can read the status, the body, {headers}"),
            standard::readable_headers(),
        ),
    ]
}

/// What the CORS check has found.
fn allowed_origin(seen: &Observation<'_>, response: &Response) -> String {
    let origin = value(&response.headers, "access-control-allow-origin").unwrap_or_default();
    let credentials = match seen.fetch.credentials {
        Credentials::Include => ", and Access-Control-Allow-Credentials is `true`",
        _ => "",
    };
    format!("Access-Control-Allow-Origin is `{origin}`{credentials}")
}

/// The names that a preflight requests.
pub(crate) fn requested_names(preflight: &Request) -> Vec<String> {
    let names = value(&preflight.headers, "access-control-request-headers");
    let names = names.iter().flat_map(|names| names.split(','));
    names.map(str::to_owned).collect()
}

fn is_safelisted(method: &str) -> bool {
    ["GET", "HEAD", "POST"].contains(&method)
}
