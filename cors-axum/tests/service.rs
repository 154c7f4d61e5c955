//! The service itself: bodies, errors, and the order of layers.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use cors_axum::{Config, CorsLayer};
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use std::convert::Infallible;
use support::{ORIGIN, is_shared, policy, preflight, request, send};
use tower::{Layer as _, Service, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::map_response_body::MapResponseBodyLayer;

/// An application that must not be called.
async fn unreachable<B>(_: Request<Body>) -> Result<Response<B>, Infallible> {
    panic!("a preflight reached the application")
}

#[tokio::test]
async fn a_preflight_response_has_the_body_type_of_the_service() {
    let full = send(
        CorsLayer::new(policy()).layer(service_fn(unreachable::<Full<Bytes>>)),
        preflight("/", "PUT"),
    );
    let full: Response<Full<Bytes>> = full.await;
    assert_eq!(
        full.headers()[header::CONTENT_TYPE],
        "text/plain; charset=utf-8"
    );
    assert_eq!(full.into_body().collect().await.unwrap().to_bytes(), "OK");

    let text = CorsLayer::new(policy()).layer(service_fn(unreachable::<String>));
    let text = send(text, preflight("/", "DELETE")).await;
    assert_eq!(
        (text.status(), text.body().as_str()),
        (StatusCode::BAD_REQUEST, "Disallowed CORS method")
    );

    // The body type of tonic has a default, but cannot be made from a text.
    let tonic =
        CorsLayer::with_empty_body(policy()).layer(service_fn(unreachable::<tonic::body::Body>));
    let tonic = send(tonic, preflight("/", "PUT")).await;
    assert_eq!(tonic.status(), StatusCode::OK);
    assert!(is_shared(tonic.headers()));
    assert!(
        tonic
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
            .is_empty()
    );
}

#[tokio::test]
async fn an_error_of_the_service_stays_an_error() {
    let fails = service_fn(async |_: Request<Body>| Err::<Response<Body>, _>("no connection"));
    let app = CorsLayer::new(policy()).layer(fails);
    assert_eq!(
        app.oneshot(support::get("/")).await.unwrap_err(),
        "no connection"
    );
}

#[tokio::test]
async fn the_page_can_read_a_panic_that_is_caught_inside() {
    let panics =
        || Router::new().route("/", get(async || -> &'static str { panic!("on purpose") }));
    let inside = panics()
        .layer(CatchPanicLayer::new())
        .layer(CorsLayer::new(policy()));
    let response = send(inside, support::get("/")).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(is_shared(response.headers()));

    let outside = panics()
        .layer(CorsLayer::new(policy()))
        .layer(CatchPanicLayer::new());
    let response = send(outside, support::get("/")).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!is_shared(response.headers()));
}

#[tokio::test]
async fn of_two_policies_the_outer_one_applies() {
    let other = Config::new()
        .allow_origins(["*"])
        .expose_headers(["X-Inner"])
        .build()
        .unwrap();
    let app = Router::new().route("/", get(async || "ok"));
    for app in [
        app.clone()
            .layer(CorsLayer::new(other.clone()))
            .layer(CorsLayer::new(policy())),
        app.layer(CorsLayer::new(policy()))
            .layer(CorsLayer::new(policy())),
    ] {
        for request in [support::get("/"), preflight("/", "PUT")] {
            let response = send(app.clone(), request).await;
            assert!(is_shared(response.headers()));
            for name in response.headers().keys() {
                assert_eq!(response.headers().get_all(name).iter().count(), 1, "{name}");
            }
        }
        let evil = request("GET", "/", &[("origin", "https://evil.com")]);
        let refused = send(app, evil).await;
        let names: Vec<&str> = refused
            .headers()
            .keys()
            .map(http::HeaderName::as_str)
            .collect();
        assert!(
            !names.iter().any(|name| name.starts_with("access-control-")),
            "{names:?}"
        );
    }
}

/// HTTP/2 has no `Host` line. The authority is in the target.
#[tokio::test]
async fn blocking_finds_the_host_in_both_protocols() {
    let policy = Config::new()
        .allow_origins([ORIGIN])
        .block_refused_origins(true)
        .build()
        .unwrap();
    let app = CorsLayer::new(policy).layer(Router::new().route("/", get(async || "ok")));
    let own = ("origin", "https://own.example");
    for (uri, headers, status) in [
        ("/", &[own, ("host", "own.example")][..], 200),
        ("https://own.example/", &[own][..], 200),
        (
            "https://own.example/",
            &[own, ("host", "other.example")][..],
            200,
        ),
        (
            "https://other.example/",
            &[own, ("host", "own.example")][..],
            403,
        ),
        ("/", &[own, ("host", "other.example")][..], 403),
        (
            "/",
            &[
                own,
                ("host", "other.example"),
                ("sec-fetch-site", "same-origin"),
            ][..],
            200,
        ),
        (
            "/",
            &[
                own,
                ("host", "own.example"),
                ("sec-fetch-site", "cross-site"),
            ][..],
            403,
        ),
        ("/", &[own][..], 403),
        (
            "/",
            &[("origin", ORIGIN), ("host", "other.example")][..],
            200,
        ),
        ("/", &[("host", "own.example")][..], 200),
    ] {
        let response = send(app.clone(), request("GET", uri, headers)).await;
        assert_eq!(response.status(), status, "{uri} {headers:?}");
        assert_eq!(response.headers()[header::VARY], "Origin");
    }
}

/// The inner service must be ready even for a preflight, which does not reach it.
#[tokio::test]
async fn readiness_is_that_of_the_inner_service() {
    let inner = tower::limit::ConcurrencyLimit::new(service_fn(unreachable::<Body>), 1);
    let mut app = CorsLayer::new(policy()).layer(inner);
    std::future::poll_fn(|cx| Service::<Request<Body>>::poll_ready(&mut app, cx))
        .await
        .unwrap();
    let response = app.call(preflight("/", "PUT")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[test]
fn types_are_clone_send_and_sync() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<CorsLayer>();
    check::<CorsLayer<cors_axum::EmptyBody>>();
    check::<cors_axum::Cors<Router>>();
    fn is_send<T: Send>(_: &T) {}
    let mut app = CorsLayer::new(policy()).layer(Router::new());
    is_send(&app.call(preflight("/", "PUT")));
}

/// The layers of a `ServiceBuilder` keep their body types, which cannot be made from a text.
#[tokio::test]
async fn around_other_layers_in_one_service_builder() {
    let app = || Router::new().route("/", get(async || "ok"));
    let panics: Router = app().layer(
        ServiceBuilder::new()
            .layer(CorsLayer::with_empty_body(policy()))
            .layer(CatchPanicLayer::new()),
    );
    let limited: Router = app().layer(
        ServiceBuilder::new()
            .layer(CorsLayer::with_empty_body(policy()))
            .layer(RequestBodyLimitLayer::new(8)),
    );
    // The second way that the message of the compiler names.
    let mapped: Router = app().layer(
        ServiceBuilder::new()
            .layer(CorsLayer::new(policy()))
            .layer(MapResponseBodyLayer::new(Body::new))
            .layer(RequestBodyLimitLayer::new(8)),
    );
    for (router, body) in [(panics, ""), (limited, ""), (mapped, "OK")] {
        let response = send(router.clone(), preflight("/", "PUT")).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert!(is_shared(response.headers()));
        let sent = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(sent, body);

        let response = send(router, support::get("/")).await;
        assert!(is_shared(response.headers()));
    }
}
