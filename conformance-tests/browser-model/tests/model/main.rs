//! The browser model against tables written from Fetch, and from what web-platform-tests ask of
//! browsers.

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

use browser_model::{
    Blocked, Browser, Credentials, Fetch, Outcome, Quirks, Request, Response, Url,
};

const PAGE: &str = "https://app.example.com";
const API: &str = "https://api.example.com/items";

/// Header lines as they are written.
type Lines<'a> = &'a [(&'a str, &'a str)];

/// `fetch(API)` on the page.
fn get() -> Fetch {
    Fetch::new(PAGE, url(API))
}

/// With a method and headers.
fn with(method: &str, headers: Lines<'_>) -> Fetch {
    Fetch {
        method: method.to_owned(),
        headers: lines(headers),
        ..get()
    }
}

/// With credentials.
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

fn answer(status: u16, headers: Lines<'_>) -> Response {
    Response {
        status,
        headers: lines(headers),
    }
}

/// What a new browser makes of these answers, in this order; after them the network fails.
fn outcome(quirks: Quirks, fetch: &Fetch, answers: &[Response]) -> Outcome {
    let mut answers = answers.iter().cloned();
    Browser::new(quirks).fetch(fetch, |_| answers.next())
}

/// Why the standard's browser blocks; `None` if it does not.
fn blocked(fetch: &Fetch, answers: &[Response]) -> Option<Blocked> {
    outcome(Quirks::NONE, fetch, answers).result.err()
}

/// What a server that answers every request alike is asked.
fn requests(quirks: Quirks, fetch: &Fetch, answer: &Response) -> Vec<Request> {
    let exchanges = Browser::new(quirks)
        .fetch(fetch, |_| Some(answer.clone()))
        .exchanges;
    exchanges.into_iter().map(|(request, _)| request).collect()
}

/// The value of a header; `name` is in lower case and there once at most.
fn value<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let mut values = request.headers.iter().filter(|line| line.0 == name);
    let value = values.next()?;
    assert!(values.next().is_none(), "{name} twice: {request:?}");
    Some(str::from_utf8(&value.1).unwrap())
}
