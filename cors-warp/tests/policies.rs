//! Several policies in one application: by path prefix, or one for each wrapped filter.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_warp::{Config, Cors, Policies, Policy};
use http::header;
use support::{cors, is_shared, policy, preflight, request, send};
use warp::{Filter, Rejection, Reply};

fn site() -> Policy {
    Config::new().allow_origins(["*"]).build().unwrap()
}

fn app() -> impl Filter<Extract = (impl Reply,), Error = std::convert::Infallible> + Clone {
    let policies = Policies::new(site())
        .at("/admin", policy())
        .unwrap()
        .without_cors("/internal")
        .unwrap();
    let own = warp::reply::with::header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://own.example");
    let routes = warp::path::end()
        .and(warp::get())
        .map(|| "ok")
        .or(warp::path("internal")
            .and(warp::get())
            .map(|| "ok")
            .with(own));
    Cors::new(policies).wrap(routes)
}

#[tokio::test]
async fn the_policy_of_the_path_applies() {
    let open = send(&app(), support::get("/")).await;
    assert_eq!(open.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    for path in ["/admin", "/admin/", "/admin/%61", "/admin/none?x"] {
        let response = send(&app(), support::get(path)).await;
        assert!(is_shared(response.headers()), "{path}");
        let granted = send(&app(), preflight(path, "PUT")).await;
        assert!(
            granted.status() == 200 && is_shared(granted.headers()),
            "{path}"
        );
    }
    let evil = [
        ("origin", "https://evil.com"),
        ("access-control-request-method", "GET"),
    ];
    for (path, status) in [("/", 200), ("/admin", 400)] {
        let response = send(&app(), request("OPTIONS", path, &evil)).await;
        assert_eq!(response.status(), status, "{path}");
    }
}

#[tokio::test]
async fn without_cors_everything_passes_unchanged() {
    let response = send(&app(), support::get("/internal")).await;
    assert_eq!(
        response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN],
        "https://own.example"
    );
    assert!(!response.headers().contains_key(header::VARY));
    let response = send(&app(), preflight("/internal", "GET")).await;
    assert_eq!(response.status(), 405);
    assert!(!is_shared(response.headers()));
}

/// A `warp::path` that does not match rejects, so the next filter runs. This also holds for preflights.
#[tokio::test]
async fn the_policy_of_the_matching_filter_applies() {
    let leaf = |text| warp::path("item").and(warp::get()).map(move || text);
    let app = warp::path("admin")
        .and(cors().wrap(leaf("admin")))
        .or(warp::path("site").and(Cors::new(site()).wrap(leaf("site"))))
        .or(leaf("bare"));
    for (path, body, origin) in [
        ("/admin/item", "admin", Some(support::ORIGIN)),
        ("/site/item", "site", Some("*")),
        ("/item", "bare", None),
    ] {
        let response = send(&app, support::get(path)).await;
        assert_eq!(response.body(), body);
        let allowed = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(allowed.map(|value| value.to_str().unwrap()), origin);
    }
    let evil = [
        ("origin", "https://evil.com"),
        ("access-control-request-method", "GET"),
    ];
    for (path, status) in [("/admin/item", 400), ("/site/item", 200), ("/item", 405)] {
        let response = send(&app, request("OPTIONS", path, &evil)).await;
        assert_eq!(response.status(), status, "{path}");
    }
}

/// The host is that of the target, if it has one.
#[tokio::test]
async fn the_policies_of_the_host_apply() {
    let policies = Policies::without_default().for_host("a.example", policy());
    let app = Cors::new(policies.unwrap()).wrap(warp::path("ok").and(warp::get()).map(|| "ok"));
    let origin = ("origin", support::ORIGIN);
    for (target, lines, is_listed) in [
        ("/ok", &[origin, ("host", "a.example:80")][..], true),
        ("/none", &[origin, ("host", "A.example")], true),
        ("/ok", &[origin, ("host", "b.example")], false),
        ("/ok", &[origin, ("host", "a.example.")], false),
        ("/ok", &[origin], false),
        ("http://a.example/ok", &[origin], true),
        ("http://a.example/none", &[origin], true),
        ("http://b.example/ok", &[origin], false),
    ] {
        let response = send(&app, request("GET", target, lines)).await;
        assert_eq!(
            is_shared(response.headers()),
            is_listed,
            "{target} {lines:?}"
        );
    }
}

fn _routes_may_be_generic<F>(routes: F) -> impl Filter<Extract = (impl Reply,)> + Clone
where
    F: Filter<Extract: Reply, Error = Rejection> + Clone + Send + Sync + 'static,
{
    cors().wrap(routes)
}
