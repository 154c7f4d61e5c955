//! Several policies in one application, by path prefix.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::Router;
use axum::routing::get;
use cors_axum::{Config, CorsLayer, Policies};
use http::header;
use support::{is_shared, policy, preflight, request, send};

fn app() -> Router {
    let site = Config::new().allow_origins(["*"]).build().unwrap();
    let policies = Policies::new(site)
        .at("/admin", policy())
        .unwrap()
        .without_cors("/internal")
        .unwrap();
    Router::new()
        .route("/", get(async || "ok"))
        .route("/admin", get(async || "ok"))
        .route(
            "/internal",
            get(async || {
                (
                    [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://own.example")],
                    "ok",
                )
            }),
        )
        .layer(CorsLayer::new(policies))
}

#[tokio::test]
async fn the_policy_of_the_path_applies() {
    let open = send(app(), support::get("/")).await;
    assert_eq!(open.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    for path in ["/admin", "/admin/", "/admin/%61", "/admin/none?x"] {
        let response = send(app(), support::get(path)).await;
        assert!(is_shared(response.headers()), "{path}");
        let granted = send(app(), preflight(path, "PUT")).await;
        assert!(
            granted.status() == 200 && is_shared(granted.headers()),
            "{path}"
        );
    }
    let evil = [
        ("origin", "https://evil.com"),
        ("access-control-request-method", "GET"),
    ];
    assert_eq!(
        send(app(), request("OPTIONS", "/", &evil)).await.status(),
        200
    );
    assert_eq!(
        send(app(), request("OPTIONS", "/admin", &evil))
            .await
            .status(),
        400
    );
}

#[tokio::test]
async fn without_cors_everything_passes_unchanged() {
    let response = send(app(), support::get("/internal")).await;
    assert_eq!(
        response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN],
        "https://own.example"
    );
    assert!(!response.headers().contains_key(header::VARY));
    let response = send(app(), preflight("/internal", "GET")).await;
    assert_eq!(response.status(), 405);
    assert!(!is_shared(response.headers()));
}

/// A row of the table in the README: `nest` and `nest_service` remove their prefix from the path.
#[tokio::test]
async fn prefixes_are_compared_with_the_path_after_nest() {
    let cors = |prefix| {
        let site = Config::new().allow_origins(["*"]).build().unwrap();
        CorsLayer::new(Policies::new(site).at(prefix, policy()).unwrap())
    };
    let api = || Router::new().route("/admin", get(async || "ok"));
    let layered = |prefix| api().layer(cors(prefix));
    let nested = |router| Router::new().nest("/api", router);
    let served = |router: Router| Router::new().nest_service("/api", router);
    for (app, has_the_policy) in [
        (nested(api()).layer(cors("/api/admin")), true),
        (nested(layered("/api/admin")), false),
        (nested(layered("/admin")), true),
        (served(api()).layer(cors("/api/admin")), true),
        (served(layered("/api/admin")), false),
        (served(layered("/admin")), true),
    ] {
        for (method, status) in [("GET", 200), ("DELETE", 405)] {
            let headers = [("origin", support::ORIGIN)];
            let response = send(app.clone(), request(method, "/api/admin", &headers)).await;
            assert_eq!(response.status(), status);
            let expected = if has_the_policy { support::ORIGIN } else { "*" };
            assert_eq!(allowed_origin(response.headers()), expected, "{method}");
        }
        let response = send(app, preflight("/api/admin", "PUT")).await;
        // The default policy does not allow PUT.
        assert_eq!(response.status(), if has_the_policy { 200 } else { 400 });
    }
}

fn allowed_origin(headers: &http::HeaderMap) -> &http::HeaderValue {
    &headers[header::ACCESS_CONTROL_ALLOW_ORIGIN]
}
