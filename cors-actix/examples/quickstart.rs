//! `cargo run -p cors-actix --example quickstart`, then from a page of `http://localhost:3000`:
//! `await (await fetch("http://127.0.0.1:8080/")).text()`

use actix_web::{App, HttpServer, web};
use cors_actix::{Config, Cors};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Config::new()
        .allow_origins(["http://localhost:*"])
        .allow_methods(["GET", "PUT"])
        .build()?;
    let cors = Cors::new(policy);

    let app = move || {
        App::new()
            .wrap(cors.clone())
            .route("/", web::get().to(async || "hello"))
    };
    HttpServer::new(app).bind("127.0.0.1:8080")?.run().await?;
    Ok(())
}
