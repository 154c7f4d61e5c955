//! What the policy allocates above the same routes without it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use http::header::{self, HeaderMap, HeaderValue};
use std::hint::black_box;
use support::{ORIGIN, cors};
use warp::{Filter, Rejection, Reply};

/// Allocations of one request on a warm thread, its making not counted.
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
        // A server's values are slices of its read buffer; one made of text would allocate on its
        // first clone.
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

/// With a header of its own, so that there is a map for ours.
fn routes() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    warp::get().map(|| warp::reply::with_header("ok", header::CACHE_CONTROL, "no-store"))
}

#[test]
fn nothing_for_a_reply() {
    let accept = ("accept", "text/html");
    for headers in [
        &[accept][..],
        &[accept, ("origin", ORIGIN)],
        &[accept, ("origin", "https://evil.com")],
    ] {
        let bare = allocations(&routes(), "GET", headers);
        let with = allocations(&cors().wrap(routes()), "GET", headers);
        assert_eq!(with, bare, "{headers:?}");
    }
}

#[test]
fn the_header_map_for_a_preflight() {
    let bare = warp::any().map(|| {
        let mut answer = http::Response::new("OK");
        let mut map = HeaderMap::with_capacity(8);
        map.insert(header::VARY, HeaderValue::from_static("x"));
        *answer.headers_mut() = map;
        answer
    });
    let headers = [("origin", ORIGIN), ("access-control-request-method", "PUT")];
    assert_eq!(
        allocations(&cors().wrap(routes()), "OPTIONS", &headers),
        allocations(&bare, "OPTIONS", &headers)
    );
}
