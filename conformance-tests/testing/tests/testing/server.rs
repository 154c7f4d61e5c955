//! A server of the user's own, and one that sends bytes of its own.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use cors_testing::{Blocked, BoxError, Browser, Server};
use http::{Request, Response};

use crate::{PAGE, failure};

/// Two servers: one redirects to the other.
struct Two;

impl Server for Two {
    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<()>, BoxError> {
        let origin = request.headers().get("origin").unwrap().clone();
        let response = Response::builder().header("access-control-allow-origin", origin);
        Ok(match request.uri().host() {
            Some("a.example") => response
                .status(302)
                .header("location", "https://b.example/"),
            Some("b.example") => response,
            _ => return Err("unknown host".into()),
        }
        .body(())?)
    }
}

#[test]
fn redirects_to_another_server() {
    let browser = Browser::new(Two).at("https://a.example");
    let page = browser.page(PAGE);
    let verdict = page.get("/").wait();
    let hosts = verdict.may_read().exchanges().iter();
    let hosts = hosts.map(|(request, _)| request.url.host_str().unwrap());
    assert_eq!(hosts.collect::<Vec<_>>(), ["a.example", "b.example"]);
}

#[test]
fn no_response() {
    let browser = Browser::new(Two).at("https://c.example");
    let verdict = browser.page(PAGE).get("/").wait();
    assert_eq!(verdict.result().unwrap_err(), &Blocked::Network);
    assert!(
        verdict.to_string().ends_with("change: unknown host\n"),
        "{verdict}"
    );
}

/// A server that sends these bytes, and its URL.
fn raw(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let _ = connection.read(&mut [0; 1024]);
            let _ = connection.write_all(bytes);
        }
    });
    format!("http://{address}")
}

#[test]
fn informational_responses() {
    let url = raw(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n\
        HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\ncontent-length: 0\r\n\r\n");
    let browser = Browser::url(&url);
    browser.page(PAGE).get("/").wait().may_read_status(200);
}

#[test]
fn servers_that_do_not_respond() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    for url in [refused, raw(b""), raw(b"SSH-2.0-x\r\n")] {
        let browser = Browser::url(&url);
        let verdict = browser.page(PAGE).get("/").wait();
        assert_eq!(verdict.result().unwrap_err(), &Blocked::Network, "{url}");
        let report = failure::of(|| drop(verdict.may_not_read().clone()));
        assert!(report.contains("\n< no response\n"), "{report}");
    }
}

#[test]
fn only_http() {
    let url = raw(b"HTTP/1.1 302 Found\r\naccess-control-allow-origin: *\r\n\
        location: https://other.example/\r\ncontent-length: 0\r\n\r\n");
    let browser = Browser::url(&url);
    let verdict = browser.page(PAGE).get("/").wait();
    let change = "change: only `http` URLs are supported\n";
    assert!(verdict.to_string().ends_with(change), "{verdict}");
}
