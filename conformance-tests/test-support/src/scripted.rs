//! HTTP servers whose tests write each byte of a response.

use std::io::{BufRead as _, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// Starts a server on a free port. It calls this function with each connection, on a thread of its own. The server ends
/// with the process.
pub fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Such as `GET / HTTP/1.1`.
    pub line: String,
    /// Sorted, names in lower case.
    pub headers: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Sent {
    /// Reads one request; `None` if the client only connects.
    pub fn read(stream: impl Read) -> Option<Self> {
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
        let mut sent = Self {
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

    /// The method.
    pub fn method(&self) -> &str {
        self.word(0)
    }

    /// The path and the query.
    pub fn target(&self) -> &str {
        self.word(1)
    }

    /// The value of the first line with this name, which is in lower case.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// Whether it is a preflight.
    pub fn is_preflight(&self) -> bool {
        self.method() == "OPTIONS" && self.value("access-control-request-method").is_some()
    }

    fn word(&self, place: usize) -> &str {
        self.line.split(' ').nth(place).unwrap_or_default()
    }
}
