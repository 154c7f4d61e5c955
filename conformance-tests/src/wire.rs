//! An HTTP client that sends and returns raw bytes. A client library would normalise the details
//! that the vectors test.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use httparse::{EMPTY_HEADER, Status};

use crate::response::Response;
use crate::vector::Request;

const NO_RESPONSE: &str = "the server closed the connection without a response";

/// The maximum size of a head or a body.
const MAX_BYTES: usize = 16 << 20;

/// Sends a request on a new connection and reads the whole response.
pub fn ask(address: SocketAddr, request: &Request) -> Result<Response> {
    let response = Connection::open(address)?.ask(request)?;
    response.context(NO_RESPONSE)
}

/// As [`ask`], but fails with [`io::ErrorKind::TimedOut`] if the whole response is not read within `limit`.
/// Informational responses are skipped, except `101`, which ends the exchange.
pub fn ask_within(address: SocketAddr, request: &Request, limit: Duration) -> Result<Response> {
    let mut connection = Connection::open_within(address, limit)?;
    connection.send(&bytes(request))?;
    loop {
        let response = connection.read(&request.method)?;
        let response = response.context(NO_RESPONSE)?;
        if !matches!(response.status, 100 | 102..200) {
            return Ok(response);
        }
    }
}

/// A connection that can send arbitrary bytes.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// When reading must be complete.
    deadline: Option<Instant>,
    /// Bytes read from the socket that are not part of a response yet.
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        // Guards against a server that never responds; no response takes that long.
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.set_write_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self {
            stream,
            deadline: None,
            buffer: Vec::new(),
        })
    }

    /// Connects, and lets the connection last for `limit` at most.
    pub fn open_within(address: SocketAddr, limit: Duration) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, limit)?;
        stream.set_write_timeout(Some(limit))?;
        Ok(Self {
            stream,
            deadline: Instant::now().checked_add(limit),
            buffer: Vec::new(),
        })
    }

    /// Sends a request and reads the whole response; `None` if the server closes the connection
    /// instead. To send more requests after it, include `Connection: keep-alive` in its lines.
    pub fn ask(&mut self, request: &Request) -> Result<Option<Response>> {
        self.send(&bytes(request))?;
        self.read(&request.method)
    }

    /// Sends bytes. It is not an error if the server closes the connection before it has read them
    /// all: its response gives the reason.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.stream.write_all(bytes) {
            Err(error) if is_hang_up(&error) => Ok(()),
            result => result,
        }
    }

    /// Shuts down the sending half of the connection.
    pub fn finish(&mut self) -> io::Result<()> {
        match self.stream.shutdown(Shutdown::Write) {
            Err(error) if is_hang_up(&error) => Ok(()),
            result => result,
        }
    }

    /// Reads one response up to the end given in its head; `None` if the server closes the
    /// connection instead.
    pub fn read(&mut self, method: &str) -> Result<Option<Response>> {
        let Some(mut response) = self.read_head()? else {
            return Ok(None);
        };
        response.body = self.body(method, &response).context("the body")?;
        Ok(Some(response))
    }

    /// Reads the head of one response, for responses without an end; `None` if the server closes the
    /// connection instead.
    pub fn read_head(&mut self) -> Result<Option<Response>> {
        let (response, head_len) = loop {
            if let Some(head) = parse_head(&self.buffer)? {
                break head;
            }
            if !self.fill()? {
                ensure!(
                    self.buffer.is_empty(),
                    "the server closed the connection in the middle of the head"
                );
                return Ok(None);
            }
        };
        self.buffer.drain(..head_len);
        Ok(Some(response))
    }

    fn body(&mut self, method: &str, head: &Response) -> Result<Vec<u8>> {
        if method == "HEAD" || matches!(head.status, 100..200 | 204 | 304) {
            return Ok(Vec::new());
        }
        let length = head.values("content-length").next();
        if head
            .values("transfer-encoding")
            .any(|coding| coding == b"chunked")
        {
            self.chunks()
        } else if let Some(length) = length {
            let length = std::str::from_utf8(length)?.parse()?;
            self.take(length)
        } else {
            while self.fill()? {}
            Ok(std::mem::take(&mut self.buffer))
        }
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            match httparse::parse_chunk_size(&self.buffer) {
                Ok(Status::Complete((line, size))) => {
                    self.take(line)?;
                    let size = usize::try_from(size)?;
                    if size > MAX_BYTES.saturating_sub(body.len()) {
                        return Err(too_long().into());
                    }
                    let chunk = self.take(size)?;
                    ensure!(self.take(2)? == b"\r\n", "a chunk without its line break");
                    if chunk.is_empty() {
                        return Ok(body);
                    }
                    body.extend(chunk);
                }
                Ok(Status::Partial) => ensure!(self.fill()?, "the last chunk is missing"),
                Err(error) => bail!("{error}"),
            }
        }
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.buffer.len() < length {
            ensure!(
                self.fill()?,
                "the body ends after {} of {length} bytes",
                self.buffer.len()
            );
        }
        Ok(self.buffer.drain(..length).collect())
    }

    /// Reads the available bytes; `false` at the end of the stream.
    fn fill(&mut self) -> io::Result<bool> {
        if self.buffer.len() > MAX_BYTES {
            return Err(too_long());
        }
        if let Some(deadline) = self.deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.stream.set_read_timeout(Some(left))?;
        }
        let mut bytes = [0; 4096];
        match self.stream.read(&mut bytes) {
            Err(error) if is_hang_up(&error) => Ok(false),
            // Unix reports a read timeout so.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                Err(io::ErrorKind::TimedOut.into())
            }
            Err(error) => Err(error),
            Ok(count) => {
                self.buffer.extend(bytes.iter().take(count));
                Ok(count > 0)
            }
        }
    }
}

fn too_long() -> io::Error {
    io::Error::other("the response is over 16 MiB")
}

fn is_hang_up(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected
    )
}

/// The head of a response and its length, once it is complete.
fn parse_head(buffer: &[u8]) -> Result<Option<(Response, usize)>> {
    let mut headers = [EMPTY_HEADER; 128];
    let mut head = httparse::Response::new(&mut headers);
    let Status::Complete(length) = head.parse(buffer).context("not an HTTP/1 response")? else {
        return Ok(None);
    };
    let status = head.code.context("a response without a status")?;
    let mut response = Response {
        status,
        headers: Vec::new(),
        body: Vec::new(),
    };
    for header in head.headers {
        response.append(header.name, header.value);
    }
    Ok(Some((response, length)))
}

/// The bytes of a request. Adds `Connection: close` unless the request has a `Connection` line.
pub fn bytes(request: &Request) -> Vec<u8> {
    let mut bytes = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
    for line in &request.lines {
        bytes.extend(line.as_bytes());
        bytes.extend(b"\r\n");
    }
    if !request.body.is_empty() {
        bytes.extend(format!("Content-Length: {}\r\n", request.body.len()).as_bytes());
    }
    if request.values("connection").next().is_none() {
        bytes.extend(b"Connection: close\r\n");
    }
    bytes.extend(b"\r\n");
    bytes.extend(request.body.as_bytes());
    bytes
}
