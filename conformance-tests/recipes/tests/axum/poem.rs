//! poem: `CorsLayer` as a poem middleware, by `TowerLayerCompatExt`.
//!
//! `app.with(CorsLayer::new(policy).compat())` does not compile, and no layer of tower-http does: `compat` passes poem's own
//! request to the layer, and these layers take `http::Request`. The function `cors` below converts in one `ServiceBuilder`.
//! poem's request travels as the body of a `http::Request`, so that nothing of it is lost.
//!
//! Mount it around the whole application, with `catch_all_error` inside.
//!
//! The traps: poem's errors, such as a `404`, are values of `Err` until the server responds. CORS sees no response, and adds
//! no headers, unless `catch_all_error` has made one. On a nested route, CORS covers only the paths below it. `with` spawns a
//! task, so it panics outside of a tokio runtime.

use cors_axum::{Config, ConfigError, Cors, CorsLayer, Policy};
use cors_testing::{BoxError, Browser, Server};
use poem::http::StatusCode;
use poem::middleware::TowerLayerCompatExt as _;
use poem::{Body, Endpoint, EndpointExt as _, IntoResponse, Middleware, Request, Response};
use poem::{ResponseParts, Route, get, handler};
use tower::ServiceBuilder;
use tower::util::BoxService;

use crate::takes::takes;

use crate::items::{PAGE, check_items};

fn policy() -> Result<Policy, ConfigError> {
    Config::new()
        .allow_origins(["https://app.example.com"])
        .allow_methods(["GET", "PUT"])
        .expose_headers(["X-Total"])
        .build()
}

fn app() -> Result<impl Endpoint, ConfigError> {
    let app = routes().catch_all_error(async |error: poem::Error| error.into_response());
    Ok(app.with(cors(policy()?)))
}

fn cors<E: Endpoint + 'static>(policy: Policy) -> impl Middleware<E> {
    ServiceBuilder::new()
        .map_request(to_http_request)
        .map_response(to_poem_response)
        .layer(CorsLayer::new(policy))
        .map_response(to_http_response::<E::Output>)
        .map_request(http::Request::<Request>::into_body)
        .compat()
}

/// The layer reads a copy of the head. The whole request is the body.
fn to_http_request(request: Request) -> http::Request<Request> {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let headers = request.headers().clone();
    let mut request = http::Request::new(request);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    request
}

fn to_http_response<R: IntoResponse>(response: R) -> http::Response<Body> {
    http::Response::from(response.into_response()).map(Body::from)
}

fn to_poem_response(response: http::Response<Body>) -> Response {
    let (head, body) = response.into_parts();
    let parts = ResponseParts {
        status: head.status,
        version: head.version,
        headers: head.headers,
        extensions: head.extensions,
    };
    Response::from_parts(parts, body)
}

fn routes() -> Route {
    Route::new()
        .at("/items", get(list).put(change))
        .at("/fail", get(fail))
}

#[handler]
fn list() -> Response {
    let items = "items".with_header("X-Total", "1");
    items.with_header("Vary", "Accept-Language").into_response()
}

#[handler]
fn change(body: String) -> String {
    body
}

#[handler]
fn fail() -> poem::Result<()> {
    Err(poem::Error::from_string(
        "no database",
        StatusCode::SERVICE_UNAVAILABLE,
    ))
}

/// The application under test.
struct Poem<E>(E);

impl<E: Endpoint> Server for Poem<E> {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<()>, BoxError> {
        let (head, body) = request.into_parts();
        let mut request = Request::builder()
            .method(head.method)
            .uri(head.uri)
            .body(body);
        *request.headers_mut() = head.headers;
        Ok(to_http_response(self.0.get_response(request).await).map(drop))
    }
}

#[tokio::test]
async fn the_page_reads_responses_and_errors() {
    check_items(&Browser::new(Poem(app().unwrap()))).await;
}

#[tokio::test]
async fn trap_errors_without_catch_all_error() {
    let browser = Browser::new(Poem(routes().with(cors(policy().unwrap()))));
    let page = browser.page(PAGE);
    page.get("/items").await.may_read_status(200);
    page.put("/items").await.may_read_status(200);
    page.get("/none").await.may_not_read();
    page.get("/fail").await.may_not_read();
}

#[tokio::test]
async fn trap_on_a_nested_route_only_its_paths_are_covered() {
    let inner = routes().catch_all_error(async |error: poem::Error| error.into_response());
    let app = Route::new().nest("/api", inner.with(cors(policy().unwrap())));
    let browser = Browser::new(Poem(app));
    let page = browser.page(PAGE);
    page.put("/api/items").await.may_read_status(200);
    page.get("/api/none").await.may_read_status(404);
    page.get("/none").await.may_not_read();
}

#[test]
#[should_panic(expected = "no reactor running")]
fn trap_outside_of_a_runtime() {
    let _ = app();
}

/// Why `cors` converts: the layer alone is a service of `http::Request`.
#[test]
fn trap_the_layer_does_not_take_the_requests_of_poem() {
    type Around<R> = Cors<BoxService<R, http::Response<Body>, BoxError>>;
    let of_http = takes!(Around<http::Request<Body>>, http::Request<Body>);
    let of_poem = takes!(Around<Request>, Request);
    assert_eq!((of_http, of_poem), (true, false));
}
