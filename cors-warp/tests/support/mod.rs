//! Requests to a filter, and the CORS headers of the responses.

#![allow(dead_code, reason = "not every test file needs all of it")]

use cors_warp::{Config, Cors, Policy};
use http::{HeaderMap, Request, Response, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use warp::{Filter, Reply};

pub(crate) const ORIGIN: &str = "https://app.example.com";

pub(crate) fn policy() -> Policy {
    Config::new()
        .allow_origins([ORIGIN])
        .allow_methods(["GET", "PUT"])
        .allow_credentials(true)
        .expose_headers(["X-Total"])
        .build()
        .unwrap()
}

pub(crate) fn cors() -> Cors {
    Cors::new(policy())
}

pub(crate) fn get(path: &str) -> Request<String> {
    request("GET", path, &[("origin", ORIGIN)])
}

pub(crate) fn preflight(path: &str, method: &str) -> Request<String> {
    request(
        "OPTIONS",
        path,
        &[
            ("origin", ORIGIN),
            ("access-control-request-method", method),
        ],
    )
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<String> {
    // A request of `warp::test` has only one line for each header.
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.body(String::new()).unwrap()
}

pub(crate) async fn send<F>(filter: &F, request: Request<String>) -> Response<String>
where
    F: Filter<Extract: Reply> + Clone,
{
    let response = warp::service(filter.clone())
        .oneshot(request)
        .await
        .unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Response::from_parts(head, String::from_utf8(body.to_vec()).unwrap())
}

/// Whether a page of [`ORIGIN`] may read the response. Also checks the headers that belong to that.
pub(crate) fn is_shared(headers: &HeaderMap) -> bool {
    let values = |name| headers.get_all(name).iter().collect::<Vec<_>>();
    let shared = values(header::ACCESS_CONTROL_ALLOW_ORIGIN) == [ORIGIN];
    if shared {
        assert_eq!(values(header::ACCESS_CONTROL_ALLOW_CREDENTIALS), ["true"]);
        let vary = values(header::VARY);
        let origins = vary
            .iter()
            .filter(|line| line.to_str().unwrap().contains("Origin"));
        assert_eq!(origins.count(), 1, "{vary:?}");
    }
    shared
}
