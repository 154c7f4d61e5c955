//! Requests that the proxy does not forward.

use std::fmt::Write as _;

use crate::http::send;
use crate::running::{ORIGIN, Proxy};
use crate::upstream::Upstream;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// Sends exactly these lines.
fn raw(proxy: &Proxy, lines: &[&str]) -> String {
    let mut request = String::new();
    for line in lines {
        write!(request, "{line}\r\n").unwrap();
    }
    send(
        &proxy.address,
        format!("{request}connection: close\r\n\r\n").as_bytes(),
    )
}

#[test]
fn other_targets_and_methods_are_refused() {
    let upstream = Upstream::responding(OK);
    let proxy = Proxy::in_front_of(upstream.address);
    let (address, target) = (&proxy.address, upstream.address);
    for (line, status) in [
        (format!("GET http://{target}/ HTTP/1.1"), 400),
        (format!("GET http://{address}/ HTTP/1.1"), 400),
        (
            "GET http://169.254.169.254/latest/meta-data/ HTTP/1.1".to_owned(),
            400,
        ),
        ("OPTIONS * HTTP/1.1".to_owned(), 400),
        (format!("CONNECT {target} HTTP/1.1"), 501),
        ("TRACE / HTTP/1.1".to_owned(), 501),
        ("TRACK / HTTP/1.1".to_owned(), 501),
    ] {
        let response = raw(&proxy, &[&line, &format!("host: {address}"), ORIGIN]);
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status} ")),
            "{line}: {response}"
        );
        assert!(
            response.contains("\r\n\r\ncors proxy: "),
            "{line}: {response}"
        );
    }
    assert!(upstream.is_untouched());
}

#[test]
fn only_a_name_of_the_proxy_is_its_host() {
    let upstream = Upstream::responding(OK);
    let target = format!("http://{}", upstream.address);
    let proxy = Proxy::start(&target, crate::running::POLICY, &["--host", "dev.test"]);
    let (_, port) = proxy.address.split_once(':').unwrap();
    let with_port = |name: &str| format!("host: {name}:{port}");
    let other_port = "host: 127.0.0.1:81".to_owned();
    for hosts in [
        &[with_port("evil.example")][..],
        &[with_port("localhost.evil.example")],
        &[with_port("127.0.0.1.nip.io")],
        &[other_port],
        &[format!("host: {}", upstream.address)],
        &["host: localhost".to_owned()],
        &["host:".to_owned()],
        &[],
        &[with_port("127.0.0.1"), with_port("evil.example")],
    ] {
        let hosts: Vec<_> = hosts.iter().map(String::as_str).collect();
        // A page that rebinds its name is same-origin for the browser, so it may send no `Origin`.
        for more in [&[][..], &[ORIGIN]] {
            let response = raw(&proxy, &[&["GET / HTTP/1.1"], &hosts[..], more].concat());
            let status = response.lines().next().unwrap();
            assert!(
                [
                    "HTTP/1.1 421 Misdirected Request",
                    "HTTP/1.1 400 Bad Request"
                ]
                .contains(&status),
                "{hosts:?}: {response}"
            );
            assert!(
                !response.contains("access-control-"),
                "{hosts:?}: {response}"
            );
        }
    }
    assert!(upstream.is_untouched());
    for host in [
        with_port("127.0.0.1"),
        with_port("localhost"),
        with_port("LOCALHOST"),
        with_port("dev.test"),
        "host: dev.test".to_owned(),
    ] {
        let response = raw(&proxy, &["GET / HTTP/1.1", &host]);
        assert!(
            response.starts_with("HTTP/1.1 200 OK\r\n"),
            "{host}: {response}"
        );
    }
}

#[test]
fn requests_of_other_origins_do_not_reach_the_target() {
    let upstream = Upstream::responding(OK);
    let proxy = Proxy::in_front_of(upstream.address);
    for origin in [
        "origin: https://evil.example",
        "origin: null",
        "origin: http://localhost:3001",
    ] {
        let headers = [
            origin,
            "sec-fetch-site: cross-site",
            "content-type: text/plain",
        ];
        let response = proxy.request("POST /delete", &headers, "x");
        assert!(
            response.starts_with("HTTP/1.1 403 Forbidden\r\n"),
            "{response}"
        );
    }
    assert!(upstream.is_untouched());
    // A page of the target itself, loaded through the proxy.
    let own = format!("origin: http://{}", proxy.address);
    let response = proxy.request("POST /", &[&own, "sec-fetch-site: same-origin"], "x");
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
}

/// Browsers send no `Origin` for images, scripts, frames and links, although they send cookies.
#[test]
fn requests_of_other_websites_without_an_origin_do_not_reach_the_target() {
    let upstream = Upstream::responding(OK);
    let proxy = with_cookies(&upstream);
    for (line, headers) in [
        (
            "GET",
            &["sec-fetch-mode: no-cors", "sec-fetch-dest: image"][..],
        ),
        (
            "GET",
            &["sec-fetch-mode: navigate", "sec-fetch-dest: iframe"],
        ),
        ("GET", &["sec-fetch-mode: cors", "sec-fetch-dest: document"]),
        ("GET", &["sec-fetch-mode: navigate"]),
        ("GET", &[]),
        (
            "HEAD",
            &["sec-fetch-mode: navigate", "sec-fetch-dest: document"],
        ),
        (
            "POST",
            &["sec-fetch-mode: navigate", "sec-fetch-dest: document"],
        ),
    ] {
        for sites in [
            &["sec-fetch-site: cross-site"][..],
            &["sec-fetch-site: same-site"],
            &["sec-fetch-site: unknown"],
            &["sec-fetch-site:"],
            &["sec-fetch-site: none", "sec-fetch-site: cross-site"],
        ] {
            let headers = [&["cookie: a=1"], sites, headers].concat();
            let response = proxy.request(&format!("{line} /delete?x=1"), &headers, "");
            assert!(
                response.starts_with("HTTP/1.1 403 Forbidden\r\n"),
                "{line} {headers:?}: {response}"
            );
            let is_readable = response.contains("\r\n\r\ncors proxy: ") || line == "HEAD";
            assert!(is_readable, "{response}");
        }
    }
    // An empty origin is one that the policy refuses.
    let response = proxy.request("GET /", &["origin:", "sec-fetch-site: cross-site"], "");
    assert!(response.starts_with("HTTP/1.1 403 "), "{response}");
    assert!(upstream.is_untouched());
}

/// The target decides about these as if the browser had sent them to it.
#[test]
fn requests_without_an_origin_that_reach_the_target() {
    let upstream = Upstream::responding(OK);
    let proxy = with_cookies(&upstream);
    let navigation = |site| [site, "sec-fetch-mode: navigate", "sec-fetch-dest: document"];
    let image = |site| [site, "sec-fetch-mode: no-cors", "sec-fetch-dest: image"];
    for headers in [
        navigation("sec-fetch-site: cross-site"),
        navigation("sec-fetch-site: same-site"),
        navigation("sec-fetch-site: none"),
        image("sec-fetch-site: same-origin"),
    ] {
        let response = proxy.request("GET /", &headers, "");
        assert!(
            response.starts_with("HTTP/1.1 200 OK\r\n"),
            "{headers:?}: {response}"
        );
        assert!(
            upstream.next().contains(&format!("{}\r\n", headers[0])),
            "{headers:?}"
        );
    }
    // The policy has decided.
    let response = proxy.request("GET /", &[ORIGIN, "sec-fetch-site: cross-site"], "");
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(!upstream.next().contains("sec-fetch-site"));
    // Not a browser.
    let response = proxy.request("GET /", &[], "");
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
}

fn with_cookies(upstream: &Upstream) -> Proxy {
    let target = format!("http://{}", upstream.address);
    let policy = r#"{"allow_origins": ["http://localhost:3000"], "allow_credentials": true}"#;
    Proxy::start(&target, policy, &["--cookies"])
}

#[test]
fn a_loop_ends() {
    let upstream = Upstream::responding(OK);
    let proxy = Proxy::in_front_of(upstream.address);
    let response = proxy.request("GET /", &[ORIGIN, "via: 1.1 cors-proxy"], "");
    assert!(
        response.starts_with("HTTP/1.1 508 Loop Detected\r\n"),
        "{response}"
    );
    assert!(upstream.is_untouched());
    assert!(
        proxy
            .request("GET /", &["via: 1.1 nginx"], "")
            .starts_with("HTTP/1.1 200 ")
    );
    assert!(
        upstream
            .next()
            .contains("via: 1.1 nginx\r\nvia: 1.1 cors-proxy\r\n")
    );
}
