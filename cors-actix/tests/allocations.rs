//! On a warm thread, the middleware allocates nothing beyond the framework.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, HttpMessage as _, HttpResponse, http::header, web};
use cors_actix::{Config, Cors};
use futures_util::FutureExt as _;
use std::future::ready;
use support::{EVIL, ORIGIN, cors, get, preflight, request};

/// The allocations of a request after a few equal requests.
fn allocations<B: MessageBody>(
    app: &impl support::App<B>,
    request: &dyn Fn() -> TestRequest,
) -> u64 {
    let serve = |request: Request| drop(app.call(request).now_or_never().unwrap().unwrap());
    let made = || {
        let request = request().to_request();
        // Here the first clone of a value allocates. In a server it does not, because the value is a slice
        // of the read buffer.
        let _ = request.headers().get(header::ORIGIN).cloned();
        request
    };
    for _ in 0..4 {
        serve(made());
    }
    let request = made();
    let count = allocation_counter::measure(|| serve(request)).count_total;
    assert!(count > 0, "nothing was counted");
    count
}

/// Before and after a replacement.
fn both() -> [Cors; 2] {
    let replaced = Cors::new(Config::new().build().unwrap());
    replaced.replace(support::config().build().unwrap());
    [cors(), replaced]
}

#[actix_web::test]
async fn a_response_costs_the_same_as_without_the_middleware() {
    let app = || App::new().route("/", web::get().to(async || "ok"));
    let bare = init_service(app()).await;
    for cors in both() {
        let wrapped = init_service(app().wrap(cors)).await;
        for origin in [Some(ORIGIN), Some(EVIL), None] {
            let headers = origin.map(|origin| ("origin", origin));
            let request = || request("GET", "/", headers.as_slice());
            let (bare, wrapped) = (
                allocations(&bare, &request),
                allocations(&wrapped, &request),
            );
            assert_eq!(wrapped, bare, "{origin:?}");
        }
    }
}

#[actix_web::test]
async fn a_preflight_costs_the_same_as_an_empty_response() {
    let shortest = App::new()
        .wrap_fn(|request, _| ready(Ok(request.into_response(HttpResponse::Ok().finish()))));
    let shortest = allocations(&init_service(shortest).await, &|| get("/"));
    for cors in both() {
        let app = init_service(App::new().wrap(cors)).await;
        for method in ["PUT", "DELETE"] {
            let count = allocations(&app, &|| preflight("/", method));
            assert_eq!(count, shortest, "{method}");
        }
    }
}
