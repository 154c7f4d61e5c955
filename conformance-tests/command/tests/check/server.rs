//! Servers that send the bytes of a test.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc::{self, Receiver};

use test_support::process::PATIENCE;
use test_support::scripted::{Sent, listen};

/// What a server does with a request.
pub(crate) enum Reply {
    /// Sends bytes and closes the connection.
    Bytes(Vec<u8>),
    /// Sends bytes and keeps the connection open until the client closes it.
    Open(Vec<u8>),
    /// Sends the first bytes, and then the second again and again until the client closes the connection.
    Endless(Vec<u8>, Vec<u8>),
}

impl From<String> for Reply {
    fn from(text: String) -> Self {
        Self::Bytes(text.into_bytes())
    }
}

impl From<&str> for Reply {
    fn from(text: &str) -> Self {
        Self::Bytes(text.into())
    }
}

/// A response with a status and header lines.
pub(crate) fn response(status: &str, headers: &[&str]) -> String {
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\n{lines}content-length: 0\r\n\r\n")
}

pub(crate) struct Server {
    /// Such as `127.0.0.1:8000`.
    pub(crate) address: String,
    requests: Receiver<Sent>,
}

impl Server {
    /// The same response to every request.
    pub(crate) fn same(response: impl Into<String>) -> Self {
        let response = response.into();
        Self::start(move |_| response.clone().into())
    }

    pub(crate) fn start(reply: impl Fn(&Sent) -> Reply + Send + Sync + 'static) -> Self {
        let (sender, requests) = mpsc::channel();
        let address = listen(move |stream| {
            if let Some(request) = Sent::read(&stream) {
                let reply = reply(&request);
                let _ = sender.send(request);
                send(stream, reply);
            }
        });
        let address = address.to_string();
        Self { address, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) fn port(&self) -> &str {
        self.address.rsplit(':').next().unwrap()
    }

    /// The next request.
    #[track_caller]
    pub(crate) fn next(&self) -> Sent {
        self.requests.recv_timeout(PATIENCE).unwrap()
    }

    /// The requests so far, after the program has ended.
    pub(crate) fn all(&self) -> Vec<Sent> {
        self.requests.try_iter().collect()
    }
}

fn send(mut stream: TcpStream, reply: Reply) {
    let (first, again) = match reply {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes);
            return;
        }
        Reply::Open(bytes) => (bytes, None),
        Reply::Endless(first, again) => (first, Some(again)),
    };
    let _ = stream.write_all(&first);
    match again {
        Some(again) => while stream.write_all(&again).is_ok() {},
        None => {
            let _ = stream.read(&mut [0]);
        }
    }
}
