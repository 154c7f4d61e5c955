//! Run `cargo run -p cors-actix --example actix-quickstart`. Then enter this in the
//! browser console of any page of `http://localhost:3000`:
//!
//! `await (await fetch("http://127.0.0.1:8000/", { method: "PUT" })).text()`
//!
//! With `"DELETE"`, the console says that this method is not allowed.

use actix_web::{App, HttpServer, web};
use cors_actix::{Config, Cors};

#[actix_web::main]
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
    let cors = Cors::new(policy);

    let app = move || {
        let hello = web::get().to(async || "hello");
        let change = web::put().to(async || "changed");
        App::new()
            .service(web::resource("/").route(hello).route(change))
            .wrap(cors.clone())
    };
    HttpServer::new(app).bind("127.0.0.1:8000")?.run().await?;
    Ok(())
}
