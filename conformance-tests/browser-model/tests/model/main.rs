//! Compares the browser model with tables written from the Fetch standard and from
//! web-platform-tests.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod cache;
mod check;
mod explanation;
mod hops;
mod preflight;
mod quirks;
mod readable;
mod redirect;
mod safelist;

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use browser_model::{
    Blocked, Browser, Credentials, Fetch, Outcome, Quirks, Request, Response, Url,
};

const PAGE: &str = "https://app.example.com";
const API: &str = "https://api.example.com/items";

/// Header lines as in a message.
type Lines<'a> = &'a [(&'a str, &'a str)];

/// `fetch(API)` in the page.
fn get() -> Fetch {
    Fetch::new(PAGE, url(API))
}

/// The same fetch with a method and headers.
fn with(method: &str, headers: Lines<'_>) -> Fetch {
    Fetch {
        method: method.to_owned(),
        headers: lines(headers),
        ..get()
    }
}

/// The same fetch with `credentials: "include"`.
fn including(fetch: Fetch) -> Fetch {
    Fetch {
        credentials: Credentials::Include,
        ..fetch
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn lines(lines: Lines<'_>) -> Vec<(String, Vec<u8>)> {
    let lines = lines.iter();
    lines
        .map(|&(name, value)| (name.to_owned(), value.into()))
        .collect()
}

fn response(status: u16, headers: Lines<'_>) -> Response {
    Response {
        status,
        headers: lines(headers),
    }
}

/// Runs the fetch in a new browser with these responses in order. After them, the network fails.
fn outcome(quirks: Quirks, fetch: &Fetch, responses: &[Response]) -> Outcome {
    let mut responses = responses.iter().cloned();
    Browser::new(quirks).fetch(fetch, |_| responses.next())
}

/// Why a browser that follows the standard blocks the fetch; `None` if it does not.
fn blocked(fetch: &Fetch, responses: &[Response]) -> Option<Blocked> {
    outcome(Quirks::NONE, fetch, responses).result.err()
}

/// The requests to a server that sends the same response to every request.
fn requests(quirks: Quirks, fetch: &Fetch, response: &Response) -> Vec<Request> {
    let exchanges = Browser::new(quirks)
        .fetch(fetch, |_| Some(response.clone()))
        .exchanges;
    exchanges.into_iter().map(|(request, _)| request).collect()
}

/// The value of a header that occurs at most once; `name` is in lower case.
fn value<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let mut values = request.headers.iter().filter(|line| line.0 == name);
    let value = values.next()?;
    assert!(values.next().is_none(), "{name} twice: {request:?}");
    Some(str::from_utf8(&value.1).unwrap())
}

#[test]
fn a_slow_network_gives_the_same_outcome() {
    let server = |request: &Request| {
        let methods = request
            .is_preflight
            .then_some(("Access-Control-Allow-Methods", "PUT"));
        let headers = [("Access-Control-Allow-Origin", PAGE)];
        let headers: Vec<_> = headers.into_iter().chain(methods).collect();
        Some(response(200, &headers))
    };
    let fetch = with("PUT", &[]);
    let mut browser = Browser::new(Quirks::NONE);
    let mut waits = 0;
    let mut slow = pin!(browser.fetch_async(&fetch, async |request: &Request| {
        let mut is_first = true;
        poll_fn(|_| match std::mem::take(&mut is_first) {
            true => Poll::Pending,
            false => Poll::Ready(server(request)),
        })
        .await
    }));
    let mut context = Context::from_waker(Waker::noop());
    let outcome = loop {
        match slow.as_mut().poll(&mut context) {
            Poll::Ready(outcome) => break outcome,
            Poll::Pending => waits += 1,
        }
    };
    assert_eq!(waits, 2);
    assert!(outcome.result.is_ok(), "{outcome:?}");
    assert_eq!(outcome, Browser::new(Quirks::NONE).fetch(&fetch, server));
}

#[test]
fn headers_that_scripts_cannot_set() {
    let headers = [
        ("X-Trace", "1"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "none"),
        ("X-HTTP-Method", "get, trace"),
        ("X-Method-Override", "put"),
    ];
    let fetch = with("GET", &headers);
    let forbidden: Vec<_> = fetch.forbidden_headers().collect();
    assert_eq!(forbidden, ["Origin", "Sec-Fetch-Site", "X-HTTP-Method"]);
}
