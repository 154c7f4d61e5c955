//! Servers of other people with right set-ups of CORS and typical wrong ones, each at a path of its own. They are for the
//! page of one origin.

use std::any::Any;

use test_support::nginx::Nginx;
use test_support::node::Packages;
use test_support::process::Server;
use test_support::python::Environment;
use test_support::skip::skip;

/// A server that runs until it is dropped.
pub(crate) struct Running {
    /// Such as `127.0.0.1:8000`.
    pub(crate) address: String,
    _program: Box<dyn Any>,
}

/// Starts FastAPI with the set-ups of `application.py`; `None` if it cannot be installed.
pub(crate) fn fastapi(page: &str) -> Option<Running> {
    let python = Environment::with(env!("CARGO_TARGET_TMPDIR"), &["fastapi", "uvicorn"])?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/application.py");
    let server = Server::start(python.program("python").args([script, page]));
    Some(Running {
        address: server.address(),
        _program: Box::new((server, python)),
    })
}

/// Starts Express with the set-ups of `application.js`; `None` if it cannot be installed.
pub(crate) fn express(page: &str) -> Option<Running> {
    let packages = Packages::with(env!("CARGO_TARGET_TMPDIR"), &["express", "cors"])?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/application.js");
    let server = Server::start(packages.node(script).arg(page));
    Some(Running {
        address: server.address(),
        _program: Box::new((server, packages)),
    })
}

/// Starts nginx with the [`LOCATIONS`]; `None` if it is not installed.
pub(crate) fn nginx(page: &str) -> Option<Running> {
    let files = [("files/file", "text"), ("users", "")];
    let map = format!("map $http_origin $listed {{ default \"\"; {page} $http_origin; }}");
    let locations = LOCATIONS.iter().map(|(name, lines)| {
        let lines = lines.replace("PAGE", page);
        format!("location = /{name} {{ {lines} }}\n")
    });
    let Some(nginx) = Nginx::start(&files, &map, &locations.collect::<String>()) else {
        skip("no nginx");
        return None;
    };
    Some(Running {
        address: nginx.address.to_string(),
        _program: Box::new(nginx),
    })
}

/// Name and directives. `PAGE` is the origin of the page.
#[rustfmt::skip]
pub(crate) const LOCATIONS: [(&str, &str); 14] = [
    ("right", "add_header Access-Control-Allow-Origin PAGE always; add_header Vary Origin always; return 200;"),
    ("any", "add_header Access-Control-Allow-Origin * always; return 200;"),
    ("any-error", "add_header Access-Control-Allow-Origin * always; return 404;"),
    ("map", "add_header Access-Control-Allow-Origin $listed always; add_header Vary Origin always; return 200;"),
    ("none", "return 200;"),
    ("not-always", "add_header Access-Control-Allow-Origin *; return 404;"),
    ("reflected", "add_header Access-Control-Allow-Origin $http_origin always; return 200;"),
    ("map-without-vary", "add_header Access-Control-Allow-Origin $listed always; return 200;"),
    ("twice", "add_header Access-Control-Allow-Origin *; add_header Access-Control-Allow-Origin $http_origin; add_header Vary Origin; return 200;"),
    ("slash", "add_header Access-Control-Allow-Origin PAGE/; return 200;"),
    ("secret", "add_header Access-Control-Allow-Origin *; add_header Access-Control-Allow-Credentials true; return 200;"),
    ("file", "root files; add_header Access-Control-Allow-Origin * always;"),
    ("password", "root files; auth_basic area; auth_basic_user_file users;"),
    ("to-https", "return 301 https://$host$request_uri;"),
];
