//! Servers that send the bytes of a test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use test_support::process::PATIENCE;

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Such as `GET / HTTP/1.1`.
    pub(crate) line: String,
    /// Sorted, names in lower case.
    pub(crate) headers: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

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
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, requests) = mpsc::channel();
        let reply = Arc::new(reply);
        // The threads end with the process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (sender, reply) = (sender.clone(), Arc::clone(&reply));
                thread::spawn(move || {
                    let stream = stream.unwrap();
                    if let Some(request) = read(&stream) {
                        let reply = reply(&request);
                        let _ = sender.send(request);
                        send(stream, reply);
                    }
                });
            }
        });
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

/// `None` if the client only connects.
pub(crate) fn read(stream: impl std::io::Read) -> Option<Sent> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).ok()?;
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        match line.split_once(": ") {
            Some((name, value)) => lines.push(format!("{}: {value}", name.to_lowercase())),
            None if line.is_empty() => break,
            None => lines.push(line),
        }
    }
    if lines.is_empty() {
        return None;
    }
    let mut sent = Sent {
        line: lines.remove(0),
        headers: lines,
        body: Vec::new(),
    };
    sent.headers.sort_unstable();
    let length = sent
        .value("content-length")
        .map(|length| length.parse().unwrap());
    sent.body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut sent.body).ok()?;
    Some(sent)
}
