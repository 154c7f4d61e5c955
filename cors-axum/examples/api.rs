//! A notes API: every website may read the public notes, and only the pages of the app may change notes.
//!
//! Run it with `cargo run -p cors-axum --example axum-api`. To change the policy of the app, set
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

use axum::Router;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, put};
use cors_axum::{Config, ConfigError, CorsLayer, Policies, Policy};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = app_policy()?;
    let public = Config::new().allow_origins(["*"]).build()?;
    for warning in app.warnings().iter().chain(public.warnings()) {
        eprintln!("warning: {warning}");
    }
    let policies = Policies::new(app).at("/public", public)?;
    let notes = Mutex::new(BTreeMap::from([(1, "buy bread".to_owned())]));
    let cors = CorsLayer::new(policies);
    let api = Arc::new(Api {
        cors: cors.clone(),
        notes,
    });
    let routes = Router::new()
        .route("/public/notes", get(list))
        .route("/notes/{id}", put(save).delete(remove))
        .route("/echo", get(echo))
        .with_state(api)
        .layer(cors);
    axum::serve(TcpListener::bind("127.0.0.1:8000").await?, routes).await?;
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
    cors: CorsLayer,
    notes: Mutex<BTreeMap<u32, String>>,
}

impl Api {
    fn notes(&self) -> MutexGuard<'_, BTreeMap<u32, String>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Refusal = (StatusCode, &'static str);

async fn list(State(api): State<Arc<Api>>) -> String {
    api.notes()
        .values()
        .map(|note| format!("{note}\n"))
        .collect()
}

async fn save(
    State(api): State<Arc<Api>>,
    Path(id): Path<u32>,
    headers: HeaderMap,
    note: String,
) -> Result<impl IntoResponse, Refusal> {
    authenticate(&headers)?;
    if note.is_empty() {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "a note needs a text\n"));
    }
    let mut notes = api.notes();
    notes.insert(id, note);
    Ok(([("x-total-count", notes.len().to_string())], "saved\n"))
}

async fn remove(
    State(api): State<Arc<Api>>,
    Path(id): Path<u32>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    authenticate(&headers)?;
    let removed = api.notes().remove(&id);
    removed.ok_or((StatusCode::NOT_FOUND, "no such note\n"))?;
    Ok(StatusCode::NO_CONTENT)
}

/// A placeholder for a real check.
fn authenticate(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(header::AUTHORIZATION) {
        Some(token) if token == "Bearer demo" => Ok(()),
        _ => Err((StatusCode::UNAUTHORIZED, "missing or wrong token\n")),
    }
}

/// Browsers apply no CORS check to WebSockets, so this checks the origin, by the policies in force.
/// A handshake without `Origin` is not from a page of a browser, and is let through.
async fn echo(
    State(api): State<Arc<Api>>,
    head: Parts,
    upgrade: WebSocketUpgrade,
) -> Result<impl IntoResponse, Refusal> {
    let now = api.cors.in_force();
    match now.policies().find(head.uri.path(), &head) {
        Some(policy) if policy.decide(&head).is_allowed() => Ok(upgrade.on_upgrade(repeat)),
        _ => Err((StatusCode::FORBIDDEN, "origin not allowed\n")),
    }
}

async fn repeat(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if socket.send(message).await.is_err() {
            return;
        }
    }
}
