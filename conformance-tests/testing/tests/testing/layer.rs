//! The CORS middleware of another crate, in a real application.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, put};
use cors_testing::Browser;
use http::{HeaderName, Method, StatusCode, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::PAGE;

fn layer() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list([PAGE.parse().unwrap()]))
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers([header::CONTENT_TYPE])
        .expose_headers([HeaderName::from_static("x-total")])
        .allow_credentials(true)
}

fn router() -> Router {
    Router::new()
        .route(
            "/items",
            get(async || [("x-total", "3"), ("x-secret", "4")]),
        )
        .route("/items/{id}", put(async || "changed"))
}

#[tokio::test]
async fn the_layer_around_the_application() {
    let browser = Browser::tower(router().layer(layer()));
    let page = browser.page(PAGE);
    let items = page.get("/items").credentials().await;
    items
        .may_read_status(200)
        .may_read_header("x-total")
        .may_not_read_header("x-secret");
    page.put("/items/1")
        .json("{}")
        .credentials()
        .await
        .may_read_status(200);
    page.put("/items/1")
        .header("x-trace", "1")
        .await
        .is_not_sent();
    page.delete("/items/1").await.is_not_sent();
    // Errors can be read, too.
    page.get("/item").await.may_read_status(404);

    let other = browser.page("https://evil.example");
    other.get("/items").await.may_not_read();
    other.put("/items/1").await.is_not_sent();
}

#[tokio::test]
async fn a_route_after_the_layer() {
    let late = Router::new().route("/late", put(async || "not covered"));
    let browser = Browser::tower(router().layer(layer()).merge(late));
    let page = browser.page(PAGE);
    let verdict = page.put("/late").await;
    verdict.is_not_sent();
    let text = verdict.to_string();
    let change = "change: put a CORS middleware around the routes that responds to preflights: ";
    assert!(text.contains(change), "{text}");
}

#[tokio::test]
async fn authentication_around_the_layer() {
    async fn authenticated(request: Request, next: Next) -> Result<Response, StatusCode> {
        match request.headers().contains_key(header::COOKIE) {
            true => Ok(next.run(request).await),
            false => Err(StatusCode::UNAUTHORIZED),
        }
    }
    let authentication = from_fn(authenticated);

    let wrong = router().layer(layer()).layer(authentication.clone());
    let browser = Browser::tower(wrong);
    let page = browser.page(PAGE);
    page.get("/items")
        .cookie("session=1")
        .await
        .may_read_status(200);
    let verdict = page.put("/items/1").cookie("session=1").await;
    verdict.is_not_sent();
    let change = "change: put the CORS middleware around the authentication: ";
    assert!(verdict.to_string().contains(change), "{verdict}");

    let browser = Browser::tower(router().layer(authentication).layer(layer()));
    let page = browser.page(PAGE);
    page.put("/items/1")
        .cookie("session=1")
        .await
        .may_read_status(200);
    page.put("/items/1")
        .credentials()
        .await
        .may_read_status(401);
}
