//! The requests on the wire.

use crate::check;
use crate::server::{Server, response};

#[test]
fn sends_what_a_browser_sends() {
    // Arguments; the request line, the header lines except `Host` and some fixed ones, and the body.
    let rows: [(&[&str], &str, &[&str], &str); 7] = [
        (&[], "GET /a?b HTTP/1.1", &["accept: */*"], ""),
        (
            &["-H", "aCCept:  a "],
            "GET /a?b HTTP/1.1",
            &["accept: a"],
            "",
        ),
        (
            &["-H", "Accept: a", "-H", "accept: b"],
            "GET /a?b HTTP/1.1",
            &["accept: a, b"],
            "",
        ),
        (
            &["--data", "t\u{e9}xt"],
            "POST /a?b HTTP/1.1",
            &[
                "accept: */*",
                "content-length: 5",
                "content-type: text/plain;charset=UTF-8",
            ],
            "t\u{e9}xt",
        ),
        (
            &[
                "--data",
                "a=b",
                "-H",
                "Content-Type:application/x-www-form-urlencoded",
            ],
            "POST /a?b HTTP/1.1",
            &[
                "accept: */*",
                "content-length: 3",
                "content-type: application/x-www-form-urlencoded",
            ],
            "a=b",
        ),
        (
            &["-X", "post"],
            "POST /a?b HTTP/1.1",
            &["accept: */*", "content-length: 0"],
            "",
        ),
        (
            &["--cookie", "a=b"],
            "GET /a?b HTTP/1.1",
            &["accept: */*", "cookie: a=b"],
            "",
        ),
    ];
    for (args, line, lines, body) in rows {
        let server = Server::same(response("200 OK", &[]));
        // The fragment stays in the browser.
        check(&format!("{}a?b#c", server.url()), args);
        let sent = server.next();
        let host = format!("host: {}", server.address);
        let mut expected = lines.to_vec();
        let version = env!("CARGO_PKG_VERSION");
        let agent = format!("user-agent: Mozilla/5.0 (compatible; cors-check/{version})");
        expected.extend([
            host.as_str(),
            "origin: https://app.example.com",
            "sec-fetch-dest: empty",
            "sec-fetch-mode: cors",
            "sec-fetch-site: cross-site",
            agent.as_str(),
        ]);
        expected.sort_unstable();
        assert_eq!(
            (sent.line.as_str(), sent.body),
            (line, body.into()),
            "{args:?}"
        );
        assert_eq!(sent.headers, expected, "{args:?}");
    }
}

#[test]
fn a_preflight_has_no_cookie_and_no_body() {
    let grant = [
        "access-control-allow-origin: https://app.example.com",
        "access-control-allow-credentials: true",
        "access-control-allow-methods: PUT",
        "access-control-allow-headers: x-a",
    ];
    let server = Server::same(response("200 OK", &grant));
    let put = [
        "-X", "put", "-H", "X-A: 1", "--cookie", "a=b", "--data", "text",
    ];
    let run = check(&server.url(), &put);
    assert_eq!(run.status, 0, "{run:?}");
    let preflight = server.next();
    assert_eq!(preflight.line, "OPTIONS / HTTP/1.1");
    assert_eq!(
        preflight.value("access-control-request-method"),
        Some("PUT")
    );
    assert_eq!(
        preflight.value("access-control-request-headers"),
        Some("x-a")
    );
    assert_eq!(
        (preflight.value("cookie"), preflight.value("content-length")),
        (None, None)
    );
    let put = server.next();
    assert_eq!(
        (put.line.as_str(), put.value("cookie")),
        ("PUT / HTTP/1.1", Some("a=b"))
    );
    // Another request could change something.
    assert!(server.all().is_empty());
    let note = "note: it was not tested whether a cache may reuse the response: only GET and HEAD are sent again\n";
    assert!(run.stdout.contains(note), "{run:?}");
}

/// The responses tell whether a cache may mix them up.
#[test]
fn a_get_is_sent_with_another_origin_and_without_one() {
    let server = Server::same(response("200 OK", &["access-control-allow-origin: *"]));
    let run = check(&format!("{}a?b", server.url()), &["-H", "Accept: a"]);
    let sent = server.all();
    let origins: Vec<_> = sent.iter().map(|sent| sent.value("origin")).collect();
    let expected = [
        Some("https://app.example.com"),
        Some("https://cors-probe.example"),
        None,
    ];
    assert_eq!(origins, expected, "{run:?}");
    let sites: Vec<_> = sent
        .iter()
        .map(|sent| sent.value("sec-fetch-site"))
        .collect();
    assert_eq!(sites, [Some("cross-site"), Some("cross-site"), None]);
    for sent in sent {
        assert_eq!(
            (sent.line.as_str(), sent.value("accept")),
            ("GET /a?b HTTP/1.1", Some("a"))
        );
    }
}

#[test]
fn headers_that_scripts_cannot_set_are_named() {
    let server = Server::same(response("200 OK", &[]));
    let run = check(
        &server.url(),
        &["-H", "Cookie: a=b", "-H", "Host: evil.example"],
    );
    let sent = server.next();
    assert_eq!(sent.value("cookie"), None);
    assert_eq!(sent.value("host"), Some(server.address.as_str()));
    for note in [
        "note: scripts cannot set `Cookie`, so it is left out; use `--cookie`\n",
        "note: scripts cannot set `Host`, so it is left out\n",
    ] {
        assert!(run.stdout.contains(note), "{run:?}");
    }
}

#[test]
fn a_value_that_http_cannot_send() {
    let grant = [
        "access-control-allow-origin: *",
        "access-control-allow-headers: *",
    ];
    let server = Server::same(response("200 OK", &grant));
    let run = check(&server.url(), &["-H", "Accept: a\u{1}b"]);
    run.assert_unreachable("the header `accept` cannot be sent: failed to parse header value");
    // The preflight has only the name.
    assert_eq!(server.all().len(), 1);
}

#[test]
fn more_headers_than_anyone_sends() {
    let grant = [
        "access-control-allow-origin: *",
        "access-control-allow-headers: *",
    ];
    let server = Server::same(response("200 OK", &grant));
    let headers: Vec<_> = (0..1_001).map(|number| format!("X-{number}: 1")).collect();
    let args: Vec<_> = headers.iter().flat_map(|header| ["-H", header]).collect();
    let reason = "a request with more than 1000 headers is not sent";
    check(&server.url(), &args).assert_unreachable(reason);
    // The preflight has all names in one header.
    assert_eq!(server.all().len(), 1);
}
