//! Rocket, with its local client.

use super::{App, Subject, Variant, WITH_PEER, app, own_headers};
use crate::response::Response;
use crate::scenario::Setup;
use cors_core::Config;
use futures_util::FutureExt as _;
use rocket::config::LogLevel;
use rocket::http::uri::Origin;
use rocket::http::{Header, Method};
use rocket::local::asynchronous::Client;
use rocket::response::Responder;
use rocket::{Build, Request, Rocket, get, options, routes};
use rocket_cors::{AllowedHeaders, AllowedOrigins, CorsOptions};
use tokio::runtime::Handle;

/// The middleware as a fairing.
pub const SUBJECT: Subject = Subject {
    name: "Rocket",
    peer: "rocket_cors",
    variants: WITH_PEER,
    start,
};

fn start(variant: Variant, setup: Setup) -> Option<Box<dyn App>> {
    let rocket = rocket(variant, setup, quiet(rocket::Config::release_default()))?;
    let client = Handle::current()
        .block_on(Client::untracked(rocket))
        .unwrap();
    // The prepared requests borrow the client and are stored in the same struct as the function that
    // sends them, so the client must live forever.
    let client: &'static Client = Box::leak(Box::new(client));
    app(
        |request| {
            let mut built = client.req(
                request.method.parse::<Method>().unwrap(),
                request.path.clone(),
            );
            for (name, value) in request.lines() {
                // In a server, the value borrows from a buffer; here it must be owned.
                let value = String::from_utf8(value.into()).unwrap();
                built.add_header(Header::new(name, value));
            }
            built
        },
        |request| {
            request
                .dispatch()
                .now_or_never()
                .expect("the response is ready at once")
        },
        |response| {
            let lines = response.headers().iter();
            let lines = lines.map(|line| (line.name().to_string(), line.value().to_owned()));
            let lines: Vec<(String, String)> = lines.collect();
            let lines = lines
                .iter()
                .map(|(name, value)| (&**name, value.as_bytes()));
            Response::new(response.status().code, lines)
        },
    )
}

/// Turns the log off: Rocket's log takes more time than everything else.
pub fn quiet(config: rocket::Config) -> rocket::Config {
    rocket::Config {
        log_level: LogLevel::Off,
        ..config
    }
}

#[get("/")]
fn plain() -> &'static str {
    "ok"
}

#[options("/")]
fn plain_options() -> &'static str {
    "ok"
}

struct Own<'r>(&'r Origin<'r>);

impl<'r> Responder<'r, 'static> for Own<'r> {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        let mut response = "ok".respond_to(request)?;
        for (name, value) in own_headers(self.0.path().as_str()) {
            response.adjoin_header(Header::new(name, value));
        }
        Ok(response)
    }
}

// A route for every path with two segments would also serve `/cors/403`, to which rocket_cors sends what it refuses.
#[get("/own/<_>")]
fn own<'r>(path: &'r Origin<'r>) -> Own<'r> {
    Own(path)
}

#[get("/vary/<_>")]
fn vary<'r>(path: &'r Origin<'r>) -> Own<'r> {
    Own(path)
}

/// The application with the middleware.
pub fn rocket(variant: Variant, setup: Setup, at: rocket::Config) -> Option<Rocket<Build>> {
    let rocket = rocket::custom(at).mount("/", routes![plain, plain_options, own, vary]);
    Some(match variant {
        Variant::Peer => rocket.attach(peer(&setup.config)?),
        Variant::Ours => rocket.attach(ours(setup)),
        Variant::Bare | Variant::Floor => rocket,
    })
}

/// Our middleware.
pub fn ours(setup: impl Into<Setup>) -> cors_rocket::Cors {
    cors_rocket::Cors::new(setup.into().policies())
}

/// Returns `None` if the regular expressions become too large, as with 10,000 patterns.
fn peer(config: &Config) -> Option<rocket_cors::Cors> {
    let any_origin = config.get_allow_origins() == ["*"];
    let (patterns, exact): (Vec<&String>, Vec<&String>) = config
        .get_allow_origins()
        .iter()
        .partition(|origin| origin.contains('*'));
    let pattern = |text: &String| {
        let host = text.replace('.', r"\.");
        let host = host.replace(r"*\.", r"([a-z0-9-]+\.)+");
        format!("^{}$", host.replace("://*", "://[a-z0-9.-]+"))
    };
    let mut regex: Vec<String> = patterns.into_iter().map(pattern).collect();
    regex.extend(
        config
            .get_allow_origin_regex()
            .iter()
            .map(|regex| format!("^(?:{regex})$")),
    );
    let headers: Vec<&str> = config
        .get_allow_headers()
        .iter()
        .map(String::as_str)
        .collect();
    let methods = config.get_allow_methods().iter();
    let options = CorsOptions {
        allowed_origins: match regex.as_slice() {
            _ if any_origin => AllowedOrigins::all(),
            [] => AllowedOrigins::some_exact(&exact),
            regex => AllowedOrigins::some(&exact, regex),
        },
        allowed_methods: methods.map(|name| name.parse().unwrap()).collect(),
        allowed_headers: match headers.as_slice() {
            ["*"] => AllowedHeaders::all(),
            listed => AllowedHeaders::some(listed),
        },
        allow_credentials: config.get_allow_credentials(),
        expose_headers: config.get_expose_headers().iter().cloned().collect(),
        max_age: usize::try_from(config.get_max_age()).ok(),
        send_wildcard: any_origin,
        ..CorsOptions::default()
    };
    options.to_cors().ok()
}
