//! A notes service on your own computer that only its own pages may use.
//!
//! Run it with `cargo run -p cors-axum --example axum-loopback`, and open `http://localhost:3000`. Without
//! `own_origins`, every website could use the service as well: it gives its host name the address `127.0.0.1` (DNS
//! rebinding), and its pages are then same-origin. The output of curl follows each command:
//!
//! ```sh
//! show=' %{http_code}\n'
//! curl -w "$show" http://localhost:3000/notes
//! # buy bread 200
//! curl -w "$show" -H 'Host: evil.example:3000' http://localhost:3000/notes # a page that rebinds its name
//! # Disallowed host 421
//! curl -w "$show" -H 'Origin: https://evil.example' -d spam http://localhost:3000/notes # a form of another site
//! # Disallowed CORS origin 403
//! ```

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use cors_axum::{Config, ConfigError, CorsLayer, Policy};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

const PORT: u16 = 3000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = policy(PORT)?;
    for warning in policy.warnings() {
        eprintln!("warning: {warning}");
    }
    let listener = TcpListener::bind(("127.0.0.1", PORT)).await?;
    axum::serve(listener, app(policy, Notes::default())).await?;
    Ok(())
}

/// To let pages of other sites in, list them in `allow_origins`.
pub(crate) fn policy(port: u16) -> Result<Policy, ConfigError> {
    let own = ["localhost", "127.0.0.1"].map(|host| format!("http://{host}:{port}"));
    Config::new()
        .own_origins(own)
        .block_refused_origins(true)
        .build()
}

pub(crate) fn app(policy: Policy, notes: Notes) -> Router {
    Router::new()
        .route("/", get(async || Html("<h1>Notes</h1>")))
        .route("/notes", get(list).post(add).put(replace))
        .route("/live", get(live))
        .with_state(notes)
        .layer(CorsLayer::new(policy))
}

#[derive(Clone)]
pub(crate) struct Notes(Arc<Mutex<String>>);

impl Default for Notes {
    fn default() -> Self {
        Self(Arc::new(Mutex::new("buy bread".to_owned())))
    }
}

impl Notes {
    pub(crate) fn text(&self) -> String {
        self.change(|_| {})
    }

    fn change(&self, change: impl FnOnce(&mut String)) -> String {
        let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut text);
        text.clone()
    }
}

async fn list(State(notes): State<Notes>) -> String {
    notes.text()
}

async fn add(State(notes): State<Notes>, note: String) -> String {
    notes.change(|text| text.push_str(&format!(", {note}")))
}

async fn replace(State(notes): State<Notes>, note: String) -> String {
    notes.change(|text| *text = note)
}

/// The policy has checked the origin, because it blocks those that it refuses.
async fn live(State(notes): State<Notes>, upgrade: WebSocketUpgrade) -> impl IntoResponse {
    upgrade.on_upgrade(async move |mut socket: WebSocket| {
        // The page may be gone.
        let _ = socket.send(notes.text().into()).await;
    })
}
