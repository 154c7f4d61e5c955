//! The lines for nginx, in nginx.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use browser_model::{Request, Response};
use cors_diagnosis::Stack;
use test_support::nginx::Nginx;
use test_support::skip::skip;

use crate::fixes::{blocked, check};

#[test]
fn allows_what_was_blocked() {
    for (case, culprit) in blocked() {
        let lines = case
            .observe(|seen| culprit.fix_for(Stack::Nginx, seen))
            .unwrap();
        let Some(nginx) = start(&lines) else {
            return skip("no nginx");
        };
        check(&case, |request| Some(send(&nginx, request)));
    }
}

/// An nginx with authentication in front of a file.
fn start(lines: &str) -> Option<Nginx> {
    let files = [("files/items", "text"), ("users", "")];
    let (of_http, of_location) = lines.split_once("# in location").unwrap();
    let location = format!(
        "location / {{
            auth_basic area;
            auth_basic_user_file users;
            root files;
            # in location{of_location}
        }}"
    );
    Nginx::start(&files, of_http, &location)
}

fn send(nginx: &Nginx, request: &Request) -> Response {
    let mut stream = TcpStream::connect(nginx.address).unwrap();
    let mut head = format!(
        "{} {} HTTP/1.1\r\nhost: api.test\r\nconnection: close\r\n",
        request.method,
        request.url.path()
    );
    for (name, value) in &request.headers {
        head += &format!("{name}: {}\r\n", str::from_utf8(value).unwrap());
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, _) = response.split_once("\r\n\r\n").unwrap();
    let (status, lines) = head.split_once("\r\n").unwrap();
    let status = status.split(' ').nth(1).unwrap().parse().unwrap();
    crate::case::response(status, lines)
}
