//! Run `cargo run -p cors-axum --example axum-quickstart`. Then enter this in the
//! browser console of any page of `http://localhost:3000`:
//!
//! `await (await fetch("http://127.0.0.1:8000/", { method: "PUT" })).text()`

use axum::{Router, routing::get};
use cors_axum::{Config, CorsLayer};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Config::new()
        .allow_origins(["http://localhost:*"])
        .allow_methods(["GET", "PUT"])
        .build()?;

    let app = Router::new()
        .route("/", get(async || "hello").put(async || "changed"))
        .layer(CorsLayer::new(policy));
    axum::serve(TcpListener::bind("127.0.0.1:8000").await?, app).await?;
    Ok(())
}
