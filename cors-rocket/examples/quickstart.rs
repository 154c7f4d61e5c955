//! Run `cargo run -p cors-rocket --example rocket-quickstart`. Then enter this in the
//! browser console of any page of `http://localhost:3000`:
//!
//! `await (await fetch("http://127.0.0.1:8000/", { method: "PUT" })).text()`

use cors_rocket::{Config, Cors};
use rocket::{get, put, routes};

#[get("/")]
fn hello() -> &'static str {
    "hello"
}

#[put("/")]
fn change() -> &'static str {
    "changed"
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Config::new()
        .allow_origins(["http://localhost:*"])
        .allow_methods(["GET", "PUT"])
        .build()?;

    let app = rocket::build()
        .mount("/", routes![hello, change])
        .attach(Cors::new(policy));
    app.launch().await?; // on 127.0.0.1:8000
    Ok(())
}
