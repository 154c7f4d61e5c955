//! `block_refused_origins`: requests from refused origins never reach the application.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_rocket::{Config, Cors, Policies, Policy};
use rocket::http::uri::Host;
use rocket::http::{ContentType, Method, Status};
use rocket::local::blocking::Client;
use rocket::{State, catch, catchers, delete, get, post, routes};
use std::sync::atomic::{AtomicUsize, Ordering};
use support::{ORIGIN, cors_headers, policy, request, rocket, values};

/// How often a handler ran.
struct Runs(AtomicUsize);

#[get("/")]
fn read(runs: &State<Runs>) {
    runs.0.fetch_add(1, Ordering::SeqCst);
}

#[post("/")]
fn write(runs: &State<Runs>) -> &'static str {
    runs.0.fetch_add(1, Ordering::SeqCst);
    "posted"
}

#[delete("/")]
fn delete_all(runs: &State<Runs>) -> &'static str {
    runs.0.fetch_add(1, Ordering::SeqCst);
    "deleted"
}

#[catch(default)]
fn caught(status: Status, _: &rocket::Request<'_>) -> String {
    format!("caught {}", status.code)
}

fn client(cors: Cors) -> Client {
    let app = rocket()
        .manage(Runs(AtomicUsize::new(0)))
        .mount("/", routes![read, write, delete_all])
        .mount("/open", routes![read, write, delete_all])
        .register("/", catchers![caught]);
    support::client(app.attach(cors))
}

fn blocking() -> Policy {
    let policy = Config::new().allow_origins([ORIGIN]);
    policy.block_refused_origins(true).build().unwrap()
}

const METHODS: [Method; 9] = [
    Method::Get,
    Method::Put,
    Method::Post,
    Method::Delete,
    Method::Options,
    Method::Head,
    Method::Trace,
    Method::Connect,
    Method::Patch,
];

const EVIL: (&str, &str) = ("origin", "https://evil.example");

#[test]
fn no_method_of_a_refused_origin_reaches_the_application() {
    let client = client(Cors::new(blocking()));
    for method in METHODS {
        for path in ["/", "/none"] {
            let response = request(&client, method, path, &[EVIL]).dispatch();
            assert_eq!(response.status(), Status::Forbidden, "{method} {path}");
            assert_eq!(values(&response, "vary"), ["Origin"]);
            assert_eq!(cors_headers(&response), [""; 0]);
            let text = match method {
                Method::Head => "",
                _ => "Disallowed CORS origin",
            };
            let sent = response.into_string().unwrap_or_default();
            assert_eq!(sent, text, "{method} {path}");
        }
    }
    let runs: &Runs = client.rocket().state().unwrap();
    assert_eq!(runs.0.load(Ordering::SeqCst), 0);
}

#[test]
fn other_requests_are_the_same_as_without_blocking() {
    let with = client(Cors::new(blocking()));
    let open = Config::new().allow_origins([ORIGIN]).build().unwrap();
    let without = client(Cors::new(open));
    for method in METHODS {
        for path in ["/", "/none"] {
            for headers in [&[][..], &[("origin", ORIGIN)]] {
                let with = request(&with, method, path, headers).dispatch();
                let without = request(&without, method, path, headers).dispatch();
                assert_eq!(with.status(), without.status(), "{method} {path}");
                assert_eq!(with.headers(), without.headers(), "{method} {path}");
                assert_eq!(with.into_bytes(), without.into_bytes(), "{method} {path}");
            }
        }
    }
}

/// If one policy blocks, the routes exist for every path. They must not block where another policy applies.
#[test]
fn a_request_is_blocked_only_if_the_policy_of_its_path_blocks() {
    for policies in [
        Policies::new(blocking()).at("/open", policy()).unwrap(),
        Policies::new(blocking()).without_cors("/open").unwrap(),
    ] {
        let client = client(Cors::new(policies));
        assert_eq!((post(&client, "/"), post(&client, "/open")), (403, 200));
    }
    for policies in [
        Policies::new(policy()).at("/open", blocking()).unwrap(),
        Policies::without_default().at("/open", blocking()).unwrap(),
    ] {
        let client = client(Cors::new(policies));
        assert_eq!((post(&client, "/"), post(&client, "/open")), (200, 403));
    }
}

fn post(client: &Client, path: &str) -> u16 {
    let request = request(client, Method::Post, path, &[EVIL]);
    request.dispatch().status().code
}

/// A form needs no preflight, and Rocket uses the method in its `_method` field.
#[test]
fn a_method_in_a_form_runs_unless_it_is_blocked() {
    let form = |client: &Client| {
        let request = request(client, Method::Post, "/", &[EVIL]);
        let request = request.header(ContentType::Form).body("_method=DELETE");
        request.dispatch().into_string().unwrap()
    };
    assert_eq!(
        form(&client(Cors::new(blocking()))),
        "Disallowed CORS origin"
    );
    assert_eq!(form(&client(Cors::new(policy()))), "deleted");
}

/// HTTP/2 has no `Host` line. Rocket returns the authority of the target as the host.
#[test]
fn the_host_identifies_same_origin_pages() {
    let own = ("origin", "https://own.example:8443");
    let client = client(Cors::new(blocking()));
    let status = |headers: &[_], authority: Option<&str>| {
        let mut request = request(&client, Method::Post, "/", headers);
        if let Some(authority) = authority {
            request.set_host(Host::parse_owned(authority.to_owned()).unwrap());
        }
        let response = request.dispatch();
        assert_eq!(values(&response, "vary"), ["Origin"]);
        response.status().code
    };
    for (headers, authority, expected) in [
        (&[own, ("host", "own.example:8443")][..], None, 200),
        (&[own, ("host", "OWN.example:8443")], None, 200),
        (&[own, ("host", "own.example")], None, 403),
        (
            &[
                own,
                ("host", "own.example:8443"),
                ("host", "own.example:8443"),
            ],
            None,
            403,
        ),
        // As in HTTP/1, where Rocket takes the authority from the `Host` line.
        (
            &[own, ("host", "own.example:8443")],
            Some("own.example:8443"),
            200,
        ),
        (&[own], Some("own.example:8443"), 200),
        (&[own], Some("own.example"), 403),
        (
            &[("origin", "https://own.example")],
            Some("own.example"),
            200,
        ),
        (&[("origin", "http://[::1]:8000")], Some("[::1]:8000"), 200),
        (&[own], None, 403),
        (&[own, ("sec-fetch-site", "same-origin")], None, 200),
        (
            &[
                own,
                ("host", "own.example:8443"),
                ("sec-fetch-site", "cross-site"),
            ],
            None,
            403,
        ),
        (&[("origin", ORIGIN), ("host", "other.example")], None, 200),
    ] {
        assert_eq!(
            status(headers, authority),
            expected,
            "{headers:?} {authority:?}"
        );
    }
}
