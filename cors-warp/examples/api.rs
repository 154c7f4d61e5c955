//! A notes API: every website may read the public notes, and only the pages of the app may change notes.
//!
//! Run it with `cargo run -p cors-warp --example warp-api`. To change the policy of the app, set
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

use cors_warp::{Config, ConfigError, Cors, Policies, Policy, RequestView};
use futures_util::StreamExt;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use warp::host::Authority;
use warp::http::{HeaderMap, Method, StatusCode};
use warp::path::FullPath;
use warp::reply::{Reply, Response, with_header, with_status};
use warp::ws::{WebSocket, Ws};
use warp::{Filter, header};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = app_policy()?;
    let public = Config::new().allow_origins(["*"]).build()?;
    for warning in app.warnings().iter().chain(public.warnings()) {
        eprintln!("warning: {warning}");
    }
    let policies = Policies::new(app).at("/public", public)?;
    let notes = Mutex::new(BTreeMap::from([(1, "buy bread".to_owned())]));
    let cors = Cors::new(policies);
    let api = Arc::new(Api {
        cors: cors.clone(),
        notes,
    });
    let api = warp::any().map(move || Arc::clone(&api));
    let token = header::optional("authorization");

    let list = warp::path!("public" / "notes")
        .and(warp::get())
        .and(api.clone())
        .map(list);
    let note = warp::path!("notes" / u32).and(token).and(api.clone());
    let save = note
        .clone()
        .and(warp::put())
        .and(warp::body::bytes())
        .map(save);
    let remove = note.and(warp::delete()).map(remove);
    let echo = warp::path!("echo")
        .and(warp::ws())
        .and(warp::path::full())
        .and(warp::host::optional())
        .and(warp::method())
        .and(header::headers_cloned())
        .and(api)
        .map(echo);

    let routes = cors.wrap(list.or(save).or(remove).or(echo));
    warp::serve(routes).run(([127, 0, 0, 1], 8000)).await;
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

fn list(api: Arc<Api>) -> String {
    api.notes()
        .values()
        .map(|note| format!("{note}\n"))
        .collect()
}

fn save(id: u32, token: Option<String>, api: Arc<Api>, body: impl AsRef<[u8]>) -> Response {
    if !is_known(token) {
        return refuse(StatusCode::UNAUTHORIZED, "missing or wrong token\n");
    }
    match str::from_utf8(body.as_ref()) {
        Ok(note) if !note.is_empty() => {
            let mut notes = api.notes();
            notes.insert(id, note.to_owned());
            with_header("saved\n", "x-total-count", notes.len()).into_response()
        }
        _ => refuse(StatusCode::UNPROCESSABLE_ENTITY, "a note needs a text\n"),
    }
}

fn remove(id: u32, token: Option<String>, api: Arc<Api>) -> Response {
    if !is_known(token) {
        return refuse(StatusCode::UNAUTHORIZED, "missing or wrong token\n");
    }
    match api.notes().remove(&id) {
        Some(_) => StatusCode::NO_CONTENT.into_response(),
        None => refuse(StatusCode::NOT_FOUND, "no such note\n"),
    }
}

/// A placeholder for a real check.
fn is_known(token: Option<String>) -> bool {
    token.is_some_and(|token| token == "Bearer demo")
}

/// Browsers apply no CORS check to WebSockets, so this checks the origin, by the policies in force.
/// A handshake without `Origin` is not from a page of a browser, and is let through.
fn echo(
    upgrade: Ws,
    path: FullPath,
    host: Option<Authority>,
    method: Method,
    headers: HeaderMap,
    api: Arc<Api>,
) -> Response {
    let head = RequestView::new(&method, &headers).with_host(host);
    let now = api.cors.in_force();
    let policy = now.policies().find(path.as_str(), &head);
    if !policy.is_some_and(|policy| policy.decide(&head).is_allowed()) {
        return refuse(StatusCode::FORBIDDEN, "origin not allowed\n");
    }
    let repeat = async |socket: WebSocket| {
        let (sink, messages) = socket.split();
        drop(messages.forward(sink).await);
    };
    upgrade.on_upgrade(repeat).into_response()
}

fn refuse(status: StatusCode, why: &'static str) -> Response {
    with_status(why, status).into_response()
}
