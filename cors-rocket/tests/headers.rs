//! CORS headers and `Vary` lines that the application or other fairings set.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_rocket::{Config, Cors, Policies, Policy};
use rocket::fairing::AdHoc;
use rocket::http::Method;
use rocket::local::blocking::Client;
use rocket::response::{Responder, Result};
use rocket::{Build, Request, Rocket, get, routes};
use support::{ORIGIN, cors_headers, is_shared, policy, request, values};

fn client(policy: Policy) -> Client {
    support::client(app().attach(Cors::new(policy)))
}

fn app() -> Rocket<Build> {
    let routes = routes![plain, own_headers, vary_lines, vary_origin, vary_any];
    support::rocket().mount("/", routes)
}

/// A response with these header lines.
struct Lines(&'static [(&'static str, &'static str)]);

impl<'r> Responder<'r, 'static> for Lines {
    fn respond_to(self, request: &'r Request<'_>) -> Result<'static> {
        let mut response = "ok".respond_to(request)?;
        for (name, value) in self.0 {
            response.adjoin_raw_header(*name, *value);
        }
        Ok(response)
    }
}

#[get("/")]
fn plain() -> &'static str {
    "ok"
}

#[get("/own")]
fn own_headers() -> Lines {
    Lines(&[
        ("Access-Control-Allow-Origin", "https://handler.example"),
        ("Access-Control-Allow-Origin", "*"),
        ("access-control-allow-credentials", "true"),
        ("Access-Control-Allow-Methods", "DELETE"),
        ("Access-Control-Allow-Headers", "*"),
        ("Access-Control-Max-Age", "1"),
        ("Access-Control-Expose-Headers", "X-Secret"),
        ("X-Total", "3"),
    ])
}

#[get("/vary/lines")]
fn vary_lines() -> Lines {
    Lines(&[("Vary", "Accept-Encoding"), ("Vary", "Cookie, Accept")])
}

#[get("/vary/origin")]
fn vary_origin() -> Lines {
    Lines(&[("Vary", "Accept, oRIGIN")])
}

#[get("/vary/any")]
fn vary_any() -> Lines {
    Lines(&[("Vary", "*")])
}

#[test]
fn cors_headers_of_the_application_are_replaced_or_removed() {
    let client = client(policy());
    let shared = support::get(&client, "/own");
    assert!(is_shared(&shared));
    assert_eq!(
        cors_headers(&shared),
        [
            "access-control-allow-credentials: true",
            "access-control-allow-origin: https://app.example.com",
            "access-control-expose-headers: x-total",
        ]
    );
    for headers in [&[("origin", "https://evil.example")][..], &[]] {
        let refused = request(&client, Method::Get, "/own", headers).dispatch();
        assert_eq!(cors_headers(&refused), [""; 0]);
        assert_eq!(values(&refused, "x-total"), ["3"]);
    }
}

#[test]
fn vary_is_merged() {
    for (path, with_origin) in [
        (
            "/vary/lines",
            &["Accept-Encoding", "Cookie, Accept", "Origin"][..],
        ),
        ("/vary/origin", &["Accept, oRIGIN"]),
        ("/vary/any", &["*"]),
    ] {
        let client = client(policy());
        for headers in [&[("origin", ORIGIN)][..], &[]] {
            let response = request(&client, Method::Get, path, headers).dispatch();
            assert_eq!(values(&response, "vary"), with_origin);
        }
    }
    let any = client(Config::new().allow_origins(["*"]).build().unwrap());
    let response = support::get(&any, "/vary/lines");
    assert_eq!(
        values(&response, "vary"),
        ["Accept-Encoding", "Cookie, Accept"]
    );
    assert_eq!(values(&support::get(&any, "/"), "vary"), [""; 0]);
}

/// A fairing that is often recommended online: it allows everything to every origin. If it is attached
/// first, it has no effect.
#[test]
fn cors_replaces_the_headers_of_an_earlier_fairing() {
    let naive = AdHoc::on_response("naive", |_, response| {
        Box::pin(async move {
            for (name, value) in [
                ("Access-Control-Allow-Origin", "*"),
                ("Access-Control-Allow-Methods", "POST, GET, PATCH, OPTIONS"),
                ("Access-Control-Allow-Headers", "*"),
                ("Access-Control-Allow-Credentials", "true"),
                ("Access-Control-Expose-Headers", "*"),
                ("Access-Control-Max-Age", "86400"),
            ] {
                response.set_raw_header(name, value);
            }
        })
    });
    let other = Config::new().allow_origins(["*"]).build().unwrap();
    let cors = Cors::new(Policies::new(other).at("/own", policy()).unwrap());
    let both = support::client(app().attach(naive).attach(cors));
    let one = client(policy());
    for headers in [
        &[][..],
        &[("origin", ORIGIN)],
        &[("origin", "https://evil.example")],
        &[("origin", ORIGIN), ("access-control-request-method", "PUT")],
        &[
            ("origin", ORIGIN),
            ("access-control-request-method", "TRACE"),
        ],
        &[("origin", "null"), ("access-control-request-method", "GET")],
    ] {
        for method in [Method::Get, Method::Options] {
            let of_both = request(&both, method, "/own", headers).dispatch();
            let of_one = request(&one, method, "/own", headers).dispatch();
            assert_eq!(of_both.status(), of_one.status());
            assert_eq!(
                cors_headers(&of_both),
                cors_headers(&of_one),
                "{method} {headers:?}"
            );
            assert_eq!(values(&of_both, "vary"), values(&of_one, "vary"));
        }
    }
}
