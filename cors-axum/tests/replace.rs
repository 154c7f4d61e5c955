//! Policies that are replaced while the application runs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::http::request::Parts;
use axum::routing::get;
use cors_axum::{Config, CorsLayer, Policies, Policy};
use http::{HeaderMap, header};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use support::{is_shared, policy, preflight, send};

fn any_origin() -> Policy {
    Config::new().allow_origins(["*"]).build().unwrap()
}

fn allow_origin(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN)?;
    Some(value.to_str().unwrap())
}

fn router() -> Router {
    Router::new().route("/", get(async || "ok"))
}

#[tokio::test]
async fn every_clone_gets_the_new_policies() {
    let cors = CorsLayer::new(any_origin());
    let apps = [router().layer(cors.clone()), router().layer(cors.clone())];
    for app in apps.iter().chain([&apps[0].clone()]) {
        let response = send(app.clone(), support::get("/")).await;
        assert_eq!(allow_origin(response.headers()), Some("*"));
    }
    for app in &apps {
        cors.replace(policy());
        let response = send(app.clone(), support::get("/")).await;
        assert!(is_shared(response.headers()));
        let response = send(app.clone(), preflight("/", "PUT")).await;
        assert!(response.status() == 200 && is_shared(response.headers()));

        cors.replace(Policies::without_default());
        let response = send(app.clone(), support::get("/")).await;
        assert_eq!(response.headers().get(header::VARY), None);
        assert_eq!(send(app.clone(), preflight("/", "PUT")).await.status(), 405);
    }
}

/// Before the first replacement, between two, and without a policy.
#[tokio::test]
async fn a_request_in_flight_ends_by_its_policies() {
    let cors = CorsLayer::new(any_origin());
    let is_open = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&is_open);
    let wait = move || {
        let gate = Arc::clone(&gate);
        poll_fn(move |_| match gate.load(Ordering::Relaxed) {
            true => Poll::Ready("ok"),
            false => Poll::Pending,
        })
    };
    let app = Router::new().route("/", get(wait)).layer(cors.clone());
    let steps = [
        (Policies::from(policy()), Some("*")),
        (Policies::without_default(), Some(support::ORIGIN)),
        (Policies::from(any_origin()), None),
        (Policies::from(policy()), Some("*")),
    ];
    for (next, expected) in steps {
        is_open.store(false, Ordering::Relaxed);
        let mut response = pin!(send(app.clone(), support::get("/")));
        let mut context = Context::from_waker(Waker::noop());
        assert!(response.as_mut().poll(&mut context).is_pending());
        cors.replace(next);
        is_open.store(true, Ordering::Relaxed);
        assert_eq!(allow_origin(response.await.headers()), expected);
    }
}

#[test]
fn what_is_in_force_can_be_read() {
    let cors = CorsLayer::new(any_origin());
    let first = cors.clone().in_force();
    assert_eq!(**first.policies(), any_origin().into());
    assert_eq!(first.revision(), 1);
    cors.clone().replace(policy());
    let second = cors.in_force();
    assert_eq!(**second.policies(), policy().into());
    assert_eq!(second.revision(), 2);
    assert_eq!(first.revision(), 1);
}

/// A handler that checks the origin itself, as for a WebSocket, behind a router that removes a part of the path.
#[tokio::test]
async fn a_handler_asks_the_policies_in_force() {
    let check =
        async |State(cors): State<CorsLayer>, OriginalUri(uri): OriginalUri, head: Parts| {
            let now = cors.in_force();
            match now.policies().find(uri.path(), &head) {
                Some(policy) if policy.decide(&head).is_allowed() => "allowed",
                _ => "refused",
            }
        };
    let api = |policy: Policy| {
        Policies::new(any_origin())
            .at("/api", policy)
            .and_then(|policies| policies.without_cors("/api/x"))
            .unwrap()
    };
    let cors = CorsLayer::new(api(any_origin()));
    let routes = Router::new().fallback(get(check)).with_state(cors.clone());
    let app = Router::new().nest("/api", routes).layer(cors.clone());
    let ask = async |path, origin| {
        let request = support::request("GET", path, &[("host", "a.com"), ("origin", origin)]);
        let body = send(app.clone(), request).await.into_body();
        axum::body::to_bytes(body, 100).await.unwrap()
    };
    assert_eq!(ask("/api/chat", "https://evil.example").await, "allowed");
    cors.replace(api(policy()));
    assert_eq!(ask("/api/chat", "https://evil.example").await, "refused");
    assert_eq!(ask("/api/chat", support::ORIGIN).await, "allowed");
    assert_eq!(ask("/api/x", support::ORIGIN).await, "refused");
    assert_eq!(ask("/api/%78", support::ORIGIN).await, "refused"); // ambiguous
    cors.replace(api(policy()).for_host("b.com", policy()).unwrap());
    assert_eq!(ask("/api/chat", support::ORIGIN).await, "allowed");
    cors.replace(api(policy()).for_host("a.com", any_origin()).unwrap());
    assert_eq!(ask("/api/chat", "https://evil.example").await, "allowed");
    let request = support::request("GET", "/api/chat", &[("origin", support::ORIGIN)]);
    let body = send(app.clone(), request).await.into_body();
    let body = axum::body::to_bytes(body, 100).await.unwrap();
    assert_eq!(body, "refused"); // there is no host
}
