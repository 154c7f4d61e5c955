//! salvo: `CorsLayer` as a handler, by `TowerLayerCompat`.
//!
//! It belongs to the `Service`, not to the `Router`: a router matches `OPTIONS` only where there is an `options` handler, and its
//! handlers do not run for a `404` or a `405`.
//!
//! In an application, `salvo` with the feature `tower-compat` has all of these names. The recipe uses the two crates behind it.
//!
//! The traps: on the `Router`, preflights get `405`. `compat` spawns a task, so it panics outside of a tokio runtime.

use cors_axum::{Config, ConfigError, CorsLayer};
use cors_testing::{BoxError, Browser, Server};
use salvo_core::conn::SocketAddr;
use salvo_core::http::uri::Scheme;
use salvo_core::http::{ReqBody, StatusCode, StatusError};
use salvo_core::hyper::service::Service as _;
use salvo_core::{Response, Router, Service, handler};
use salvo_extra::tower_compat::TowerLayerCompat as _;

use crate::items::{PAGE, check_items};

fn cors() -> Result<CorsLayer, ConfigError> {
    let policy = Config::new()
        .allow_origins(["https://app.example.com"])
        .allow_methods(["GET", "PUT"])
        .expose_headers(["X-Total"])
        .build()?;
    Ok(CorsLayer::new(policy))
}

fn app() -> Result<Service, ConfigError> {
    Ok(Service::new(routes()).hoop(cors()?.compat::<ReqBody>()))
}

fn routes() -> Router {
    Router::new()
        .push(Router::with_path("items").get(list).put(change))
        .push(Router::with_path("fail").get(fail))
}

#[handler]
async fn list(response: &mut Response) {
    response.add_header("X-Total", "1", true).unwrap();
    response
        .add_header("Vary", "Accept-Language", true)
        .unwrap();
    response.render("items");
}

#[handler]
async fn change() -> &'static str {
    "changed"
}

#[handler]
async fn fail() -> Result<(), StatusError> {
    Err(StatusError::service_unavailable())
}

/// The application under test.
struct Salvo(Service);

impl Server for Salvo {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<()>, BoxError> {
        let address = SocketAddr::Unknown;
        let app = self
            .0
            .hyper_handler(address.clone(), address, Scheme::HTTP, None, None);
        let response = app.call(request.map(ReqBody::from)).await?;
        Ok(response.map(drop))
    }
}

#[tokio::test]
async fn the_page_reads_responses_and_errors() {
    check_items(&Browser::new(Salvo(app().unwrap()))).await;
}

#[tokio::test]
async fn trap_on_the_router_preflights_get_405() {
    let router = routes().hoop(cors().unwrap().compat::<ReqBody>());
    let browser = Browser::new(Salvo(Service::new(router)));
    let page = browser.page(PAGE);
    page.get("/items").await.may_read_status(200);
    let put = page.put("/items").await;
    put.is_not_sent();
    let preflight = put.exchanges()[0].1.as_ref().unwrap();
    assert_eq!(preflight.status, StatusCode::METHOD_NOT_ALLOWED);
    page.get("/none").await.may_not_read();
}

#[test]
#[should_panic(expected = "no reactor running")]
fn trap_outside_of_a_runtime() {
    let _ = app();
}
