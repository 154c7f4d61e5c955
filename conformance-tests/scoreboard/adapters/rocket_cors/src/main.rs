//! The fairing of rocket_cors.

use std::collections::HashSet;
use std::io::Cursor;

use futures_util::stream;
use rocket::config::LogLevel;
use rocket::http::Status;
use rocket::response::stream::ByteStream;
use rocket::route::{Handler, Outcome};
use rocket::{Config, Data, Request, Response, Route};
use rocket_cors::{AllOrSome, AllowedHeaders, Cors, CorsOptions, Method, Origins};
use scoreboard_adapter::application::{self, CHUNKS, FIXED, HANDLED, METHODS, OK, Reply, dictated};
use scoreboard_adapter::{Policy, Result, arguments, unsupported};

#[rocket::main]
async fn main() -> Result<()> {
    let (policy, address) = arguments("rocket_cors", &["allow_origin_regex"])?;
    let config = Config {
        address: address.ip(),
        port: address.port(),
        log_level: LogLevel::Off,
        ..Config::release_default()
    };
    let app = rocket::custom(config)
        .mount("/", routes())
        .attach(fairing(&policy)?);
    app.launch().await?;
    Ok(())
}

/// The fairing with the meaning of this policy.
fn fairing(policy: &Policy) -> Result<Cors> {
    let options = CorsOptions {
        allowed_origins: match policy.origins() {
            None => AllOrSome::All,
            Some(origins) => AllOrSome::Some(allowed(origins, policy)),
        },
        send_wildcard: policy.origins().is_none(),
        allowed_methods: methods(policy),
        allowed_headers: match policy.headers() {
            None => AllowedHeaders::all(),
            Some(listed) => AllowedHeaders::some(&listed),
        },
        allow_credentials: policy.allow_credentials,
        expose_headers: policy.expose_headers.iter().cloned().collect(),
        max_age: usize::try_from(policy.max_age).ok(),
        ..CorsOptions::default()
    };
    options
        .to_cors()
        .or_else(|error| unsupported(&format!("rocket_cors does not accept the options: {error}")))
}

/// Origins that have no tuple, such as `chrome-extension://id`, need a regex.
fn allowed(origins: &[String], policy: &Policy) -> Origins {
    let is_exact =
        |origin: &&String| origin.starts_with("https://") || origin.starts_with("http://");
    let named = origins.iter().filter(|origin| *origin != "null");
    let (exact, opaque): (Vec<_>, Vec<_>) = named.partition(is_exact);
    let opaque = opaque.into_iter().map(|origin| literal(origin));
    let regex = opaque.chain(policy.allow_origin_regex.clone());
    Origins {
        allow_null: origins.iter().any(|origin| origin == "null"),
        exact: Some(exact.into_iter().cloned().collect()),
        regex: Some(regex.map(|regex| format!("^(?:{regex})$")).collect()),
    }
}

/// A regex that matches only this text.
fn literal(text: &str) -> String {
    text.chars()
        .map(|character| format!(r"\x{{{:x}}}", u32::from(character)))
        .collect()
}

/// Rocket reads `patch` as `PATCH`, and does not know every method.
fn methods(policy: &Policy) -> HashSet<Method> {
    let method = |name: &str| match name.parse::<Method>() {
        Ok(method) if method.to_string() == name => method,
        _ => unsupported("Rocket does not have this method"),
    };
    policy.methods().into_iter().map(method).collect()
}

// ---- the application

fn routes() -> Vec<Route> {
    let fixed = FIXED.map(|(path, reply)| (path, Endpoint::Fixed(reply)));
    let others = [
        ("/stream", Endpoint::Stream),
        ("/panic", Endpoint::Panic),
        ("/options", Endpoint::Fixed(OK)),
        ("/reply", Endpoint::Reply),
    ];
    let mut routes = vec![Route::new(
        rocket::http::Method::Options,
        "/options",
        Endpoint::Fixed(HANDLED),
    )];
    for (path, endpoint) in fixed.into_iter().chain(others) {
        // A GET route also handles HEAD.
        let methods = METHODS.iter().filter(|name| **name != "HEAD");
        let methods = methods.filter_map(|name| name.parse().ok());
        routes.extend(methods.map(|method| Route::new(method, path, endpoint)));
    }
    routes
}

#[derive(Clone, Copy)]
enum Endpoint {
    Fixed(Reply),
    Stream,
    Panic,
    Reply,
}

#[rocket::async_trait]
impl Handler for Endpoint {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        Outcome::Success(match self {
            Self::Fixed(reply) => {
                let mut response = response(reply.status, reply.headers);
                response.set_sized_body(reply.body.len(), Cursor::new(reply.body));
                response
            }
            Self::Stream => {
                return Outcome::from(request, ByteStream::from(stream::iter(CHUNKS)));
            }
            Self::Panic => application::panic(),
            Self::Reply => {
                let lines = request.headers().get("x-reply").map(str::as_bytes);
                let (status, headers) = dictated(lines);
                response(status, &headers)
            }
        })
    }
}

fn response<'r>(status: u16, headers: &[(&'r str, &'r str)]) -> Response<'r> {
    let mut response = Response::new();
    response.set_status(Status::new(status));
    for (name, value) in headers {
        response.adjoin_raw_header(*name, *value);
    }
    response
}
