//! HTTP/2 without TLS, many concurrent requests on one connection. Each framework must respond as
//! the core decides. There is no `Host` line; the target contains the authority.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod http2_client;

use conformance_tests::response::Response;
use conformance_tests::run::{cors, shown, vary};
use conformance_tests::subject::{Core, FRAMEWORKS, Subject as _};
use conformance_tests::vector::{Line, Request};
use cors_core::Config;
use h2::client::{self, SendRequest};

const AUTHORITY: &str = "api.example.com:8443";

#[tokio::test]
async fn every_framework_agrees_with_the_core() {
    let config = Config::new()
        .allow_origins(["https://app.example.com"])
        .allow_methods(["GET", "PUT"])
        .allow_headers(["X-A"])
        .allow_credentials(true)
        .expose_headers(["X-Total"])
        .block_refused_origins(true);
    let policy = config.build().unwrap();
    let core = Core.start(policy.clone().into()).unwrap();
    for framework in FRAMEWORKS {
        let server = framework.spawn(policy.clone()).unwrap();
        let mut client = http2_client::connect(server.address).await;
        let mut responses = Vec::new();
        for request in requests() {
            responses.push((send(&mut client, &request).await, request));
        }
        for (response, request) in responses {
            let context = format!("{} {}", framework.name, shown(&request));
            let response = response.await.unwrap();
            assert_eq!(response.version(), http::Version::HTTP_2, "{context}");
            let expected = core.ask(&request).unwrap().response;
            let received = plain(&response);
            assert_eq!(received.status, expected.status, "{context}");
            assert_eq!(cors(&received), cors(&expected), "{context}");
            assert_eq!(vary(&received), vary(&expected), "{context}");
        }
    }
}

fn requests() -> Vec<Request> {
    let app = "Origin: https://app.example.com";
    let evil = "Origin: https://evil.example";
    let own = format!("Origin: https://{AUTHORITY}");
    let put = "Access-Control-Request-Method: PUT";
    let asked: [(&str, &str, &[&str]); 16] = [
        ("GET", "/", &[]),
        ("GET", "/", &[app]),
        ("GET", "/", &[evil]),
        ("GET", "/", &[&own]),
        ("GET", "/", &["Origin: https://api.example.com"]),
        ("GET", "/", &[app, app]),
        ("GET", "/", &["Origin: \u{e4}"]),
        ("HEAD", "/", &[app]),
        ("GET", "/nowhere", &[app]),
        ("GET", "/vary", &[app]),
        ("GET", "/teapot", &[app]),
        ("GET", "/stream", &[app]),
        ("GET", "/panic", &[app]),
        ("OPTIONS", "/panic", &[app, put]),
        (
            "OPTIONS",
            "/panic",
            &[app, put, "Access-Control-Request-Headers: x-b"],
        ),
        ("OPTIONS", "/options", &[evil, put]),
    ];
    let request = |(method, target, lines): (&str, &str, &[&str])| {
        let host = format!("Host: {AUTHORITY}");
        let lines = lines.iter().copied().chain([host.as_str()]);
        Request {
            method: method.to_owned(),
            target: target.to_owned(),
            lines: lines.map(|line| Line::new(line).unwrap()).collect(),
            body: String::new(),
        }
    };
    asked.into_iter().map(request).collect()
}

async fn send(
    client: &mut SendRequest<&'static [u8]>,
    request: &Request,
) -> client::ResponseFuture {
    let target = format!("http://{AUTHORITY}{}", request.target);
    let mut head = http::Request::builder()
        .method(request.method.as_str())
        .uri(target);
    for line in request.lines.iter().filter(|line| !line.is("host")) {
        let (name, _) = std::str::from_utf8(line.as_bytes())
            .unwrap()
            .split_once(':')
            .unwrap();
        head = head.header(name, line.value());
    }
    let mut ready = client.clone().ready().await.unwrap();
    ready.send_request(head.body(()).unwrap(), true).unwrap().0
}

fn plain<B>(response: &http::Response<B>) -> Response {
    let mut plain = Response {
        status: response.status().as_u16(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    for (name, value) in response.headers() {
        plain.append(name.as_str(), value.as_bytes());
    }
    plain
}
