//! Malformed HTTP over raw sockets. The response is a refusal or an error of the framework, it
//! allows no origin, and the server keeps working.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use conformance_tests::response::Response;
use conformance_tests::subject::{FRAMEWORKS, Framework, Running};
use conformance_tests::wire::Connection;
use cors_core::Config;
use proptest::prelude::*;

const APP: &str = "https://app.example.com";

#[test]
fn malformed_http() {
    for server in &servers() {
        let long = "a".repeat(64 * 1024);
        for (name, bytes) in [
            ("nothing", Vec::new()),
            ("NULs", vec![0; 1024]),
            ("binary", (0..=255).cycle().take(4096).collect()),
            (
                "a TLS hello",
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
            ),
            (
                "an unknown version",
                format!("GET / HTTP/9.9\r\nOrigin: {APP}\r\n\r\n").into(),
            ),
            (
                "no version",
                format!("GET /\r\nOrigin: {APP}\r\n\r\n").into(),
            ),
            (
                "no end",
                format!("GET / HTTP/1.1\r\nOrigin: {APP}\r\n").into(),
            ),
            ("a line without a colon", get("Origin")),
            ("a space before the colon", get(&format!("Origin : {APP}"))),
            ("a NUL in a name", get(&format!("Ori\0gin: {APP}"))),
            ("a NUL in a value", get(&format!("Origin: {APP}\0"))),
            ("a bare CR", get(&format!("Origin: {APP}\rX-Evil: 1"))),
            (
                "a folded line",
                get(&format!("Origin: {APP}\r\n .evil.example")),
            ),
            (
                "a line folded at its start",
                get(&format!("Origin:\r\n {APP}")),
            ),
            ("a long name", get(&format!("{long}: 1\r\nOrigin: {APP}"))),
            (
                "a head of a mebibyte",
                get(&format!("Origin: {}", long.repeat(16))),
            ),
            (
                "a thousand lines",
                get(&vec![format!("Origin: {APP}"); 1000].join("\r\n")),
            ),
            (
                "two lengths",
                get(&format!(
                    "Origin: {APP}\r\nContent-Length: 1\r\nContent-Length: 2"
                )),
            ),
            (
                "an invalid length",
                get(&format!("Origin: {APP}\r\nContent-Length: -1")),
            ),
            (
                "an unknown coding",
                get(&format!("Origin: {APP}\r\nTransfer-Encoding: xchunked")),
            ),
        ] {
            for response in responses_to(server, &bytes) {
                assert!(matches!(response.status, 400 | 431), "{name}: {response:?}");
                assert_eq!(allowed_origin(&response), None, "{name}: {response:?}");
            }
            assert_serves(server, name);
        }
    }
}

/// All frameworks also serve HTTP/2, and use it for connections that start with its preface.
#[test]
fn malformed_http_2() {
    for server in &servers() {
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        for (name, bytes) in [
            ("half a preface", "PRI * HTTP/2.0\r\n\r\n".to_owned()),
            ("a preface and nothing", preface.to_owned()),
            (
                "a preface and NULs",
                preface.to_owned() + &"\0".repeat(1024),
            ),
            ("a preface and text", preface.to_owned() + &"a".repeat(1024)),
            (
                "a preface and HTTP/1",
                format!("{preface}GET / HTTP/1.1\r\nHost: x\r\nOrigin: {APP}\r\n\r\n"),
            ),
        ] {
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.write_all(bytes.as_bytes()).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            // The server must close the connection, whatever it sends before.
            let _ = stream.read_to_end(&mut Vec::new());
            assert_serves(server, name);
        }
    }
}

#[test]
fn refused_origins() {
    for server in &servers() {
        let long = "a".repeat(64 * 1024);
        for (name, bytes) in [
            (
                "a long Origin",
                get(&format!("Origin: https://{long}.example.com")),
            ),
            (
                "a long Origin with an allowed start",
                get(&format!("Origin: {APP}{long}")),
            ),
            (
                "two Origin lines",
                get(&format!("Origin: {APP}\r\nOrigin: https://evil.example")),
            ),
            (
                "two Origin lines, the other way",
                get(&format!("Origin: https://evil.example\r\nOrigin: {APP}")),
            ),
            (
                "lines that end in LF",
                format!("GET / HTTP/1.1\nHost: x\nOrigin: {APP}\nOrigin: {APP}\n\n").into(),
            ),
            (
                "an Origin split in two",
                get(&format!("Origin: https://evil.example\r\nX-Rest: {APP}")),
            ),
            (
                "Origin in UTF-8",
                get("Origin: https://\u{e4}pp.example.com"),
            ),
            (
                "two Origin lines of a preflight",
                preflight(&format!("Origin: {APP}\r\nOrigin: {APP}")),
            ),
            (
                "no Host",
                format!("GET / HTTP/1.0\r\nOrigin: {APP}.evil.example\r\n\r\n").into(),
            ),
        ] {
            let responses = exchange(server, &bytes);
            assert_eq!(responses.len(), 1, "{name}");
            for response in responses {
                assert!(matches!(response.status, 200 | 400), "{name}: {response:?}");
                assert_eq!(allowed_origin(&response), None, "{name}: {response:?}");
                assert!(
                    response.values("vary").next().is_some(),
                    "{name}: {response:?}"
                );
            }
            assert_serves(server, name);
        }
    }
}

/// A request inside the content of another request is treated as content, even if the middleware
/// responds without reading it.
#[test]
fn smuggling() {
    for server in &servers() {
        let hidden = String::from_utf8(preflight(&format!("Origin: {APP}"))).unwrap();
        let (len, hex) = (hidden.len(), format!("{:x}", hidden.len()));
        for method in ["POST", "OPTIONS"] {
            let head = format!(
                "{method} / HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n\
             Access-Control-Request-Method: GET\r\n"
            );
            for (name, bytes, most) in [
                (
                    "by length",
                    format!("{head}Content-Length: {len}\r\n\r\n{hidden}"),
                    1,
                ),
                (
                    "in a chunk",
                    format!(
                        "{head}Transfer-Encoding: chunked\r\n\r\n{hex}\r\n{hidden}\r\n0\r\n\r\n"
                    ),
                    1,
                ),
                // A coding overrides the length (RFC 9112, section 6.3), so this is a second
                // request.
                (
                    "by both",
                    format!(
                        "{head}Content-Length: {len}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"
                    ),
                    2,
                ),
            ] {
                let responses = exchange(server, bytes.as_bytes());
                assert!(
                    (1..=most).contains(&responses.len()),
                    "{method} {name}: {responses:?}"
                );
                assert_eq!(
                    allowed_origin(&responses[0]),
                    None,
                    "{method} {name}: {responses:?}"
                );
                assert_serves(server, name);
            }
        }
    }
}

/// A valid preflight with some bytes replaced. A response never allows any other origin.
#[test]
fn mutations() {
    for server in &servers() {
        let good = preflight(&format!(
            "Origin: {APP}\r\nAccess-Control-Request-Headers: x-a"
        ));
        let changes = prop::collection::vec((0..good.len(), any::<u8>()), 1..4);
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        proptest!(config, |(changes in changes)| {
            let mut bytes = good.clone();
            for (place, byte) in changes {
                bytes[place] = byte;
            }
            for response in responses_to(server, &bytes) {
                let named = allowed_origin(&response);
                prop_assert!(named.is_none() || named == Some(APP.as_bytes()), "{:?}", response);
            }
        });
        assert_serves(server, "mutations");
    }
}

/// Starts every framework.
/// Without a bound, a server could fill the memory of the client.
#[test]
fn long_responses() {
    let lines = "x: y\r\n".repeat(1000);
    let chunks = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    for (start, rest) in [
        ("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(0x1000)),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
            "x".repeat(0x1000),
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            chunks,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
            lines,
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut written = stream.write_all(start.as_bytes());
            for _ in 0..0x2000 {
                written = written.and_then(|()| stream.write_all(rest.as_bytes()));
            }
        });
        let read = Connection::open(address).unwrap().read("GET");
        let problem = format!("{:#}", read.unwrap_err());
        assert!(problem.ends_with("over 16 MiB"), "{start}: {problem}");
        server.join().unwrap();
    }
}

fn servers() -> Vec<Running> {
    let config = Config::new().allow_origins([APP]).allow_headers(["X-A"]);
    let policy = config.allow_credentials(true).build().unwrap();
    let start = |framework: Framework| framework.spawn(policy.clone()).unwrap();
    FRAMEWORKS.into_iter().map(start).collect()
}

fn get(lines: &str) -> Vec<u8> {
    format!("GET / HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n").into()
}

fn preflight(lines: &str) -> Vec<u8> {
    format!(
        "OPTIONS / HTTP/1.1\r\nHost: x\r\nAccess-Control-Request-Method: GET\r\n{lines}\r\n\r\n"
    )
    .into()
}

/// Sends bytes that may not be a valid request, and reads all responses.
fn responses_to(server: &Running, bytes: &[u8]) -> Vec<Response> {
    let mut connection = Connection::open(server.address).unwrap();
    connection.send(bytes).unwrap();
    connection.finish().unwrap();
    std::iter::from_fn(|| connection.read("GET").unwrap()).collect()
}

/// Sends requests and reads all responses. A final request closes the connection; its response
/// shows that no others follow.
fn exchange(server: &Running, bytes: &[u8]) -> Vec<Response> {
    let last = b"GET /the/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut connection = Connection::open(server.address).unwrap();
    connection.send(&[bytes, last].concat()).unwrap();
    let mut responses: Vec<_> = std::iter::from_fn(|| connection.read("GET").unwrap()).collect();
    responses.pop_if(|response| response.status == 404);
    responses
}

fn allowed_origin(response: &Response) -> Option<&[u8]> {
    let mut lines = response.values("access-control-allow-origin");
    let value = lines.next();
    assert_eq!(lines.next(), None, "two values: {response:?}");
    value
}

#[track_caller]
fn assert_serves(server: &Running, after: &str) {
    let responses = exchange(server, &preflight(&format!("Origin: {APP}")));
    let good = |response: &Response| response.status == 200 && response.body == b"OK";
    assert!(
        responses.len() == 1 && responses.iter().all(good),
        "after {after}: {responses:?}"
    );
}
