//! tower-http itself: what a browser concludes from its preflight responses is what the converted policy decides.

use std::convert::Infallible;
use std::time::Duration;

use cors_convert::Library;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::cors::{AllowHeaders, AllowOrigin, Any, CorsLayer};

use crate::converted;

const ORIGINS: [&str; 3] = ["https://a.example", "https://b.example", "null"];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const HEADERS: [&str; 3] = ["x-a", "x-b", "content-type"];

/// Compares the layer with the policy that is converted from its source text.
macro_rules! compare {
    ($layer:expr) => {
        compare($layer, concat!("fn f() { ", stringify!($layer), " }"))
    };
}

fn compare(layer: CorsLayer, text: &str) {
    let policy = converted(Library::TowerHttp, text).config.build().unwrap();
    for origin in ORIGINS {
        for method in METHODS {
            for name in HEADERS {
                let request = Request::options("/")
                    .header(header::ORIGIN, origin)
                    .header(header::ACCESS_CONTROL_REQUEST_METHOD, method)
                    .header(header::ACCESS_CONTROL_REQUEST_HEADERS, name)
                    .body(())
                    .unwrap();
                let ours = policy.decide(&request).id() == "preflight-allowed";
                let theirs = allowed(&preflight(&layer, request), origin, method, name);
                // Content-Type is always allowed here, which the notes say.
                if name != "content-type" || theirs {
                    assert_eq!(ours, theirs, "{text}: {origin} {method} {name}");
                }
            }
        }
    }
}

fn preflight(layer: &CorsLayer, request: Request<()>) -> HeaderMap {
    let service = layer.layer(service_fn(|_: Request<()>| async {
        Ok::<_, Infallible>(Response::new(String::new()))
    }));
    let response = service.oneshot(request);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(response).unwrap().headers().clone()
}

/// Fetch, "CORS-preflight fetch", for a request without credentials.
fn allowed(response: &HeaderMap, origin: &str, method: &str, name: &str) -> bool {
    let lists = |header: HeaderName, value: &str| {
        let list = response
            .get(header)
            .map_or("", |list| list.to_str().unwrap());
        let mut entries = list.split(',').map(str::trim);
        entries.any(|entry| entry == "*" || entry.eq_ignore_ascii_case(value))
    };
    lists(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        && (["GET", "HEAD", "POST"].contains(&method)
            || lists(header::ACCESS_CONTROL_ALLOW_METHODS, method))
        && lists(header::ACCESS_CONTROL_ALLOW_HEADERS, name)
}

#[test]
fn tower_http() {
    compare!(CorsLayer::new());
    compare!(CorsLayer::permissive());
    compare!(
        CorsLayer::new()
            .allow_origin(Any)
            .allow_methods([Method::PUT])
            .allow_headers([HeaderName::from_static("x-a")])
    );
    compare!(
        CorsLayer::new()
            .allow_origin(AllowOrigin::list([
                "https://a.example".parse().unwrap(),
                HeaderValue::from_static("null")
            ]))
            .allow_methods(Any)
            .allow_headers(AllowHeaders::mirror_request())
            .max_age(Duration::from_secs(60))
    );
    compare!(
        CorsLayer::new()
            .allow_origin("https://b.example".parse::<HeaderValue>().unwrap())
            .allow_headers(Any)
            .expose_headers([header::ETAG])
    );
}
