//! An unhandled rejection gets the response of warp, with CORS headers.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use http::header;
use std::collections::HashMap;
use support::{ORIGIN, cors, is_shared, request, send};
use warp::{Filter, Rejection, Reply};

#[derive(Debug)]
#[expect(dead_code, reason = "for its debug text")]
struct Custom {
    why: &'static str,
    numbers: [u8; 2],
}

impl warp::reject::Reject for Custom {}

fn custom() -> impl Filter<Extract = (&'static str,), Error = Rejection> + Clone + Send + Sync {
    warp::any().and_then(async || {
        let custom = Custom {
            why: "on purpose",
            numbers: [1, 2],
        };
        Err(warp::reject::custom(custom))
    })
}

/// Every way in which the filters of warp reject.
fn routes() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    let text = |text: String| text;
    let header = || warp::header::<String>("x-name").map(text);
    let query = || warp::query::<HashMap<String, u8>>().map(|_| String::new());
    let json = || warp::body::json().map(|map: HashMap<String, u8>| format!("{map:?}"));
    let own_cors = warp::cors()
        .allow_origin("https://other.example")
        .allow_method("GET");
    let first = warp::path("get")
        .and(warp::get())
        .map(|| "ok")
        .or(warp::path("header").and(header()))
        .or(warp::path("number").and(warp::header::<u8>("x-number").map(|_| "ok")))
        .or(warp::path("cookie").and(warp::cookie("name").map(text)))
        .or(warp::path("query").and(query()))
        .or(warp::path("json").and(json()))
        .or(warp::path("header-or-query").and(header().or(query())))
        .or(warp::path("query-or-header").and(query().or(header())))
        .or(warp::path("json-or-header").and(json().or(header())));
    let second = warp::path("length")
        .and(warp::body::content_length_limit(2))
        .map(|| "ok")
        .or(warp::path("form").and(warp::body::form().map(|_: HashMap<String, u8>| "ok")))
        .or(warp::path("extension").and(warp::ext::get::<u8>().map(|_| "ok")))
        .or(warp::path("cors").and(warp::get().map(|| "ok").with(own_cors)))
        .or(warp::path("file").and(warp::fs::file("Cargo.toml/none")))
        .or(warp::path("twice").and(
            warp::body::bytes()
                .and(warp::body::bytes())
                .map(|_, _| "ok"),
        ))
        .or(warp::path("ws").and(warp::ws()).map(|_: warp::ws::Ws| "ok"))
        .or(warp::path("custom").and(custom()))
        .or(warp::path("custom-or-post").and(custom().or(warp::post().map(|| "ok"))))
        .or(warp::path("post-or-custom").and(warp::post().map(|| "ok").or(custom())))
        .or(warp::path("custom-or-header").and(custom().or(header())));
    first.or(second)
}

/// The method, the path, the headers without `Origin`, and the status that warp sends.
type Case = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    u16,
);

const CASES: &[Case] = &[
    ("GET", "/none", &[], 404),
    ("DELETE", "/get", &[], 405),
    ("GET", "/header", &[], 400),
    ("GET", "/number", &[("x-number", "none")], 400),
    ("GET", "/cookie", &[], 400),
    ("GET", "/query?a=x", &[], 400),
    (
        "POST",
        "/json",
        &[("content-type", "application/json")],
        400,
    ),
    ("POST", "/json", &[("content-type", "text/plain")], 415),
    ("POST", "/form", &[("content-type", "text/plain")], 415),
    ("GET", "/header-or-query?a=x", &[], 400),
    ("GET", "/query-or-header?a=x", &[], 400),
    ("GET", "/json-or-header", &[], 400),
    ("POST", "/length", &[], 411),
    ("POST", "/length", &[("content-length", "3")], 413),
    ("GET", "/extension", &[], 500),
    ("GET", "/ws", &[], 400),
    ("GET", "/ws", &[("connection", "keep-alive")], 400),
    ("GET", "/ws", &[("connection", "upgrade")], 400),
    ("GET", "/cors", &[], 403),
    ("GET", "/file", &[], 500),
    ("GET", "/twice", &[], 500),
    ("GET", "/custom", &[], 500),
    ("GET", "/custom-or-post", &[], 500),
    ("GET", "/post-or-custom", &[], 500),
];

#[tokio::test]
async fn responses_are_those_of_warp() {
    let (bare, wrapped) = (routes(), cors().wrap(routes()));
    for &(method, path, headers, status) in CASES {
        let headers = [headers, &[("origin", ORIGIN)]].concat();
        let expected = send(&bare, request(method, path, &headers)).await;
        let mut response = send(&wrapped, request(method, path, &headers)).await;
        assert_eq!(expected.status(), status, "{method} {path}");
        assert_eq!(response.status(), status, "{method} {path}");
        assert_eq!(response.body(), expected.body(), "{method} {path}");
        assert!(is_shared(response.headers()), "{method} {path}");
        for name in [
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            header::VARY,
        ] {
            response.headers_mut().remove(name);
        }
        assert_eq!(response.headers(), expected.headers(), "{method} {path}");
    }
}

/// The only text that differs. warp would list one of the two causes.
#[tokio::test]
async fn the_text_lists_all_causes() {
    let response = send(&cors().wrap(routes()), support::get("/custom-or-header")).await;
    assert_eq!(response.status(), 500);
    assert_eq!(
        response.body(),
        "Unhandled rejection: MissingHeader { name: \"x-name\" }, \
         Custom { why: \"on purpose\", numbers: [1, 2] }"
    );
}
