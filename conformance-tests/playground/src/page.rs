//! The page of the playground and its controls.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::StringRejection;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use cors_core::issue::Issue;
use cors_explain::{Explanation, Trust};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task;

use crate::api::{Api, ApplyError};
use crate::expectation::{Expectation, ScriptOptions};
use crate::guard::{guarded, only_the_page};
use crate::question;
use crate::server::Server;

pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const CSS: &str = "text/css; charset=utf-8";
pub(crate) const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

const ASSETS: [(&str, &str, &str); 9] = [
    ("/", HTML, include_str!("../assets/playground.html")),
    (
        "/playground.css",
        CSS,
        include_str!("../assets/playground.css"),
    ),
    (
        "/playground.js",
        JAVASCRIPT,
        include_str!("../assets/playground.js"),
    ),
    (
        "/policy.js",
        JAVASCRIPT,
        include_str!("../assets/policy.js"),
    ),
    (
        "/requests.js",
        JAVASCRIPT,
        include_str!("../assets/requests.js"),
    ),
    (
        "/explanation.js",
        JAVASCRIPT,
        include_str!("../assets/explanation.js"),
    ),
    ("/link.js", JAVASCRIPT, include_str!("../assets/link.js")),
    ("/probe.js", JAVASCRIPT, include_str!("../assets/probe.js")),
    ("/dom.js", JAVASCRIPT, include_str!("../assets/dom.js")),
];

/// The maximum length of a policy's text: enough for 10,000 origins.
const LONGEST_POLICY: usize = 512 * 1024;

/// The routes of the page; `frame` is the server of its frame.
pub(crate) fn router(api: Arc<Api>, page: &Server, frame: &Server, api_origin: &str) -> Router {
    let other = &frame.origin;
    let addresses = json!({ "api": api_origin, "other": other });
    let mut router = Router::new()
        .route("/addresses", get(async move || Json(addresses)))
        .route("/policy", get(policy))
        .route(
            "/apply",
            post(apply).layer(DefaultBodyLimit::max(LONGEST_POLICY)),
        )
        .route("/log", get(log))
        .route(
            "/explain",
            post(explain).layer(DefaultBodyLimit::max(question::LONGEST)),
        )
        .route_layer(middleware::from_fn(only_the_page));
    for (path, content_type, text) in ASSETS {
        router = router.route(path, asset(content_type, text));
    }
    let security = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; \
         connect-src 'self' {api_origin}; frame-src {other}; form-action 'none'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    guarded(router.with_state(api), &page.names, security)
}

/// A file that does not change while the server runs.
pub(crate) fn asset<S>(content_type: &'static str, text: impl Into<Bytes>) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    let text = text.into();
    get(async move || ([(header::CONTENT_TYPE, content_type)], text))
}

/// Returns the active policy.
async fn policy(State(api): State<Arc<Api>>) -> Json<Value> {
    let active = api.active();
    let trust = Trust::of(&active.policy);
    Json(json!({ "text": active.text, "warnings": active.policy.warnings(), "trust": trust }))
}

async fn apply(State(api): State<Arc<Api>>, text: Result<String, StringRejection>) -> Response {
    let text = match text {
        Ok(text) => text,
        Err(rejection) => return unreadable(&rejection),
    };
    match api.apply(text).await {
        Ok(active) => Verdict {
            applied: true,
            warnings: active.policy.warnings(),
            trust: Some(Trust::of(&active.policy)),
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

fn unreadable(rejection: &StringRejection) -> Response {
    let problem = match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => format!(
            "the policy has more than {LONGEST_POLICY} bytes, the limit of the playground; \
             check it with `cors lint`, and try it with `cors serve`"
        ),
        _ => rejection.body_text(),
    };
    Verdict {
        malformed: Some(problem),
        ..Verdict::default()
    }
    .respond(rejection.status())
}

#[derive(Default, Serialize)]
struct Verdict<'a> {
    applied: bool,
    /// Why the text is not a JSON object.
    malformed: Option<String>,
    errors: &'a [Issue],
    warnings: &'a [Issue],
    /// Whom the policy trusts, if it is applied.
    trust: Option<Trust>,
}

impl Verdict<'_> {
    fn respond(self, status: StatusCode) -> Response {
        (status, Json(self)).into_response()
    }
}

/// Explains what happens to a request under the active policy. Nothing is sent.
async fn explain(State(api): State<Arc<Api>>, json: Bytes) -> Response {
    let fetch = match question::parse(&json) {
        Ok(fetch) => fetch,
        Err(problem) => return (StatusCode::BAD_REQUEST, problem + "\n").into_response(),
    };
    let active = api.active();
    // A long policy takes a while, in which the servers must respond.
    let explained = task::spawn_blocking(move || json!(Explanation::of(&fetch, &active.policy)));
    match explained.await {
        Ok(explanation) => Json(explanation).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
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
