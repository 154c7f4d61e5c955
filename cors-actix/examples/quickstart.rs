//! The program of the README. Run `cargo run -p cors-actix --example actix-quickstart`. Then enter this in the browser console
//! of any page of `http://localhost:3000`:
//!
//! `await (await fetch("http://localhost:8000/", { method: "PUT" })).text()`
//!
//! With `"DELETE"`, the console says that this method is not allowed.

use actix_web::{App, HttpServer, web};
use cors_actix::{Config, ConfigError, Cors};

fn cors() -> Result<Cors, ConfigError> {
    let policy = Config::new()
        .allow_origins(["https://example.com", "http://localhost:*"])
        .allow_methods(["GET", "PUT"])
        .diagnostics(cfg!(debug_assertions)) // the console names a refused method or header
        .build()?;
    for warning in policy.warnings() {
        eprintln!("warning: {warning}"); // valid, but probably a mistake
    }
    Ok(Cors::new(policy))
}

fn routes(config: &mut web::ServiceConfig) {
    let hello = web::get().to(async || "hello");
    let change = web::put().to(async || "changed");
    config.service(web::resource("/").route(hello).route(change));
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cors = cors()?; // once: each worker gets a clone
    let app = move || App::new().configure(routes).wrap(cors.clone()); // the last `wrap`
    HttpServer::new(app).bind("127.0.0.1:8000")?.run().await?;
    Ok(())
}
