//! The placement table of the README, row by row: what a layer covers depends on where it is added.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::handler::Handler as _;
use axum::routing::{MethodRouter, get};
use axum::{Router, http::StatusCode};
use cors_axum::CorsLayer;
use http::{Request, Response};
use support::{is_shared, policy, preflight, send};
use tower::{Layer as _, Service};

fn layer() -> CorsLayer {
    CorsLayer::new(policy())
}

async fn ok() -> &'static str {
    "ok"
}

async fn fails() -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

fn routes() -> MethodRouter {
    get(ok).put(fails)
}

/// Which responses of an application have the CORS headers.
#[derive(Debug, PartialEq, Eq)]
struct Covered {
    preflight_on_route: bool,
    preflight_on_unknown_path: bool,
    not_found: bool,
    method_not_allowed: bool,
    server_error: bool,
}

async fn covered<S>(app: S, route: &str, unknown: &str) -> Covered
where
    S: Service<Request<axum::body::Body>, Response = Response<axum::body::Body>> + Clone,
    S::Error: std::fmt::Debug,
{
    let granted = async |path| {
        let response = send(app.clone(), preflight(path, "PUT")).await;
        response.status() == 200 && is_shared(response.headers())
    };
    let shared = async |method, path, status: u16| {
        let request = support::request(method, path, &[("origin", support::ORIGIN)]);
        let response = send(app.clone(), request).await;
        assert_eq!(response.status(), status);
        is_shared(response.headers())
    };
    Covered {
        preflight_on_route: granted(route).await,
        preflight_on_unknown_path: granted(unknown).await,
        not_found: shared("GET", unknown, 404).await,
        method_not_allowed: shared("DELETE", route, 405).await,
        server_error: shared("PUT", route, 500).await,
    }
}

const ALL: Covered = Covered {
    preflight_on_route: true,
    preflight_on_unknown_path: true,
    not_found: true,
    method_not_allowed: true,
    server_error: true,
};

/// Only the routes that the layer covers.
const ROUTES: Covered = Covered {
    preflight_on_unknown_path: false,
    not_found: false,
    ..ALL
};

const NOTHING: Covered = Covered {
    preflight_on_route: false,
    preflight_on_unknown_path: false,
    not_found: false,
    method_not_allowed: false,
    server_error: false,
};

#[tokio::test]
async fn around_the_finished_router() {
    let app = layer().layer(Router::new().route("/", routes()));
    assert_eq!(covered(app, "/", "/none").await, ALL);
}

#[tokio::test]
async fn router_layer_last() {
    let app = Router::new().route("/", routes()).layer(layer());
    assert_eq!(covered(app, "/", "/none").await, ALL);
}

#[tokio::test]
async fn around_a_nested_router() {
    let inner = Router::new().route("/", routes());
    let app = Router::new().nest("/api", inner).layer(layer());
    assert_eq!(covered(app, "/api", "/api/none").await, ALL);
}

#[tokio::test]
async fn inside_a_nested_router() {
    let inner = || Router::new().route("/", routes());
    let app = Router::new().nest("/api", inner().layer(layer()));
    assert_eq!(covered(app, "/api", "/api/none").await, ROUTES);

    let with_fallback = inner()
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(layer());
    let app = Router::new().nest("/api", with_fallback);
    assert_eq!(covered(app, "/api", "/api/none").await, ALL);
}

#[tokio::test]
async fn router_layer_before_more_routes() {
    let app = Router::new().layer(layer()).route("/late", routes());
    let late = Covered {
        preflight_on_unknown_path: true,
        not_found: true,
        ..NOTHING
    };
    assert_eq!(covered(app, "/late", "/none").await, late);

    let app = Router::new().route("/", routes()).layer(layer());
    let app = app.fallback(async || StatusCode::NOT_FOUND);
    assert_eq!(covered(app, "/", "/none").await, ROUTES);

    let app = Router::new().route("/", routes()).layer(layer());
    let app = app.merge(Router::new().route("/late", routes()));
    let late = covered(app, "/late", "/none").await;
    assert!(
        !late.preflight_on_route && !late.method_not_allowed && !late.server_error,
        "{late:?}"
    );
}

#[tokio::test]
async fn route_layer() {
    let app = Router::new().route("/", routes()).route_layer(layer());
    assert_eq!(covered(app, "/", "/none").await, ROUTES);
}

#[tokio::test]
async fn method_router_layer() {
    let app = Router::new().route("/", routes().layer(layer()));
    assert_eq!(covered(app, "/", "/none").await, ROUTES);
}

#[tokio::test]
async fn around_handlers_only() {
    let broken = Covered {
        server_error: true,
        ..NOTHING
    };
    let app = Router::new().route("/", routes().route_layer(layer()));
    assert_eq!(covered(app, "/", "/none").await, broken);

    let app = Router::new().route("/", get(ok).put(fails.layer(layer())));
    assert_eq!(covered(app, "/", "/none").await, broken);
}
