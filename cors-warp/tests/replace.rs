//! Policies that are replaced while the application runs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_warp::{Config, Cors, Policies, Policy, RequestView};
use http::{HeaderMap, header};
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use support::{ORIGIN, is_shared, policy, preflight, request, send};
use warp::path::FullPath;
use warp::{Filter, Rejection};

fn any_origin() -> Policy {
    Config::new().allow_origins(["*"]).build().unwrap()
}

fn allow_origin(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN)?;
    Some(value.to_str().unwrap())
}

#[tokio::test]
async fn every_filter_gets_the_new_policies() {
    let cors = Cors::new(any_origin());
    let routes = || warp::get().map(|| "ok");
    let apps = [cors.wrap(routes()), cors.clone().wrap(routes())];
    for app in &apps {
        let response = send(app, support::get("/")).await;
        assert_eq!(allow_origin(response.headers()), Some("*"));
    }
    for app in &apps {
        cors.replace(policy());
        let response = send(app, support::get("/")).await;
        assert!(is_shared(response.headers()));
        let response = send(app, preflight("/", "PUT")).await;
        assert!(response.status() == 200 && is_shared(response.headers()));

        cors.replace(Policies::without_default());
        let response = send(app, support::get("/")).await;
        assert_eq!(response.headers().get(header::VARY), None);
        assert_eq!(send(app, preflight("/", "PUT")).await.status(), 405);
    }
}

/// The filter was made when no policy refused requests.
#[tokio::test]
async fn a_new_policy_can_refuse_requests() {
    let cors = Cors::new(any_origin());
    let app = cors.wrap(warp::post().map(|| "ok"));
    let evil = || {
        request(
            "POST",
            "/",
            &[("host", "own.example"), ("origin", "https://evil.com")],
        )
    };
    assert_eq!(send(&app, evil()).await.status(), 200);
    let blocking = policy().to_config().block_refused_origins(true);
    cors.replace(blocking.build().unwrap());
    assert_eq!(send(&app, evil()).await.status(), 403);
}

/// Before the first replacement, between two, and without a policy. The routes respond or reject.
#[tokio::test]
async fn a_request_in_flight_ends_by_its_policies() {
    let cors = Cors::new(any_origin());
    let is_open = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&is_open);
    let wait = warp::any().then(move || {
        let gate = Arc::clone(&gate);
        poll_fn(move |_| match gate.load(Ordering::Relaxed) {
            true => Poll::Ready("ok"),
            false => Poll::Pending,
        })
    });
    let app = cors.wrap(wait.and(warp::path::end()));
    let steps = [
        (Policies::from(policy()), Some("*")),
        (Policies::without_default(), Some(ORIGIN)),
        (Policies::from(any_origin()), None),
        (Policies::from(policy()), Some("*")),
    ];
    for (next, expected) in steps {
        for (path, status) in [("/", 200), ("/none", 404)] {
            let before = cors.in_force();
            is_open.store(false, Ordering::Relaxed);
            let mut response = pin!(send(&app, support::get(path)));
            let mut context = Context::from_waker(Waker::noop());
            assert!(response.as_mut().poll(&mut context).is_pending());
            cors.replace(next.clone());
            is_open.store(true, Ordering::Relaxed);
            let response = response.await;
            assert_eq!(response.status(), status);
            assert_eq!(allow_origin(response.headers()), expected, "{path}");
            if path == "/" {
                cors.replace(Policies::clone(before.policies()));
            }
        }
    }
}

/// Requests of one thread do not mix, though the filters use thread-locals.
#[tokio::test]
async fn requests_in_flight_at_the_same_time_keep_their_policies() {
    let cors = Cors::new(any_origin());
    let is_open = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&is_open);
    let routes = warp::any().and_then(move || {
        let gate = Arc::clone(&gate);
        poll_fn(move |_| match gate.load(Ordering::Relaxed) {
            true => Poll::Ready(Ok::<_, Rejection>("ok")),
            false => Poll::Pending,
        })
    });
    let app = cors.wrap(routes);
    let mut context = Context::from_waker(Waker::noop());
    let mut first = pin!(send(&app, support::get("/")));
    assert!(first.as_mut().poll(&mut context).is_pending());
    cors.replace(policy());
    let mut second = pin!(send(&app, support::get("/")));
    assert!(second.as_mut().poll(&mut context).is_pending());
    cors.replace(Policies::without_default());
    let mut third = pin!(send(&app, support::get("/")));
    assert!(third.as_mut().poll(&mut context).is_pending());
    cors.replace(policy());
    assert_eq!(send(&app, preflight("/", "PUT")).await.status(), 200);
    is_open.store(true, Ordering::Relaxed);
    assert_eq!(allow_origin(third.await.headers()), None);
    assert_eq!(allow_origin(first.await.headers()), Some("*"));
    assert_eq!(allow_origin(second.await.headers()), Some(ORIGIN));
}

/// Routes that handle every rejection have another type of error.
#[tokio::test]
async fn around_routes_that_never_reject() {
    let cors = Cors::new(any_origin());
    let handled = warp::path("a")
        .map(|| "a")
        .recover(async |_: Rejection| Ok::<_, Infallible>(http::StatusCode::IM_A_TEAPOT));
    let app = cors.wrap(handled);
    for (path, status) in [("/a", 200), ("/b", 418)] {
        cors.replace(any_origin());
        let response = send(&app, support::get(path)).await;
        assert_eq!(response.status(), status);
        assert_eq!(allow_origin(response.headers()), Some("*"));
        cors.replace(policy());
        assert!(is_shared(send(&app, support::get(path)).await.headers()));
    }
}

#[test]
fn what_is_in_force_can_be_read() {
    let cors = Cors::new(any_origin());
    let first = cors.clone().in_force();
    assert_eq!(**first.policies(), any_origin().into());
    assert_eq!(first.revision(), 1);
    cors.clone().replace(policy());
    let second = cors.in_force();
    assert_eq!(**second.policies(), policy().into());
    assert_eq!(second.revision(), 2);
    assert_eq!(first.revision(), 1);
}

/// A handler that checks the origin itself, as for a WebSocket.
#[tokio::test]
async fn a_handler_asks_the_policies_in_force() {
    let cors = Cors::new(any_origin());
    let in_handler = cors.clone();
    let check = move |path: FullPath, host, method, headers| {
        let head = RequestView::new(&method, &headers).with_host(host);
        let now = in_handler.in_force();
        let policy = now.policies().find(path.as_str(), &head);
        let is_allowed = policy.is_some_and(|policy| policy.decide(&head).is_allowed());
        if is_allowed { "allowed" } else { "refused" }
    };
    let route = warp::path::full()
        .and(warp::host::optional())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .map(check);
    let app = cors.wrap(route);
    let ask = async |path, headers: &[(&str, &str)]| {
        let request = support::request("GET", path, headers);
        send(&app, request).await.into_body()
    };
    let evil = ("origin", "https://evil.example");
    let page = ("origin", ORIGIN);
    let api = || Policies::new(any_origin()).at("/api", policy()).unwrap();
    assert_eq!(ask("/api/chat", &[evil]).await, "allowed");
    cors.replace(api());
    assert_eq!(ask("/api/chat", &[evil]).await, "refused");
    assert_eq!(ask("/api/chat", &[page]).await, "allowed");
    assert_eq!(ask("/%61pi/chat", &[page]).await, "refused"); // ambiguous
    cors.replace(api().for_host("a.com", any_origin()).unwrap());
    assert_eq!(ask("http://a.com/api/chat", &[evil]).await, "allowed");
    assert_eq!(ask("/api/chat", &[page]).await, "refused"); // there is no host
}
