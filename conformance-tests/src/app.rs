//! The test application, in memory and in each framework. Its responses are fixed.
//!
//! | path | response |
//! |---|---|
//! | the paths of [`ROUTES`] | always the same |
//! | `/stream` | `200`, the [`CHUNKS`] one by one |
//! | `/later` | `200 ok`, after yielding to other requests |
//! | `/panic` | the handler panics; caught inside the CORS middleware: `500` |
//! | `/options` | `200 ok`, and `200 handled` for `OPTIONS` |
//! | `/reply` | the header lines in the request's `X-Reply` lines; `X-Reply: Status: 304` sets the status |
//! | anything else | the framework's `404` |
//!
//! Each path accepts [`METHODS`]; any other method gets the framework's `405`.

#[cfg(feature = "actix")]
pub mod actix;
pub mod axum;
#[cfg(feature = "rocket")]
pub mod rocket;
#[cfg(feature = "warp")]
pub mod warp;

use crate::response::{Reply, Response};
use crate::vector::Request;

/// The methods of every path.
pub const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/// The paths whose response is fixed.
pub const ROUTES: [(&str, Reply); 8] = [
    ("/", OK),
    (
        "/vary",
        Reply {
            headers: &[("Vary", "Accept-Encoding"), ("Vary", "Cookie")],
            ..OK
        },
    ),
    (
        "/error",
        Reply {
            status: 500,
            headers: &[],
            body: "error",
        },
    ),
    (
        "/unauthorized",
        Reply {
            status: 401,
            headers: &[("WWW-Authenticate", "Bearer")],
            body: "unauthorized",
        },
    ),
    (
        "/teapot",
        Reply {
            status: 418,
            headers: TEAPOT,
            body: "teapot",
        },
    ),
    (
        "/redirect",
        Reply {
            status: 302,
            headers: &[("Location", "/")],
            body: "",
        },
    ),
    // Used by the table in the playground.
    (
        "/items",
        Reply {
            headers: &[("X-Request-Id", "1")],
            ..OK
        },
    ),
    (
        "/session",
        Reply {
            headers: &[(
                "Set-Cookie",
                "playground=1; Path=/session; HttpOnly; SameSite=Strict",
            )],
            ..OK
        },
    ),
];

/// `200 ok` without extra headers.
pub const OK: Reply = Reply {
    status: 200,
    headers: &[],
    body: "ok",
};

/// The response of `/options` to `OPTIONS`.
pub const HANDLED: Reply = Reply {
    body: "handled",
    ..OK
};

/// The content of `/stream`.
pub const CHUNKS: [&str; 3] = ["one,", "two,", "three"];

const TEAPOT: &[(&str, &str)] = &[
    ("X-Teapot-Make", "Rocket"),
    ("Access-Control-Allow-Origin", "https://handler.example"),
];

/// Parses `X-Reply` lines into the status and header lines that `/reply` returns.
pub fn dictated<'a>(lines: impl Iterator<Item = &'a [u8]>) -> (u16, Vec<(&'a str, &'a str)>) {
    let mut status = 200;
    let mut headers = Vec::new();
    let lines = lines.filter_map(|line| std::str::from_utf8(line).ok()?.split_once(':'));
    for (name, value) in lines.map(|(name, value)| (name.trim(), value.trim())) {
        match value.parse() {
            Ok(number) if name == "Status" => status = number,
            _ => headers.push((name, value)),
        }
    }
    (status, headers)
}

/// The application in memory. Returns what a framework would, except its default texts and headers.
pub fn respond(request: &Request) -> Response {
    let path = request.path();
    let empty = |status| {
        Response::new(Reply {
            status,
            body: "",
            ..OK
        })
    };
    let fixed = ROUTES.iter().find(|(route, _)| *route == path);
    if fixed.is_none() && !["/stream", "/later", "/panic", "/options", "/reply"].contains(&path) {
        return empty(404);
    }
    if path == "/options" && request.method == "OPTIONS" {
        return Response::new(HANDLED);
    }
    if !METHODS.contains(&request.method.as_str()) {
        return empty(405);
    }
    match (path, fixed) {
        (_, Some((_, reply))) => Response::new(*reply),
        ("/stream", _) => Response {
            body: CHUNKS.concat().into(),
            ..Response::new(OK)
        },
        ("/panic", _) => empty(500),
        ("/reply", _) => {
            let (status, headers) = dictated(request.values("x-reply"));
            let mut response = empty(status);
            for (name, value) in headers {
                response.append(name, value.as_bytes());
            }
            response
        }
        _ => Response::new(OK),
    }
}
