//! `Condition`: CORS that a setting turns on, for example behind a gateway that may do it already.
//!
//! `Condition::new(enabled, cors)` takes the place of `cors` in `wrap`.
//!
//! The traps: if the gateway adds CORS headers, too, there are two `Access-Control-Allow-Origin`, which browsers reject. Off does
//! not mean that everything is allowed, but that no other origin is: preflights reach the routes, and get `404` or `405`. To
//! allow every origin in development, use another policy instead.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue};
use actix_web::middleware::{Condition, Next, from_fn};
use actix_web::{App, Error, test, web};
use cors_actix::{Config, ConfigError, Cors};
use cors_testing::Browser;
use recipes::header;

const PAGE: &str = "https://app.example.com";

fn cors() -> Result<Cors, ConfigError> {
    let policy = Config::new()
        .allow_origins(["https://app.example.com"])
        .allow_methods(["GET", "PUT"]);
    Ok(Cors::new(policy.build()?))
}

fn items() -> actix_web::Resource {
    web::resource("/items")
        .get(async || "items")
        .put(async || "changed")
}

async fn browser(enabled: bool) -> Browser {
    let app = App::new()
        .service(items())
        .wrap(Condition::new(enabled, cors().unwrap()));
    Browser::actix(test::init_service(app).await)
}

#[actix_web::test]
async fn on() {
    let browser = browser(true).await;
    let page = browser.page(PAGE);
    page.get("/items").await.may_read_status(200);
    page.put("/items").await.may_read_status(200);
    page.get("/none").await.may_read_status(404);
    page.delete("/items").await.is_not_sent();
    browser
        .page("https://evil.example")
        .get("/items")
        .await
        .may_not_read();
}

#[actix_web::test]
async fn trap_off_allows_no_origin() {
    let browser = browser(false).await;
    let page = browser.page(PAGE);
    let get = page.get("/items").await;
    get.may_not_read();
    assert_eq!(header(&get, "access-control-allow-origin"), "");
    assert_eq!(header(&get, "vary"), "");
    let put = page.put("/items").await;
    put.is_not_sent();
    assert_eq!(put.exchanges()[0].1.as_ref().unwrap().status, 405);
}

/// Adds a CORS header to every response.
async fn gateway<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let page = HeaderValue::from_static(PAGE);
    response
        .headers_mut()
        .append(ACCESS_CONTROL_ALLOW_ORIGIN, page);
    Ok(response)
}

#[actix_web::test]
async fn trap_two_who_add_headers() {
    for (enabled, is_readable) in [(true, false), (false, true)] {
        let cors = Condition::new(enabled, cors().unwrap());
        let app = App::new()
            .service(items())
            .wrap(cors)
            .wrap(from_fn(gateway));
        let browser = Browser::actix(test::init_service(app).await);
        let get = browser.page(PAGE).get("/items").await;
        assert_eq!(get.result().is_ok(), is_readable, "{get}");
    }
}
