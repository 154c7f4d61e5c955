//! Ten thousand replacements of the policies while eight connections send requests. Every response is
//! wholly by one of the policies, no request fails, and the old policies are dropped.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use conformance_tests::app;
use conformance_tests::response::Response;
use conformance_tests::server::{Listening, Stop};
use conformance_tests::subject::Running;
use conformance_tests::wire::Connection;
use cors_core::{Config, InForce, Policies};

const CONNECTIONS: usize = 8;
const REPLACEMENTS: usize = 10_000;
/// The replacements wait for the requests, so that there are this many during them on any machine.
const REPLACEMENTS_PER_RESPONSE: usize = 4;

type Serve = Box<dyn FnOnce(SocketAddr, Listening, Stop) -> io::Result<()> + Send>;

/// A middleware, as the test uses it.
struct Handle {
    replace: Box<dyn Fn(Policies)>,
    in_force: Box<dyn Fn() -> InForce>,
}

#[test]
fn axum() {
    let cors = cors_axum::CorsLayer::new(strict());
    let (used, reader) = (cors.clone(), cors.clone());
    let serve = move |at, listening, stop| app::axum::serve(&used, at, listening, stop);
    let handle = Handle {
        replace: Box::new(move |policies| cors.replace(policies)),
        in_force: Box::new(move || reader.in_force()),
    };
    check(Box::new(serve), handle);
}

#[test]
fn actix() {
    let cors = cors_actix::Cors::new(strict());
    let (used, reader) = (cors.clone(), cors.clone());
    let serve = move |at, listening, stop| app::actix::serve(used, at, listening, stop);
    let handle = Handle {
        replace: Box::new(move |policies| cors.replace(policies)),
        in_force: Box::new(move || reader.in_force()),
    };
    check(Box::new(serve), handle);
}

#[test]
fn rocket() {
    let cors = cors_rocket::Cors::new(strict());
    let (used, reader) = (cors.clone(), cors.clone());
    let serve = move |at, listening, stop| app::rocket::serve(used, at, listening, stop);
    let handle = Handle {
        replace: Box::new(move |policies| cors.replace(policies).unwrap()),
        in_force: Box::new(move || reader.in_force()),
    };
    check(Box::new(serve), handle);
}

#[test]
fn warp() {
    let cors = cors_warp::Cors::new(strict());
    let (used, reader) = (cors.clone(), cors.clone());
    let serve = move |at, listening, stop| app::warp::serve(&used, at, listening, stop);
    let handle = Handle {
        replace: Box::new(move |policies| cors.replace(policies)),
        in_force: Box::new(move || reader.in_force()),
    };
    check(Box::new(serve), handle);
}

/// One origin with credentials. Other origins are blocked.
fn strict() -> Policies {
    let config = Config::new()
        .allow_origins(["https://app.example.com"])
        .allow_methods(["GET", "PUT"])
        .allow_headers(["X-Strict"])
        .allow_credentials(true)
        .block_refused_origins(true)
        .expose_headers(["X-Strict"])
        .max_age(1);
    both(&config)
}

/// Any origin, without credentials.
fn lax() -> Policies {
    let config = Config::new()
        .allow_origins(["*"])
        .allow_methods(["GET", "PUT", "DELETE"])
        .allow_headers(["X-Strict", "X-Lax"])
        .expose_headers(["X-Lax"])
        .max_age(2);
    both(&config)
}

/// The same policy by default and for a path, so that two look-ups of one request could differ.
fn both(config: &Config) -> Policies {
    let policy = || config.clone().build().unwrap();
    Policies::new(policy()).at("/later", policy()).unwrap()
}

fn requests() -> Vec<(&'static str, String)> {
    let mut requests = Vec::new();
    for origin in ["https://app.example.com", "https://evil.example"] {
        for path in ["/", "/later", "/nowhere", "/vary"] {
            let head = |method| {
                format!("{method} {path} HTTP/1.1\r\nHost: own.example\r\nOrigin: {origin}\r\n")
            };
            requests.push(("GET", head("GET") + "\r\n"));
            requests.push(("OPTIONS", head("OPTIONS") + "\r\n"));
            let asked = "Access-Control-Request-Method: PUT\r\n\
                         Access-Control-Request-Headers: x-strict\r\n\r\n";
            requests.push(("OPTIONS", head("OPTIONS") + asked));
        }
    }
    requests
}

/// The responses to all requests on one connection, without `Date`.
fn responses(connection: &mut Connection) -> Vec<Response> {
    let ask = |(method, text): (&str, String)| {
        connection.send(text.as_bytes()).unwrap();
        let mut response = connection.read(method).unwrap().unwrap();
        response.headers.retain(|(name, _)| name != "date");
        response
    };
    requests().into_iter().map(ask).collect()
}

fn check(serve: Serve, handle: Handle) {
    let server = Running::start(serve).unwrap();
    let address = server.address;
    let by_strict = responses(&mut Connection::open(address).unwrap());
    let first = weak(&handle);
    (handle.replace)(lax());
    let by_lax = responses(&mut Connection::open(address).unwrap());
    for (strict, lax) in by_strict.iter().zip(&by_lax) {
        assert_ne!(strict, lax, "a mixture could not be seen");
    }

    let mut old = vec![weak(&handle)];
    let (is_done, received) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let client = || {
            let mut connection = Connection::open(address).unwrap();
            while !is_done.load(Ordering::Relaxed) {
                let responses = responses(&mut connection);
                for ((response, strict), lax) in responses.iter().zip(&by_strict).zip(&by_lax) {
                    assert!(
                        response == strict || response == lax,
                        "{response:?} is neither {strict:?} nor {lax:?}"
                    );
                }
                received.fetch_add(responses.len(), Ordering::Relaxed);
            }
        };
        let clients: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(client)).collect();
        let (strict, lax) = (strict(), lax());
        'replacements: for number in 0..REPLACEMENTS {
            let policies = if number % 2 == 0 { &strict } else { &lax };
            (handle.replace)(policies.clone());
            old.push(weak(&handle));
            while received.load(Ordering::Relaxed) * REPLACEMENTS_PER_RESPONSE < number {
                if clients.iter().any(|client| client.is_finished()) {
                    break 'replacements; // A client has failed, which the scope reports.
                }
                thread::yield_now();
            }
        }
        is_done.store(true, Ordering::Relaxed);
    });

    let last = (handle.in_force)();
    assert_eq!(last.revision() as usize, 2 + REPLACEMENTS);
    assert_eq!(**last.policies(), lax());
    assert_eq!(responses(&mut Connection::open(address).unwrap()), by_lax);
    server.stop().unwrap();
    let alive: Vec<_> = old.iter().filter_map(Weak::upgrade).collect();
    let is_last = |policies: &Arc<Policies>| Arc::ptr_eq(policies, last.policies());
    assert!(alive.iter().all(is_last), "{} are alive", alive.len());
    drop((alive, last, handle));
    // actix ends its worker threads after the server has stopped.
    let start = Instant::now();
    while first.strong_count() + old.last().unwrap().strong_count() > 0 {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "policies are alive"
        );
        thread::sleep(Duration::from_millis(10));
    }
}

/// A reference that does not keep the policies that are in force, or their table.
fn weak(handle: &Handle) -> Weak<Policies> {
    Arc::downgrade((handle.in_force)().policies())
}
