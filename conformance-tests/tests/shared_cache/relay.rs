//! A relay between a cache and the servers. It counts requests, and can remove `Vary` from
//! responses.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use bstr::ByteSlice as _;

/// Forwards one request at a time, until the tests end.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

struct State {
    /// The servers by host.
    servers: BTreeMap<&'static str, SocketAddr>,
    fetches: AtomicUsize,
    forgets_vary: AtomicBool,
}

impl Relay {
    pub(crate) fn start(servers: BTreeMap<&'static str, SocketAddr>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            servers,
            fetches: AtomicUsize::new(0),
            forgets_vary: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for connection in listener.incoming() {
                shared.pass(&connection.unwrap()).unwrap();
            }
        });
        Self { address, state }
    }

    /// The number of requests so far.
    pub(crate) fn fetches(&self) -> usize {
        self.state.fetches.load(Ordering::SeqCst)
    }

    /// Removes `Vary` from all further responses.
    pub(crate) fn forget_vary(&self) {
        self.state.forgets_vary.store(true, Ordering::SeqCst);
    }
}

impl State {
    /// Forwards one request without a body, and the response byte for byte.
    fn pass(&self, mut cache: &TcpStream) -> io::Result<()> {
        let lines = BufReader::new(cache).lines();
        let mut head = lines
            .take_while(|line| line.as_ref().map_or(true, |line| !line.is_empty()))
            .collect::<io::Result<Vec<_>>>()?;
        if head.is_empty() {
            return Ok(()); // only a check whether the port is open
        }
        self.fetches.fetch_add(1, Ordering::SeqCst);
        head.retain(|line| !is(line.as_bytes(), "connection"));
        head.push("Connection: close\r\n\r\n".to_owned());
        let host = head
            .iter()
            .find(|line| is(line.as_bytes(), "host"))
            .unwrap();
        let mut server = TcpStream::connect(self.servers[host["host:".len()..].trim()])?;
        server.write_all(head.join("\r\n").as_bytes())?;
        let mut response = Vec::new();
        server.read_to_end(&mut response)?;
        if self.forgets_vary.load(Ordering::SeqCst) {
            response = without_vary(&response);
        }
        cache.write_all(&response)
    }
}

fn without_vary(response: &[u8]) -> Vec<u8> {
    let (head, body) = response.split_once_str("\r\n\r\n").unwrap();
    let lines = head.split_str("\r\n").filter(|line| !is(line, "vary"));
    [&bstr::join("\r\n", lines), "\r\n\r\n".as_bytes(), body].concat()
}

/// Whether `line` is a line of this header.
fn is(line: &[u8], name: &str) -> bool {
    let start = line.split(|&byte| byte == b':').next();
    start.is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
}
