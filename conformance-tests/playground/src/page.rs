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
use browser_model::Fetch;
use command_support::policy_file::from_json;
use cors_core::Policy;
use cors_core::issue::Issue;
use cors_explain::{Edit, Explanation, Trust};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task;

use crate::answer::Answer;
use crate::api::{Api, ApplyError};
use crate::code::{Form, code};
use crate::examples::examples;
use crate::expectation::{Expectation, ScriptOptions};
use crate::guard::{guarded, only_the_page};
use crate::question;
use crate::server::Server;

pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const CSS: &str = "text/css; charset=utf-8";
pub(crate) const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Makes a table of paths, types and texts of files.
macro_rules! assets {
    ($($path:literal $content_type:ident $file:literal,)*) => {
        [$(($path, $content_type, include_str!(concat!("../assets/", $file))),)*]
    };
}

const ASSETS: [(&str, &str, &str); 23] = assets! {
    "/" HTML "playground.html",
    "/base.css" CSS "base.css",
    "/playground.css" CSS "playground.css",
    "/ask.js" JAVASCRIPT "ask.js",
    "/copy.js" JAVASCRIPT "copy.js",
    "/default-requests.js" JAVASCRIPT "default-requests.js",
    "/details.js" JAVASCRIPT "details.js",
    "/dom.js" JAVASCRIPT "dom.js",
    "/examples.js" JAVASCRIPT "examples.js",
    "/follow.js" JAVASCRIPT "follow.js",
    "/issues.js" JAVASCRIPT "issues.js",
    "/link.js" JAVASCRIPT "link.js",
    "/origins.js" JAVASCRIPT "origins.js",
    "/outcome.js" JAVASCRIPT "outcome.js",
    "/own-request.js" JAVASCRIPT "own-request.js",
    "/playground.js" JAVASCRIPT "playground.js",
    "/policy-text.js" JAVASCRIPT "policy-text.js",
    "/policy.js" JAVASCRIPT "policy.js",
    "/probe.js" JAVASCRIPT "probe.js",
    "/request-row.js" JAVASCRIPT "request-row.js",
    "/requests.js" JAVASCRIPT "requests.js",
    "/server.js" JAVASCRIPT "server.js",
    "/trust.js" JAVASCRIPT "trust.js",
};

/// The maximum length of a policy's text: enough for 10,000 origins.
const LONGEST_POLICY: usize = 512 * 1024;

/// The routes of the page; `frame` is the server of its frame.
pub(crate) fn router(api: Arc<Api>, page: &Server, frame: &Server, api_origin: &str) -> Router {
    let other = &frame.origin;
    let addresses = json!({ "api": api_origin, "other": other });
    let mut router = Router::new()
        .route("/addresses", get(async move || Json(addresses)))
        .route("/policy", get(policy))
        .route("/revision", get(revision))
        .route("/examples", get(examples))
        .route("/code", get(copied))
        .route(
            "/apply",
            post(apply).layer(DefaultBodyLimit::max(LONGEST_POLICY)),
        )
        .route(
            "/edit",
            post(edit).layer(DefaultBodyLimit::max(2 * LONGEST_POLICY)),
        )
        .route("/log", get(log))
        .route(
            "/answer",
            post(answer).layer(DefaultBodyLimit::max(question::LONGEST)),
        )
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

/// Returns the policy in force.
async fn policy(State(api): State<Arc<Api>>) -> Json<Value> {
    let active = api.active();
    let trust = Trust::of(&active.policy);
    Json(json!({
        "text": active.text,
        "warnings": active.policy.warnings(),
        "trust": trust,
        "revision": active.revision,
    }))
}

async fn revision(State(api): State<Arc<Api>>) -> Json<Value> {
    Json(json!({ "revision": api.active().revision }))
}

#[derive(Deserialize)]
struct Copied {
    form: Form,
}

/// Returns the policy in force as code or configuration.
async fn copied(State(api): State<Arc<Api>>, Query(Copied { form }): Query<Copied>) -> Response {
    // The text has the order that the user chose.
    match from_json(&api.active().text).and_then(|config| code(&config, form)) {
        Ok(text) => text.into_response(),
        Err(problem) => (StatusCode::INTERNAL_SERVER_ERROR, problem).into_response(),
    }
}

#[derive(Deserialize)]
struct Edits {
    text: String,
    edits: Vec<Edit>,
}

/// Returns the text of a policy with changes, which are not applied.
async fn edit(json: Bytes) -> Response {
    /// Each copies the policy. The requests of the page need a few.
    const MOST: usize = 200;
    let edited = task::spawn_blocking(move || {
        let Edits { text, edits } =
            serde_json::from_slice(&json).map_err(|error| error.to_string())?;
        if edits.len() > MOST {
            return Err(format!("there are more than {MOST} changes"));
        }
        let config = from_json(&text)?;
        // Unknown keys and wrong values are not in the configuration, so they would be lost.
        if let Err(error) = config.clone().build() {
            return Err(error.to_string());
        }
        let edited = edits.iter().fold(config, |config, edit| edit.apply(config));
        serde_json::to_string(&edited).map_err(|error| error.to_string())
    });
    match edited.await {
        Ok(Ok(text)) => Json(json!({ "text": text })).into_response(),
        Ok(Err(problem)) => (StatusCode::BAD_REQUEST, problem + "\n").into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
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
            revision: Some(active.revision),
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
    revision: Option<u64>,
}

impl Verdict<'_> {
    fn respond(self, status: StatusCode) -> Response {
        (status, Json(self)).into_response()
    }
}

/// Answers in short what happens to a request under the policy in force. Nothing is sent.
async fn answer(State(api): State<Arc<Api>>, json: Bytes) -> Response {
    about(api, json, |fetch, policy| json!(Answer::of(fetch, policy))).await
}

/// Explains in full what happens to a request under the policy in force. Nothing is sent.
async fn explain(State(api): State<Arc<Api>>, json: Bytes) -> Response {
    about(api, json, |fetch, policy| {
        json!(Explanation::of(fetch, policy))
    })
    .await
}

async fn about(api: Arc<Api>, json: Bytes, describe: fn(&Fetch, &Policy) -> Value) -> Response {
    let fetch = match question::parse(&json) {
        Ok(fetch) => fetch,
        Err(problem) => return (StatusCode::BAD_REQUEST, problem + "\n").into_response(),
    };
    let active = api.active();
    // A long policy takes a while, in which the servers must respond.
    match task::spawn_blocking(move || describe(&fetch, &active.policy)).await {
        Ok(description) => Json(description).into_response(),
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
