//! The headers after errors of middleware, caught panics and timeouts.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

mod support;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service as _, ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::rt::time::{sleep, timeout};
use actix_web::test::init_service;
use actix_web::{App, Error, HttpResponse, ResponseError, Result, error, web};
use futures_util::FutureExt as _;
use std::fmt::{self, Display};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;
use support::{EVIL, cors, cors_names, get, is_shared, lines, origins_in_vary, request, send};

/// The error of a middleware. Its response already has CORS headers and `Vary`.
#[derive(Debug)]
struct Teapot;

impl Display for Teapot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no coffee")
    }
}

impl ResponseError for Teapot {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::ImATeapot()
            .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://own.example"))
            .insert_header((header::VARY, "Accept"))
            .finish()
    }
}

#[actix_web::test]
async fn the_error_of_a_middleware_is_kept_and_has_the_headers() {
    let fails = from_fn(async |_: ServiceRequest, _: Next<BoxBody>| {
        Err::<ServiceResponse, Error>(Teapot.into())
    });
    // In a nested scope, the routing of actix-web panics if something else still holds the request.
    let scope = web::scope("/api").wrap(fails).wrap(cors());
    let app = init_service(App::new().service(scope).wrap(cors())).await;

    let Err(error) = app.call(get("/api").to_request()).await else {
        panic!("the error is lost")
    };
    assert!(error.as_error::<Teapot>().is_some());
    for _ in 0..2 {
        let response = error.error_response();
        assert!(is_shared(response.headers()));
        assert_eq!(
            lines(response.headers(), header::VARY),
            ["Accept", "Origin"]
        );
    }
    // The README warns about this.
    assert!(!is_shared(HttpResponse::from_error(error).headers()));

    let response = send(&app, request("GET", "/api", &[("origin", EVIL)])).await;
    assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
    assert_eq!(cors_names(response.headers()), [""; 0]);
    assert_eq!(origins_in_vary(response.headers()), 1);
}

/// Converts panics and timeouts to errors.
async fn limit<B>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>>
where
    B: MessageBody + 'static,
{
    let response = AssertUnwindSafe(next.call(request)).catch_unwind();
    match timeout(Duration::from_millis(1), response).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Err(error::ErrorInternalServerError("panicked")),
        Err(_) => Err(error::ErrorGatewayTimeout("too slow")),
    }
}

#[actix_web::test]
async fn the_page_can_read_a_panic_or_timeout_that_is_caught_inside() {
    let panics = async || -> &'static str { resume_unwind(Box::new("on purpose")) };
    let sleeps = async || {
        sleep(Duration::from_secs(3600)).await;
        "late"
    };
    let routes = |app: &mut web::ServiceConfig| {
        app.route("/panic", web::get().to(panics))
            .route("/slow", web::get().to(sleeps));
    };
    let app = || App::new().configure(routes);
    let inside = app().wrap(from_fn(limit)).wrap(cors());
    let outside = app().wrap(cors()).wrap(from_fn(limit));
    let (inside, outside) = (init_service(inside).await, init_service(outside).await);
    for (path, status) in [("/panic", 500), ("/slow", 504)] {
        let response = send(&inside, get(path)).await;
        assert_eq!(response.status(), status);
        assert!(is_shared(response.headers()));

        let response = send(&outside, get(path)).await;
        assert_eq!(response.status(), status);
        assert!(!is_shared(response.headers()));
    }
}
