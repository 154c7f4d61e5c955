//! The fairing allocates no more than a fairing that sets the same headers, and a route that sends the
//! same response to a preflight.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_rocket::{Config, Cors, Policies, Policy};
use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{Method, Status};
use rocket::local::blocking::Client;
use rocket::{Build, Request, Response, Rocket, get, options, routes};
use support::{ORIGIN, policy, request, rocket};

#[get("/")]
fn ok() -> &'static str {
    "ok"
}

#[options("/<_..>")]
fn preflight() -> &'static str {
    "OK"
}

/// Only sets fixed headers.
struct Fixed(&'static [(&'static str, &'static str)]);

#[rocket::async_trait]
impl Fairing for Fixed {
    fn info(&self) -> Info {
        Info {
            name: "fixed",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, _: &'r Request<'_>, response: &mut Response<'r>) {
        for (name, value) in self.0 {
            response.set_raw_header(*name, *value);
        }
    }
}

const ACTUAL: &[(&str, &str)] = &[
    ("access-control-allow-origin", ORIGIN),
    ("access-control-allow-credentials", "true"),
    ("access-control-expose-headers", "X-Total"),
    ("vary", "Origin"),
];

const REFUSED: &[(&str, &str)] = &[("vary", "Origin")];

const PREFLIGHT: &[(&str, &str)] = &[
    ("access-control-allow-origin", ORIGIN),
    ("access-control-allow-credentials", "true"),
    ("access-control-allow-methods", "GET, PUT"),
    (
        "access-control-allow-headers",
        "Accept, Accept-Language, Content-Language, Content-Type",
    ),
    ("access-control-max-age", "600"),
    (
        "vary",
        "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ),
];

/// The local cache of Rocket, and what a request keeps in it after a replacement.
const PINNED: u64 = 2;

fn app() -> Rocket<Build> {
    rocket().mount("/", routes![ok, preflight])
}

fn blocking() -> Policy {
    let config: Config = policy().to_config();
    config.block_refused_origins(true).build().unwrap()
}

/// Allocations of one request on a warm thread, and the headers of the response.
fn measure(
    rocket: Rocket<Build>,
    method: Method,
    headers: &[(&str, &str)],
) -> (u64, Vec<(String, String)>) {
    let client: Client = support::client(rocket);
    let send = || {
        let response = request(&client, method, "/", headers).dispatch();
        assert_eq!(response.status(), Status::Ok);
        response
    };
    drop(send());
    let count = allocation_counter::measure(|| drop(send())).count_total;
    let lines = send();
    let lines = lines.headers().iter();
    let mut lines: Vec<_> = lines
        .map(|line| (line.name().as_str().to_owned(), line.value().to_owned()))
        .collect();
    lines.sort();
    (count, lines)
}

/// All in one test, because the log of Rocket allocates. All threads share the log, and starting an
/// application turns it on for a moment.
#[test]
fn as_few_allocations_as_for_fixed_headers() {
    let origin = ("origin", ORIGIN);
    let asked = ("access-control-request-method", "PUT");
    // Rocket allocates a box when a route forwards a request. This happens for each `OPTIONS` request that
    // is not a preflight, and for every request if a policy blocks. Rocket routes HEAD twice.
    for (what, method, headers, same, forwards, forwards_blocking) in [
        ("allowed", Method::Get, &[origin][..], ACTUAL, 0, 1),
        ("not cors", Method::Get, &[], REFUSED, 0, 1),
        ("head", Method::Head, &[origin], ACTUAL, 0, 2),
        ("options", Method::Options, &[origin], ACTUAL, 1, 1),
        (
            "preflight",
            Method::Options,
            &[origin, asked],
            PREFLIGHT,
            0,
            0,
        ),
    ] {
        let (bare, _) = measure(app(), method, headers);
        let (fixed, expected) = measure(app().attach(Fixed(same)), method, headers);
        let (ours, sent) = measure(app().attach(Cors::new(policy())), method, headers);
        println!("{what}: bare {bare}, fixed headers {fixed}, ours {ours}");
        assert_eq!(sent, expected, "{what}");
        assert_eq!(ours, fixed + forwards, "{what}");

        let replaced = Cors::new(Config::new().build().unwrap());
        replaced.replace(policy()).unwrap();
        let (ours, sent) = measure(app().attach(replaced), method, headers);
        println!("{what}: after a replacement {ours}");
        assert_eq!(sent, expected, "{what}");
        assert_eq!(ours, fixed + forwards + PINNED, "{what}");

        let several = Policies::new(blocking()).at("/api", blocking()).unwrap();
        let (ours, sent) = measure(app().attach(Cors::new(several)), method, headers);
        println!("{what}: blocking, one of two policies {ours}");
        assert_eq!(sent, expected, "{what}");
        assert_eq!(ours, fixed + forwards_blocking, "{what}");
    }
}
