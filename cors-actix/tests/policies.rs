//! Several policies in one application, by path prefix.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use actix_web::http::header;
use actix_web::test::init_service;
use actix_web::{App, HttpResponse, web};
use cors_actix::{Config, Cors, Policies};
use support::{EVIL, ORIGIN, config, get, lines, preflight, request, send};

fn cors() -> Cors {
    let site = Config::new().allow_origins(["*"]).build().unwrap();
    let admin = config().build().unwrap();
    let policies = Policies::new(site).at("/admin", admin).unwrap();
    Cors::new(policies.without_cors("/internal").unwrap())
}

async fn internal() -> HttpResponse {
    let own = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://own.example");
    HttpResponse::Ok().insert_header(own).finish()
}

#[actix_web::test]
async fn the_policy_of_the_path_applies() {
    let app = init_service(App::new().wrap(cors())).await;
    let origin = |response: &HttpResponse| {
        let lines = lines(response.headers(), header::ACCESS_CONTROL_ALLOW_ORIGIN);
        lines.join(", ")
    };
    assert_eq!(origin(&send(&app, get("/")).await), "*");
    for path in ["/admin", "/admin/", "/admin/%61", "/admin/none?x"] {
        assert_eq!(origin(&send(&app, get(path)).await), ORIGIN, "{path}");
        let granted = send(&app, preflight(path, "PUT")).await;
        assert_eq!(
            (granted.status().as_u16(), origin(&granted)),
            (200, ORIGIN.to_owned()),
            "{path}"
        );
    }
    let evil = [("origin", EVIL), ("access-control-request-method", "GET")];
    assert_eq!(
        send(&app, request("OPTIONS", "/", &evil)).await.status(),
        200
    );
    assert_eq!(
        send(&app, request("OPTIONS", "/admin", &evil))
            .await
            .status(),
        400
    );
}

#[actix_web::test]
async fn without_cors_everything_passes_unchanged() {
    let routes = web::resource("/internal").route(web::get().to(internal));
    let app = init_service(App::new().service(routes).wrap(cors())).await;
    let response = send(&app, get("/internal")).await;
    let own = lines(response.headers(), header::ACCESS_CONTROL_ALLOW_ORIGIN);
    assert_eq!(own, ["https://own.example"]);
    assert!(!response.headers().contains_key(header::VARY));
    let response = send(&app, preflight("/internal", "GET")).await;
    assert_eq!(response.status(), 405);
    assert!(
        !response
            .headers()
            .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN)
    );
}

/// Around a scope, even a nested one, the middleware sees the whole path.
#[actix_web::test]
async fn prefixes_are_compared_with_the_whole_path() {
    for (prefix, has_the_policy) in [("/api/v1/admin", true), ("/admin", false)] {
        let site = Config::new().allow_origins(["*"]).build().unwrap();
        let admin = config().build().unwrap();
        let cors = Cors::new(Policies::new(site).at(prefix, admin).unwrap());
        let admin = web::resource("/admin").route(web::get().to(HttpResponse::Ok));
        let v1 = web::scope("/v1").service(admin).wrap(cors);
        let app = App::new().service(web::scope("/api").service(v1));
        let app = init_service(app).await;

        let path = "/api/v1/admin";
        let expected = if has_the_policy { ORIGIN } else { "*" };
        let response = send(&app, get(path)).await;
        let origins = lines(response.headers(), header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!((response.status().as_u16(), origins), (200, vec![expected]));
        let response = send(&app, preflight(path, "PUT")).await;
        // The default policy does not allow PUT.
        assert_eq!(response.status(), if has_the_policy { 200 } else { 400 });
    }
}
