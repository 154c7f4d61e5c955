//! utoipa: the OpenAPI document of an axum application, read by Swagger UI or a client generator on another origin.
//!
//! `OpenApiRouter` collects the routes. CORS is added to the `Router` that `split_for_parts` returns, after the route of
//! the document.
//!
//! The trap: `OpenApiRouter::layer` before `split_for_parts`. The route of the document comes later, so it is not
//! covered, and Swagger UI reports `Failed to fetch`, although requests to the operations would work.

use axum::{Json, Router, routing::get};
use cors_axum::{Config, ConfigError, CorsLayer};
use cors_testing::Browser;
use tower::ServiceExt as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Where Swagger UI is.
const PAGE: &str = "https://docs.example.com";

fn cors() -> Result<CorsLayer, ConfigError> {
    let policy = Config::new()
        .allow_origins(["https://docs.example.com"])
        .allow_methods(["GET", "PUT"])
        .allow_headers(["Authorization"]) // the button "Authorize"
        .build()?;
    Ok(CorsLayer::new(policy))
}

#[utoipa::path(get, path = "/items", responses((status = 200, body = [String])))]
async fn list() -> Json<Vec<String>> {
    Json(vec!["one".to_owned()])
}

#[utoipa::path(put, path = "/items", request_body = [String], responses((status = 200)))]
async fn replace(Json(_): Json<Vec<String>>) {}

fn api() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, replace))
}

fn app() -> Result<Router, ConfigError> {
    let (router, document) = api().split_for_parts();
    Ok(with_document(router, document).layer(cors()?))
}

fn with_document(router: Router, document: OpenApi) -> Router {
    router.route("/openapi.json", get(async || Json(document)))
}

#[tokio::test]
async fn swagger_ui_reads_the_document_and_tries_the_operations() {
    let browser = Browser::tower(app().unwrap());
    let page = browser.page(PAGE);
    page.get("/openapi.json").await.may_read_status(200);
    page.get("/items")
        .header("authorization", "Bearer x")
        .await
        .may_read_status(200);
    page.put("/items")
        .json(r#"["two"]"#)
        .await
        .may_read_status(200);
    page.put("/items").json("[").await.may_read_status(400); // a rejection of the extractor
    page.get("/none").await.may_read_status(404);
    page.delete("/items").await.is_not_sent();
    browser
        .page("https://evil.example")
        .get("/openapi.json")
        .await
        .may_not_read();
}

/// The preflights are not operations, so they are not in the document.
#[tokio::test]
async fn the_document_lists_the_routes_without_preflights() {
    let request = axum::http::Request::get("/openapi.json").body(axum::body::Body::empty());
    let response = app().unwrap().oneshot(request.unwrap()).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 100_000)
        .await
        .unwrap();
    let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.keys().collect::<Vec<_>>(), ["/items"]);
    let operations = paths["/items"].as_object().unwrap();
    assert_eq!(operations.keys().collect::<Vec<_>>(), ["get", "put"]);
}

#[tokio::test]
async fn trap_cors_on_the_open_api_router_does_not_cover_the_document() {
    let (router, document) = api().layer(cors().unwrap()).split_for_parts();
    let browser = Browser::tower(with_document(router, document));
    browser.page(PAGE).get("/items").await.may_read_status(200);
    browser.page(PAGE).get("/openapi.json").await.may_not_read();
}
