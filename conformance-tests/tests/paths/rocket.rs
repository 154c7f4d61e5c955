//! Rocket: `FileServer`, `<x..>`, `<x>`.

use std::path::{Path as Folder, PathBuf};

use cors_rocket::Cors;
use rocket::fs::FileServer;
use rocket::http::uri::Segments;
use rocket::http::uri::fmt::Path;
use rocket::http::{Header, Method};
use rocket::local::blocking::Client;
use rocket::{Config, Route, get, post, routes};

use crate::area::{Setup, body_for};
use crate::{Answer, Case};

pub(crate) fn files(setup: &Setup, root: &Folder, cases: &[Case]) -> Vec<Option<Answer>> {
    send(setup, FileServer::from(root).into(), cases)
}

pub(crate) fn parameters(setup: &Setup, _: &Folder, cases: &[Case]) -> Vec<Option<Answer>> {
    send(
        setup,
        routes![admin, one, two, segments, write, file],
        cases,
    )
}

#[get("/admin/<path..>")]
fn admin(path: Segments<'_, Path>) -> String {
    body_for(&format!("admin/{}", path.collect::<Vec<_>>().join("/")))
}

#[get("/<name>", rank = 2)]
fn one(name: &str) -> String {
    body_for(name)
}

#[get("/<one>/<two>", rank = 3)]
fn two(one: &str, two: &str) -> String {
    body_for(&format!("{one}/{two}"))
}

#[get("/<path..>", rank = 4)]
fn segments(path: Segments<'_, Path>) -> String {
    body_for(&path.collect::<Vec<_>>().join("/"))
}

#[post("/<name>")]
fn write(name: &str) -> String {
    body_for(name)
}

#[post("/<path..>", rank = 2)]
fn file(path: PathBuf) -> String {
    body_for(&path.to_string_lossy())
}

fn send(setup: &Setup, routes: Vec<Route>, cases: &[Case]) -> Vec<Option<Answer>> {
    // A logger of the process that is already set stays. Without it, every request is logged.
    let _ = log::set_logger(log::logger());
    let app = rocket::custom(Config {
        log_level: rocket::config::LogLevel::Off,
        ..Config::release_default()
    });
    let app = app.mount("/", routes).attach(Cors::new(setup.policies()));
    let client = Client::untracked(app).unwrap();
    let answer = |case: &Case| {
        let method: Method = case.method.parse().unwrap();
        let request = client
            .req(method, case.path.as_str())
            .header(Header::new("origin", case.origin))
            .header(Header::new("host", "api.example"))
            .header(Header::new("access-control-request-method", case.method));
        let response = request.dispatch();
        let allow_origin = response.headers().get_one("access-control-allow-origin");
        Some(Answer {
            status: response.status().code,
            allow_origin: allow_origin.map(str::to_owned),
            body: response.into_string().unwrap_or_default(),
        })
    };
    cases.iter().map(answer).collect()
}
