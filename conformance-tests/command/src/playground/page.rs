//! The page of the playground and its controls. Only the page itself may use the controls: another
//! website in the same browser must not be able to change the policy or read the log.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use cors_core::issue::Issue;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::api::{Api, ApplyError};
use super::expectation::{Expectation, ScriptOptions};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

const ASSETS: [(&str, &str, &str); 9] = [
    ("/", HTML, include_str!("../../assets/playground.html")),
    (
        "/playground.css",
        CSS,
        include_str!("../../assets/playground.css"),
    ),
    (
        "/playground.js",
        JAVASCRIPT,
        include_str!("../../assets/playground.js"),
    ),
    (
        "/policy.js",
        JAVASCRIPT,
        include_str!("../../assets/policy.js"),
    ),
    (
        "/requests.js",
        JAVASCRIPT,
        include_str!("../../assets/requests.js"),
    ),
    (
        "/probe.js",
        JAVASCRIPT,
        include_str!("../../assets/probe.js"),
    ),
    ("/dom.js", JAVASCRIPT, include_str!("../../assets/dom.js")),
    ("/frame", HTML, include_str!("../../assets/frame.html")),
    (
        "/frame.js",
        JAVASCRIPT,
        include_str!("../../assets/frame.js"),
    ),
];

/// The routes of the page at one origin; `other` is the origin of its frame.
pub(crate) fn router(api: Arc<Api>, api_origin: &str, other: &str) -> Router {
    let addresses = json!({ "api": api_origin, "other": other });
    let mut router = Router::new()
        .route("/addresses", get(async move || Json(addresses)))
        .route("/policy", get(policy))
        .route("/apply", post(apply))
        .route("/log", get(log));
    for (path, content_type, text) in ASSETS {
        router = router.route(
            path,
            get(async move || ([(header::CONTENT_TYPE, content_type)], text)),
        );
    }
    let security = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; \
         connect-src 'self' {api_origin}; frame-src {other}; form-action 'none'; base-uri 'none'; \
         frame-ancestors http://127.0.0.1:* http://localhost:*"
    );
    router
        .layer(middleware::from_fn(move |request, next| {
            guard(security.clone(), request, next)
        }))
        .with_state(api)
}

/// Returns the active policy.
async fn policy(State(api): State<Arc<Api>>) -> Json<Value> {
    let active = api.active();
    Json(json!({ "text": active.text, "warnings": active.policy.warnings() }))
}

async fn apply(State(api): State<Arc<Api>>, text: String) -> Response {
    match api.apply(text).await {
        Ok(active) => Verdict {
            applied: true,
            warnings: active.policy.warnings(),
            ..Verdict::default()
        }
        .respond(StatusCode::OK),
        Err(ApplyError::Malformed(problem)) => Verdict {
            malformed: Some(problem),
            ..Verdict::default()
        }
        .respond(StatusCode::BAD_REQUEST),
        Err(ApplyError::Policy(error)) => Verdict {
            errors: error.errors(),
            warnings: error.warnings(),
            ..Verdict::default()
        }
        .respond(StatusCode::UNPROCESSABLE_ENTITY),
    }
}

#[derive(Default, Serialize)]
struct Verdict<'a> {
    applied: bool,
    /// Why the text is not a JSON object.
    malformed: Option<String>,
    errors: &'a [Issue],
    warnings: &'a [Issue],
}

impl Verdict<'_> {
    fn respond(self, status: StatusCode) -> Response {
        (status, Json(self)).into_response()
    }
}

#[derive(Deserialize)]
struct Row {
    row: String,
}

async fn log(
    State(api): State<Arc<Api>>,
    Query(Row { row }): Query<Row>,
    Query(options): Query<ScriptOptions>,
) -> Response {
    let records = api.records.of_row(&row);
    let expected = Expectation::of(&records, &options);
    let requests: Vec<_> = records.iter().map(Arc::as_ref).collect();
    Json(json!({ "requests": requests, "expected": expected })).into_response()
}

/// Refuses requests that another website can make the browser send to this server.
async fn guard(security: String, request: Request, next: Next) -> Response {
    if let Err((status, problem)) = check(request.method(), request.headers()) {
        return (status, problem).into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(security) = HeaderValue::from_str(&security) {
        headers.insert(header::CONTENT_SECURITY_POLICY, security);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn check(method: &Method, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // DNS rebinding: an attacker can point a name of their own at this machine. To the browser, the
    // playground is then same-origin with the attacker's page.
    let host = text(header::HOST).unwrap_or_default();
    if !is_loopback(host) {
        return Err((
            StatusCode::FORBIDDEN,
            "the Host header does not name this machine; open the playground at its loopback address\n",
        ));
    }
    if headers.contains_key(header::ORIGIN)
        && text(header::ORIGIN) != Some(&format!("http://{host}"))
    {
        return Err((
            StatusCode::FORBIDDEN,
            "cross-origin requests are refused; only the playground page can use this endpoint\n",
        ));
    }
    // Some other types can be sent to another origin without a preflight.
    let content_type = text(header::CONTENT_TYPE).unwrap_or_default();
    if method == Method::POST && content_type != "application/json" {
        return Err((
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content type must be application/json\n",
        ));
    }
    Ok(())
}

/// Whether a Host value names this machine: `localhost` or a loopback address, with or without a port.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let ip = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    name == "localhost" || ip.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn loopback_hosts() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:3000",
            "localhost",
            "localhost:3000",
            "[::1]",
            "[::1]:3000",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "example.com",
            "127.0.0.1.example.com:3000",
            "localhost.example.com",
            "192.168.0.1:3000",
            "::",
            "[::1",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
