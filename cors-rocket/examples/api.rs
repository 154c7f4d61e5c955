//! Notes that every page may read, and the pages of the app may write.
//!
//! `cargo run -p cors-rocket --example api`, with other origins if `CORS_ALLOW_ORIGINS` is set; then
//! @CURLS@

use cors_rocket::{Config, ConfigError, Cors, Policies, Policy};
use rocket::http::{Header, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Responder, State, delete, get, put, routes};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = app_policy()?;
    let public = Config::new().allow_origins(["*"]).build()?;
    for warning in app.warnings().iter().chain(public.warnings()) {
        eprintln!("warning: {warning}");
    }
    let policies = Policies::new(app.clone()).at("/public", public)?;
    let routes = rocket::build()
        .mount("/", routes![list, save, remove, echo])
        .manage(Api::new(app))
        .attach(Cors::new(policies));
    routes.launch().await?; // on 127.0.0.1:8000
    Ok(())
}

/// What the environment says, or else what is written here.
fn app_policy() -> Result<Policy, ConfigError> {
    let config = Config::from_env();
    if !config.allow_origins.is_empty() {
        return config.build();
    }
    config
        .allow_origins([
            "https://app.example.com",
            "http://localhost:3000",
            "https://*.preview.example.com",
        ])
        .allow_methods(["GET", "PUT", "DELETE"])
        .allow_headers(["Authorization"])
        .expose_headers(["X-Total-Count"])
        .allow_credentials(true)
        .build()
}

struct Api {
    policy: Policy,
    notes: Mutex<BTreeMap<u32, String>>,
}

impl Api {
    fn new(policy: Policy) -> Self {
        let notes = Mutex::new(BTreeMap::from([(1, "buy bread".to_owned())]));
        Self { policy, notes }
    }

    fn notes(&self) -> MutexGuard<'_, BTreeMap<u32, String>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Refusal = (Status, &'static str);

#[get("/public/notes")]
fn list(api: &State<Api>) -> String {
    api.notes().values().map(|note| format!("{note}\n")).collect()
}

#[put("/notes/<id>", data = "<note>")]
fn save(_token: Token, api: &State<Api>, id: u32, note: String) -> Result<Changed, Refusal> {
    if note.is_empty() {
        return Err((Status::UnprocessableEntity, "a note has a text\n"));
    }
    let mut notes = api.notes();
    notes.insert(id, note);
    Ok(Changed::new("saved\n", notes.len()))
}

#[delete("/notes/<id>")]
fn remove(_token: Token, api: &State<Api>, id: u32) -> Result<Changed, Refusal> {
    let mut notes = api.notes();
    let removed = notes.remove(&id);
    removed.ok_or((Status::NotFound, "no such note\n"))?;
    Ok(Changed::new("removed\n", notes.len()))
}

#[derive(Responder)]
struct Changed {
    text: &'static str,
    total: Header<'static>,
}

impl Changed {
    fn new(text: &'static str, total: usize) -> Self {
        let total = Header::new("X-Total-Count", total.to_string());
        Self { text, total }
    }
}

struct Token;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Token {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match request.headers().get_one("Authorization") {
            Some("Bearer demo") => Outcome::Success(Self),
            _ => Outcome::Error((Status::Unauthorized, ())),
        }
    }
}

#[get("/echo")]
fn echo(_page: KnownPage, socket: rocket_ws::WebSocket) -> rocket_ws::Stream!['static] {
    socket.stream(|messages| messages)
}

/// Browsers apply no CORS check to WebSockets, so the handshake asks the policy itself.
struct KnownPage;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for KnownPage {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let api = request.rocket().state::<Api>();
        match (api, request.headers().get_one("Origin")) {
            (Some(api), Some(origin)) if api.policy.is_origin_allowed(origin.as_bytes()) => {
                Outcome::Success(Self)
            }
            _ => Outcome::Error((Status::Forbidden, ())),
        }
    }
}
