//! Requests to an application, and the CORS headers of the responses.

#![allow(dead_code, reason = "not every test file needs all of it")]

use actix_http::Request;
use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::test::TestRequest;
use actix_web::{Error, HttpResponse};
use cors_actix::{Config, Cors};

pub(crate) const ORIGIN: &str = "https://app.example.com";

pub(crate) const EVIL: &str = "https://evil.example";

pub(crate) fn config() -> Config {
    Config::new()
        .allow_origins([ORIGIN])
        .allow_methods(["GET", "PUT"])
        .allow_credentials(true)
        .expose_headers(["X-Total"])
}

pub(crate) fn cors() -> Cors {
    Cors::new(config().build().unwrap())
}

pub(crate) fn get(path: &str) -> TestRequest {
    request("GET", path, &[("origin", ORIGIN)])
}

pub(crate) fn preflight(path: &str, method: &str) -> TestRequest {
    request(
        "OPTIONS",
        path,
        &[
            ("origin", ORIGIN),
            ("access-control-request-method", method),
        ],
    )
}

pub(crate) fn request(method: &str, uri: &str, headers: &[(&str, &str)]) -> TestRequest {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = TestRequest::with_uri(uri).method(method);
    headers
        .iter()
        .fold(request, |request, header| request.append_header(*header))
}

/// An application in memory.
pub(crate) trait App<B>:
    Service<Request, Response = ServiceResponse<B>, Error = Error>
{
}

impl<B, S> App<B> for S where S: Service<Request, Response = ServiceResponse<B>, Error = Error> {}

/// The response. An error is converted to a response, as in the server.
pub(crate) async fn send<B>(app: &impl App<B>, request: TestRequest) -> HttpResponse
where
    B: MessageBody + 'static,
{
    match app.call(request.to_request()).await {
        Ok(response) => response.into_parts().1.map_into_boxed_body(),
        Err(error) => error.error_response(),
    }
}

pub(crate) async fn text(response: HttpResponse<BoxBody>) -> String {
    let bytes = to_bytes(response.into_body()).await.unwrap();
    String::from_utf8(bytes.into()).unwrap()
}

/// Every line of a response header.
pub(crate) fn lines(headers: &HeaderMap, name: impl AsRef<str>) -> Vec<&str> {
    let lines = headers.get_all(name.as_ref());
    lines.map(|line| line.to_str().unwrap()).collect()
}

/// The names of the CORS headers of a response.
pub(crate) fn cors_names(headers: &HeaderMap) -> Vec<&str> {
    let names = headers.keys().map(header::HeaderName::as_str);
    let mut names: Vec<&str> = names
        .filter(|name| name.starts_with("access-control-"))
        .collect();
    names.sort_unstable();
    names
}

/// Whether a page of [`ORIGIN`] may read the response. Also checks the headers that belong to that.
pub(crate) fn is_shared(headers: &HeaderMap) -> bool {
    let shared = lines(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN) == [ORIGIN];
    if shared {
        assert_eq!(
            lines(headers, header::ACCESS_CONTROL_ALLOW_CREDENTIALS),
            ["true"]
        );
        assert_eq!(origins_in_vary(headers), 1);
    }
    shared
}

/// How often `Vary` lists `Origin`.
pub(crate) fn origins_in_vary(headers: &HeaderMap) -> usize {
    let vary = lines(headers, header::VARY).join(",");
    let names = vary.split(',').map(str::trim);
    names
        .filter(|name| name.eq_ignore_ascii_case("origin"))
        .count()
}
