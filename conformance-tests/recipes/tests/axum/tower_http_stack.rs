//! tower-http: tracing, compression, caught panics, a timeout, a limit for bodies and authentication in one
//! `ServiceBuilder` with CORS.
//!
//! The first layer of a `ServiceBuilder` is the outermost. CORS comes after tracing, so that preflights are traced, and before
//! everything else: then no other layer can reject a preflight, and the responses that the layers make themselves (`401`,
//! `408`, `413`, `500`) have CORS headers.
//!
//! The traps: with tracing after CORS, preflights are not traced. With authentication before CORS, preflights get `401`, because
//! they never carry credentials. With a timeout or caught panics before CORS, the page sees a network error instead of the
//! status. Without `MapResponseBodyLayer`, which gives the responses of all these layers one body type, `CorsLayer::new` does
//! not compile; `CorsLayer::with_empty_body` does.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use axum::{Router, routing::get};
use cors_axum::{Config, ConfigError, Cors, CorsLayer, EmptyBody, Policy};
use cors_testing::Browser;
use recipes::{entries, header};
use tower::util::BoxService;
use tower::{ServiceBuilder, ServiceExt as _};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{Compression, CompressionBody, CompressionLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::map_response_body::{MapResponseBody, MapResponseBodyLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tower_http::validate_request::ValidateRequestHeaderLayer;
use tracing::Span;

use crate::takes::takes;

const PAGE: &str = "https://app.example.com";

fn policy() -> Result<Policy, ConfigError> {
    Config::new()
        .allow_origins(["https://app.example.com"])
        .allow_methods(["GET", "PUT"])
        .allow_headers(["Authorization"])
        .build()
}

fn app(timeout: Duration) -> Result<Router, ConfigError> {
    let stack = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(CorsLayer::new(policy()?))
        .layer(MapResponseBodyLayer::new(Body::new))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            timeout,
        ))
        .layer(RequestBodyLimitLayer::new(1024))
        .layer(ValidateRequestHeaderLayer::custom(authenticate));
    Ok(routes().layer(stack)) // last: it covers everything above
}

fn routes() -> Router {
    let items = get(async || "a list of items, ".repeat(10));
    Router::new()
        .route("/items", items.put(async |body: String| body))
        .route("/slow", get(std::future::pending::<()>))
        .route("/panic", get(async || -> () { panic!("on purpose") }))
}

/// Checks the token.
fn authenticate<B>(request: &mut Request<B>) -> Result<(), Response<Body>> {
    let token = request.headers().get(header::AUTHORIZATION);
    if token.is_some_and(|token| token == "Bearer secret") {
        return Ok(());
    }
    let mut refused = Response::new(Body::from("log in first"));
    *refused.status_mut() = StatusCode::UNAUTHORIZED;
    Err(refused)
}

const AMPLE: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn the_page_reads_what_the_application_responds() {
    let browser = Browser::tower(app(AMPLE).unwrap());
    let page = browser.page(PAGE);
    let token = ("authorization", "Bearer secret");
    let put = page
        .put("/items")
        .header(token.0, token.1)
        .body("new")
        .await;
    assert_eq!(put.exchanges().len(), 2, "a preflight and the request");
    put.may_read_status(200);

    let other = browser.page("https://evil.example");
    other
        .put("/items")
        .header(token.0, token.1)
        .await
        .is_not_sent();
    other.get("/items").await.may_not_read();
}

#[tokio::test]
async fn the_page_reads_the_errors_of_every_layer() {
    let browser = Browser::tower(app(AMPLE).unwrap());
    let page = browser.page(PAGE);
    page.get("/items").await.may_read_status(401);
    let token = "Bearer secret";
    let authorized = |path| page.get(path).header("authorization", token);
    authorized("/none").await.may_read_status(404);
    authorized("/panic").await.may_read_status(500);
    let large = page.put("/items").header("authorization", token);
    large.body("x".repeat(1025)).await.may_read_status(413);
    let delete = Request::delete("/items").header("origin", PAGE);
    let delete = delete.header("authorization", token).body(Body::empty());
    let not_allowed = app(AMPLE).unwrap().oneshot(delete.unwrap()).await.unwrap();
    assert_eq!(not_allowed.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(
        not_allowed.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN],
        PAGE
    );

    let browser = Browser::tower(app(Duration::from_millis(1)).unwrap());
    let slow = browser
        .page(PAGE)
        .get("/slow")
        .header("authorization", token);
    slow.await.may_read_status(408);
}

/// A cache must keep a response for each origin and for each encoding.
#[tokio::test]
async fn vary_lists_the_origin_and_the_encoding() {
    let request = Request::get("/items").header("origin", PAGE);
    let request = request.header("authorization", "Bearer secret");
    let request = request
        .header("accept-encoding", "gzip")
        .body(Body::empty());
    let response = app(AMPLE).unwrap().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(response.headers()["access-control-allow-origin"], PAGE);
    assert_eq!(vary(response.headers()), ["accept-encoding", "origin"]);
}

fn vary(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::VARY).iter();
    let lines: Vec<_> = lines.map(|line| line.to_str().unwrap()).collect();
    entries(&lines.join(","))
}

#[tokio::test]
async fn trap_authentication_before_cors_rejects_preflights() {
    let stack = ServiceBuilder::new()
        .layer(ValidateRequestHeaderLayer::custom(authenticate))
        .layer(CorsLayer::new(policy().unwrap()));
    let browser = Browser::tower(routes().layer(stack));
    let page = browser.page(PAGE);
    let put = page.put("/items").header("authorization", "Bearer secret");
    let put = put.await;
    put.is_not_sent();
    let preflight = put.exchanges()[0].1.as_ref().unwrap();
    assert_eq!(preflight.status, 401);
    page.get("/items").await.may_not_read(); // the page does not even learn that it must log in
}

#[tokio::test]
async fn trap_errors_before_cors_are_network_errors() {
    let cors = || CorsLayer::new(policy().unwrap());
    let browser = Browser::tower(
        routes().layer(
            ServiceBuilder::new()
                .layer(CatchPanicLayer::new())
                .layer(cors()),
        ),
    );
    let panicked = browser.page(PAGE).get("/panic").await;
    panicked.may_not_read();
    assert_eq!(header(&panicked, "access-control-allow-origin"), "");

    let timeout =
        TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_millis(1));
    let browser =
        Browser::tower(routes().layer(ServiceBuilder::new().layer(timeout).layer(cors())));
    browser.page(PAGE).get("/slow").await.may_not_read();
}

#[tokio::test]
async fn trap_tracing_after_cors_misses_preflights() {
    let traced = Arc::new(AtomicU32::new(0));
    let count = traced.clone();
    let trace = TraceLayer::new_for_http().on_request(move |_: &Request<Body>, _: &Span| {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let cors = CorsLayer::new(policy().unwrap());
    let first = routes().layer(
        ServiceBuilder::new()
            .layer(trace.clone())
            .layer(cors.clone()),
    );
    let body_type = MapResponseBodyLayer::new(Body::new);
    let after = ServiceBuilder::new()
        .layer(cors)
        .layer(body_type)
        .layer(trace);
    for (app, expected) in [(first, 2), (routes().layer(after), 1)] {
        traced.store(0, Ordering::SeqCst);
        let browser = Browser::tower(app);
        browser.page(PAGE).put("/items").await.may_read_status(200);
        assert_eq!(traced.load(Ordering::SeqCst), expected);
    }
}

/// `CorsLayer` makes the bodies of its own responses. It cannot make a compressed body from a text.
#[test]
fn trap_body_types() {
    type App = BoxService<Request<Body>, Response<Body>, Infallible>;
    type ToBody = fn(CompressionBody<Body>) -> Body;
    let alone = takes!(Cors<Compression<App>>, Request<Body>);
    let with_empty_body = takes!(Cors<Compression<App>, EmptyBody>, Request<Body>);
    let mapped = takes!(
        Cors<MapResponseBody<Compression<App>, ToBody>>,
        Request<Body>
    );
    assert_eq!((alone, with_empty_body, mapped), (false, true, true));
}
