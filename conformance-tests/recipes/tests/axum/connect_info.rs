//! `into_make_service_with_connect_info`: how loco, and every server that logs or limits by address, starts. leptos starts
//! in the same way, with `into_make_service` or with this one.
//!
//! CORS as the last `Router::layer` leaves the type `Router`, so the start-up stays as it is:
//!
//! - leptos: after `leptos_routes` and `fallback(file_and_error_handler(..))`, before `axum::serve`.
//! - loco: `async fn after_routes(router, _) -> Result<Router> { Ok(router.layer(cors)) }` in `Hooks`. Its own `cors` in the
//!   configuration stays off.
//!
//! Around the finished router, which is faster, the type is `Cors<Router>`. The method is then that of `axum::ServiceExt`.
//!
//! The traps: `axum::serve(listener, app)` compiles, too, but then every handler with `ConnectInfo` responds `500`. The page can
//! read that `500`, so it is not a CORS error. In leptos, a `fallback` after `layer(cors)` is not covered: its files and errors
//! have no CORS headers.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request};
use axum::http::StatusCode;
use axum::{Router, ServiceExt, routing::get};
use cors_axum::{Config, ConfigError, CorsLayer};
use cors_testing::Browser;
use tokio::net::TcpListener;
use tower::Layer as _;

const PAGE: &str = "https://app.example.com";

fn cors() -> Result<CorsLayer, ConfigError> {
    let policy = Config::new().allow_origins(["https://app.example.com"]);
    Ok(CorsLayer::new(policy.allow_methods(["PUT"]).build()?))
}

fn routes() -> Router {
    let address = async |ConnectInfo(address): ConnectInfo<SocketAddr>| address.ip().to_string();
    Router::new()
        .route("/address", get(address).put(address))
        .fallback(async || (StatusCode::NOT_FOUND, "the error page"))
}

async fn serve_as_leptos_and_loco_do(
    listener: TcpListener,
) -> Result<(), Box<dyn std::error::Error>> {
    let app = routes().layer(cors()?);
    axum::serve(
        listener,
        app.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .await?;
    Ok(())
}

async fn serve_around_the_router(listener: TcpListener) -> Result<(), Box<dyn std::error::Error>> {
    let app = cors()?.layer(routes());
    let service = ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(app);
    axum::serve(listener, service).await?;
    Ok(())
}

/// A free port of this computer, and a browser that reaches it.
async fn listen() -> (TcpListener, Browser) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, Browser::url(&url))
}

async fn check(browser: &Browser) {
    let page = browser.page(PAGE);
    page.get("/address").await.may_read_status(200);
    page.put("/address").await.may_read_status(200);
    page.get("/none").await.may_read_status(404);
    page.delete("/address").await.is_not_sent();
    browser
        .page("https://evil.example")
        .get("/address")
        .await
        .may_not_read();
}

#[tokio::test]
async fn with_the_address_of_the_client() {
    let (listener, browser) = listen().await;
    tokio::select! {
        served = serve_as_leptos_and_loco_do(listener) => panic!("{served:?}"),
        () = check(&browser) => {}
    }
    let (listener, browser) = listen().await;
    tokio::select! {
        served = serve_around_the_router(listener) => panic!("{served:?}"),
        () = check(&browser) => {}
    }
}

#[tokio::test]
async fn trap_without_connect_info_the_page_reads_500() {
    let browser = Browser::tower(routes().layer(cors().unwrap()));
    browser
        .page(PAGE)
        .get("/address")
        .await
        .may_read_status(500);
}

#[tokio::test]
async fn trap_a_fallback_after_cors_is_not_covered() {
    let app = Router::new()
        .route("/", get(async || "hello"))
        .layer(cors().unwrap());
    let browser = Browser::tower(app.fallback(async || "the error page"));
    browser.page(PAGE).get("/").await.may_read_status(200);
    browser.page(PAGE).get("/none").await.may_not_read();
}
