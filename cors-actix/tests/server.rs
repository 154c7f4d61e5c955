//! Tests that need a server on a socket: rendered errors, dropped connections, upgrades, HTTP/2.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, error, rt, web};
use http::{HeaderMap, Request, header};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::panic::resume_unwind;
use std::sync::mpsc;
use std::thread;
use support::ORIGIN;
use tungstenite::client::IntoClientRequest as _;

/// Serves on a free port, in a separate thread, while the test runs.
fn serve() -> SocketAddr {
    let (sender, receiver) = mpsc::channel();
    let app = || {
        App::new()
            .route("/", web::get().to(async || "ok"))
            .route("/ws", web::get().to(echo))
            .route(
                "/panic",
                web::get().to(async || -> HttpResponse {
                    resume_unwind(Box::new("the handler panicked"))
                }),
            )
            .wrap(from_fn(authenticate))
            .wrap(support::cors())
    };
    thread::spawn(move || {
        rt::System::new().block_on(async {
            let server = HttpServer::new(app).workers(1).disable_signals();
            let server = server.bind_auto_h2c(("127.0.0.1", 0)).unwrap();
            sender.send(server.addrs().pop().unwrap()).unwrap();
            server.run().await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

async fn authenticate(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    if request.path() == "/private" {
        return Err(error::ErrorUnauthorized("missing token"));
    }
    next.call(request).await
}

async fn echo(request: HttpRequest, body: web::Payload) -> Result<HttpResponse, Error> {
    let (response, mut session, mut messages) = actix_ws::handle(&request, body)?;
    rt::spawn(async move {
        while let Some(Ok(actix_ws::Message::Text(text))) = messages.recv().await {
            session.text(text).await.unwrap();
        }
    });
    Ok(response)
}

/// Everything that the server sends, in lower case, until it closes the connection.
fn exchange(server: SocketAddr, head: &str) -> String {
    let mut stream = TcpStream::connect(server).unwrap();
    let request = format!("{head}\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response.to_ascii_lowercase()
}

#[test]
fn an_error_has_the_headers_on_the_wire() {
    let response = exchange(
        serve(),
        &format!("GET /private HTTP/1.1\r\nOrigin: {ORIGIN}"),
    );
    assert!(response.starts_with("http/1.1 401 "), "{response}");
    for line in [
        &format!("access-control-allow-origin: {ORIGIN}"),
        "vary: origin",
    ] {
        assert_eq!(response.matches(line).count(), 1, "{line} in {response}");
    }
}

#[test]
fn a_panic_closes_the_connection_and_the_server_continues() {
    let server = serve();
    let head = |path| format!("GET {path} HTTP/1.1\r\nOrigin: {ORIGIN}");
    assert_eq!(exchange(server, &head("/panic")), "");
    assert!(exchange(server, &head("/")).ends_with("ok"));
}

#[test]
fn a_websocket_opens_for_every_origin() {
    let server = serve();
    for origin in [ORIGIN, support::EVIL] {
        let mut request = format!("ws://{server}/ws").into_client_request().unwrap();
        let value = origin.parse().unwrap();
        request.headers_mut().insert(header::ORIGIN, value);
        let stream = TcpStream::connect(server).unwrap();
        let (mut socket, response) = tungstenite::client(request, stream).unwrap();
        assert_eq!(response.status(), 101);
        assert_eq!(
            allowed_origin(response.headers()),
            Some(origin).filter(|it| *it == ORIGIN)
        );
        assert_eq!(response.headers()[header::VARY], "Origin");

        socket.send("hello".into()).unwrap();
        assert_eq!(socket.read().unwrap(), "hello".into());
    }
}

/// Over HTTP/2 with prior knowledge, that is, without TLS.
#[actix_web::test]
async fn http_2_has_the_headers() {
    let stream = rt::net::TcpStream::connect(serve()).await.unwrap();
    let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
    rt::spawn(connection);
    for (method, path, status) in [
        ("GET", "/", 200),
        ("GET", "/none", 404),
        ("GET", "/private", 401),
        ("OPTIONS", "/private", 200),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://localhost{path}"))
            .header(header::ORIGIN, ORIGIN)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT");
        let (response, _) = client
            .send_request(request.body(()).unwrap(), true)
            .unwrap();
        let response = response.await.unwrap();
        assert_eq!(response.version(), http::Version::HTTP_2);
        assert_eq!(response.status(), status, "{method} {path}");
        assert_eq!(
            allowed_origin(response.headers()),
            Some(ORIGIN),
            "{method} {path}"
        );
    }
}

fn allowed_origin(headers: &HeaderMap) -> Option<&str> {
    let origin = headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN)?;
    Some(origin.to_str().unwrap())
}
