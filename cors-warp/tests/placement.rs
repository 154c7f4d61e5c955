//! The placement table of the README, row by row: what a policy covers depends on where it is.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use http::StatusCode;
use std::convert::Infallible;
use support::{ORIGIN, cors, is_shared, preflight, request, send};
use warp::{Filter, Rejection, Reply};

/// `GET` is fine, `PUT` fails.
fn routes() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    let ok = warp::path("item").and(warp::get()).map(|| "ok");
    let fails = warp::path("item")
        .and(warp::put())
        .map(|| StatusCode::INTERNAL_SERVER_ERROR);
    ok.or(fails)
}

async fn handle(rejection: Rejection) -> Result<StatusCode, Infallible> {
    Ok(if rejection.is_not_found() {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::METHOD_NOT_ALLOWED
    })
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

async fn covered<F>(app: F, route: &str, unknown: &str) -> Covered
where
    F: Filter<Extract: Reply> + Clone,
{
    let granted = async |path| {
        let response = send(&app, preflight(path, "PUT")).await;
        response.status() == 200 && is_shared(response.headers())
    };
    let shared = async |method, path, status: u16| {
        let response = send(&app, request(method, path, &[("origin", ORIGIN)])).await;
        assert_eq!(response.status(), status, "{method} {path}");
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

#[tokio::test]
async fn around_all_routes() {
    let app = cors().wrap(routes());
    assert_eq!(covered(app, "/item", "/none").await, ALL);

    let app = routes().with(warp::wrap_fn(|routes| cors().wrap(routes)));
    assert_eq!(covered(app, "/item", "/none").await, ALL);
}

#[tokio::test]
async fn around_recovered_routes() {
    let app = cors().wrap(routes().recover(handle));
    assert_eq!(covered(app, "/item", "/none").await, ALL);
}

#[tokio::test]
async fn after_a_path() {
    let app = warp::path("api")
        .and(cors().wrap(routes()))
        .or(warp::path("page").map(|| "page"))
        .recover(handle);
    assert_eq!(
        covered(app.clone(), "/api/item", "/api/none").await,
        ALL,
        "all responses below the path"
    );
    let outside = send(&app, preflight("/page", "PUT")).await;
    assert_eq!(outside.body(), "page");
    for path in ["/page", "/none"] {
        let outside = send(&app, support::get(path)).await;
        assert!(!is_shared(outside.headers()), "{path}");
    }
}

#[tokio::test]
async fn after_a_filter_that_matches_everything() {
    // Every request passes the first filter, which never rejects.
    let first = warp::any().and_then(async || Ok::<_, Rejection>(()));
    let app = first
        .untuple_one()
        .and(cors().wrap(routes()))
        .or(warp::path("late").map(|| "late"));
    assert_eq!(send(&app, support::get("/late")).await.status(), 404);
    assert_eq!(covered(app, "/item", "/none").await, ALL);
}

#[tokio::test]
async fn after_a_filter_that_rejects_preflights() {
    let app = warp::put().and(cors().wrap(routes()));
    let refused = send(&app, preflight("/item", "PUT")).await;
    assert_eq!(refused.status(), 405);
    assert!(!is_shared(refused.headers()));

    let token = warp::header::exact("authorization", "Bearer token");
    let app = token.and(cors().wrap(routes()));
    let refused = send(&app, preflight("/item", "PUT")).await;
    assert_eq!(refused.status(), 400);
    assert!(!is_shared(refused.headers()));
}

#[tokio::test]
async fn inside_other_wrappers() {
    let app = cors().wrap(routes()).with(warp::log("test"));
    assert_eq!(covered(app, "/item", "/none").await, ALL);

    let app = cors().wrap(routes()).boxed();
    assert_eq!(covered(app, "/item", "/none").await, ALL);
}
