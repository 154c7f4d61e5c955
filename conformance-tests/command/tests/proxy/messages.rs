//! Requests and responses through the proxy.

use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpStream;

use test_support::process::PATIENCE;

use crate::http::without_date;
use crate::running::{ORIGIN, POLICY, Proxy};
use crate::upstream::{Upstream, head};

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn the_cors_headers_of_the_target_are_replaced() {
    let upstream = Upstream::responding(
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close, x-hop\r\nx-hop: 1\r\nx-total: 5\r\n\
         access-control-allow-origin: *\r\naccess-control-allow-origin: https://other.example\r\n\
         access-control-allow-credentials: true\r\naccess-control-max-age: 5\r\n\
         vary: Accept\r\nvary: origin\r\nset-cookie: a=b\r\n\r\nhi",
    );
    let proxy = Proxy::in_front_of(upstream.address);
    let headers = [
        ORIGIN,
        "sec-fetch-site: same-site",
        "authorization: Bearer x",
        "cookie: a=b",
        "x-forwarded-for: 10.0.0.1",
        "x-own: 1",
    ];
    let response = proxy.request("PUT /items?a=%20b", &headers, "body");
    assert_eq!(
        without_date(&response),
        [
            "",
            "HTTP/1.1 200 OK",
            "access-control-allow-origin: http://localhost:3000",
            "access-control-expose-headers: X-Total",
            "connection: close",
            "content-length: 2",
            "hi",
            "vary: Accept",
            "vary: origin",
            "x-total: 5",
        ]
    );
    let (target, address) = (upstream.address, &proxy.address);
    assert_eq!(
        sorted(&upstream.next()),
        [
            "PUT /items?a=%20b HTTP/1.1",
            "authorization: Bearer x",
            "content-length: 4",
            &format!("forwarded: for=127.0.0.1;host=\"{address}\";proto=http"),
            &format!("host: {target}"),
            "via: 1.1 cors-proxy",
            "x-forwarded-for: 127.0.0.1",
            &format!("x-forwarded-host: {address}"),
            "x-forwarded-proto: http",
            "x-own: 1",
        ]
    );
    assert_eq!(
        proxy.log(),
        ["PUT /items?a=%20b from http://localhost:3000 200"]
    );
}

#[test]
fn a_target_by_name() {
    let upstream = Upstream::responding("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let port = upstream.address.port();
    let proxy = Proxy::start(&format!("http://localhost:{port}"), POLICY, &[]);
    let response = proxy.request("GET /", &[], "");
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    let host = format!("\r\nhost: localhost:{port}\r\n");
    assert!(upstream.next().contains(&host));
}

#[test]
fn without_origin_the_response_varies_by_it() {
    let upstream = Upstream::responding("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    let proxy = Proxy::in_front_of(upstream.address);
    let response = proxy.request("GET /", &[], "");
    assert!(
        response.starts_with("HTTP/1.1 404 Not Found\r\n"),
        "{response}"
    );
    assert!(response.contains("vary: Origin\r\n"), "{response}");
    assert!(!response.contains("access-control-"), "{response}");
}

#[test]
fn preflights_do_not_reach_the_target() {
    let upstream =
        Upstream::responding("HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n");
    let proxy = Proxy::in_front_of(upstream.address);
    let preflight = |method: &str| {
        let method = format!("access-control-request-method: {method}");
        proxy.request("OPTIONS /", &[ORIGIN, &method], "")
    };
    let allowed = preflight("PUT");
    assert!(allowed.starts_with("HTTP/1.1 200 OK\r\n"), "{allowed}");
    assert!(
        allowed.contains("access-control-allow-methods: GET, PUT\r\n"),
        "{allowed}"
    );
    let refused = preflight("DELETE");
    assert!(
        refused.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{refused}"
    );
    assert!(upstream.is_untouched());
    assert_eq!(
        proxy.log(),
        [
            "OPTIONS / from http://localhost:3000 200: by the policy",
            "OPTIONS / from http://localhost:3000 400: by the policy",
        ]
    );
    // Any other OPTIONS is the target's.
    assert!(
        proxy
            .request("OPTIONS /", &[ORIGIN], "")
            .starts_with("HTTP/1.1 405 ")
    );
    assert!(upstream.next().starts_with("OPTIONS / HTTP/1.1\r\n"));
}

#[test]
fn responses_without_a_body() {
    let upstream = Upstream::start(|connection| {
        let response = match connection.head.split_whitespace().nth(1).unwrap() {
            "/204" => "HTTP/1.1 204 No Content\r\n\r\n",
            "/304" => "HTTP/1.1 304 Not Modified\r\netag: \"x\"\r\ncontent-length: 7\r\n\r\n",
            "/length" => "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n",
            "/chunked" => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            _ => "HTTP/1.0 200 OK\r\n\r\n",
        };
        connection.send(response);
    });
    let proxy = Proxy::in_front_of(upstream.address);
    for (line, status, length) in [
        ("GET /204", "204 No Content", None),
        ("GET /304", "304 Not Modified", None),
        ("HEAD /length", "200 OK", Some("content-length: 7\r\n")),
        ("HEAD /chunked", "200 OK", None),
        ("HEAD /close", "200 OK", None),
    ] {
        let response = proxy.request(line, &[ORIGIN], "");
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{response}"
        );
        assert!(response.ends_with("\r\n\r\n"), "{response}");
        match length {
            Some(length) => assert!(response.contains(length), "{response}"),
            None => assert!(!response.contains("content-length"), "{response}"),
        }
        assert!(response.contains("access-control-allow-origin: http://localhost:3000\r\n"));
    }
}

#[test]
fn trailers_pass_in_both_directions() {
    let upstream = Upstream::start(|connection| {
        assert!(connection.head.contains("te: trailers\r\n"));
        let body = connection.chunks();
        assert_eq!(body, "2\r\nhi\r\n0\r\nx-sum: 1\r\n\r\n");
        connection.send(
            "HTTP/1.1 200 OK\r\ntrailer: x-sum\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n\
             3\r\nyes\r\n0\r\nx-sum: 2\r\n\r\n",
        );
    });
    let proxy = Proxy::in_front_of(upstream.address);
    let request = format!(
        "POST / HTTP/1.1\r\nhost: {}\r\nconnection: te, close\r\nte: trailers\r\ntrailer: x-sum\r\n\
         transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nx-sum: 1\r\n\r\n",
        proxy.address
    );
    let response = crate::http::send(&proxy.address, request.as_bytes());
    assert!(response.contains("trailer: x-sum\r\n"), "{response}");
    assert!(
        response.ends_with("3\r\nyes\r\n0\r\nx-sum: 2\r\n\r\n"),
        "{response}"
    );
}

#[test]
fn a_body_is_sent_after_100_continue() {
    let upstream = Upstream::start(|connection| {
        assert!(connection.head.contains("expect: 100-continue\r\n"));
        assert_eq!(connection.body(4), "body");
        connection.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    });
    let proxy = Proxy::in_front_of(upstream.address);
    let mut stream = TcpStream::connect(&proxy.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = format!(
        "PUT / HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n",
        proxy.address
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    assert_eq!(head(&mut reader).unwrap(), "HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"body").unwrap();
    let mut response = String::new();
    reader.read_to_string(&mut response).unwrap();
    assert!(response.ends_with("\r\n\r\nok"), "{response}");
}
