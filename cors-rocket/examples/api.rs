//! A notes API: every website may read the public notes, and only the pages of the app may change notes.
//!
//! Run it with `cargo run -p cors-rocket --example rocket-api`. To change the policy of the app, set
//! `CORS_ALLOW_ORIGINS` or another `CORS_` variable. The output of curl follows each command:
//!
//! ```sh
//! show='%{http_code} %header{access-control-allow-origin}\n' # curl 7.84 and later
//! curl -w "$show" -H 'Origin: https://anyone.example' http://127.0.0.1:8000/public/notes
//! # buy bread
//! # 200 *
//! curl -w "$show" -X PUT -H 'Origin: https://pr-7.preview.example.com' \
//!     -H 'Authorization: Bearer demo' http://127.0.0.1:8000/notes/1
//! # a note needs a text
//! # 422 https://pr-7.preview.example.com
//! curl -w '%{http_code}\n' -so /dev/null -H 'Origin: https://evil.example' \
//!     -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' \
//!     -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' http://127.0.0.1:8000/echo
//! # 403
//! ```

use cors_rocket::{Config, ConfigError, Cors, Policies, Policy, RequestView};
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
    let policies = Policies::new(app).at("/public", public)?;
    let notes = Mutex::new(BTreeMap::from([(1, "buy bread".to_owned())]));
    let cors = Cors::new(policies);
    let api = Api {
        cors: cors.clone(),
        notes,
    };
    let routes = rocket::build()
        .mount("/", routes![list, save, remove, echo])
        .manage(api)
        .attach(cors);
    routes.launch().await?; // on 127.0.0.1:8000
    Ok(())
}

/// The policy of the app. Each `CORS_` variable that is set replaces the value from the code.
fn app_policy() -> Result<Policy, ConfigError> {
    Config::new()
        .allow_origins([
            "https://app.example.com",
            "http://localhost:3000",
            "https://*.preview.example.com",
        ])
        .allow_methods(["GET", "PUT", "DELETE"])
        .allow_headers(["Authorization"])
        .expose_headers(["X-Total-Count"])
        .allow_credentials(true)
        .with_env()
        .build()
}

struct Api {
    cors: Cors,
    notes: Mutex<BTreeMap<u32, String>>,
}

impl Api {
    fn notes(&self) -> MutexGuard<'_, BTreeMap<u32, String>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Refusal = (Status, &'static str);

#[get("/public/notes")]
fn list(api: &State<Api>) -> String {
    api.notes()
        .values()
        .map(|note| format!("{note}\n"))
        .collect()
}

#[put("/notes/<id>", data = "<note>")]
fn save(_token: Token, api: &State<Api>, id: u32, note: String) -> Result<Saved, Refusal> {
    if note.is_empty() {
        return Err((Status::UnprocessableEntity, "a note needs a text\n"));
    }
    let mut notes = api.notes();
    notes.insert(id, note);
    let total = Header::new("x-total-count", notes.len().to_string());
    Ok(Saved("saved\n", total))
}

#[delete("/notes/<id>")]
fn remove(_token: Token, api: &State<Api>, id: u32) -> Result<Status, Refusal> {
    let removed = api.notes().remove(&id);
    removed.ok_or((Status::NotFound, "no such note\n"))?;
    Ok(Status::NoContent)
}

#[derive(Responder)]
struct Saved(&'static str, Header<'static>);

/// A placeholder for a real check.
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
fn echo(_origin: AllowedOrigin, socket: rocket_ws::WebSocket) -> rocket_ws::Stream!['static] {
    socket.stream(|messages| messages)
}

/// Browsers apply no CORS check to WebSockets, so this checks the origin, by the policies in force.
/// A handshake without `Origin` is not from a page of a browser, and is let through.
struct AllowedOrigin;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for AllowedOrigin {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let Some(api) = request.rocket().state::<Api>() else {
            return Outcome::Error((Status::InternalServerError, ()));
        };
        let (now, head) = (api.cors.in_force(), RequestView::new(request));
        match now.policies().find(request.uri().path().as_str(), &head) {
            Some(policy) if policy.decide(&head).is_allowed() => Outcome::Success(Self),
            _ => Outcome::Error((Status::Forbidden, ())),
        }
    }
}
