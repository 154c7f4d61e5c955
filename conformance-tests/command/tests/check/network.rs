//! Servers that are not there, or that send anything but a response.

use std::net::TcpListener;

use test_support::scripted::Sent;
use tokio::net::TcpSocket;

use crate::server::{Reply, Server, response};
use crate::{check, check_on_terminal, command, run};

const ANY: &str = "access-control-allow-origin: *";

#[test]
fn a_refused_connection() {
    // A port that is reserved, so that no other program listens there.
    let reserved = TcpSocket::new_v4().unwrap();
    reserved.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = reserved.local_addr().unwrap();
    let run = check(&format!("http://{address}"), &[]);
    assert_eq!(run.status, 2);
    let start = format!("error: cannot connect to {address}: Connection refused");
    assert!(run.stderr.starts_with(&start), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1);
    assert!(run.stdout.contains("< no response\n"), "{run:?}");
}

#[test]
fn a_name_without_an_address() {
    // A label of more than 63 bytes is refused on this machine, without a question to a name server.
    let name = "a".repeat(64);
    check(&format!("http://{name}/"), &[]).assert_unreachable(&format!(
        "the host name `{name}` does not resolve to an address"
    ));
}

#[test]
fn every_name_under_localhost_is_this_machine() {
    let server = Server::same(response("200 OK", &[ANY]));
    for name in ["localhost", "api.localhost"] {
        let run = check(&format!("http://{name}:{}/", server.port()), &[]);
        assert_eq!(run.status, 0, "{run:?}");
        let host = format!("{name}:{}", server.port());
        let sent = server.all();
        let hosts: Vec<_> = sent.iter().map(|sent| sent.value("host")).collect();
        assert_eq!(hosts, [Some(host.as_str()); 3]);
    }
}

#[test]
fn responses_that_are_none() {
    for (bytes, reason) in [
        ("", "the server closed the connection without a response"),
        (
            "HTTP/1.1 200 OK\r\nx-a:",
            "the server closed the connection without a response",
        ),
        (
            "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "the response is not valid HTTP: invalid HTTP version parsed",
        ),
        (
            "HTTP/1.1 2x0 OK\r\n\r\n",
            "the response is not valid HTTP: invalid HTTP status-code parsed",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
            "the response is not valid HTTP: invalid content-length parsed",
        ),
    ] {
        check(&Server::same(bytes).url(), &[]).assert_unreachable(reason);
    }
}

#[test]
fn a_server_that_does_not_respond() {
    for reply in [
        || Reply::Open(Vec::new()),
        || Reply::Open(b"HTTP/1.1 200 OK\r\n".into()),
    ] {
        let server = Server::start(move |_| reply());
        check(&server.url(), &["--time-limit", "0.5"]).assert_unreachable(
            "no response within 0.5 s, the time limit for everything; `--time-limit` sets it",
        );
    }
    // It does not even accept the connection.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    check(&url, &["--time-limit", "0.5"]).assert_unreachable(
        "no response within 0.5 s, the time limit for everything; `--time-limit` sets it",
    );
}

#[test]
fn heads_without_an_end() {
    let large = "the response head has more than 256 KiB or 1000 lines";
    let line = vec![b'a'; 64 << 10];
    let head = |start: &str| Reply::Endless(start.into(), b"x-a: 1\r\n".repeat(1 << 10));
    for (reply, reason) in [
        (head("HTTP/1.1 200 OK\r\n"), large),
        (
            Reply::Endless(b"HTTP/1.1 200 OK\r\nx-a: ".into(), line.clone()),
            large,
        ),
        (Reply::Endless(b"HTTP/1.1 200 ".into(), line.clone()), large),
        (
            Reply::Bytes(
                [
                    b"HTTP/1.1 200 OK\r\n".to_vec(),
                    b"x-a: 1\r\n".repeat(1_001),
                    b"\r\n".into(),
                ]
                .concat(),
            ),
            large,
        ),
    ] {
        let reply = std::sync::Mutex::new(Some(reply));
        let server = Server::start(move |_| reply.lock().unwrap().take().unwrap());
        check(&server.url(), &[]).assert_unreachable(reason);
    }
}

#[test]
fn informational_responses_without_an_end() {
    let again = || b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n".to_vec();
    let server = Server::start(move |_| Reply::Endless(Vec::new(), again()));
    let run = check(&server.url(), &[]);
    let start = "error: the server sent 1024 KiB without a complete response head, only ";
    assert!(run.stderr.starts_with(start), "{run:?}");
    assert!(
        run.stderr.ends_with(" informational (1xx) responses\n"),
        "{run:?}"
    );
    assert_eq!((run.status, run.stderr.lines().count()), (2, 1));

    let server = Server::start(move |_| Reply::Bytes(again().repeat(3)));
    check(&server.url(), &[]).assert_unreachable(
        "the server closed the connection without a response, only 3 informational (1xx) responses",
    );
}

#[test]
fn only_the_head_matters() {
    let head = format!("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n{ANY}\r\n");
    let unfinished = format!("{head}content-length: 9\r\n\r\n1").into_bytes();
    let endless = format!("{head}content-type: a/b\r\n\r\n").into_bytes();
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n").into_bytes();
    let body = || vec![b'a'; 64 << 10];
    for (reply, headers) in [
        (Reply::Open(unfinished), "headers content-length"),
        (Reply::Endless(endless, body()), "headers content-type"),
        (
            Reply::Endless(chunked, b"1\r\na\r\n".repeat(4_000)),
            "no headers",
        ),
    ] {
        let reply = std::sync::Mutex::new(Some(reply));
        // The questions about caches get no response.
        let closed = || Reply::Bytes(Vec::new());
        let server = Server::start(move |_| reply.lock().unwrap().take().unwrap_or_else(closed));
        let run = check(&server.url(), &[]);
        assert_eq!(run.verdict(), format!("readable: status 200, {headers}"));
        assert_eq!(run.status, 0, "{run:?}");
    }
}

#[test]
fn bytes_that_are_not_text() {
    let head = b"HTTP/1.1 200 \xff\r\nx-b: \xff\x9b31m\r\naccess-control-allow-origin: \xff\xfe\x9b\r\n\r\n";
    let server = Server::start(|_| Reply::Bytes(head.into()));
    let run = check_on_terminal(&server.url(), &["--verbose"]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.stdout.contains("<   x-b: \\xff\\x9b31m\n"), "{run:?}");
    assert_eq!(
        run.verdict(),
        "blocked: CORS check failed: Access-Control-Allow-Origin is `\\xff\\xfe\\x9b`, which is not the origin of the request"
    );
    run.assert_no_control_characters();
}

/// Browsers skip malformed lines and read folded ones.
#[test]
fn malformed_lines() {
    let head = "HTTP/1.1 200 OK\r\nno colon\r\naccess-control-allow-origin:\r\n *\r\n\r\n";
    let run = check(&Server::same(head).url(), &[]);
    assert_eq!(run.status, 0, "{run:?}");
}

/// Fetch forbids only NUL, CR and LF in values, so browsers keep the others.
#[test]
fn control_characters_in_values() {
    const PAGE: &str = "access-control-allow-origin: https://app.example.com";
    for (head, status, verdict) in [
        (
            format!("{PAGE}\r\nAccess-Control-Allow-Origin: \x01\r\n\r\n"),
            1,
            "blocked: CORS check failed: Access-Control-Allow-Origin is `https://app.example.com, \\x01`, which is not \
             the origin of the request",
        ),
        (
            format!("x-a: 1\n{PAGE}\n \x7f\x1b\n\n"),
            1,
            "blocked: CORS check failed: Access-Control-Allow-Origin is `https://app.example.com \\x7f\\x1b`, which is \
             not the origin of the request",
        ),
        (
            format!("{ANY}\r\nx-b: \x1b[31m\r\nx c: \x01\r\n\r\n"),
            0,
            "readable: status 200, no headers",
        ),
        // Neither informational responses nor bodies matter.
        (
            format!("{ANY}\r\ncontent-length: 40\r\n\r\naccess-control-allow-origin: \x01\r\n\r\n"),
            0,
            "readable: status 200, headers content-length",
        ),
        (
            format!("{ANY}\r\nvary: \x01\0\r\n\r\n"),
            2,
            "unreachable: the response is not valid HTTP: invalid HTTP header parsed",
        ),
    ] {
        let early = "HTTP/1.1 103 Early Hints\r\naccess-control-allow-origin: \x02\r\n\r\n";
        let server = Server::same(format!("{early}HTTP/1.1 200 OK\r\n{head}"));
        let run = check_on_terminal(&server.url(), &["--verbose"]);
        let informational = ", only 1 informational (1xx) response";
        assert_eq!(
            run.verdict().trim_end_matches(informational),
            verdict,
            "{head:?}"
        );
        assert_eq!(run.status, status, "{head:?}");
        run.assert_no_control_characters();
    }
}

/// The findings about caches and other origins need two more responses.
#[test]
fn probes_without_a_response_are_reported() {
    let allow = |sent: &Sent| {
        let origin = sent.value("origin").unwrap_or_default();
        response(
            "200 OK",
            &[&format!("access-control-allow-origin: {origin}")],
        )
    };
    let page = |sent: &Sent| sent.value("origin") == Some("https://app.example.com");
    let note = "note: 2 of 2 requests that test caches and other origins have no response, so findings about them may be \
                missing: the server closed the connection without a response\n";
    let server = Server::start(move |sent| match page(sent) {
        true => allow(sent).into(),
        false => "".into(),
    });
    let run = check(&server.url(), &[]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(run.stdout.contains(note), "{run:?}");

    let server = Server::start(move |sent| match sent.value("origin") {
        Some(_) => allow(sent).into(),
        None => "".into(),
    });
    let run = check(&server.url(), &[]);
    assert!(
        run.stdout
            .contains(&note.replace("2 of", "1 of").replace("have", "has")),
        "{run:?}"
    );

    let server = Server::start(move |sent| allow(sent).into());
    let run = check(&server.url(), &[]);
    assert!(!run.stdout.contains("note: "), "{run:?}");
}

#[test]
fn a_blocked_port_gets_no_request() {
    let run = check("http://127.0.0.1:22", &[]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(!run.stdout.contains("> "), "{run:?}");
}

#[test]
fn proxies_of_the_environment_are_not_used() {
    let server = Server::same(response("200 OK", &[ANY]));
    let proxy = Server::same(response("200 OK", &[]));
    let mut command = command();
    for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
        command.env(name, proxy.url());
    }
    let run = run(command.arg(server.url()).args(crate::PAGE));
    assert_eq!((run.status, proxy.all().len()), (0, 0), "{run:?}");
}
