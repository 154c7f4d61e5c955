//! The tower layer of cors-axum around `warp::service`, as in the README.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_axum::CorsLayer;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use support::{cors, get, policy, preflight, request, send};
use tower::{Layer as _, ServiceExt as _};
use warp::{Filter, Rejection, Reply};

fn routes() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    let item = warp::path("item").and(warp::get()).map(|| "item");
    let length = warp::path("length").and(warp::header::<u64>("x-length"));
    item.or(length.map(|_| "length"))
}

async fn around_the_service(request: Request<String>) -> Response<String> {
    let service = CorsLayer::new(policy()).layer(warp::service(routes()));
    let (head, body) = service.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Response::from_parts(head, String::from_utf8(body.into()).unwrap())
}

/// Replies, rejections and preflights are the same as around the filter.
#[tokio::test]
async fn the_same_responses_as_around_the_routes() {
    let evil = [("origin", "https://evil.com")];
    for (request, status) in [
        (get("/item"), 200),
        (get("/nowhere"), 404),
        (get("/length"), 400),
        (request("POST", "/item", &[]), 405),
        (request("GET", "/item", &evil), 200),
        (request("OPTIONS", "/item", &evil), 405),
        (preflight("/item", "PUT"), 200),
        (preflight("/item", "DELETE"), 400),
    ] {
        let expected = send(&cors().wrap(routes()), request.clone()).await;
        let response = around_the_service(request).await;
        assert_eq!(response.status(), status);
        assert_eq!(response.status(), expected.status());
        assert_eq!(response.headers(), expected.headers());
        assert_eq!(response.body(), expected.body());
    }
}
