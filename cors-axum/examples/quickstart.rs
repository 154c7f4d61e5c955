//! Run `cargo run -p cors-axum --example axum-quickstart`. Then enter this in the
//! browser console of any page of `http://localhost:3000`:
//!
//! `await (await fetch("http://127.0.0.1:8000/", { method: "PUT" })).text()`
//!
//! With `"DELETE"`, the console says that this method is not allowed.

use axum::{Router, routing::get};
use cors_axum::{Config, CorsLayer};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Config::new()
        .allow_origins(["http://localhost:*"])
        .allow_methods(["GET", "PUT"])
        // In debug builds, the browser's console names the method or header that is refused.
        .diagnostics(cfg!(debug_assertions))
        .build()?;
    for warning in policy.warnings() {
        eprintln!("warning: {warning}");
    }

    let app = Router::new()
        .route("/", get(async || "hello").put(async || "changed"))
        .layer(CorsLayer::new(policy));
    axum::serve(TcpListener::bind("127.0.0.1:8000").await?, app).await?;
    Ok(())
}
