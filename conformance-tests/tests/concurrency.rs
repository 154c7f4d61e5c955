//! Ten thousand concurrent requests, pipelined on a few hundred connections. Each response depends
//! only on its own request (catalogue 54).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::net::SocketAddr;
use std::thread;

use conformance_tests::response::Response;
use conformance_tests::subject::FRAMEWORKS;
use conformance_tests::wire::Connection;
use cors_core::Config;

const CLIENTS: usize = 4;
const CONNECTIONS: usize = 50; // of each client
const REQUESTS: usize = 50; // on each connection

#[test]
fn no_response_names_the_origin_of_another_request() {
    let config = Config::new()
        .allow_origins(["https://*.example.com"])
        .allow_headers(["*"])
        .allow_credentials(true);
    let policy = config.build().unwrap();
    for framework in FRAMEWORKS {
        let server = framework.spawn(policy.clone()).unwrap();
        let address = server.address;
        let client = |client| thread::spawn(move || exchange(address, client));
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        let responses: usize = clients.into_iter().map(|it| it.join().unwrap()).sum();
        assert_eq!(responses, 10_000, "{}", framework.name);
    }
}

/// Sends everything before it reads anything.
fn exchange(server: SocketAddr, client: usize) -> usize {
    let connection = |_| Connection::open(server).unwrap();
    let mut connections: Vec<_> = (0..CONNECTIONS).map(connection).collect();
    let number = |place, round| (round * CONNECTIONS + place) * CLIENTS + client;
    for round in 0..REQUESTS {
        for (place, connection) in connections.iter_mut().enumerate() {
            let request = Request::new(number(place, round));
            connection.send(request.text().as_bytes()).unwrap();
        }
    }
    for round in 0..REQUESTS {
        for (place, connection) in connections.iter_mut().enumerate() {
            let request = Request::new(number(place, round));
            let response = connection.read(request.method).unwrap().unwrap();
            request.check(&response);
        }
    }
    REQUESTS * CONNECTIONS
}

/// One of the requests. No two are equal.
#[derive(Debug)]
struct Request {
    method: &'static str,
    path: &'static str,
    origin: Option<String>,
    is_allowed: bool,
    /// The requested header of a preflight.
    header: Option<String>,
}

impl Request {
    fn new(number: usize) -> Self {
        // 5, 3 and 2 have no common factor: all combinations occur.
        let (origin, is_allowed) = match number % 5 {
            0 | 1 => (Some(format!("https://n{number}.example.com")), true),
            2 | 3 => (Some(format!("https://n{number}.evil.example")), false),
            _ => (None, false),
        };
        let is_preflight = number.is_multiple_of(2) && origin.is_some();
        Self {
            method: if is_preflight { "OPTIONS" } else { "GET" },
            path: match number % 3 {
                0 => "/",
                1 => "/later",
                _ => "/nowhere",
            },
            origin,
            is_allowed,
            header: is_preflight.then(|| format!("x-n{number}")),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{} {} HTTP/1.1\r\nHost: x\r\n", self.method, self.path);
        if let Some(origin) = &self.origin {
            text += &format!("Origin: {origin}\r\n");
        }
        if let Some(header) = &self.header {
            text += "Access-Control-Request-Method: GET\r\n";
            text += &format!("Access-Control-Request-Headers: {header}\r\n");
        }
        text + "\r\n"
    }

    fn check(&self, response: &Response) {
        let status = match (&self.header, self.path) {
            (Some(_), _) if self.is_allowed => 200,
            (Some(_), _) => 400,
            (None, "/nowhere") => 404,
            (None, _) => 200,
        };
        assert_eq!(response.status, status, "{self:?}: {response:?}");
        for (name, value) in [
            ("access-control-allow-origin", &self.origin),
            ("access-control-allow-headers", &self.header),
        ] {
            let lines: Vec<_> = response.values(name).collect();
            let expected = value.as_ref().filter(|_| self.is_allowed);
            let expected: Vec<_> = expected.into_iter().map(String::as_bytes).collect();
            assert_eq!(lines, expected, "{self:?}: {response:?}");
        }
    }
}
