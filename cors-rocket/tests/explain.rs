//! Why a request was refused, asked in a fairing.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_rocket::{Config, Cors, Policy, RequestView};
use rocket::fairing::AdHoc;
use rocket::http::Method;
use std::sync::{Arc, Mutex};
use support::{ORIGIN, request};

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

#[test]
fn a_fairing_explains_every_decision() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let explain = {
        let (policy, log) = (policy(), Arc::clone(&log));
        AdHoc::on_response("explain", move |request, _| {
            let view = RequestView::new(request);
            let why = policy.explain(policy.decide(&view), &view);
            log.lock().unwrap().push(why);
            Box::pin(async {})
        })
    };
    let app = support::rocket()
        .attach(Cors::new(policy()))
        .attach(explain);
    let client = support::client(app);
    for (method, headers, why) in CASES {
        let method: Method = method.parse().unwrap();
        drop(request(&client, method, "/", headers).dispatch());
        assert_eq!(log.lock().unwrap().pop().unwrap(), why);
    }
}
