//! The programs in Python and JavaScript: they run, and their preflights end as under the policy beside them.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use cors_core::Policy;
use readmes::{Block, Page};
use test_support::node::Packages;
use test_support::python::Environment;

use crate::coming_from::policy;
use crate::wire::{exchange, header};

const ORIGINS: [&str; 5] = [
    "https://example.com",
    "https://app.example.com",
    "https://evil.example",
    "http://example.com",
    "null",
];
const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
const HEADERS: [&str; 3] = ["authorization", "content-type", "x-a"];

#[test]
fn fastapi() {
    let Some(python) = Environment::with(env!("CARGO_TARGET_TMPDIR"), &["fastapi", "uvicorn"])
    else {
        return;
    };
    let (program, policy) = program("python");
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("main.py");
    let serve = "
import socket
import uvicorn

listener = socket.create_server((\"127.0.0.1\", 0))
print(\"%s:%d\" % listener.getsockname(), flush=True)
uvicorn.Server(uvicorn.Config(app, log_level=\"critical\")).run(sockets=[listener])
";
    std::fs::write(&script, program + serve).unwrap();
    compare(python.program("python").arg(script), &policy);
}

#[test]
fn express() {
    let Some(packages) = Packages::with(env!("CARGO_TARGET_TMPDIR"), &["express", "cors"]) else {
        return;
    };
    let (program, policy) = program("js");
    let serve = "const server = app.listen(0, \"127.0.0.1\", () => {\n  console.log(`127.0.0.1:${server.address().port}`);\n});";
    let changed = program.replace("app.listen(8000);", serve);
    assert_ne!(changed, program);
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("server.js");
    std::fs::write(&script, changed).unwrap();
    compare(&mut packages.node(script.to_str().unwrap()), &policy);
}

/// The program in this language, and the policy of the example beside it.
fn program(language: &str) -> (String, Policy) {
    let page = Page::read("cors-core/COMING_FROM.md").unwrap();
    let at = page.blocks.iter().position(|it| it.is(language)).unwrap();
    let [theirs, ours]: [Block; 2] = page.blocks[at..at + 2].to_vec().try_into().unwrap();
    assert!(ours.is("rust"));
    (theirs.code, policy(&ours.code))
}

fn compare(command: &mut Command, policy: &Policy) {
    let server = Server::start(command);
    let mut allowed = 0;
    for origin in ORIGINS {
        for method in METHODS {
            for name in HEADERS {
                let request = http::Request::options("/")
                    .header("origin", origin)
                    .header("access-control-request-method", method)
                    .header("access-control-request-headers", name)
                    .body(())
                    .unwrap();
                let ours = policy.decide(&request).id() == "preflight-allowed";
                let lines = [
                    format!("Origin: {origin}"),
                    format!("Access-Control-Request-Method: {method}"),
                    format!("Access-Control-Request-Headers: {name}"),
                ];
                let response = exchange(
                    server.address,
                    "OPTIONS",
                    "/",
                    &lines.each_ref().map(|it| &**it),
                );
                let theirs = is_allowed(&response, origin, method, name);
                assert_eq!(ours, theirs, "{origin} {method} {name}:\n{response}");
                allowed += usize::from(ours);
            }
        }
    }
    assert_eq!(allowed, 2 * 3 * 2);
}

/// Fetch, "CORS-preflight fetch", with credentials.
fn is_allowed(response: &str, origin: &str, method: &str, name: &str) -> bool {
    let lists = |header_name: &str, value: &str| {
        let list = header(response, header_name).unwrap_or_default();
        list.split(',')
            .any(|entry| entry.trim().eq_ignore_ascii_case(value))
    };
    let status = response.split(' ').nth(1).unwrap();
    status.starts_with('2')
        && header(response, "access-control-allow-origin") == Some(origin)
        && header(response, "access-control-allow-credentials") == Some("true")
        && (["GET", "HEAD", "POST"].contains(&method)
            || lists("access-control-allow-methods", method))
        && lists("access-control-allow-headers", name)
}

/// A program that prints its address.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let address = line
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("no address: {line:?}"));
        Self { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
