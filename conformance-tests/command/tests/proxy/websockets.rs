//! WebSockets through the proxy.

use std::net::TcpStream;

use tungstenite::client::IntoClientRequest as _;
use tungstenite::error::Error;
use tungstenite::{Message, WebSocket};

use crate::http::send;
use crate::running::{ORIGIN, Proxy};
use crate::upstream::Upstream;

fn open(proxy: &Proxy, origin: &str) -> Result<WebSocket<TcpStream>, u16> {
    let stream = TcpStream::connect(&proxy.address).unwrap();
    let mut request = format!("ws://{}/echo", proxy.address)
        .into_client_request()
        .unwrap();
    let headers = request.headers_mut();
    headers.insert("origin", origin.parse().unwrap());
    headers.insert("cookie", "a=b".parse().unwrap());
    match tungstenite::client(request, stream) {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::HandshakeError::Failure(Error::Http(response))) => {
            Err(response.status().as_u16())
        }
        Err(error) => panic!("{error}"),
    }
}

/// Repeats each message.
fn echo() -> Upstream {
    Upstream::start(|connection| {
        let key = connection.head.lines();
        let mut key = key.filter_map(|line| line.strip_prefix("sec-websocket-key: "));
        let key = tungstenite::handshake::derive_accept_key(key.next().unwrap().as_bytes());
        connection.send(&format!(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: WebSocket\r\n\
             sec-websocket-accept: {key}\r\n\r\n"
        ));
        let stream = connection.stream.get_ref().try_clone().unwrap();
        let role = tungstenite::protocol::Role::Server;
        let mut socket = WebSocket::from_raw_socket(stream, role, None);
        while let Ok(message) = socket.read() {
            if message.is_binary() || message.is_text() {
                socket.send(message).unwrap();
            }
        }
    })
}

#[test]
fn messages_pass_in_both_directions() {
    let upstream = echo();
    let proxy = Proxy::in_front_of(upstream.address);
    let mut socket = open(&proxy, "http://localhost:3000").unwrap();
    let head = upstream.next();
    for line in [
        "connection: upgrade\r\n",
        "upgrade: websocket\r\n",
        "sec-websocket-version: 13\r\n",
    ] {
        assert!(head.contains(line), "{head}");
    }
    assert!(
        !head.contains("origin: ") && !head.contains("cookie: "),
        "{head}"
    );
    for message in [Message::text("hello"), Message::binary(vec![7; 1 << 20])] {
        socket.send(message.clone()).unwrap();
        assert_eq!(socket.read().unwrap(), message);
    }
    socket.close(None).unwrap();
    assert!(socket.read().unwrap().is_close());
    assert_eq!(proxy.log(), ["GET /echo from http://localhost:3000 101"]);
}

#[test]
fn other_websites_cannot_open_a_websocket() {
    let upstream = echo();
    let proxy = Proxy::in_front_of(upstream.address);
    assert_eq!(open(&proxy, "https://evil.example").err(), Some(403));
    assert!(upstream.is_untouched());
}

#[test]
fn a_target_may_refuse_and_no_other_protocol_passes() {
    let upstream = Upstream::responding(
        "HTTP/1.1 426 Upgrade Required\r\nupgrade: websocket\r\ncontent-length: 0\r\n\r\n",
    );
    let proxy = Proxy::in_front_of(upstream.address);
    assert_eq!(open(&proxy, "http://localhost:3000").err(), Some(426));
    assert!(upstream.next().contains("upgrade: websocket\r\n"));
    let request = format!(
        "GET / HTTP/1.1\r\nhost: {}\r\n{ORIGIN}\r\nconnection: upgrade, http2-settings, close\r\n\
         upgrade: h2c\r\nhttp2-settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
        proxy.address
    );
    let response = send(&proxy.address, request.as_bytes());
    assert!(response.starts_with("HTTP/1.1 426 "), "{response}");
    let head = upstream.next();
    assert!(
        !head.contains("upgrade") && !head.contains("http2-settings"),
        "{head}"
    );
}
