//! Tests that need a socket, with `warp::serve`.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_warp::{Config, Cors};
use futures_util::stream::{self, StreamExt as _};
use std::convert::Infallible;
use std::net::SocketAddr;
use support::{ORIGIN, cors, request, send};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use warp::{Filter, Rejection, Reply};

fn routes() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    let remote = warp::path("remote")
        .and(warp::addr::remote())
        .map(|address: Option<SocketAddr>| address.unwrap().ip().to_string());
    let head = warp::path("head").and(warp::head()).map(|| "text");
    let stream = warp::path("stream").map(|| {
        let chunks = stream::iter([Ok::<_, Infallible>("chunk")]);
        warp::reply::stream(chunks.chain(stream::pending()))
    });
    let panics = warp::path("panic").map(|| -> &'static str { panic!("on purpose") });
    let socket = warp::path("socket")
        .and(warp::ws())
        .map(|socket: warp::ws::Ws| {
            socket.on_upgrade(async |socket| {
                let (sink, messages) = socket.split();
                messages.forward(sink).await.unwrap();
            })
        });
    remote.or(head).or(stream).or(panics).or(socket)
}

/// Sends the lines of a head. Reads until the response contains `end` or the connection closes.
async fn exchange(lines: &[&str], end: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = warp::serve(cors().wrap(routes())).incoming(listener).run();
    let server = tokio::spawn(server);
    let mut connection = TcpStream::connect(address).await.unwrap();
    let origin = format!("Origin: {ORIGIN}");
    let lines = [lines, &["Host: own.example", &origin, "\r\n"]].concat();
    let head = lines.join("\r\n");
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    while !String::from_utf8_lossy(&response).contains(end) {
        if connection.read_buf(&mut response).await.unwrap() == 0 {
            break;
        }
    }
    server.abort();
    String::from_utf8(response).unwrap()
}

fn assert_shared(response: &str, status: &str) {
    assert!(
        response.starts_with(&format!("HTTP/1.1 {status} ")),
        "{response}"
    );
    let line = format!("access-control-allow-origin: {ORIGIN}\r\n");
    assert_eq!(response.matches(&line).count(), 1, "{response}");
}

#[tokio::test]
async fn the_remote_address_is_kept() {
    let response = exchange(&["GET /remote HTTP/1.1"], "127.0.0.1").await;
    assert_shared(&response, "200");
    assert!(response.ends_with("127.0.0.1"), "{response}");
}

#[tokio::test]
async fn head_has_the_length_and_no_body() {
    let response = exchange(&["HEAD /head HTTP/1.1", "Connection: close"], "no end").await;
    assert_shared(&response, "200");
    assert!(response.contains("content-length: 4\r\n"), "{response}");
    assert!(response.ends_with("\r\n\r\n"), "{response}");
}

#[tokio::test]
async fn a_stream_is_sent_before_it_ends() {
    let response = exchange(&["GET /stream HTTP/1.1"], "chunk\r\n").await;
    assert_shared(&response, "200");
    assert!(
        response.contains("transfer-encoding: chunked\r\n"),
        "{response}"
    );
}

#[tokio::test]
async fn a_panic_closes_the_connection() {
    assert_eq!(exchange(&["GET /panic HTTP/1.1"], "no end").await, "");
}

#[tokio::test]
async fn a_websocket_is_upgraded() {
    let lines = [
        "GET /socket HTTP/1.1",
        "Connection: upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    assert_shared(&exchange(&lines, "\r\n\r\n").await, "101");

    let client = warp::test::ws().path("/socket").header("origin", ORIGIN);
    let mut client = client.handshake(cors().wrap(routes())).await.unwrap();
    client.send_text("echo").await;
    assert_eq!(
        client.recv().await.unwrap(),
        warp::ws::Message::text("echo")
    );
}

/// Filters hand over the decision in a thread-local. See `handoff.rs`.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_requests_keep_their_own_origins() {
    let policy = Config::new().allow_origins(["https://*.example.com"]);
    let slow = warp::get().then(async || {
        tokio::task::yield_now().await;
        "ok"
    });
    let app = Cors::new(policy.build().unwrap()).wrap(slow);
    let tasks = (0..200).map(|number| {
        let app = app.clone();
        tokio::spawn(async move {
            let origin = format!("https://{number}.example.com");
            for method in ["GET", "OPTIONS", "DELETE"] {
                let headers = [
                    ("origin", origin.as_str()),
                    ("access-control-request-method", "GET"),
                ];
                let response = send(&app, request(method, "/", &headers)).await;
                assert_eq!(response.headers()["access-control-allow-origin"], origin);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}
