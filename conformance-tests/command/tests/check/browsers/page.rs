//! The pages that send the requests, and what their scripts report.

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use test_support::process::PATIENCE;
use test_support::scripted::{Sent, listen};

use super::pair::Pair;
use super::wrong::Wrong;

/// The server of the pages.
pub(super) struct Pages {
    address: SocketAddr,
    documents: Documents,
    results: Receiver<String>,
}

/// The pages by their path. Other servers have some of them, too.
#[derive(Clone, Default)]
pub(super) struct Documents(Arc<Mutex<HashMap<String, String>>>);

/// The origins of the pages.
pub(super) struct Origins {
    /// The one that the servers are set up for.
    listed: String,
    /// The same server by another name.
    other: String,
    /// The server with wrong responses, which has a page of its own.
    own: String,
}

impl Pages {
    pub(super) fn start() -> Self {
        let documents = Documents::default();
        let (sender, results) = mpsc::channel();
        let known = documents.clone();
        let address = listen(move |stream| {
            if let Some(sent) = Sent::read(&stream) {
                respond(&known, &sent, &stream, &sender);
            }
        });
        Self {
            address,
            documents,
            results,
        }
    }

    /// The origin that the servers are set up for.
    pub(super) fn listed(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn documents(&self) -> Documents {
        self.documents.clone()
    }

    pub(super) fn origins(&self, wrong: &Wrong) -> Origins {
        Origins {
            listed: self.listed(),
            other: format!("http://localhost:{}", self.address.port()),
            own: format!("http://{}", wrong.address),
        }
    }

    /// Writes the pages for these pairs, and returns the URL of the one that has all others in frames, and how many pages
    /// there are.
    pub(super) fn write(&self, pairs: &[&Pair]) -> (String, usize) {
        let mut by_origin = BTreeMap::<&str, Vec<Value>>::new();
        for pair in pairs {
            by_origin.entry(&pair.origin).or_default().push(input(pair));
        }
        let listed = self.listed();
        let own = by_origin.remove(listed.as_str()).unwrap_or_default();
        let mut frames = Vec::new();
        for (place, (origin, pairs)) in by_origin.iter().enumerate() {
            let path = format!("/frame-{place}");
            let is_opaque = *origin == "null";
            let base = if is_opaque { &listed } else { *origin };
            frames.push(json!({ "src": format!("{base}{path}"), "isOpaque": is_opaque }));
            self.documents.add(&path, pairs, &[]);
        }
        self.documents.add("/", &own, &frames);
        (listed + "/", frames.len() + 1)
    }

    /// What the scripts report: the number of each pair, and its result.
    pub(super) fn results(&self) -> HashMap<usize, Value> {
        let text = self.results.recv_timeout(PATIENCE).unwrap();
        let results: Vec<(usize, Value)> = serde_json::from_str(&text).unwrap();
        results.into_iter().collect()
    }
}

impl Origins {
    /// The origin of the page of a pair. Most are the one that the servers are set up for.
    pub(super) fn of(&self, number: usize, has_own_page: bool) -> &str {
        match number % 11 {
            3 => &self.other,
            7 => "null",
            5 | 9 if has_own_page => &self.own,
            _ => &self.listed,
        }
    }
}

impl Documents {
    fn add(&self, path: &str, pairs: &[Value], frames: &[Value]) {
        let input = json!({ "pairs": pairs, "frames": frames }).to_string();
        let document = include_str!("page.html").replace("INPUT", &input);
        self.0.lock().unwrap().insert(path.to_owned(), document);
    }

    /// Sends the page that is requested; `None` if there is none.
    pub(super) fn send(&self, sent: &Sent, stream: &TcpStream) -> Option<()> {
        let document = self.0.lock().unwrap().get(sent.target())?.clone();
        write(stream, "200 OK", &document);
        Some(())
    }
}

fn respond(documents: &Documents, sent: &Sent, stream: &TcpStream, results: &Sender<String>) {
    if documents.send(sent, stream).is_some() {
        return;
    }
    if sent.target() == "/results" {
        let body = String::from_utf8(sent.body.clone()).unwrap();
        results.send(body).unwrap();
        return write(stream, "200 OK", "");
    }
    write(stream, "404 Not Found", "");
}

fn write(mut stream: &TcpStream, status: &str, body: &str) {
    let length = body.len();
    // The browser may have closed the connection.
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
}

/// What the script of the page needs to know.
fn input(pair: &Pair) -> Value {
    let request = pair.request;
    let init = json!({
        "method": request.method,
        "headers": request.headers,
        "body": request.body,
        "credentials": if request.has_credentials { "include" } else { "same-origin" },
    });
    json!([pair.number, pair.url, init])
}
