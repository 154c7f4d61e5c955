//! The servers.

use std::any::Any;
use std::process::Command;

use conformance_tests::subject::FRAMEWORKS;
use serde_json::json;
use test_support::process::Server;

use super::page::Pages;
use super::wrong::Wrong;
use crate::set_ups::{self, LOCATIONS, Running};

/// A server that runs until it is dropped.
pub(super) struct Site {
    pub(super) name: String,
    pub(super) address: String,
    /// Each has a set-up of CORS or a response of its own.
    pub(super) paths: Vec<String>,
    /// Whether it is the one with wrong responses.
    pub(super) is_scripted: bool,
    _program: Box<dyn Any>,
}

/// Starts all servers; `None` if one of them is not installed.
pub(super) fn sites(pages: &Pages, wrong: &Wrong) -> Option<Vec<Site>> {
    let page = pages.listed();
    let locations = LOCATIONS.map(|location| location.0);
    let mut sites = vec![
        Site::of("FastAPI", set_ups::fastapi(&page)?, &FASTAPI),
        Site::of("Express", set_ups::express(&page)?, &EXPRESS),
        Site::of("nginx", set_ups::nginx(&page)?, &locations),
    ];
    sites.extend(FRAMEWORKS.map(|framework| Site::ours(framework.name, &page)));
    sites.push(Site {
        name: "scripted".to_owned(),
        address: wrong.address.to_string(),
        paths: wrong.paths(),
        is_scripted: true,
        _program: Box::new(()),
    });
    Some(sites)
}

const FASTAPI: [&str; 14] = [
    "right/",
    "right/crash",
    "right/missing",
    "any/",
    "any-with-credentials/",
    "none/",
    "none/items",
    "slash/",
    "other/",
    "no-methods/",
    "no-headers/",
    "no-credentials/",
    "authentication-outside/",
    "twice/",
];

const EXPRESS: [&str; 14] = [
    "right/",
    "right/crash",
    "right/missing",
    "any/",
    "any-with-credentials/",
    "reflected/",
    "none/",
    "other/",
    "slash/",
    "no-put/",
    "no-header/",
    "authentication-first/",
    "after-routes/",
    "twice/",
];

/// Paths of the test application.
const OURS: [&str; 5] = ["items", "error", "redirect", "missing", "unauthorized"];

impl Site {
    fn of(name: &str, server: Running, paths: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            address: server.address.clone(),
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            is_scripted: false,
            _program: Box::new(server),
        }
    }

    /// The test application in one of our frameworks.
    fn ours(framework: &str, page: &str) -> Self {
        let policy = json!({
            "allow_origins": [page],
            "allow_methods": ["GET", "POST", "PUT", "PATCH"],
            "allow_headers": ["Authorization", "X-A"],
            "allow_credentials": true,
            "expose_headers": ["X-Request-Id"],
            "max_age": 0,
        });
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("policy.json");
        std::fs::write(&file, policy.to_string()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
        command.args(["serve", "--framework", framework, "--listen", "127.0.0.1:0"]);
        let server = Server::start(command.arg("--policy").arg(&file));
        Self {
            name: framework.to_owned(),
            address: server.address(),
            paths: OURS.map(str::to_owned).to_vec(),
            is_scripted: false,
            _program: Box::new((server, folder)),
        }
    }
}
