//! tonic-web: a gRPC service that pages call.
//!
//! `CorsLayer` comes before `GrpcWebLayer`, and is made by `with_empty_body`, because the body of tonic cannot be made from a
//! text. `accept_http1(true)` is for browsers without TLS.
//!
//! A call is a `POST` of `application/grpc-web+proto` with the headers `x-grpc-web`, `x-user-agent` and `grpc-timeout`, so it
//! has a preflight. A call that fails at once has `grpc-status` and `grpc-message` as headers of the response.
//!
//! The traps: with `GrpcWebLayer` before `CorsLayer`, preflights over HTTP/1 get `400`. Without `expose_headers`, the
//! client reports an
//! unknown error instead of the status. Metadata of your own needs entries in `allow_headers` and `expose_headers`, too.

use std::convert::Infallible;
use std::future::ready;
use std::task::{Context, Poll};

use cors_axum::{Config, ConfigError, CorsLayer, EmptyBody};
use cors_testing::{Browser, Fetch, Page};
use futures_util::future::BoxFuture;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use recipes::header;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::{Router, TcpIncoming};
use tonic_web::GrpcWebLayer;
use tower::layer::util::{Identity, Stack};
use tower::{Service, ServiceBuilder};

const PAGE: &str = "https://app.example.com";

fn cors() -> Result<CorsLayer<EmptyBody>, ConfigError> {
    let policy =
        config().expose_headers(["Grpc-Status", "Grpc-Message", "Grpc-Status-Details-Bin"]);
    Ok(CorsLayer::with_empty_body(policy.build()?))
}

fn config() -> Config {
    Config::new()
        .allow_origins(["https://app.example.com"])
        .allow_methods(["POST"])
        .allow_headers(["X-Grpc-Web", "X-User-Agent", "Grpc-Timeout"])
}

type Layers = Stack<GrpcWebLayer, Stack<CorsLayer<EmptyBody>, Identity>>;

/// `.serve(address).await` starts it.
fn server() -> Result<Router<Layers>, ConfigError> {
    Ok(Server::builder()
        .accept_http1(true)
        .layer(cors()?)
        .layer(GrpcWebLayer::new())
        .add_service(Greeter))
}

/// In place of the service that `tonic-build` generates: `Greet` returns the message that it gets, and `Fail` fails.
#[derive(Clone)]
struct Greeter;

impl NamedService for Greeter {
    const NAME: &'static str = "hello.Greeter";
}

impl Service<Request<Body>> for Greeter {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(async move {
            if request.uri().path().ends_with("/Fail") {
                return Ok(tonic::Status::permission_denied("not for you").into_http());
            }
            let message = request.into_body().collect().await.unwrap().to_bytes();
            let mut status = HeaderMap::new();
            status.insert("grpc-status", "0".parse().unwrap());
            let body = Full::new(message).with_trailers(ready(Some(Ok(status))));
            let mut response = Response::new(Body::new(body));
            let kind = "application/grpc".parse().unwrap();
            response.headers_mut().insert("content-type", kind);
            Ok(response)
        })
    }
}

/// What grpc-web's client in JavaScript sends.
fn call<'b>(page: &Page<'b>, method: &str) -> Fetch<'b> {
    page.post(&format!("/hello.Greeter/{method}"))
        .header("content-type", "application/grpc-web+proto")
        .header("x-grpc-web", "1")
        .header("x-user-agent", "grpc-web-javascript/0.1")
        .header("grpc-timeout", "5S")
        .body("\0\0\0\0\x05hello") // uncompressed, 5 bytes
}

async fn check(browser: &Browser) {
    let page = browser.page(PAGE);
    let greeted = call(&page, "Greet").await;
    assert_eq!(greeted.exchanges().len(), 2, "a preflight and the call");
    greeted.may_read_status(200).may_read_header("content-type");
    assert_eq!(
        header(&greeted, "content-type"),
        "application/grpc-web+proto"
    );

    let failed = call(&page, "Fail").await;
    failed
        .may_read_header("grpc-status")
        .may_read_header("grpc-message");
    assert_eq!(header(&failed, "grpc-status"), "7");
    let missing = page
        .post("/hello.Other/Greet")
        .header("content-type", "application/grpc-web+proto");
    missing.await.may_read_header("grpc-status");

    call(&page, "Greet")
        .header("x-tenant", "1")
        .await
        .is_not_sent();
    call(&browser.page("https://evil.example"), "Greet")
        .await
        .is_not_sent();
}

#[tokio::test]
async fn a_page_calls_the_service() {
    let listener = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let browser = Browser::url(&format!("http://{}", listener.local_addr().unwrap()));
    tokio::select! {
        served = server().unwrap().serve_with_incoming(listener) => panic!("{served:?}"),
        () = check(&browser) => {}
    }
}

#[tokio::test]
async fn trap_cors_inside_of_grpc_web_sees_no_preflight() {
    let stack = ServiceBuilder::new()
        .layer(GrpcWebLayer::new())
        .layer(cors().unwrap());
    let browser = Browser::tower(stack.service(Routes::new(Greeter)));
    let call = call(&browser.page(PAGE), "Greet").await;
    call.is_not_sent();
    assert_eq!(call.exchanges()[0].1.as_ref().unwrap().status, 400);
}

#[tokio::test]
async fn trap_the_status_is_not_exposed() {
    let cors = CorsLayer::with_empty_body(config().build().unwrap());
    let stack = ServiceBuilder::new().layer(cors).layer(GrpcWebLayer::new());
    let browser = Browser::tower(stack.service(Routes::new(Greeter)));
    let failed = call(&browser.page(PAGE), "Fail").await;
    failed
        .may_not_read_header("grpc-status")
        .may_not_read_header("grpc-message");
}
