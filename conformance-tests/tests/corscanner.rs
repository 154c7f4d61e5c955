//! Runs the scanner `corscanner`. On each framework it must find only what the policy allows
//! explicitly; on deliberately misconfigured servers it must find the misconfiguration.
//!
//! The scanner derives its origins from the host name, and treats a server that does not respond as
//! safe. So it goes through a proxy, which knows the host names and records the origins.

#![cfg(unix)] // the folder of programs in a virtual environment
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use conformance_tests::subject::{FRAMEWORKS, Running};
use conformance_tests::wire::Connection;
use cors_core::Config;
use serde_json::Value;
use test_support::python::Environment;

#[test]
fn the_scanner_finds_only_allowed_origins_and_deliberate_mistakes() {
    let Some(python) = Environment::with(env!("CARGO_TARGET_TMPDIR"), &["corscanner"]) else {
        return;
    };
    let mut network = Network::default();
    let mut expected = Vec::new();
    for framework in FRAMEWORKS {
        // Without TLS the scanner tries only http origins, so an https policy would prove nothing.
        let config = Config::new()
            .allow_origins(["http://app.example.com", "http://*.staging.example.com:*"])
            .allow_origin_regex(r"http://(www|pr-\d+)\.example\.com")
            .allow_credentials(true);
        let server = framework.spawn(config.clone().build().unwrap()).unwrap();
        network.add(
            format!("{}.example.com", framework.name),
            Site::Framework(server),
        );

        // The scanner tries subdomains last, after all look-alikes.
        let config = config.allow_origins(["http://*.example.org"]);
        let server = framework.spawn(config.build().unwrap()).unwrap();
        let host = format!("{}.example.org", framework.name);
        expected.push((host.clone(), "trust_any_subdomain".to_owned()));
        network.add(host, Site::Framework(server));
    }
    let bad: [(&str, Allows); 4] = [
        ("reflect_origin", |_| true),
        ("suffix_match", |origin| origin.ends_with("example.net")),
        ("prefix_match", |origin| {
            origin.starts_with("http://prefix-match.example.net")
        }),
        ("trust_null", |origin| origin == "null"),
    ];
    for (finding, allows) in bad {
        let host = format!("{}.example.net", finding.replace('_', "-"));
        expected.push((host.clone(), finding.to_owned()));
        network.add(host, Site::Bad(allows));
    }
    expected.sort();

    let asked = Arc::clone(&network.asked);
    assert_eq!(scan(&python, network), expected);
    let asked = asked.lock().unwrap();
    for (host, origins) in asked.iter() {
        println!("{host}: {} origins tried", origins.len());
        assert!(
            host.ends_with(".net") || origins.len() > 30,
            "{host}: {origins:?}"
        );
    }
    assert_eq!(asked.len(), 2 * FRAMEWORKS.len() + bad.len());
}

/// Host names with the findings for each, sorted.
fn scan(python: &Environment, network: Network) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let (list, report) = (
        folder.path().join("hosts"),
        folder.path().join("report.json"),
    );
    let urls = network.sites.keys().map(|host| format!("http://{host}/\n"));
    fs::write(&list, urls.collect::<String>()).unwrap();
    let scanner = python
        .program("corscanner")
        .args([
            "--input".as_ref(),
            list.as_os_str(),
            "--output".as_ref(),
            report.as_os_str(),
        ])
        .env_clear()
        .env("http_proxy", network.serve())
        // Use the bundled list of public suffixes instead of downloading the current one.
        .env("TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS", "")
        .env("TLDEXTRACT_CACHE", folder.path())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&scanner.stderr);
    assert!(scanner.status.success(), "{stderr}");
    let report: Vec<Value> = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
    let finding = |it: &Value| {
        assert_eq!(it["credentials"], "true", "{it}");
        println!("found: {it}");
        let host = it["url"].as_str().unwrap().trim_start_matches("http://");
        (
            host.trim_end_matches('/').to_owned(),
            it["type"].as_str().unwrap().to_owned(),
        )
    };
    let mut findings: Vec<_> = report.iter().map(finding).collect();
    findings.sort();
    findings
}

/// Hosts by name, and the origins that were sent to each.
#[derive(Default)]
struct Network {
    sites: BTreeMap<String, Site>,
    asked: Arc<Mutex<BTreeMap<String, Vec<String>>>>,
}

type Allows = fn(&str) -> bool;

enum Site {
    Framework(Running),
    /// Allows these origins, with credentials.
    Bad(Allows),
}

impl Network {
    fn add(&mut self, host: String, site: Site) {
        self.sites.insert(host, site);
    }

    /// Starts a proxy to all hosts and returns its address.
    fn serve(self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let network = Arc::new(self);
        thread::spawn(move || {
            for client in listener.incoming() {
                let network = Arc::clone(&network);
                thread::spawn(move || network.respond(client.unwrap()));
            }
        });
        format!("http://{address}")
    }

    fn respond(&self, mut client: TcpStream) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            client.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        let head = String::from_utf8(head).unwrap();
        let (host, _) = head
            .strip_prefix("GET http://")
            .unwrap()
            .split_once('/')
            .unwrap();
        let origin = head
            .lines()
            .find_map(|line| line.strip_prefix("Origin: "))
            .unwrap();
        let mut asked = self.asked.lock().unwrap();
        asked
            .entry(host.to_owned())
            .or_default()
            .push(origin.to_owned());
        drop(asked);
        let cors = match &self.sites[host] {
            Site::Framework(server) => {
                let mut connection = Connection::open(server.address).unwrap();
                let head = head.replacen(&format!("http://{host}"), "", 1);
                connection.send(head.as_bytes()).unwrap();
                let response = connection.read("GET").unwrap().unwrap();
                let lines = response
                    .headers
                    .iter()
                    .filter(|(name, _)| name.starts_with("access-control-"));
                let lines = lines
                    .map(|(name, value)| format!("{name}: {}\r\n", String::from_utf8_lossy(value)));
                lines.collect()
            }
            Site::Bad(allows) if allows(origin) => format!(
                "Access-Control-Allow-Origin: {origin}\r\nAccess-Control-Allow-Credentials: true\r\n"
            ),
            Site::Bad(_) => String::new(),
        };
        let response =
            format!("HTTP/1.1 200 OK\r\n{cors}Content-Length: 0\r\nConnection: close\r\n\r\n");
        client.write_all(response.as_bytes()).unwrap();
    }
}
