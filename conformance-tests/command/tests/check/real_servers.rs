//! Servers of other people with right set-ups and typical wrong ones.

use std::fs;
use std::net::TcpStream;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use cors_diagnosis::Culprit;
use serde_json::Value;
use test_support::node::Packages;
use test_support::process::{PATIENCE, Server};
use test_support::python::Environment;
use tokio::net::TcpSocket;

use crate::{command, run};

/// A page on this machine. For it, this machine is not in another network.
const PAGE: &str = "http://localhost:3000";

type Row = (&'static str, &'static [&'static str], &'static [Culprit]);

const PUT: &[&str] = &["-X", "PUT", "-H", "X-A: 1"];
const SECRET: &[&str] = &["--credentials"];

/// Set-up and path, arguments, and culprits.
#[rustfmt::skip]
const FASTAPI: [Row; 18] = [
    ("right/", SECRET, &[]),
    ("right/", &["-X", "PUT", "-H", "X-A: 1", "--credentials"], &[]),
    ("right/missing", &[], &[]),
    ("any/", PUT, &[]),
    ("any/", &[], &[]),
    ("any/", SECRET, &[Culprit::WildcardOrigin]),
    ("none/", &[], &[Culprit::NoCorsHeaders]),
    ("none/", PUT, &[Culprit::PreflightNotRouted]),
    ("slash/", &[], &[Culprit::OriginNotAllowed]),
    ("other/", PUT, &[Culprit::OriginNotAllowed]),
    ("no-methods/", PUT, &[Culprit::MethodNotAllowed]),
    ("no-headers/", PUT, &[Culprit::HeaderNotAllowed]),
    ("no-credentials/", SECRET, &[Culprit::CredentialsNotAllowed]),
    ("authentication-outside/", PUT, &[Culprit::PreflightUnauthorized]),
    ("twice/", &[], &[Culprit::DuplicateAllowOrigin]),
    ("right/crash", &[], &[Culprit::ErrorWithoutHeaders]),
    ("any-with-credentials/", SECRET, &[Culprit::AnyOriginReflected]),
    ("none/items", &[], &[Culprit::RedirectWithoutHeaders]),
];

/// Set-up and path, arguments, and culprits.
#[rustfmt::skip]
const EXPRESS: [Row; 18] = [
    ("right/", SECRET, &[]),
    ("right/", &["-X", "PUT", "-H", "X-A: 1", "--credentials"], &[]),
    ("right/crash", &[], &[]),
    ("any/", &[], &[]),
    ("any/", PUT, &[]),
    ("any/", SECRET, &[Culprit::WildcardOrigin]),
    ("any-with-credentials/", SECRET, &[Culprit::WildcardOrigin]),
    ("reflected/", SECRET, &[Culprit::AnyOriginReflected]),
    ("none/", &[], &[Culprit::NoCorsHeaders]),
    ("none/", PUT, &[Culprit::NoCorsHeaders]),
    ("other/", PUT, &[Culprit::OriginNotAllowed]),
    ("slash/", &[], &[Culprit::OriginSlash]),
    ("no-put/", PUT, &[Culprit::MethodNotAllowed]),
    ("no-header/", PUT, &[Culprit::HeaderNotAllowed]),
    ("authentication-first/", PUT, &[Culprit::PreflightUnauthorized]),
    ("after-routes/", &[], &[Culprit::NoCorsHeaders]),
    ("after-routes/", PUT, &[Culprit::ResponseWithoutHeaders]),
    ("twice/", &[], &[Culprit::DuplicateAllowOrigin]),
];

/// Name of a location, its directives, arguments, and culprits.
#[rustfmt::skip]
const NGINX: [(&str, &str, &[&str], &[Culprit]); 14] = [
    ("right", "add_header Access-Control-Allow-Origin http://localhost:3000 always; add_header Vary Origin always; return 200;", &[], &[]),
    ("any", "add_header Access-Control-Allow-Origin * always; return 200;", &[], &[]),
    ("any-error", "add_header Access-Control-Allow-Origin * always; return 404;", &[], &[]),
    ("map", "add_header Access-Control-Allow-Origin $listed always; add_header Vary Origin always; return 200;", &[], &[]),
    ("none", "return 200;", &[], &[Culprit::NoCorsHeaders]),
    ("not-always", "add_header Access-Control-Allow-Origin *; return 404;", &[], &[Culprit::ErrorWithoutHeaders]),
    ("reflected", "add_header Access-Control-Allow-Origin $http_origin always; return 200;", &[], &[Culprit::VaryMissing]),
    ("map-without-vary", "add_header Access-Control-Allow-Origin $listed always; return 200;", &[], &[Culprit::VaryMissing]),
    ("twice", "add_header Access-Control-Allow-Origin *; add_header Access-Control-Allow-Origin $http_origin; add_header Vary Origin; return 200;", &[], &[Culprit::DuplicateAllowOrigin]),
    ("slash", "add_header Access-Control-Allow-Origin http://localhost:3000/; return 200;", &[], &[Culprit::OriginSlash]),
    ("secret", "add_header Access-Control-Allow-Origin *; add_header Access-Control-Allow-Credentials true; return 200;", SECRET, &[Culprit::WildcardOrigin]),
    ("file", "root files; add_header Access-Control-Allow-Origin * always;", PUT, &[Culprit::PreflightNotRouted]),
    ("password", "root files; auth_basic area; auth_basic_user_file users;", PUT, &[Culprit::PreflightUnauthorized]),
    ("to-https", "return 301 https://$host$request_uri;", PUT, &[Culprit::PreflightRedirectToHttps]),
];

/// Set-up and path, and the rules of which `cors audit` has findings.
type Audit = (&'static str, &'static [&'static str]);

/// Starlette and Express say in a refused preflight what is allowed, and with `*` they allow every header.
#[rustfmt::skip]
const FASTAPI_AUDITS: [Audit; 5] = [
    ("right/", &["note: any-header", "note: refused-preflight-leaks"]),
    ("any/", &["note: any-header"]),
    ("any-with-credentials/", &["high: reflects-any-origin", "note: any-header"]),
    ("none/", &["note: allowed-origin-refused"]),
    ("twice/", &["low: several-allow-origin", "note: refused-preflight-leaks"]),
];

#[rustfmt::skip]
const EXPRESS_AUDITS: [Audit; 5] = [
    ("right/", &["note: any-header", "note: refused-preflight-leaks"]),
    ("any/", &["note: any-header"]),
    ("any-with-credentials/", &["low: any-origin-with-credentials", "note: any-header"]),
    ("reflected/", &["high: reflects-any-origin", "note: any-header"]),
    ("twice/", &["low: several-allow-origin", "note: any-header", "note: refused-preflight-leaks"]),
];

/// A `map` of nginx ignores case. The page beside each location does not exist, so it has no CORS.
#[rustfmt::skip]
const NGINX_AUDITS: [Audit; 6] = [
    ("right", &["low: error-lacks-headers"]),
    ("any", &["low: error-lacks-headers"]),
    ("map", &["low: not-an-origin", "low: error-lacks-headers"]),
    ("reflected", &["medium: missing-vary", "low: reflects-any-origin", "low: error-lacks-headers"]),
    ("map-without-vary", &["medium: missing-vary", "low: not-an-origin", "low: error-lacks-headers"]),
    ("secret", &["low: any-origin-with-credentials", "low: error-lacks-headers"]),
];

/// The rules that the audit of each set-up finds, if they are not the expected ones.
fn compare_audits(audits: &[Audit], address: &str) {
    let differences = audits.iter().filter_map(|(path, expected)| {
        let url = format!("http://{address}/{path}");
        let args = [
            "audit", &url, "--origin", PAGE, "--rate", "1000", "--format", "json",
        ];
        let run = run(Command::new(env!("CARGO_BIN_EXE_cors")).args(args));
        let report: Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error} {run:?}"));
        let findings = report["findings"].as_array().unwrap().iter();
        let found = findings.map(|it| {
            format!(
                "{}: {}",
                it["severity"].as_str().unwrap(),
                it["rule"].as_str().unwrap()
            )
        });
        let found: Vec<_> = found.collect();
        (found != *expected).then(|| format!("{path}: expected {expected:?}, found {found:?}\n"))
    });
    assert_eq!(differences.collect::<String>(), "");
}

/// The identifiers of the culprits that are found, as a line for a table if they are not the expected ones.
fn difference(name: &str, url: &str, args: &[&str], expected: &[Culprit]) -> Option<String> {
    let mut command = command();
    command
        .args([url, "--origin", PAGE, "--format", "json"])
        .args(args);
    let run = run(&mut command);
    let report: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error} {run:?}"));
    let findings = report["findings"].as_array().unwrap().iter();
    let found: Vec<_> = findings
        .map(|finding| finding["culprit"].as_str().unwrap())
        .collect();
    let expected: Vec<_> = expected.iter().map(|culprit| culprit.id()).collect();
    (found != expected)
        .then(|| format!("{name} {args:?}: expected {expected:?}, found {found:?}\n"))
}

#[test]
fn fastapi() {
    let Some(python) = Environment::with(env!("CARGO_TARGET_TMPDIR"), &["fastapi", "uvicorn"])
    else {
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/application.py");
    compare(
        &FASTAPI,
        &FASTAPI_AUDITS,
        python.program("python").arg(script),
    );
}

#[test]
fn express() {
    let Some(packages) = Packages::with(env!("CARGO_TARGET_TMPDIR"), &["express", "cors"]) else {
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/application.js");
    compare(&EXPRESS, &EXPRESS_AUDITS, &mut packages.node(script));
}

/// Starts a server with all set-ups, and checks each row.
fn compare(rows: &[Row], audits: &[Audit], command: &mut Command) {
    let server = Server::start(command);
    let line = server.line_with("listening on ");
    let address = line.rsplit(' ').next().unwrap();
    let differences = rows.iter().filter_map(|(path, args, expected)| {
        difference(path, &format!("http://{address}/{path}"), args, expected)
    });
    assert_eq!(differences.collect::<String>(), "");
    compare_audits(audits, address);
}

#[test]
fn nginx() {
    let Some(nginx) = Nginx::start() else {
        return test_support::launch::skip("no nginx");
    };
    let differences = NGINX.iter().filter_map(|(name, _, args, expected)| {
        difference(
            name,
            &format!("http://{}/{name}", nginx.address),
            args,
            expected,
        )
    });
    assert_eq!(differences.collect::<String>(), "");
    compare_audits(&NGINX_AUDITS, &nginx.address);
}

struct Nginx {
    address: String,
    child: Child,
    _folder: tempfile::TempDir,
    _port: TcpSocket,
}

impl Nginx {
    fn start() -> Option<Self> {
        // nginx cannot report a free port that it picked, so this reserves one with a socket that never listens.
        let port = TcpSocket::new_v4().unwrap();
        port.set_reuseport(true).unwrap();
        port.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = port.local_addr().unwrap().to_string();
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("files");
        fs::create_dir(&files).unwrap();
        fs::write(files.join("file"), "text").unwrap();
        fs::write(folder.path().join("users"), "").unwrap();
        fs::write(folder.path().join("nginx.conf"), configuration(&address)).unwrap();
        // Debian installs servers here, and only root has the folder on its path.
        let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin";
        let mut nginx = Command::new("nginx");
        nginx.env("PATH", path).arg("-p").arg(folder.path());
        let child = nginx
            .args(["-c", "nginx.conf", "-e", "stderr"])
            .spawn()
            .ok()?;
        let nginx = Self {
            address,
            child,
            _folder: folder,
            _port: port,
        };
        let start = Instant::now();
        while TcpStream::connect(&nginx.address).is_err() {
            assert!(start.elapsed() < PATIENCE, "nginx does not listen");
            thread::sleep(Duration::from_millis(10));
        }
        Some(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn configuration(address: &str) -> String {
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let folders = folders
        .map(|name| format!("{name}_temp_path {name};"))
        .concat();
    let locations = NGINX
        .iter()
        .map(|(name, lines, ..)| format!("location = /{name} {{ {lines} }}\n"));
    format!(
        "daemon off;
        master_process off;
        pid pid;
        error_log stderr crit;
        events {{}}
        http {{
            {folders}
            access_log off;
            map $http_origin $listed {{
                default \"\";
                {PAGE} $http_origin;
            }}
            server {{
                listen {address} reuseport;
                {}
            }}
        }}",
        locations.collect::<String>()
    )
}
