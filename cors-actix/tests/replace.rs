//! Policies that are replaced while the application runs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use actix_web::http::header::{self, HeaderMap};
use actix_web::test::init_service;
use actix_web::{App, HttpRequest, web};
use cors_actix::{Config, Cors, Policies, Policy, RequestView};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use support::{EVIL, ORIGIN, config, get, preflight, send};

fn any_origin() -> Policy {
    Config::new().allow_origins(["*"]).build().unwrap()
}

fn one_origin() -> Policy {
    config().build().unwrap()
}

fn allow_origin(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN)?;
    Some(value.to_str().unwrap())
}

/// Each application is one worker.
#[actix_web::test]
async fn every_worker_gets_the_new_policies() {
    let cors = Cors::new(any_origin());
    let app = || App::new().route("/", web::get().to(async || "ok"));
    let apps = [
        init_service(app().wrap(cors.clone())).await,
        init_service(app().wrap(cors.clone())).await,
    ];
    for app in &apps {
        let response = send(app, get("/")).await;
        assert_eq!(allow_origin(response.headers()), Some("*"));
    }
    for app in &apps {
        cors.replace(one_origin());
        let response = send(app, get("/")).await;
        assert_eq!(allow_origin(response.headers()), Some(ORIGIN));
        let response = send(app, preflight("/", "PUT")).await;
        assert_eq!(response.status(), 200);
        assert_eq!(allow_origin(response.headers()), Some(ORIGIN));

        cors.replace(Policies::without_default());
        let response = send(app, get("/")).await;
        assert_eq!(response.headers().get(header::VARY), None);
        assert_eq!(send(app, preflight("/", "PUT")).await.status(), 404);
    }
}

/// Before the first replacement, between two, and without a policy.
#[actix_web::test]
async fn a_request_in_flight_ends_by_its_policies() {
    let cors = Cors::new(any_origin());
    let is_open = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&is_open);
    let wait = move || {
        let gate = Arc::clone(&gate);
        poll_fn(move |_| match gate.load(Ordering::Relaxed) {
            true => Poll::Ready("ok"),
            false => Poll::Pending,
        })
    };
    let app = App::new()
        .route("/", web::get().to(wait))
        .wrap(cors.clone());
    let app = init_service(app).await;
    let steps = [
        (Policies::from(one_origin()), Some("*")),
        (Policies::without_default(), Some(ORIGIN)),
        (Policies::from(any_origin()), None),
        (Policies::from(one_origin()), Some("*")),
    ];
    for (next, expected) in steps {
        is_open.store(false, Ordering::Relaxed);
        let mut response = pin!(send(&app, get("/")));
        let mut context = Context::from_waker(Waker::noop());
        assert!(response.as_mut().poll(&mut context).is_pending());
        cors.replace(next);
        is_open.store(true, Ordering::Relaxed);
        assert_eq!(allow_origin(response.await.headers()), expected);
    }
}

#[test]
fn what_is_in_force_can_be_read() {
    let cors = Cors::new(any_origin());
    let first = cors.clone().in_force();
    assert_eq!(**first.policies(), any_origin().into());
    assert_eq!(first.revision(), 1);
    cors.clone().replace(one_origin());
    let second = cors.in_force();
    assert_eq!(**second.policies(), one_origin().into());
    assert_eq!(second.revision(), 2);
    assert_eq!(first.revision(), 1);
}

/// A handler that checks the origin itself, as for a WebSocket.
#[actix_web::test]
async fn a_handler_asks_the_policies_in_force() {
    let cors = Cors::new(any_origin());
    let check = async |cors: web::Data<Cors>, request: HttpRequest| {
        let (now, head) = (cors.in_force(), RequestView::new(&request));
        match now.policies().find(request.path(), &head) {
            Some(policy) if policy.decide(&head).is_allowed() => "allowed",
            _ => "refused",
        }
    };
    let api = || {
        let policies = Policies::new(any_origin()).at("/api", one_origin());
        policies.unwrap()
    };
    let scope = web::scope("/api").default_service(web::get().to(check));
    let app = App::new()
        .app_data(web::Data::new(cors.clone()))
        .service(scope)
        .wrap(cors.clone());
    let app = init_service(app).await;
    let ask = async |path, origin| {
        let request = support::request("GET", path, &[("host", "a.com"), ("origin", origin)]);
        support::text(send(&app, request).await).await
    };
    assert_eq!(ask("/api/chat", EVIL).await, "allowed");
    cors.replace(api());
    assert_eq!(ask("/api/chat", EVIL).await, "refused");
    assert_eq!(ask("/api/chat", ORIGIN).await, "allowed");
    assert_eq!(ask("/api/../chat", ORIGIN).await, "refused"); // ambiguous
    cors.replace(api().for_host("a.com", any_origin()).unwrap());
    assert_eq!(ask("/api/chat", EVIL).await, "allowed");
    cors.replace(api().for_host("b.com", any_origin()).unwrap());
    let request = support::request("GET", "/api/chat", &[("origin", ORIGIN)]);
    assert_eq!(support::text(send(&app, request).await).await, "refused"); // there is no host
}
