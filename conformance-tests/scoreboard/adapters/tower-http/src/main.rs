//! The test application in axum, with `CorsLayer` of tower-http.
//!
//! Usage: tower-http-adapter POLICY PORT

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;
use std::{env, fs, process};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use axum::{Router, ServiceExt};
use futures_util::stream;
use serde_json::{Map, Value};
use tower::Layer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

const KEYS: [&str; 6] = [
    "allow_origins",
    "allow_methods",
    "allow_headers",
    "allow_credentials",
    "expose_headers",
    "max_age",
];
const STANDARD_METHODS: [&str; 8] = [
    "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY",
];
const SAFELISTED: [&str; 4] = [
    "accept",
    "accept-language",
    "content-language",
    "content-type",
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let [_, file, port] = &arguments[..] else {
        return Err("usage: tower-http-adapter POLICY PORT".into());
    };
    let cors = layer(&serde_json::from_str(&fs::read_to_string(file)?)?)?;
    let address = format!("127.0.0.1:{port}");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        // Around the whole application, so that its 404 and 405 have headers, too.
        let service = ServiceExt::<Request<Body>>::into_make_service(cors.layer(router()));
        Ok(axum::serve(listener, service).await?)
    })
}

fn unsupported(reason: &str) -> ! {
    println!("{reason}");
    process::exit(77)
}

/// The layer with the meaning of this policy.
fn layer(policy: &Map<String, Value>) -> Result<CorsLayer, Box<dyn Error>> {
    if let Some(key) = policy.keys().find(|key| !KEYS.contains(&key.as_str())) {
        unsupported(&format!("CorsLayer has no option like {key}"));
    }
    let mut layer = CorsLayer::new();
    let origins = list(policy, "allow_origins");
    layer = if origins.contains(&"*") {
        layer.allow_origin(AllowOrigin::any())
    } else if origins.iter().any(|origin| origin.contains('*')) {
        unsupported("CorsLayer has no patterns of origins");
    } else {
        let origins = origins.iter().map(|origin| HeaderValue::from_str(origin));
        layer.allow_origin(origins.collect::<Result<Vec<_>, _>>()?)
    };
    let listed = list(policy, "allow_methods");
    let any = listed.contains(&"*").then_some(STANDARD_METHODS);
    let methods = any.into_iter().flatten().chain(listed);
    let methods = methods
        .filter(|method| *method != "*")
        .map(|method| method.parse::<Method>());
    layer = layer.allow_methods(methods.collect::<Result<Vec<_>, _>>()?);
    let headers = list(policy, "allow_headers");
    layer = if headers.contains(&"*") {
        // `*` would not cover Authorization, and has no meaning with credentials.
        layer.allow_headers(AllowHeaders::mirror_request())
    } else {
        layer.allow_headers(names(headers.into_iter().chain(SAFELISTED))?)
    };
    let exposed = list(policy, "expose_headers");
    if !exposed.is_empty() {
        layer = match exposed.contains(&"*") {
            true => layer.expose_headers(tower_http::cors::Any),
            false => layer.expose_headers(names(exposed.into_iter())?),
        };
    }
    if policy["allow_credentials"] == true {
        layer = layer.allow_credentials(true);
    }
    let seconds = policy["max_age"].as_u64().ok_or("max_age")?;
    Ok(layer.max_age(Duration::from_secs(seconds)))
}

fn list<'a>(policy: &'a Map<String, Value>, key: &str) -> Vec<&'a str> {
    let entries = policy[key].as_array().into_iter().flatten();
    entries.filter_map(Value::as_str).collect()
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> Result<Vec<HeaderName>, Box<dyn Error>> {
    names.map(|name| Ok(name.parse()?)).collect()
}

// ---- the application

const METHODS: MethodFilter = MethodFilter::GET
    .or(MethodFilter::POST)
    .or(MethodFilter::PUT)
    .or(MethodFilter::PATCH)
    .or(MethodFilter::DELETE)
    .or(MethodFilter::HEAD);

fn router() -> Router {
    let fixed = |status: u16, headers: &'static [(&str, &str)], body: &'static str| {
        on(
            METHODS,
            move || async move { respond(status, headers, body) },
        )
    };
    let teapot = &[
        ("x-teapot-make", "Rocket"),
        ("access-control-allow-origin", "https://handler.example"),
    ];
    let handled = || async { respond(200, &[], "handled") };
    Router::new()
        .route("/", fixed(200, &[], "ok"))
        .route(
            "/vary",
            fixed(
                200,
                &[("vary", "Accept-Encoding"), ("vary", "Cookie")],
                "ok",
            ),
        )
        .route("/error", fixed(500, &[], "error"))
        .route(
            "/unauthorized",
            fixed(401, &[("www-authenticate", "Bearer")], "unauthorized"),
        )
        .route("/teapot", fixed(418, teapot, "teapot"))
        .route("/redirect", fixed(302, &[("location", "/")], ""))
        .route("/stream", on(METHODS, || async { streamed() }))
        .route("/panic", on(METHODS, panic))
        .route("/options", fixed(200, &[], "ok").options(handled))
        .route("/reply", on(METHODS, reply))
        .layer(CatchPanicLayer::new())
}

fn respond(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn streamed() -> Response {
    let chunks = ["one,", "two,", "three"].map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
    Response::new(Body::from_stream(stream::iter(chunks)))
}

async fn panic() -> Response {
    std::panic::resume_unwind(Box::new("the handler panicked"))
}

async fn reply(headers: HeaderMap) -> Response {
    let mut status = 200;
    let lines = headers.get_all("x-reply").iter();
    let lines = lines.filter_map(|line| line.to_str().ok()?.split_once(':'));
    let mut own = Vec::new();
    for (name, value) in lines.map(|(name, value)| (name.trim(), value.trim())) {
        match value.parse() {
            Ok(number) if name == "Status" => status = number,
            _ => own.push((name, value)),
        }
    }
    respond(status, &own, "")
}
