//! Every kind of response, and its headers.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

mod support;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, Result, error, web};
use cors_actix::{Config, Cors};
use futures_util::stream;
use std::convert::Infallible;
use support::{
    EVIL, ORIGIN, config, cors, cors_names, get, is_shared, lines, origins_in_vary, preflight,
    request, send, text,
};

fn of(config: Config) -> Cors {
    Cors::new(config.build().unwrap())
}

#[actix_web::test]
async fn a_preflight_never_reaches_the_application() {
    let not_called = async |_: ServiceRequest, _: Next<BoxBody>| -> Result<ServiceResponse> {
        panic!("a preflight reached the application")
    };
    for (config, method, status, body) in [
        (config(), "PUT", 200, "OK"),
        (config(), "DELETE", 400, "Disallowed CORS method"),
        (config().preflight_status(204), "PUT", 204, ""),
        (
            config().preflight_status(204),
            "DELETE",
            400,
            "Disallowed CORS method",
        ),
    ] {
        let app = App::new().wrap(from_fn(not_called)).wrap(of(config));
        let response = send(&init_service(app).await, preflight("/", method)).await;
        assert_eq!(response.status(), status);
        assert!(is_shared(response.headers()));
        let plain: &[&str] = match body {
            "" => &[],
            _ => &["text/plain; charset=utf-8"],
        };
        assert_eq!(lines(response.headers(), header::CONTENT_TYPE), plain);
        assert_eq!(text(response).await, body);
    }
}

#[actix_web::test]
async fn requested_names_are_echoed_with_credentials() {
    let app = App::new().wrap(of(config().allow_headers(["*"])));
    let app = init_service(app).await;
    let names = HeaderName::from_static("access-control-request-headers");
    for (requested, echoed) in [
        (&["x-a,x-b"][..], &["x-a,x-b"][..]),
        (&["x-a, x-b"], &["x-a, x-b"]),
        (&["X-A ,", "authorization"], &["X-A, authorization"]),
        (&[], &[]),
        (&[", ,"], &[]),
    ] {
        let request = requested
            .iter()
            .fold(preflight("/", "PUT"), |request, line| {
                request.append_header((names.clone(), *line))
            });
        let response = send(&app, request).await;
        assert_eq!(response.status(), 200);
        let allowed = lines(response.headers(), header::ACCESS_CONTROL_ALLOW_HEADERS);
        assert_eq!(allowed, echoed);
    }
}

/// An application with many kinds of responses.
fn kinds(app: &mut web::ServiceConfig) {
    async fn handler_error() -> Result<&'static str> {
        Err(error::ErrorUnauthorized("missing token"))
    }
    async fn number(number: web::Path<u32>) -> String {
        number.to_string()
    }
    app.route("/", web::get().to(async || "ok"))
        .route("/", web::head().to(HttpResponse::Ok))
        .route("/same", web::get().to(HttpResponse::NotModified))
        .route("/error", web::get().to(handler_error))
        .route("/number/{n}", web::get().to(number))
        .route(
            "/json",
            web::post().to(async |_: web::Json<u32>| HttpResponse::Ok()),
        )
        .service(web::redirect("/old", "/"))
        .service(web::resource("/put").route(web::put().to(HttpResponse::Created)));
}

#[actix_web::test]
async fn every_kind_of_response_has_the_headers() {
    let app = init_service(App::new().configure(kinds).wrap(cors())).await;
    for (method, path, status) in [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/same", 304),
        ("GET", "/old", 307),
        ("GET", "/error", 401),
        ("GET", "/number/one", 404),
        ("POST", "/json", 400),
        ("PUT", "/put", 201),
        ("GET", "/put", 405),
        ("OPTIONS", "/put", 405),
        ("PURGE", "/put", 405),
        ("GET", "/none", 404),
    ] {
        for (origin, shared) in [(Some(ORIGIN), true), (Some(EVIL), false), (None, false)] {
            let request = request(method, path, &[]);
            let request = origin.into_iter().fold(request, |request, origin| {
                request.append_header((header::ORIGIN, origin))
            });
            let response = send(&app, request).await;
            assert_eq!(response.status(), status, "{method} {path}");
            assert_eq!(is_shared(response.headers()), shared, "{method} {path}");
            assert_eq!(origins_in_vary(response.headers()), 1, "{method} {path}");
            let exposed = lines(response.headers(), header::ACCESS_CONTROL_EXPOSE_HEADERS);
            assert_eq!(!exposed.is_empty(), shared, "{method} {path}");
        }
    }
}

#[actix_web::test]
async fn any_origin_is_allowed_on_every_response() {
    let any = of(Config::new().allow_origins(["*"]));
    let app = init_service(App::new().configure(kinds).wrap(any)).await;
    for request in [get("/none"), request("GET", "/error", &[])] {
        let response = send(&app, request).await;
        let allowed = lines(response.headers(), header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(allowed, ["*"]);
        assert_eq!(origins_in_vary(response.headers()), 0);
    }
}

#[actix_web::test]
async fn a_stream_stays_a_stream() {
    let chunks = async || {
        let chunks = ["one,", "two"].map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
        HttpResponse::Ok().streaming(stream::iter(chunks))
    };
    let app = App::new().route("/", web::get().to(chunks)).wrap(cors());
    let response = send(&init_service(app).await, get("/")).await;
    assert!(is_shared(response.headers()));
    assert_eq!(response.body().size(), BodySize::Stream);
    assert_eq!(text(response).await, "one,two");
}

#[actix_web::test]
async fn of_two_policies_the_outer_one_applies() {
    let other = config()
        .allow_credentials(false)
        .allow_origins(["*"])
        .expose_headers(["X-Inner"])
        .max_age(1);
    for inner in [other, config()] {
        let scope = web::scope("/api")
            .route("", web::get().to(async || "ok"))
            .wrap(of(inner));
        let app = init_service(App::new().service(scope).wrap(cors())).await;
        for request in [get("/api"), preflight("/api", "PUT")] {
            let response = send(&app, request).await;
            assert_eq!(response.status(), 200);
            assert!(is_shared(response.headers()));
            for name in response.headers().keys() {
                assert_eq!(lines(response.headers(), name).len(), 1, "{name}");
            }
            let exposed = lines(response.headers(), header::ACCESS_CONTROL_EXPOSE_HEADERS);
            assert!(exposed.is_empty() || exposed == ["X-Total"]);
        }
        let response = send(&app, request("GET", "/api", &[("origin", EVIL)])).await;
        assert_eq!(response.status(), 200);
        assert_eq!(cors_names(response.headers()), [""; 0]);
    }
}

#[actix_web::test]
async fn vary_lines_of_the_application_are_kept() {
    for (own, all) in [
        (&[][..], &["Origin"][..]),
        (
            &["Accept-Encoding", "Cookie"],
            &["Accept-Encoding", "Cookie", "Origin"],
        ),
        (&["Accept, ORIGIN"], &["Accept, ORIGIN"]),
        (&["*"], &["*"]),
    ] {
        let varies = move || {
            let mut response = HttpResponse::Ok();
            for line in own {
                response.append_header((header::VARY, *line));
            }
            std::future::ready(response.finish())
        };
        let app = App::new().route("/", web::get().to(varies)).wrap(cors());
        let app = init_service(app).await;
        for request in [get("/"), request("GET", "/", &[])] {
            let response = send(&app, request).await;
            assert_eq!(lines(response.headers(), header::VARY), all);
        }
    }
}

#[actix_web::test]
async fn cors_headers_of_the_application_are_replaced_or_removed() {
    let sets = async || {
        let mut response = HttpResponse::Ok();
        for name in [
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            header::ACCESS_CONTROL_ALLOW_METHODS,
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            header::ACCESS_CONTROL_MAX_AGE,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
        ] {
            response.append_header((name.clone(), "own"));
            response.append_header((name, "own too"));
        }
        response.finish()
    };
    let app = App::new().route("/", web::get().to(sets)).wrap(cors());
    let app = init_service(app).await;
    let response = send(&app, get("/")).await;
    assert!(is_shared(response.headers()));
    assert_eq!(
        cors_names(response.headers()),
        [
            "access-control-allow-credentials",
            "access-control-allow-origin",
            "access-control-expose-headers"
        ]
    );
    for name in cors_names(response.headers()) {
        assert_eq!(lines(response.headers(), name).len(), 1, "{name}");
    }
    for refused in [
        request("GET", "/", &[("origin", EVIL)]),
        request("GET", "/", &[]),
    ] {
        let response = send(&app, refused).await;
        assert_eq!(cors_names(response.headers()), [""; 0]);
    }
}

/// HTTP/2 has no `Host` line. The authority is in the target.
#[actix_web::test]
async fn blocking_finds_the_host_in_both_protocols() {
    let app = App::new()
        .route("/", web::get().to(async || "ok"))
        .wrap(of(config().block_refused_origins(true)));
    let app = init_service(app).await;
    let own = ("origin", "https://own.example");
    let (own_host, other_host) = (("host", "own.example"), ("host", "other.example"));
    let same = ("sec-fetch-site", "same-origin");
    let cross = ("sec-fetch-site", "cross-site");
    for (uri, headers, status) in [
        ("/", &[own, own_host][..], 200),
        ("/", &[own, other_host], 403),
        ("/", &[own], 403),
        ("https://own.example/", &[own], 200),
        ("https://own.example/", &[own, other_host], 200),
        ("https://other.example/", &[own, own_host], 403),
        ("/", &[own, other_host, same], 200),
        ("/", &[own, own_host, cross], 403),
        ("/", &[("origin", ORIGIN), other_host], 200),
        ("/", &[own_host], 200),
    ] {
        let response = send(&app, request("GET", uri, headers)).await;
        assert_eq!(response.status(), status, "{uri} {headers:?}");
        assert_eq!(lines(response.headers(), header::VARY), ["Origin"]);
        if status == 403 {
            assert_eq!(cors_names(response.headers()), [""; 0]);
            assert_eq!(text(response).await, "Disallowed CORS origin");
        }
    }
}

#[actix_web::test]
async fn repeated_and_malformed_lines_reach_the_core() {
    let app = App::new().wrap(of(config().allow_headers(["X-A"])));
    let app = init_service(app).await;
    let put = || preflight("/", "PUT");
    let headers = "access-control-request-headers";
    let odd = |request: TestRequest, name: &'static str, bytes: &[u8]| {
        let value = header::HeaderValue::from_bytes(bytes).unwrap();
        request.append_header((HeaderName::from_static(name), value))
    };
    for (request, body) in [
        (
            odd(put(), "origin", ORIGIN.as_bytes()),
            "Disallowed CORS origin",
        ),
        (odd(put(), "origin", b"\xff"), "Disallowed CORS origin"),
        (
            odd(put(), "access-control-request-method", b"PUT"),
            "Disallowed CORS method",
        ),
        (odd(put(), headers, b"\xff"), "Disallowed CORS headers"),
        (
            odd(odd(put(), headers, b"x-a"), headers, b"x-b"),
            "Disallowed CORS headers",
        ),
        (odd(odd(put(), headers, b"x-a"), headers, b"X-A"), "OK"),
    ] {
        assert_eq!(text(send(&app, request).await).await, body);
    }
}

#[test]
fn types_are_clone_send_and_sync() {
    fn check<T: Clone + Send + Sync + 'static>(_: &T) {}
    check(&cors());
}
