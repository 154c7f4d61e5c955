//! A target that gives no response. The page can read why.

use std::net::{Ipv4Addr, TcpListener};

use crate::http::request;
use crate::running::{ORIGIN, POLICY, Proxy};
use crate::upstream::{Upstream, dead};

/// The status and the text of an error, which a page can read.
fn error(proxy: &Proxy) -> (String, String) {
    let response = proxy.request("GET /", &[ORIGIN], "");
    let allowed = "access-control-allow-origin: http://localhost:3000\r\n";
    assert!(response.contains(allowed), "{response}");
    assert!(
        response.contains("content-type: text/plain; charset=utf-8\r\n"),
        "{response}"
    );
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let text = body.strip_prefix("cors proxy: ").unwrap();
    let text = text.strip_suffix('\n').unwrap();
    assert!(!text.contains('\n'), "{text:?}");
    let status = head.lines().next().unwrap();
    let logged = proxy.log().pop().unwrap();
    assert!(logged.ends_with(&format!(": {text}")), "{logged}");
    (status.to_owned(), text.to_owned())
}

#[test]
fn a_dead_target() {
    let (_held, target) = dead();
    let proxy = Proxy::in_front_of(target);
    let (status, text) = error(&proxy);
    assert_eq!(status, "HTTP/1.1 502 Bad Gateway");
    let start = format!("cannot connect to http://{target}: ");
    assert!(text.starts_with(&start), "{text}");
}

#[test]
fn a_target_that_is_silent() {
    // The system completes the connection. Without TLS, this is a server that responds slowly; with TLS, there is
    // no connection yet.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    for (scheme, option, expected) in [
        (
            "http",
            "--timeout=1",
            "no response from http://TARGET within 1 s; --timeout sets this limit",
        ),
        (
            "https",
            "--connect-timeout=1",
            "cannot connect to https://TARGET: no connection within 1 s; --connect-timeout sets this limit",
        ),
    ] {
        let target = silent.local_addr().unwrap().to_string();
        let certificate = crate::tls::certificate();
        let trusted = [("SSL_CERT_FILE", certificate.path.to_str().unwrap())];
        let proxy = Proxy::start_with(&format!("{scheme}://{target}"), POLICY, &[option], &trusted);
        let expected = expected.replace("TARGET", &target);
        assert_eq!(
            error(&proxy),
            ("HTTP/1.1 504 Gateway Timeout".to_owned(), expected)
        );
    }
}

#[test]
fn a_target_that_does_not_speak_http() {
    for garbage in [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        "HTTP/1.1 999",
        "",
    ] {
        let upstream = Upstream::responding(garbage);
        let proxy = Proxy::in_front_of(upstream.address);
        let (status, text) = error(&proxy);
        assert_eq!(status, "HTTP/1.1 502 Bad Gateway", "{garbage}");
        assert!(
            text.contains(&format!("http://{}", upstream.address)),
            "{text}"
        );
    }
}

#[test]
fn an_endless_head_ends() {
    for line in ["HTTP/1.1 103 Early Hints\r\n\r\n", "x: y\r\n"] {
        let upstream = Upstream::start(move |connection| {
            connection.send("HTTP/1.1 103 Early Hints\r\n");
            let many = line.repeat(1000);
            while std::io::Write::write_all(connection.stream.get_mut(), many.as_bytes()).is_ok() {}
        });
        let target = format!("http://{}", upstream.address);
        let proxy = Proxy::start(&target, POLICY, &["--timeout=1"]);
        let (status, _) = error(&proxy);
        assert!(
            ["HTTP/1.1 502 Bad Gateway", "HTTP/1.1 504 Gateway Timeout"].contains(&&*status),
            "{status}"
        );
    }
}

#[test]
fn a_body_that_ends_early_is_not_complete() {
    let upstream = Upstream::responding("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nstart");
    let proxy = Proxy::in_front_of(upstream.address);
    let response = request(&proxy.address, "GET /", &[], "");
    assert!(response.contains("content-length: 100\r\n"), "{response}");
    assert!(response.ends_with("start"), "{response}");
}
