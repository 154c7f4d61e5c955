//! What the policy allocates beyond the same routes without it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_warp::{Config, Cors};
use http::header::{self, HeaderMap, HeaderValue};
use std::hint::black_box;
use support::{ORIGIN, cors};
use warp::{Filter, Rejection, Reply};

/// Allocations of one request on a warm thread. Making the request is not counted.
fn allocations<F>(filter: &F, method: &str, headers: &[(&str, &'static str)]) -> u64
where
    F: Filter<Extract: Reply + Send, Error: Send> + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut counted = 0;
    for _ in 0..3 {
        let request = warp::test::request().method(method);
        // In a server, header values are slices of the read buffer. A value made from a text would
        // allocate when it is cloned for the first time.
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, HeaderValue::from_static(value))
        });
        counted = allocation_counter::measure(|| {
            drop(black_box(runtime.block_on(request.reply(filter))));
        })
        .count_total;
    }
    counted
}

/// Before and after a replacement.
fn both() -> [Cors; 2] {
    let replaced = Cors::new(Config::new().build().unwrap());
    replaced.replace(support::policy());
    [cors(), replaced]
}

/// The response already has a header, so its header map exists.
fn routes() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    warp::get().map(|| warp::reply::with_header("ok", header::CACHE_CONTROL, "no-store"))
}

#[test]
fn a_reply_costs_no_allocation() {
    let accept = ("accept", "text/html");
    for headers in [
        &[accept][..],
        &[accept, ("origin", ORIGIN)],
        &[accept, ("origin", "https://evil.com")],
    ] {
        let bare = allocations(&routes(), "GET", headers);
        for cors in both() {
            let with = allocations(&cors.wrap(routes()), "GET", headers);
            assert_eq!(with, bare, "{headers:?}");
        }
    }
}

#[test]
fn a_preflight_costs_only_the_header_map() {
    let bare = warp::any().map(|| {
        let mut response = http::Response::new("OK");
        let mut map = HeaderMap::with_capacity(8);
        map.insert(header::VARY, HeaderValue::from_static("x"));
        *response.headers_mut() = map;
        response
    });
    let headers = [("origin", ORIGIN), ("access-control-request-method", "PUT")];
    for cors in both() {
        assert_eq!(
            allocations(&cors.wrap(routes()), "OPTIONS", &headers),
            allocations(&bare, "OPTIONS", &headers)
        );
    }
}
