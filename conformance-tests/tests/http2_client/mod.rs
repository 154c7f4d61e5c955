//! A client for HTTP/2.

#![allow(dead_code, reason = "not every test that uses it reads a body")]

use std::net::SocketAddr;

use h2::RecvStream;
use h2::client::{self, SendRequest};
use tokio::net::TcpStream;

/// Connects with prior knowledge of HTTP/2.
pub(crate) async fn connect(server: SocketAddr) -> SendRequest<&'static [u8]> {
    let stream = TcpStream::connect(server).await.unwrap();
    let (client, connection) = client::Builder::new().handshake(stream).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Reads a body to its end.
pub(crate) async fn read(mut stream: RecvStream) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(part) = stream.data().await {
        let part = part.unwrap();
        stream.flow_control().release_capacity(part.len()).unwrap();
        body.extend(part);
    }
    body
}
