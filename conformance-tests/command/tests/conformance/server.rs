//! The test application on the core, over a socket, with one bug. This test binary is the program.

use std::env;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use conformance_tests::response::Response;
use conformance_tests::subject::{Core, Started, Subject as _};
use conformance_tests::vector::{Line, Request};
use cors_core::{Config, Policies};

use crate::bugs::{BUGS, HARMLESS};

/// The right server, with what a bug needs.
pub(crate) struct Right {
    pub(crate) config: Config,
    core: Box<dyn Started>,
}

impl Right {
    /// The right response.
    pub(crate) fn respond(&self, request: &Request) -> Response {
        self.core.ask(request).unwrap().response
    }
}

/// Serves until it is stopped. It is not a test, and does nothing without its variables.
#[test]
#[ignore = "the server that other tests start"]
fn serve() {
    let (Ok(bug), Ok(policy), Ok(port)) = (
        env::var("CORS_BUG"),
        env::var("CORS_POLICY"),
        env::var("CORS_PORT"),
    ) else {
        return;
    };
    let config: Config = serde_json::from_str(&fs::read_to_string(policy).unwrap()).unwrap();
    let policies = Policies::new(config.clone().build().unwrap());
    let right = Right {
        config,
        core: Core.start(policies).unwrap(),
    };
    let bug = BUGS.iter().chain(&HARMLESS).find(|known| known.name == bug);
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        // A client that only connects sends nothing.
        if let Some(request) = read(&mut stream) {
            let response = match bug {
                Some(bug) => (bug.respond)(&right, &request),
                None => right.respond(&request),
            };
            let _ = stream.write_all(&bytes(&request, &response));
        }
    }
}

pub(crate) fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 256];
        let mut head = httparse::Request::new(&mut headers);
        if let httparse::Status::Complete(length) = head.parse(&bytes).ok()? {
            let mut request = Request {
                method: head.method?.to_owned(),
                target: head.path?.to_owned(),
                lines: head.headers.iter().map(line).collect(),
                body: String::new(),
            };
            let content = request.values("content-length").next().unwrap_or(b"0");
            let content: usize = str::from_utf8(content).unwrap().parse().unwrap();
            if bytes.len() >= length + content {
                request.body = String::from_utf8(bytes[length..].to_vec()).unwrap();
                return Some(request);
            }
        }
        let mut more = [0; 4096];
        let count = stream.read(&mut more).ok().filter(|count| *count > 0)?;
        bytes.extend(&more[..count]);
    }
}

fn line(header: &httparse::Header<'_>) -> Line {
    Line::new([header.name.as_bytes(), b": ", header.value].concat()).unwrap()
}

pub(crate) fn bytes(request: &Request, response: &Response) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {} X\r\n", response.status).into_bytes();
    for (name, value) in &response.headers {
        bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    if request.target != "/stream" {
        bytes.extend(format!("content-length: {}\r\n", response.body.len()).into_bytes());
    }
    bytes.extend(b"connection: close\r\n\r\n");
    bytes.extend(&response.body);
    bytes
}
