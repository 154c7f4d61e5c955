//! A policy file changes while a server runs, in each framework. The next request has the new policy.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use conformance_tests::app;
use conformance_tests::server::{Listening, Stop};
use conformance_tests::subject::Running;
use conformance_tests::wire::Connection;
use cors_core::watch::{PolicyFile, Problem, Replace};
use cors_core::{Config, Policies};

/// Only for failures.
const LIMIT: Duration = Duration::from_secs(120);

const ORIGINS: [&str; 2] = ["https://a.example", "https://b.example"];

#[test]
fn axum() {
    check(cors_axum::CorsLayer::new, |cors, at, listening, stop| {
        app::axum::serve(&cors, at, listening, stop)
    });
}

#[test]
fn actix() {
    check(cors_actix::Cors::new, app::actix::serve);
}

#[test]
fn rocket() {
    check(cors_rocket::Cors::new, app::rocket::serve);
}

#[test]
fn warp() {
    check(cors_warp::Cors::new, |cors, at, listening, stop| {
        app::warp::serve(&cors, at, listening, stop)
    });
}

/// This middleware can refuse policies, which is an error of the file, too.
#[test]
fn rocket_cannot_start_to_refuse_requests() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cors.toml");
    write(&path, ORIGINS[0]);
    let mut file = policy_file(&path);
    let cors = cors_rocket::Cors::new(file.read().unwrap());
    let (send, results) = channel();
    let callback = move |result| drop(send.send(result));
    let _watcher = file.watch(cors.clone(), callback).unwrap();
    replace(&path, "own_origins = ['https://a.example']");
    let error = results.recv_timeout(LIMIT).unwrap().unwrap_err();
    assert!(matches!(error.problem(), Problem::Replace(_)), "{error}");
    assert_eq!(cors.in_force().revision(), 1);
}

fn check<M: Replace + Clone>(
    new: fn(Policies) -> M,
    serve: fn(M, SocketAddr, Listening, Stop) -> io::Result<()>,
) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cors.toml");
    write(&path, ORIGINS[0]);
    let mut file = policy_file(&path);
    let cors = new(file.read().unwrap());
    let (send, results) = channel();
    let callback = move |result| drop(send.send(result));
    let watcher = file.watch(cors.clone(), callback).unwrap();
    let server =
        Running::start(move |at, listening, stop| serve(cors, at, listening, stop)).unwrap();
    let mut connection = Connection::open(server.address).unwrap();
    let mut allowed = || ORIGINS.map(|origin| is_allowed(&mut connection, origin));
    assert_eq!(allowed(), [true, false]);

    write(&path.with_extension("new"), ORIGINS[1]);
    fs::rename(path.with_extension("new"), &path).unwrap();
    let now = results.recv_timeout(LIMIT).unwrap().unwrap();
    assert_eq!(now.revision(), 2);
    assert_eq!(allowed(), [false, true]);

    for wrong in [
        "allow_origins = ['https://a.example/']",
        "allow_origins = [",
    ] {
        replace(&path, wrong);
        let error = results.recv_timeout(LIMIT).unwrap().unwrap_err();
        assert!(matches!(error.problem(), Problem::Invalid(_)), "{error}");
        assert_eq!(allowed(), [false, true]);
    }
    drop(watcher);
    server.stop().unwrap();
}

fn policy_file(path: &Path) -> PolicyFile {
    PolicyFile::new(path, |text| Ok(toml::from_str::<Config>(text)?.build()?))
}

fn write(path: &Path, origin: &str) {
    fs::write(path, format!("allow_origins = ['{origin}']\n")).unwrap();
}

/// Writes a new file, and renames it over the old one.
fn replace(path: &Path, text: &str) {
    let new = path.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(new, path).unwrap();
}

fn is_allowed(connection: &mut Connection, origin: &str) -> bool {
    let request = format!("GET / HTTP/1.1\r\nHost: own.example\r\nOrigin: {origin}\r\n\r\n");
    connection.send(request.as_bytes()).unwrap();
    let response = connection.read("GET").unwrap().unwrap();
    let mut values = response.values("access-control-allow-origin");
    let value = values.next();
    value
        .inspect(|value| assert_eq!(*value, origin.as_bytes()))
        .is_some()
}
