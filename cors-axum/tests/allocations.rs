//! What the layer allocates beyond the same service without it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use cors_axum::{Config, CorsLayer};
use http::{Request, Response, header};
use std::convert::Infallible;
use support::{policy, preflight, request};
use tower::{Layer as _, Service, service_fn};

/// Allocations of one call on a warm thread. Making the request is not counted.
fn allocations<S, B>(service: &S, make: impl Fn() -> Request<Body>) -> u64
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut counted = 0;
    for _ in 0..3 {
        let request = make();
        // In a server, header values are slices of the read buffer. A value made from a text allocates
        // when it is cloned for the first time.
        drop(request.headers().clone());
        let mut service = service.clone();
        counted = allocation_counter::measure(|| {
            let response = runtime.block_on(service.call(request));
            drop(std::hint::black_box(response));
        })
        .count_total;
    }
    counted
}

/// Before and after a replacement.
fn layers() -> [CorsLayer; 2] {
    let replaced = CorsLayer::new(Config::new().build().unwrap());
    replaced.replace(policy());
    [CorsLayer::new(policy()), replaced]
}

fn not_cors() -> Request<Body> {
    request("GET", "/", &[])
}

fn allowed() -> Request<Body> {
    support::get("/")
}

fn refused() -> Request<Body> {
    request("GET", "/", &[("origin", "https://evil.com")])
}

#[test]
fn a_tower_service() {
    let bare = service_fn(async |_: Request<Body>| {
        let response = Response::builder().header(header::CONTENT_TYPE, "text/plain");
        Ok::<_, Infallible>(response.body(Body::empty()).unwrap())
    });
    for cors in layers() {
        let with = cors.layer(bare);
        for make in [not_cors, allowed, refused] {
            assert_eq!(allocations(&with, make), allocations(&bare, make));
        }
    }
    // Only the map of the response headers, and the body.
    let map = allocation_counter::measure(|| {
        let mut map = http::HeaderMap::with_capacity(8);
        map.insert(header::VARY, http::HeaderValue::from_static("x"));
        drop(std::hint::black_box(map));
    });
    let body = allocation_counter::measure(|| drop(std::hint::black_box(Body::from("OK"))));
    for cors in layers() {
        let response = allocations(&cors.layer(bare), || preflight("/", "PUT"));
        assert_eq!(response, map.count_total + body.count_total);
    }
}

/// Neither does the check of the host.
#[test]
fn with_own_origins() {
    let bare =
        service_fn(async |_: Request<Body>| Ok::<_, Infallible>(Response::new(Body::empty())));
    let config = Config::new()
        .own_origins(["http://*.localhost:*", "https://api.example.com"])
        .block_refused_origins(true);
    let with = CorsLayer::new(config.build().unwrap()).layer(bare);
    let make = || {
        request(
            "POST",
            "/",
            &[
                ("host", "A.localhost:3000"),
                ("origin", "http://a.localhost:3000"),
            ],
        )
    };
    // `Vary` is the only header.
    let map = allocation_counter::measure(|| {
        let mut map = http::HeaderMap::new();
        map.append(header::VARY, http::HeaderValue::from_static("Origin"));
        drop(std::hint::black_box(map));
    });
    assert_eq!(
        allocations(&with, make),
        allocations(&bare, make) + map.count_total
    );
}

#[test]
fn around_an_axum_router() {
    let bare: Router = Router::new().route("/", get(async || "ok"));
    let with = CorsLayer::new(policy()).layer(bare.clone());
    for make in [not_cors, allowed, refused] {
        assert_eq!(allocations(&with, make), allocations(&bare, make));
    }
}
