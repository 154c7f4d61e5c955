//! Requests to a Rocket application in process, and the CORS headers of the responses.

#![allow(dead_code, reason = "not every test file needs all of it")]

use cors_rocket::{Config, Policy};
use rocket::config::LogLevel;
use rocket::http::{Header, Method};
use rocket::local::blocking::{Client, LocalRequest, LocalResponse};
use rocket::{Build, Rocket};

pub(crate) const ORIGIN: &str = "https://app.example.com";

pub(crate) fn policy() -> Policy {
    Config::new()
        .allow_origins([ORIGIN])
        .allow_methods(["GET", "PUT"])
        .allow_credentials(true)
        .expose_headers(["X-Total"])
        .build()
        .unwrap()
}

/// An application without routes and without a log.
pub(crate) fn rocket() -> Rocket<Build> {
    rocket::custom(rocket::Config {
        log_level: LogLevel::Off,
        port: 0,
        ..rocket::Config::debug_default()
    })
}

pub(crate) fn client(rocket: Rocket<Build>) -> Client {
    Client::untracked(rocket).unwrap()
}

pub(crate) fn get<'c>(client: &'c Client, path: &str) -> LocalResponse<'c> {
    request(client, Method::Get, path, &[("origin", ORIGIN)]).dispatch()
}

pub(crate) fn preflight<'c>(client: &'c Client, path: &str, method: &str) -> LocalResponse<'c> {
    let headers = [
        ("origin", ORIGIN),
        ("access-control-request-method", method),
    ];
    request(client, Method::Options, path, &headers).dispatch()
}

pub(crate) fn request<'c>(
    client: &'c Client,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> LocalRequest<'c> {
    let mut request = client.req(method, path.to_owned());
    for (name, value) in headers {
        request.add_header(Header::new((*name).to_owned(), (*value).to_owned()));
    }
    request
}

pub(crate) fn values<'r>(response: &'r LocalResponse<'_>, name: &str) -> Vec<&'r str> {
    response.headers().get(name).collect()
}

/// The CORS headers of a response, sorted.
pub(crate) fn cors_headers(response: &LocalResponse<'_>) -> Vec<String> {
    let lines = response.headers().iter().map(|header| header.to_string());
    let mut lines: Vec<String> = lines
        .map(|line| line.to_ascii_lowercase())
        .filter(|line| line.starts_with("access-control-"))
        .collect();
    lines.sort();
    lines
}

/// Whether a page of [`ORIGIN`] may read the response. Also checks the headers that belong to that.
pub(crate) fn is_shared(response: &LocalResponse<'_>) -> bool {
    let shared = values(response, "access-control-allow-origin") == [ORIGIN];
    if shared {
        let credentials = values(response, "access-control-allow-credentials");
        assert_eq!(credentials, ["true"]);
        let vary = values(response, "vary");
        let origins = vary.iter().filter(|line| line.contains("Origin"));
        assert_eq!(origins.count(), 1, "{vary:?}");
    }
    shared
}
