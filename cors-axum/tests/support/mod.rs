//! Requests to a service, and the CORS headers of the responses.

#![allow(dead_code, reason = "not every test file needs all of it")]

use axum::body::Body;
use cors_axum::{Config, Policy};
use http::{HeaderMap, Request, Response, header};
use tower::{Service, ServiceExt as _};

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

pub(crate) fn get(path: &str) -> Request<Body> {
    request("GET", path, &[("origin", ORIGIN)])
}

pub(crate) fn preflight(path: &str, method: &str) -> Request<Body> {
    request(
        "OPTIONS",
        path,
        &[
            ("origin", ORIGIN),
            ("access-control-request-method", method),
        ],
    )
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.body(Body::empty()).unwrap()
}

pub(crate) async fn send<S, B>(service: S, request: Request<Body>) -> Response<B>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: std::fmt::Debug,
{
    service.oneshot(request).await.unwrap()
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
