//! `Compress`: an earlier `wrap` than `Cors`.
//!
//! The last `wrap` runs first. With `.wrap(Compress::default()).wrap(cors)`, CORS is outside: it responds to preflights without
//! compressing them, and `Vary` of all other responses lists both `Origin` and `Accept-Encoding`.
//!
//! The trap: `Compress` sends a `406` to a client that accepts none of its encodings. With `Compress` outside, this `406` has no
//! CORS headers, and preflights get it, too. Everything else works in both orders.

use actix_web::http::{StatusCode, header};
use actix_web::middleware::Compress;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use cors_actix::{Config, ConfigError, Cors};
use recipes::entries;

const PAGE: &str = "https://app.example.com";

fn cors() -> Result<Cors, ConfigError> {
    let policy = Config::new()
        .allow_origins(["https://app.example.com"])
        .allow_methods(["GET", "PUT"]);
    Ok(Cors::new(policy.build()?))
}

fn routes(config: &mut web::ServiceConfig) {
    let list = web::get().to(async || "a list of items, ".repeat(100));
    config.route("/items", list);
}

fn request(method: &str, encoding: &str) -> TestRequest {
    TestRequest::with_uri("/items")
        .method(method.parse().unwrap())
        .insert_header((header::ORIGIN, PAGE))
        .insert_header((header::ACCEPT_ENCODING, encoding.to_owned()))
}

fn preflight(encoding: &str) -> TestRequest {
    request("OPTIONS", encoding).insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, "PUT"))
}

fn vary(headers: &header::HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::VARY);
    let lines: Vec<_> = lines.map(|line| line.to_str().unwrap()).collect();
    entries(&lines.join(","))
}

#[actix_web::test]
async fn compressed_responses_have_both_in_vary() {
    let app = App::new()
        .configure(routes)
        .wrap(Compress::default())
        .wrap(cors().unwrap());
    let app = init_service(app).await;
    let response = call_service(&app, request("GET", "gzip").to_request()).await;
    let headers = response.headers();
    assert_eq!(headers.get(header::CONTENT_ENCODING).unwrap(), "gzip");
    assert_eq!(
        headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).unwrap(),
        PAGE
    );
    assert_eq!(vary(headers), ["accept-encoding", "origin"]);

    for encoding in ["gzip", NOTHING] {
        let response = call_service(&app, preflight(encoding).to_request()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
    }
    let refused = call_service(&app, request("GET", NOTHING).to_request()).await;
    assert_eq!(refused.status(), StatusCode::NOT_ACCEPTABLE);
    assert_eq!(
        refused
            .headers()
            .get(header::ACCESS_CONTROL_ALLOW_ORIGIN)
            .unwrap(),
        PAGE
    );
}

/// An `Accept-Encoding` that accepts nothing that `Compress` has.
const NOTHING: &str = "compress, identity;q=0";

#[actix_web::test]
async fn trap_compress_outside_of_cors() {
    let app = App::new()
        .configure(routes)
        .wrap(cors().unwrap())
        .wrap(Compress::default());
    let app = init_service(app).await;
    for request in [request("GET", NOTHING), preflight(NOTHING)] {
        let response = call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), StatusCode::NOT_ACCEPTABLE);
        assert!(
            !response
                .headers()
                .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN)
        );
    }
    let response = call_service(&app, request("GET", "gzip").to_request()).await;
    assert_eq!(vary(response.headers()), ["accept-encoding", "origin"]);
    let response = call_service(&app, preflight("gzip").to_request()).await;
    assert_eq!(response.status(), StatusCode::OK);
}
