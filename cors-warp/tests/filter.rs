//! The filter itself: responses, headers and errors.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_warp::{Config, Cors};
use http::{HeaderMap, StatusCode, header};
use std::convert::Infallible;
use support::{ORIGIN, cors, is_shared, policy, preflight, request, send};
use warp::{Filter, Reply};

/// Routes that match every request, and must not be called.
fn unreachable() -> impl Filter<Extract = (&'static str,), Error = Infallible> + Clone + Send + Sync
{
    warp::any().map(|| -> &'static str { panic!("a preflight reached the routes") })
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    let names = headers.keys().map(header::HeaderName::as_str);
    names
        .filter(|name| name.starts_with("access-control-"))
        .collect()
}

#[tokio::test]
async fn a_preflight_never_reaches_the_routes() {
    let text = Some("text/plain; charset=utf-8");
    let bare = Config::new().allow_origins([ORIGIN]).preflight_status(204);
    let bare = Cors::new(bare.build().unwrap());
    for (cors, method, status, body, content_type) in [
        (cors(), "PUT", 200, "OK", text),
        (bare, "GET", 204, "", None),
        (cors(), "DELETE", 400, "Disallowed CORS method", text),
    ] {
        let response = send(&cors.wrap(unreachable()), preflight("/", method)).await;
        assert_eq!(response.status(), status);
        assert_eq!(response.body(), body);
        let sent = response.headers().get(header::CONTENT_TYPE);
        assert_eq!(sent.map(|value| value.to_str().unwrap()), content_type);
        let allowed = &response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN];
        assert_eq!(allowed, ORIGIN);
    }
    // Neither the origin nor `x-other` is allowed. The requested names are on several lines.
    let evil = [
        ("origin", "https://evil.com"),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "accept"),
        ("access-control-request-headers", "x-other"),
    ];
    let response = send(&cors().wrap(unreachable()), request("OPTIONS", "/", &evil)).await;
    assert_eq!(response.body(), "Disallowed CORS origin, headers");
    assert!(names(response.headers()).is_empty());
}

#[tokio::test]
async fn an_options_request_that_is_not_a_preflight_reaches_the_routes() {
    let app = cors().wrap(warp::options().map(|| "own"));
    let response = send(&app, request("OPTIONS", "/", &[("origin", ORIGIN)])).await;
    assert_eq!(response.body(), "own");
    assert!(is_shared(response.headers()));
}

#[tokio::test]
async fn any_header_with_credentials_is_allowed_by_name() {
    let policy = Config::new()
        .allow_origins([ORIGIN])
        .allow_headers(["*"])
        .allow_credentials(true);
    let app = Cors::new(policy.build().unwrap()).wrap(unreachable());
    let requested = [
        ("origin", ORIGIN),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "x-one,X-Two"),
        ("access-control-request-headers", ", authorization"),
    ];
    let response = send(&app, request("OPTIONS", "/", &requested)).await;
    assert_eq!(
        response.headers()[header::ACCESS_CONTROL_ALLOW_HEADERS],
        "x-one, X-Two, authorization"
    );
    let response = send(&app, preflight("/", "GET")).await;
    assert!(
        !response
            .headers()
            .contains_key(header::ACCESS_CONTROL_ALLOW_HEADERS)
    );
}

#[tokio::test]
async fn every_reply_has_the_headers() {
    let status = warp::path!("status" / u16).map(|status| StatusCode::from_u16(status).unwrap());
    let moved = warp::path("moved").map(|| warp::redirect(http::Uri::from_static("/status/200")));
    let app = cors().wrap(status.or(moved));
    for status in [200, 204, 304, 401, 404, 418, 500, 503] {
        let response = send(&app, support::get(&format!("/status/{status}"))).await;
        assert_eq!(response.status(), status);
        assert!(is_shared(response.headers()), "{status}");
    }
    let response = send(&app, support::get("/moved")).await;
    assert_eq!(response.status(), 301);
    assert!(is_shared(response.headers()));

    let evil = request("GET", "/status/200", &[("origin", "https://evil.com")]);
    for request in [evil, request("GET", "/status/200", &[])] {
        let response = send(&app, request).await;
        assert_eq!(response.status(), 200);
        assert!(names(response.headers()).is_empty());
        assert_eq!(response.headers()[header::VARY], "Origin");
    }
}

#[tokio::test]
async fn vary_of_the_routes_is_kept_and_their_cors_headers_are_replaced() {
    let own = || {
        http::Response::builder()
            .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://own.example")
            .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
            .header(header::ACCESS_CONTROL_MAX_AGE, "5")
            .header(header::VARY, "Accept-Encoding")
            .header(header::VARY, "Accept")
            .body("ok")
    };
    let app = cors().wrap(warp::any().map(own));
    for (origin, shared) in [(ORIGIN, true), ("https://evil.com", false)] {
        let response = send(&app, request("GET", "/", &[("origin", origin)])).await;
        assert_eq!(is_shared(response.headers()), shared);
        assert!(shared || names(response.headers()).is_empty());
        assert!(
            !response
                .headers()
                .contains_key(header::ACCESS_CONTROL_MAX_AGE)
        );
        let vary: Vec<_> = response.headers().get_all(header::VARY).iter().collect();
        assert_eq!(vary, ["Accept-Encoding", "Accept", "Origin"]);
    }
    for own in ["accept, ORIGIN", "*"] {
        let app = cors().wrap(
            warp::any()
                .map(|| "ok")
                .with(warp::reply::with::header("vary", own)),
        );
        let response = send(&app, support::get("/")).await;
        let vary: Vec<_> = response.headers().get_all(header::VARY).iter().collect();
        assert_eq!(vary, [own]);
    }
}

#[tokio::test]
async fn of_two_policies_the_outer_one_applies() {
    let other = Config::new()
        .allow_origins(["*"])
        .expose_headers(["X-Inner"])
        .build()
        .unwrap();
    for inner in [other, policy()] {
        let app = cors().wrap(Cors::new(inner).wrap(warp::get().map(|| "ok")));
        for request in [support::get("/"), preflight("/", "PUT")] {
            let response = send(&app, request).await;
            assert_eq!(response.status(), 200);
            assert!(is_shared(response.headers()));
            for name in response.headers().keys() {
                assert_eq!(response.headers().get_all(name).iter().count(), 1, "{name}");
            }
        }
        let evil = request("GET", "/", &[("origin", "https://evil.com")]);
        assert!(names(send(&app, evil).await.headers()).is_empty());
    }
}

#[tokio::test]
async fn blocking_finds_the_host() {
    let policy = Config::new()
        .allow_origins([ORIGIN])
        .block_refused_origins(true)
        .build()
        .unwrap();
    let app = Cors::new(policy).wrap(warp::any().map(|| "ok"));
    let own = ("origin", "https://own.example");
    let (own_host, other_host) = (("host", "own.example"), ("host", "other.example"));
    let site = |value| ("sec-fetch-site", value);
    let (absolute, other) = ("https://own.example/", "https://other.example/");
    for (target, headers, status) in [
        ("/", &[own, own_host][..], 200),
        ("/", &[own, other_host], 403),
        ("/", &[own], 403),
        ("/", &[own, own_host, own_host], 403),
        ("/", &[own, other_host, own_host], 403),
        ("/", &[own, ("host", "@"), own_host], 403),
        ("/", &[own, other_host, site("same-origin")], 200),
        ("/", &[own, own_host, site("cross-site")], 403),
        ("/", &[("origin", ORIGIN), other_host], 200),
        ("/", &[own_host], 200),
        // As in HTTP/2, or in a request to a proxy.
        (absolute, &[own], 200),
        (absolute, &[own, own_host], 200),
        (other, &[own], 403),
        (other, &[own, own_host], 403),
        // The other adapters use the target here, and forward the request. warp only reports that the
        // two contradict each other. No browser sends this.
        (absolute, &[own, other_host], 403),
    ] {
        let response = send(&app, request("POST", target, headers)).await;
        assert_eq!(response.status(), status, "{target} {headers:?}");
        assert_eq!(response.headers()[header::VARY], "Origin");
        let body = if status == 200 {
            "ok"
        } else {
            "Disallowed CORS origin"
        };
        assert_eq!(response.body(), body);
    }
}

#[tokio::test]
async fn a_recover_inside_keeps_its_responses() {
    let handled = async |rejection: warp::Rejection| {
        if rejection.is_not_found() {
            return Err(rejection);
        }
        let reply = warp::reply::with_status("handled", StatusCode::CONFLICT);
        Ok(warp::reply::with_header(reply, header::VARY, "Accept"))
    };
    let app = cors().wrap(
        warp::path("a")
            .and(warp::put())
            .map(|| "ok")
            .recover(handled),
    );
    let response = send(&app, support::get("/a")).await;
    assert_eq!(response.status(), 409);
    assert_eq!(response.body(), "handled");
    assert!(is_shared(response.headers()));
    // `handled` returns this rejection, so warp responds to it.
    let response = send(&app, support::get("/none")).await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.body(), "");
    assert!(is_shared(response.headers()));
}

#[test]
fn types_are_clone_send_and_sync() {
    fn check<T: Clone + Send + Sync + 'static>(_: T) {}
    check(cors());
    check(cors().wrap(warp::any().map(warp::reply)));
    fn replies(_: impl Filter<Extract = (impl Reply,), Error = Infallible>) {}
    replies(cors().wrap(warp::any().map(|| Box::new("boxed") as Box<dyn Reply>)));
}
