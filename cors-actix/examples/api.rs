//! A notes API: every website may read the public notes, and only the pages of the app may change notes.
//!
//! Run it with `cargo run -p cors-actix --example actix-api`. To change the policy of the app, set
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

use actix_web::error::{
    ErrorForbidden, ErrorNotFound, ErrorUnauthorized, ErrorUnprocessableEntity,
};
use actix_web::http::header;
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, Responder, rt, web};
use cors_actix::{Config, ConfigError, Cors, Policies, Policy, RequestView};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = app_policy()?;
    let public = Config::new().allow_origins(["*"]).build()?;
    for warning in app.warnings().iter().chain(public.warnings()) {
        eprintln!("warning: {warning}");
    }
    let policies = Policies::new(app).at("/public", public)?;
    let notes = Mutex::new(BTreeMap::from([(1, "buy bread".to_owned())]));
    let cors = Cors::new(policies);
    let api = web::Data::new(Api {
        cors: cors.clone(),
        notes,
    });
    let routes = move || {
        let note = web::resource("/notes/{id}")
            .route(web::put().to(save))
            .route(web::delete().to(remove));
        App::new()
            .app_data(api.clone())
            .route("/public/notes", web::get().to(list))
            .service(note)
            .route("/echo", web::get().to(echo))
            .wrap(cors.clone())
    };
    HttpServer::new(routes)
        .bind("127.0.0.1:8000")?
        .run()
        .await?;
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

async fn list(api: web::Data<Api>) -> String {
    api.notes()
        .values()
        .map(|note| format!("{note}\n"))
        .collect()
}

async fn save(
    api: web::Data<Api>,
    id: web::Path<u32>,
    request: HttpRequest,
    note: String,
) -> Result<impl Responder, Error> {
    authenticate(&request)?;
    if note.is_empty() {
        return Err(ErrorUnprocessableEntity("a note needs a text\n"));
    }
    let mut notes = api.notes();
    notes.insert(id.into_inner(), note);
    Ok("saved\n"
        .customize()
        .insert_header(("x-total-count", notes.len())))
}

async fn remove(
    api: web::Data<Api>,
    id: web::Path<u32>,
    request: HttpRequest,
) -> Result<impl Responder, Error> {
    authenticate(&request)?;
    let removed = api.notes().remove(&id);
    removed.ok_or_else(|| ErrorNotFound("no such note\n"))?;
    Ok(HttpResponse::NoContent())
}

/// A placeholder for a real check.
fn authenticate(request: &HttpRequest) -> Result<(), Error> {
    match request.headers().get(header::AUTHORIZATION) {
        Some(token) if token == "Bearer demo" => Ok(()),
        _ => Err(ErrorUnauthorized("missing or wrong token\n")),
    }
}

/// Browsers apply no CORS check to WebSockets, so this checks the origin, by the policies in force.
/// A handshake without `Origin` is not from a page of a browser, and is let through.
async fn echo(
    api: web::Data<Api>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Error> {
    let (now, head) = (api.cors.in_force(), RequestView::new(&request));
    match now.policies().find(request.path(), &head) {
        Some(policy) if policy.decide(&head).is_allowed() => {}
        _ => return Err(ErrorForbidden("origin not allowed\n")),
    }
    let (response, session, messages) = actix_ws::handle(&request, body)?;
    rt::spawn(repeat(session, messages));
    Ok(response)
}

async fn repeat(mut session: actix_ws::Session, mut messages: actix_ws::MessageStream) {
    while let Some(Ok(actix_ws::Message::Text(text))) = messages.recv().await {
        if session.text(text).await.is_err() {
            return;
        }
    }
}
