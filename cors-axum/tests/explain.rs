//! Why a request was refused, asked around the layer.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use cors_axum::{Config, CorsLayer, Policy};
use std::sync::{Arc, Mutex};
use support::{ORIGIN, request, send};

type Headers = &'static [(&'static str, &'static str)];

/// Requests, and why they were allowed or refused.
const CASES: [(&str, Headers, &str); 5] = [
    ("GET", &[], "no Origin: not a CORS request"),
    (
        "GET",
        &[("origin", ORIGIN)],
        "origin `https://app.example.com` is allowed",
    ),
    (
        "GET",
        &[("origin", "http://app.example.com")],
        "blocked: origin `http://app.example.com` is not allowed, but `https://app.example.com` is: the scheme differs",
    ),
    (
        "GET",
        &[("origin", "http://own.example"), ("host", "own.example")],
        "origin `http://own.example` is not allowed",
    ),
    (
        "OPTIONS",
        &[
            ("origin", ORIGIN),
            ("access-control-request-method", "DELETE"),
        ],
        "preflight refused: method `DELETE` is not in allow_methods",
    ),
];

fn policy() -> Policy {
    let config = Config::new()
        .allow_origins([ORIGIN])
        .block_refused_origins(true);
    config.build().unwrap()
}

type Log = Arc<Mutex<Vec<String>>>;

async fn explain(
    State((policy, log)): State<(Policy, Log)>,
    request: Request,
    next: Next,
) -> Response {
    let why = policy.explain(policy.decide(&request), &request);
    log.lock().unwrap().push(why);
    next.run(request).await
}

#[tokio::test]
async fn a_middleware_explains_every_decision() {
    let log = Log::default();
    let state = (policy(), Arc::clone(&log));
    let app = Router::new()
        .route("/", get(async || "ok"))
        .layer(CorsLayer::new(policy()))
        .layer(from_fn_with_state(state, explain));
    for (method, headers, why) in CASES {
        send(app.clone(), request(method, "/", headers)).await;
        assert_eq!(log.lock().unwrap().pop().unwrap(), why);
    }
}
