//! What is no proper HTTP, over raw sockets: it is answered with a refusal or the framework's own
//! error, grants nothing to anybody, and the server goes on serving.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use conformance_tests::response::Response;
use conformance_tests::subject::{FRAMEWORKS, Framework, Running};
use conformance_tests::wire::Connection;
use cors_core::Config;
use proptest::prelude::*;

const APP: &str = "https://app.example.com";

#[test]
fn what_is_no_http() {
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
            ("a blank before the colon", get(&format!("Origin : {APP}"))),
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
                "a length that is none",
                get(&format!("Origin: {APP}\r\nContent-Length: -1")),
            ),
            (
                "an unknown coding",
                get(&format!("Origin: {APP}\r\nTransfer-Encoding: xchunked")),
            ),
        ] {
            for answer in answers_to_junk(server, &bytes) {
                assert!(matches!(answer.status, 400 | 431), "{name}: {answer:?}");
                assert_eq!(allowed_origin(&answer), None, "{name}: {answer:?}");
            }
            assert_serves(server, name);
        }
    }
}

/// All of them serve HTTP/2 too, and answer in it what begins like it.
#[test]
fn what_is_no_http_2() {
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
            // Whatever it says, in frames or in text, it hangs up, however abruptly.
            let _ = stream.read_to_end(&mut Vec::new());
            assert_serves(server, name);
        }
    }
}

#[test]
fn what_is_refused() {
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
            let answers = exchange(server, &bytes);
            assert_eq!(answers.len(), 1, "{name}");
            for answer in answers {
                assert!(matches!(answer.status, 200 | 400), "{name}: {answer:?}");
                assert_eq!(allowed_origin(&answer), None, "{name}: {answer:?}");
                assert!(answer.values("vary").next().is_some(), "{name}: {answer:?}");
            }
            assert_serves(server, name);
        }
    }
}

/// A request inside the content of another one is content, also where the middleware answers
/// without reading it.
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
                // The length is void beside a coding (RFC 9112, section 6.3), so this is a second request.
                (
                    "by both",
                    format!(
                        "{head}Content-Length: {len}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"
                    ),
                    2,
                ),
            ] {
                let answers = exchange(server, bytes.as_bytes());
                assert!(
                    (1..=most).contains(&answers.len()),
                    "{method} {name}: {answers:?}"
                );
                assert_eq!(
                    allowed_origin(&answers[0]),
                    None,
                    "{method} {name}: {answers:?}"
                );
                assert_serves(server, name);
            }
        }
    }
}

/// A good preflight with some bytes replaced: whatever comes of it, nobody else is ever named.
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
            for answer in answers_to_junk(server, &bytes) {
                let named = allowed_origin(&answer);
                prop_assert!(named.is_none() || named == Some(APP.as_bytes()), "{:?}", answer);
            }
        });
        assert_serves(server, "mutations");
    }
}

/// Every framework, started.
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

/// Sends bytes that may be no request, and nothing more, and reads what answers come.
fn answers_to_junk(server: &Running, bytes: &[u8]) -> Vec<Response> {
    let mut connection = Connection::open(server.address).unwrap();
    connection.send(bytes).unwrap();
    connection.finish().unwrap();
    std::iter::from_fn(|| connection.read("GET").unwrap()).collect()
}

/// Sends requests and reads all answers. A last request ends the connection: by its answer one
/// knows that there are no others to come.
fn exchange(server: &Running, bytes: &[u8]) -> Vec<Response> {
    let last = b"GET /the/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut connection = Connection::open(server.address).unwrap();
    connection.send(&[bytes, last].concat()).unwrap();
    let mut answers: Vec<_> = std::iter::from_fn(|| connection.read("GET").unwrap()).collect();
    answers.pop_if(|answer| answer.status == 404);
    answers
}

fn allowed_origin(answer: &Response) -> Option<&[u8]> {
    let mut lines = answer.values("access-control-allow-origin");
    let value = lines.next();
    assert_eq!(lines.next(), None, "two values: {answer:?}");
    value
}

#[track_caller]
fn assert_serves(server: &Running, after: &str) {
    let answers = exchange(server, &preflight(&format!("Origin: {APP}")));
    let good = |answer: &Response| answer.status == 200 && answer.body == b"OK";
    assert!(
        answers.len() == 1 && answers.iter().all(good),
        "after {after}: {answers:?}"
    );
}
