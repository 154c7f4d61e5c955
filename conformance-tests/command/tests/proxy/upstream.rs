//! The server behind the proxy: a script at a raw socket.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver};

use test_support::process::PATIENCE;
use test_support::scripted::listen;
use tokio::net::TcpSocket;

pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    heads: Receiver<String>,
}

/// A connection whose request head was read.
pub(crate) struct Connection {
    pub(crate) head: String,
    pub(crate) stream: BufReader<TcpStream>,
}

impl Upstream {
    /// Responds to every request with the same bytes, and closes the connection.
    pub(crate) fn responding(response: &str) -> Self {
        let response = response.to_owned();
        Self::start(move |connection| connection.send(&response))
    }

    /// Runs the script for every connection, after it has read the head of a request.
    pub(crate) fn start(script: impl Fn(&mut Connection) + Send + Sync + 'static) -> Self {
        let (sender, heads) = mpsc::channel();
        let address = listen(move |stream| {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            let mut stream = BufReader::new(stream);
            let Some(head) = head(&mut stream) else {
                return;
            };
            let _ = sender.send(head.clone());
            script(&mut Connection { head, stream });
        });
        Self { address, heads }
    }

    /// The head of the next request, as it was received.
    pub(crate) fn next(&self) -> String {
        self.heads.recv_timeout(PATIENCE).unwrap()
    }

    /// Whether no request has been received since the last call of `next`.
    pub(crate) fn is_untouched(&self) -> bool {
        self.heads.try_recv().is_err()
    }
}

impl Connection {
    pub(crate) fn send(&mut self, text: &str) {
        // The proxy may have closed the connection.
        let _ = self.stream.get_mut().write_all(text.as_bytes());
    }

    /// Reads this many bytes of the body.
    pub(crate) fn body(&mut self, length: usize) -> String {
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }

    /// Reads a body in chunks with its trailers, as it was sent.
    pub(crate) fn chunks(&mut self) -> String {
        let mut text = String::new();
        while !text.ends_with("\r\n\r\n") {
            assert_ne!(self.stream.read_line(&mut text).unwrap(), 0, "{text}");
        }
        text
    }
}

/// An address at which nothing listens, as long as the socket is held: no other program can have it.
pub(crate) fn dead() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

/// Reads a head with its blank line.
pub(crate) fn head(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    Some(head)
}
