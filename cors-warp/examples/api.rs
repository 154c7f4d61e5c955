//! Notes that every page may read, and the pages of the app may write.
//!
//! `cargo run -p cors-warp --example api`, with other origins if `CORS_ALLOW_ORIGINS` is set; then
//! @CURLS@

use cors_warp::{Config, ConfigError, Cors, Policies, Policy};
use futures_util::{FutureExt, StreamExt};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use warp::http::StatusCode;
use warp::reply::{with_header, with_status, Reply, Response};
use warp::ws::Ws;
use warp::{Filter, header};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = app_policy()?;
    let public = Config::new().allow_origins(["*"]).build()?;
    for warning in app.warnings().iter().chain(public.warnings()) {
        eprintln!("warning: {warning}");
    }
    let policies = Policies::new(app.clone()).at("/public", public)?;
    let api = Arc::new(Api::new(app));
    let api = warp::any().map(move || Arc::clone(&api));
    let token = header::optional("authorization");

    let list = warp::path!("public" / "notes").and(warp::get()).and(api.clone()).map(list);
    let note = warp::path!("notes" / u32).and(token).and(api.clone());
    let save = note.clone().and(warp::put()).and(warp::body::bytes()).map(save);
    let remove = note.and(warp::delete()).map(remove);
    let page = header::optional("origin");
    let echo = warp::path!("echo").and(warp::ws()).and(page).and(api).map(echo);

    let routes = Cors::new(policies).wrap(list.or(save).or(remove).or(echo));
    warp::serve(routes).run(([127, 0, 0, 1], 8000)).await;
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

fn list(api: Arc<Api>) -> String {
    api.notes().values().map(|note| format!("{note}\n")).collect()
}
