//! The program of each README does what the README says that curl prints.

use std::net::SocketAddr;
use std::sync::mpsc::{self, Sender};
use std::thread;

use readmes::{Page, root};

use crate::wire::exchange;

type Listening = Sender<SocketAddr>;

mod axum {
    #![allow(dead_code, reason = "`main` would use port 8000")]

    include!(concat!(env!("OUT_DIR"), "/axum.rs"));

    pub(super) fn start(listening: &super::Listening) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            listening.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, app().unwrap()).await.unwrap();
        });
    }
}

mod actix {
    #![allow(dead_code, reason = "`main` would use port 8000")]

    include!(concat!(env!("OUT_DIR"), "/actix.rs"));

    pub(super) fn start(listening: &super::Listening) {
        actix_web::rt::System::new().block_on(async {
            let cors = cors().unwrap();
            let app = move || App::new().configure(routes).wrap(cors.clone());
            let server = HttpServer::new(app).workers(1).disable_signals();
            let server = server.bind("127.0.0.1:0").unwrap();
            listening.send(server.addrs()[0]).unwrap();
            server.run().await.unwrap();
        });
    }
}

mod rocket_program {
    #![allow(dead_code, reason = "`main` would use port 8000")]

    include!(concat!(env!("OUT_DIR"), "/rocket.rs"));

    pub(super) fn start(listening: &super::Listening) {
        let listening = listening.clone();
        let config = rocket::Config {
            port: 0,
            log_level: rocket::config::LogLevel::Off,
            ..rocket::Config::default()
        };
        let report = rocket::fairing::AdHoc::on_liftoff("Address", |rocket| {
            let at = (rocket.config().address, rocket.config().port);
            Box::pin(async move { listening.send(at.into()).unwrap() })
        });
        let app = app().unwrap().configure(config).attach(report);
        drop(rocket::execute(app.launch()).unwrap());
    }
}

mod warp_program {
    #![allow(dead_code, reason = "`main` would use port 8000")]

    include!(concat!(env!("OUT_DIR"), "/warp.rs"));

    pub(super) fn start(listening: &super::Listening) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            listening.send(listener.local_addr().unwrap()).unwrap();
            warp::serve(app().unwrap()).incoming(listener).run().await;
        });
    }
}

#[test]
fn axum() {
    check("axum", axum::start);
}

#[test]
fn actix() {
    check("actix", actix::start);
}

#[test]
fn rocket() {
    check("rocket", rocket_program::start);
}

#[test]
fn warp() {
    check("warp", warp_program::start);
}

/// The first page of the repository has the program of axum.
#[test]
fn first_page() {
    let first = Page::read("README.md").unwrap();
    let axum = Page::read("cors-axum/README.md").unwrap();
    for block in 0..3 {
        assert_eq!(first.blocks[block].code, axum.blocks[block].code);
    }
}

/// The errors that the first page shows.
#[test]
fn errors() {
    let page = Page::read("README.md").unwrap();
    let shown = page
        .blocks
        .iter()
        .find(|it| it.code.starts_with("invalid CORS policy"));
    let config = cors_core::Config::new().allow_origins(["*", "https://example.com/"]);
    let error = config.allow_credentials(true).build().unwrap_err();
    assert_eq!(shown.unwrap().code.trim_end(), error.to_string());
}

#[test]
fn oldest_rust() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let version = manifest["workspace"]["package"]["rust-version"]
        .as_str()
        .unwrap();
    for framework in ["axum", "actix", "rocket", "warp"] {
        let page = Page::read(&format!("cors-{framework}/README.md")).unwrap();
        assert!(
            page.text.contains(&format!("\nRust {version} or newer.")),
            "{framework}"
        );
    }
}

fn check(framework: &str, start: fn(&Listening)) {
    let page = Page::read(&format!("cors-{framework}/README.md")).unwrap();
    let example = format!("cors-{framework}/examples/quickstart.rs");
    let example = std::fs::read_to_string(root().join(example)).unwrap();
    let (_, example) = example.split_once("\n\n").unwrap();
    let program = page.blocks.iter().find(|it| it.is("rust")).unwrap();
    assert_eq!(program.code, example, "the example differs from the README");

    let (listening, address) = mpsc::channel();
    // Until the process ends.
    thread::spawn(move || start(&listening));
    check_output(&page, address.recv().unwrap());
}

/// Sends the requests of the first console, and compares the responses.
pub(crate) fn check_output(page: &Page, server: SocketAddr) {
    let console = page.blocks.iter().find(|it| it.is("console")).unwrap();
    let exchanges: Vec<_> = console.code.split("$ ").skip(1).collect();
    assert_eq!(exchanges.len(), 2);
    for shown in exchanges {
        let (command, response) = shown.split_once('\n').unwrap();
        let command = Command::new(command);
        let received = exchange(server, command.method, "/", &command.headers);
        assert_eq!(
            comparable(&received),
            comparable(response),
            "received:\n{received}"
        );
    }
}

/// A `curl` command.
struct Command<'a> {
    method: &'a str,
    headers: Vec<&'a str>,
}

impl<'a> Command<'a> {
    fn new(command: &'a str) -> Self {
        let options = command.strip_prefix("curl -i ").unwrap();
        let mut options = options
            .strip_suffix("http://localhost:8000/")
            .unwrap()
            .trim();
        let (mut method, mut headers) = ("GET", Vec::new());
        while !options.is_empty() {
            if let Some(rest) = options.strip_prefix("-X ") {
                (method, options) = rest.split_once(' ').unwrap();
            } else {
                let rest = options.strip_prefix("-H '").unwrap();
                let (header, rest) = rest.split_once('\'').unwrap();
                headers.push(header);
                options = rest.trim_start();
            }
        }
        Self { method, headers }
    }
}

/// The status, the headers in any order without the date, and the body.
fn comparable(response: &str) -> (&str, Vec<String>, &str) {
    let (head, body) = response.split_once("\n\n").unwrap();
    let (status, headers) = head.split_once('\n').unwrap();
    let line = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap();
        let value = if name.eq_ignore_ascii_case("date") {
            ""
        } else {
            value
        };
        format!("{}: {value}", name.to_ascii_lowercase())
    };
    let mut headers: Vec<_> = headers.lines().map(line).collect();
    headers.sort();
    (status.trim_end(), headers, body.trim_end())
}
