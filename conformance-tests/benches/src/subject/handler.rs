//! The handlers.

use http::header::{self, HeaderMap, HeaderValue};
use http::{Request, Response};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::LazyLock;

/// The paths for which the application has headers of its own.
const OWN: [&str; 6] = [
    "/own/10",
    "/own/50",
    "/own/100",
    "/vary/1",
    "/vary/32",
    "/vary/1000",
];

/// The header lines of the application for a path: so many headers, or so many lines of `Vary`.
pub fn own_headers(path: &str) -> impl Iterator<Item = (String, String)> {
    let (_, rest) = path.split_once('/').unwrap_or_default();
    let (kind, count) = rest.split_once('/').unwrap_or_default();
    let is_vary = kind == "vary";
    let count = count.parse().unwrap_or(0);
    (0..count).map(move |n| match is_vary {
        true => ("vary".to_owned(), format!("X-Name-{n:03}")),
        false => (format!("x-own-name-{n:03}"), format!("value {n}")),
    })
}

static MAPS: LazyLock<HashMap<&str, HeaderMap>> = LazyLock::new(|| {
    let map = |path| {
        let mut map = HeaderMap::new();
        for (name, value) in own_headers(path) {
            let name: header::HeaderName = name.parse().unwrap();
            map.append(name, value.parse().unwrap());
        }
        (path, map)
    };
    OWN.into_iter().map(map).collect()
});

/// The headers of the application for a path. There is room for more, because it must make no difference
/// who adds the header for which a map grows.
pub(super) fn own_map(path: &str) -> HeaderMap {
    let Some(own) = MAPS.get(path) else {
        return HeaderMap::new();
    };
    let mut map = HeaderMap::with_capacity(own.keys_len() + 16);
    for (name, value) in own {
        map.append(name, value.clone());
    }
    map
}

/// Returns a response with at least one header, because almost every real response has headers.
pub(super) async fn ok(request: Request<()>) -> Result<Response<&'static str>, Infallible> {
    let mut response = Response::new("ok");
    if request.uri().path() != "/" {
        *response.headers_mut() = own_map(request.uri().path());
    }
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    Ok(response)
}
