//! A server that allows everything to every page. The query of its URL changes its behaviour:
//!
//! | parameter | effect |
//! |---|---|
//! | `redirect` | redirects to this URL, with `status` |
//! | `refuse` | sends no CORS headers, except to preflights |
//! | `origin` | allows this origin in place of the request's |
//! | `empty` | sends a line without a value before the line that allows the origin |
//! | `headers`, `max-age` | sends this value in the response to a preflight |

use browser_model::{Request, Response};

pub(crate) fn permissive(request: &Request) -> Response {
    let parameter = |name: &str| {
        let mut pairs = request.url.query_pairs();
        pairs
            .find(|pair| pair.0 == name)
            .map(|pair| pair.1.into_owned())
    };
    let asked = |name: &str| {
        let line = request.headers.iter().find(|line| line.0 == name)?;
        Some(String::from_utf8(line.1.clone()).unwrap())
    };
    let mut headers = Vec::new();
    let mut header = |name: &str, value: Option<String>| {
        headers.extend(value.map(|value| (name.to_owned(), value.into_bytes())));
    };
    header("cache-control", Some("no-store".to_owned()));
    header("content-length", Some("0".to_owned()));
    if request.is_preflight || parameter("refuse").is_none() {
        let empty = parameter("empty").map(|_| String::new());
        header("access-control-allow-origin", empty);
        let origin = parameter("origin").or_else(|| asked("origin"));
        header("access-control-allow-origin", origin);
        header("access-control-allow-credentials", Some("true".to_owned()));
    }
    let mut status = 200;
    if request.is_preflight {
        header(
            "access-control-allow-methods",
            asked("access-control-request-method"),
        );
        let names = parameter("headers").or_else(|| asked("access-control-request-headers"));
        header("access-control-allow-headers", names);
        header("access-control-max-age", parameter("max-age"));
    } else if let Some(next) = parameter("redirect") {
        header("location", Some(next));
        status = parameter("status").unwrap().parse().unwrap();
    }
    Response { status, headers }
}
