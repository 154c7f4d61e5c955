//! A client that sends and shows bytes as they are: a library would normalise the very things that
//! the vectors are about.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use httparse::{EMPTY_HEADER, Status};

use crate::response::Response;
use crate::vector::Request;

/// Sends a request on a connection of its own and reads the whole answer.
pub fn ask(address: SocketAddr, request: &Request) -> Result<Response> {
    let answer = Connection::open(address)?.ask(request)?;
    answer.context("the server hung up without an answer")
}

/// A connection on which anything can be sent.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// Read from the socket, and not part of an answer yet.
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        // Against a server that never answers; no answer takes that long.
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.set_write_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self {
            stream,
            buffer: Vec::new(),
        })
    }

    /// Sends a request and reads the whole answer; `None` if the server hangs up instead. For more
    /// than one, `Connection: keep-alive` must be among its lines.
    pub fn ask(&mut self, request: &Request) -> Result<Option<Response>> {
        self.send(&bytes(request))?;
        self.read(&request.method)
    }

    /// Sends bytes. A server that hangs up before it has read them all is no failure: its answer
    /// says why.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.stream.write_all(bytes) {
            Err(error) if is_hang_up(&error) => Ok(()),
            result => result,
        }
    }

    /// Says that nothing more will be sent.
    pub fn finish(&mut self) -> io::Result<()> {
        match self.stream.shutdown(Shutdown::Write) {
            Err(error) if is_hang_up(&error) => Ok(()),
            result => result,
        }
    }

    /// Reads one answer, to the end that its head announces; `None` if the server hangs up instead.
    pub fn read(&mut self, method: &str) -> Result<Option<Response>> {
        let Some(mut response) = self.read_head()? else {
            return Ok(None);
        };
        response.body = self.body(method, &response).context("the body")?;
        Ok(Some(response))
    }

    /// Reads the head of one answer, which is all that ever comes of an endless one; `None` if the
    /// server hangs up instead.
    pub fn read_head(&mut self) -> Result<Option<Response>> {
        let (response, head_len) = loop {
            if let Some(head) = parse_head(&self.buffer)? {
                break head;
            }
            if !self.fill()? {
                ensure!(self.buffer.is_empty(), "the server hung up amidst the head");
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
                    let chunk = self.take(usize::try_from(size)?)?;
                    ensure!(self.take(2)? == b"\r\n", "a chunk without its line end");
                    if chunk.is_empty() {
                        return Ok(body);
                    }
                    body.extend(chunk);
                }
                Ok(Status::Partial) => ensure!(self.fill()?, "the chunks have no end"),
                Err(error) => bail!("{error}"),
            }
        }
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.buffer.len() < length {
            ensure!(
                self.fill()?,
                "it ends after {} of {length} bytes",
                self.buffer.len()
            );
        }
        Ok(self.buffer.drain(..length).collect())
    }

    /// Reads what is there; `false` at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let mut bytes = [0; 4096];
        match self.stream.read(&mut bytes) {
            Err(error) if is_hang_up(&error) => Ok(false),
            Err(error) => Err(error),
            Ok(count) => {
                self.buffer.extend(bytes.iter().take(count));
                Ok(count > 0)
            }
        }
    }
}

fn is_hang_up(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected
    )
}

/// The head of an answer and its length, once it is complete.
fn parse_head(buffer: &[u8]) -> Result<Option<(Response, usize)>> {
    let mut headers = [EMPTY_HEADER; 128];
    let mut head = httparse::Response::new(&mut headers);
    let Status::Complete(length) = head.parse(buffer).context("not an HTTP/1 answer")? else {
        return Ok(None);
    };
    let status = head.code.context("an answer without a status")?;
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

/// A request as it stands on the wire. It ends the connection unless one of its lines says otherwise.
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
