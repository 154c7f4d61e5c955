//! Tests of `cors-axum` that need a server: a WebSocket and a time-out. Its other tests run in
//! memory.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::future::{IntoFuture as _, pending};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use cors_axum::{Config, CorsLayer};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;
use tower::ServiceExt as _;
use tower_http::timeout::TimeoutLayer;
use tungstenite::client::IntoClientRequest as _;

const APP: &str = "https://app.example.com";

#[tokio::test]
async fn a_websocket_is_opened_whatever_its_origin() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let server = listener.local_addr().unwrap();
    let app = Router::new().route("/", get(echo)).layer(cors());
    tokio::spawn(axum::serve(listener, app).into_future());
    for origin in [APP, "https://evil.example"] {
        let open = move || open(server, origin);
        spawn_blocking(open).await.unwrap();
    }
}

fn open(server: SocketAddr, origin: &'static str) {
    let mut request = format!("ws://{server}/").into_client_request().unwrap();
    let value = HeaderValue::from_static(origin);
    request.headers_mut().insert(header::ORIGIN, value);
    let stream = TcpStream::connect(server).unwrap();
    let (mut socket, response) = tungstenite::client(request, stream).unwrap();
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    let allowed = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    assert_eq!(allowed.is_some(), origin == APP);
    assert_eq!(response.headers()[header::VARY], "Origin");

    socket.send("hello".into()).unwrap();
    assert_eq!(socket.read().unwrap(), "hello".into());
}

async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async |mut socket: WebSocket| {
        while let Some(Ok(message)) = socket.recv().await {
            socket.send(message).await.unwrap();
        }
    })
}

#[tokio::test]
async fn a_time_out_inside_the_cors_layer_is_readable() {
    let soon = Duration::from_millis(1);
    let limit = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, soon);
    let sleeps = Router::new().route("/", get(pending::<()>));
    let inside = sleeps.clone().layer(limit).layer(cors());
    let outside = sleeps.layer(cors()).layer(limit);
    for (app, readable) in [(inside, true), (outside, false)] {
        let request = Request::builder().header(header::ORIGIN, APP);
        let response = app.oneshot(request.body(Body::empty()).unwrap()).await;
        let response = response.unwrap();
        assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
        let allowed = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(allowed.is_some(), readable);
    }
}

fn cors() -> CorsLayer {
    CorsLayer::new(Config::new().allow_origins([APP]).build().unwrap())
}
