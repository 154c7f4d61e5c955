//! Why a request was refused, asked in a log around the application.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_warp::{Config, Cors, Policy, RequestView};
use std::sync::{Arc, Mutex};
use support::{ORIGIN, request, send};
use warp::Filter as _;
use warp::http::{HeaderMap, Method};

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

#[tokio::test]
async fn a_log_explains_every_decision() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = {
        let lines = Arc::clone(&lines);
        warp::log::custom(move |info| {
            let view = RequestView::new(info.method(), info.request_headers());
            let why = policy().explain(policy().decide(&view), &view);
            lines.lock().unwrap().push(why);
        })
    };
    let routes = warp::any().map(|| "ok");
    let app = Cors::new(policy()).wrap(routes).with(log);
    for (method, headers, why) in CASES {
        send(&app, request(method, "/", headers)).await;
        assert_eq!(lines.lock().unwrap().pop().unwrap(), why);
    }
}

/// In HTTP/2, the host is only in the target.
#[tokio::test]
async fn the_host_can_be_that_of_the_target() {
    let explain = warp::method()
        .and(warp::header::headers_cloned())
        .and(warp::host::optional())
        .map(|method: Method, headers: HeaderMap, host| {
            let view = RequestView::new(&method, &headers).with_host(host);
            policy().explain(policy().decide(&view), &view)
        });
    let own = [("origin", "http://own.example")];
    for (target, why) in [
        (
            "http://own.example/",
            "origin `http://own.example` is not allowed",
        ),
        ("/", "blocked: origin `http://own.example` is not allowed"),
    ] {
        let response = send(&explain, request("GET", target, &own)).await;
        assert_eq!(response.body(), why);
    }
}
