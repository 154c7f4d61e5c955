//! Why a request was refused, asked around the middleware and in a handler.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use actix_web::middleware::from_fn;
use actix_web::test::init_service;
use actix_web::{App, HttpRequest, web};
use cors_actix::{Config, Cors, Policy, RequestView};
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

fn why(policy: &Policy, request: &HttpRequest) -> String {
    let view = RequestView::new(request);
    policy.explain(policy.decide(&view), &view)
}

#[actix_web::test]
async fn a_middleware_explains_every_decision() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let explain = {
        let log = Arc::clone(&log);
        from_fn(
            move |request: actix_web::dev::ServiceRequest, next: actix_web::middleware::Next<_>| {
                let why = why(&policy(), request.request());
                log.lock().unwrap().push(why);
                next.call(request)
            },
        )
    };
    let app = App::new().wrap(Cors::new(policy())).wrap(explain);
    let app = init_service(app).await;
    for (method, headers, why) in CASES {
        send(&app, request(method, "/", headers)).await;
        assert_eq!(log.lock().unwrap().pop().unwrap(), why);
    }
}

#[actix_web::test]
async fn a_handler_explains_its_request() {
    let handler = async |request: HttpRequest| why(&policy(), &request);
    let app = App::new().route("/", web::get().to(handler));
    let app = init_service(app).await;
    for (method, headers, why) in CASES {
        if method == "GET" {
            let response = send(&app, request(method, "/", headers)).await;
            assert_eq!(support::text(response).await, why);
        }
    }
}
