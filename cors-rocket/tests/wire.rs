//! Tests that need a socket: upgrades, and what Rocket does before any fairing.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_rocket::Cors;
use rocket::data::{IoHandler, IoStream};
use rocket::fairing::AdHoc;
use rocket::response::{Responder, Response};
use rocket::tokio::io::AsyncWriteExt as _;
use rocket::{Request, get, options, routes};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::pin::Pin;
use std::sync::mpsc;
use std::thread;
use support::{ORIGIN, policy, rocket};

/// An upgrade that sends a greeting and closes.
struct Greets;

impl<'r> Responder<'r, 'r> for Greets {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'r> {
        Response::build().upgrade("greeting", Self).ok()
    }
}

#[rocket::async_trait]
impl IoHandler for Greets {
    async fn io(self: Pin<Box<Self>>, mut io: IoStream) -> std::io::Result<()> {
        io.write_all(b"welcome").await
    }
}

#[get("/")]
fn ok() -> &'static str {
    "ok"
}

#[get("/upgrade")]
fn upgrade() -> Greets {
    Greets
}

#[options("/<_..>")]
fn own_options() -> &'static str {
    "own"
}

/// Serves an application on a free port while the test runs.
fn serve() -> u16 {
    let (port, started) = mpsc::channel();
    let app = rocket()
        .mount("/", routes![ok, upgrade, own_options])
        .attach(Cors::new(policy()))
        .attach(AdHoc::on_liftoff("port", move |rocket| {
            let sent = port.send(rocket.config().port);
            Box::pin(async move { sent.unwrap() })
        }));
    thread::spawn(|| drop(rocket::execute(app.launch()).unwrap()));
    started.recv().unwrap()
}

/// Sends a request with these lines and `Connection: close`. Returns the response in lower case.
fn send(port: u16, start: &[u8], lines: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let host: &[u8] = b"Host: own.example";
    let mut request = [&[start, host], lines, &[b"", b""]]
        .concat()
        .join(&b"\r\n"[..]);
    if !lines.iter().any(|line| line.starts_with(b"Connection")) {
        let end = request.len() - 2;
        request.splice(end..end, *b"Connection: close\r\n");
    }
    stream.write_all(&request).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    String::from_utf8(response).unwrap().to_ascii_lowercase()
}

const ACAO: &str = "\r\naccess-control-allow-origin: https://app.example.com\r\n";

fn origin() -> Vec<u8> {
    format!("Origin: {ORIGIN}").into_bytes()
}

const METHOD: &[u8] = b"Access-Control-Request-Method: PUT";

#[test]
fn an_upgrade_keeps_its_status_and_stream() {
    let upgrade: [&[u8]; 2] = [b"Connection: upgrade", b"Upgrade: greeting"];
    let port = serve();
    let response = send(
        port,
        b"GET /upgrade HTTP/1.1",
        &[&origin(), upgrade[0], upgrade[1]],
    );
    assert!(response.starts_with("http/1.1 101 "), "{response}");
    assert!(
        response.contains(ACAO) && response.ends_with("welcome"),
        "{response}"
    );

    let refused = send(
        port,
        b"GET /upgrade HTTP/1.1",
        &[b"Origin: null", upgrade[0], upgrade[1]],
    );
    assert!(refused.starts_with("http/1.1 101 "), "{refused}");
    assert!(!refused.contains("access-control-"), "{refused}");
}

#[test]
fn a_preflight_works_for_every_form_of_target() {
    let port = serve();
    for target in ["/", "/none?x=/", "*", "http://other.example/a", "//a//"] {
        let start = format!("OPTIONS {target} HTTP/1.1");
        let response = send(port, start.as_bytes(), &[&origin(), METHOD]);
        assert!(
            response.starts_with("http/1.1 200 "),
            "{target}: {response}"
        );
        assert!(
            response.contains(ACAO) && response.ends_with("\r\n\r\nok"),
            "{target}: {response}"
        );
        assert_eq!(response.matches("content-length").count(), 1, "{response}");
    }
}

/// Rocket knows nine methods. It responds to any other with 400 before a fairing runs.
#[test]
fn the_response_to_an_unknown_method_has_no_cors_headers() {
    let port = serve();
    for method in ["PURGE", "QUERY", "options", "get"] {
        let start = format!("{method} / HTTP/1.1");
        let response = send(port, start.as_bytes(), &[&origin(), METHOD]);
        assert!(
            response.starts_with("http/1.1 400 "),
            "{method}: {response}"
        );
        assert!(
            !response.contains("access-control-"),
            "{method}: {response}"
        );
        assert!(!response.contains("vary"), "{method}: {response}");
    }
}

/// Rocket drops header lines that are not UTF-8.
#[test]
fn lines_that_are_not_utf8_are_ignored() {
    let port = serve();
    let options = b"OPTIONS / HTTP/1.1";
    let (odd, odd_method) = (
        b"Origin: https://\xff",
        b"Access-Control-Request-Method: \xff",
    );
    let own = send(port, options, &[odd, METHOD]);
    assert!(
        own.ends_with("\r\n\r\nown") && !own.contains("access-control-"),
        "{own}"
    );
    let own = send(port, options, &[&origin(), odd_method]);
    assert!(own.ends_with("\r\n\r\nown") && own.contains(ACAO), "{own}");
    let names = b"Access-Control-Request-Headers: \xff";
    let granted = send(port, options, &[&origin(), METHOD, names]);
    assert!(
        granted.ends_with("\r\n\r\nok") && granted.contains(ACAO),
        "{granted}"
    );
    let granted = send(port, options, &[odd, &origin(), METHOD]);
    assert!(
        granted.ends_with("\r\n\r\nok") && granted.contains(ACAO),
        "{granted}"
    );

    // Rocket keeps other UTF-8, and the policy refuses it.
    let refused = send(
        port,
        options,
        &["Origin: https://é.example".as_bytes(), METHOD],
    );
    assert!(refused.ends_with("disallowed cors origin"), "{refused}");
}
