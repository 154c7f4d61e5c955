//! The program of the README. Run `cargo run -p cors-axum --example axum-quickstart`. Then enter this in the browser console
//! of any page of `http://localhost:3000`:
//!
//! `await (await fetch("http://localhost:8000/", { method: "PUT" })).text()`
//!
//! With `"DELETE"`, the console says that this method is not allowed.

use axum::{Router, routing::get};
use cors_axum::{Config, ConfigError, CorsLayer};

fn app() -> Result<Router, ConfigError> {
    let policy = Config::new()
        .allow_origins(["https://example.com", "http://localhost:*"])
        .allow_methods(["GET", "PUT"])
        .diagnostics(cfg!(debug_assertions)) // the console names a refused method or header
        .build()?;
    for warning in policy.warnings() {
        eprintln!("warning: {warning}"); // valid, but probably a mistake
    }
    let router = Router::new().route("/", get(async || "hello").put(async || "changed"));
    Ok(router.layer(CorsLayer::new(policy))) // last: it covers everything above
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    axum::serve(listener, app()?).await?;
    Ok(())
}
