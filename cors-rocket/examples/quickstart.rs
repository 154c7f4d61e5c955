//! The program of the README. Run `cargo run -p cors-rocket --example rocket-quickstart`. Then enter this in the browser console
//! of any page of `http://localhost:3000`:
//!
//! `await (await fetch("http://localhost:8000/", { method: "PUT" })).text()`
//!
//! With `"DELETE"`, the console says that this method is not allowed.

use cors_rocket::{Config, ConfigError, Cors};
use rocket::{Build, Rocket, get, put, routes};

#[get("/")]
fn hello() -> &'static str {
    "hello"
}

#[put("/")]
fn change() -> &'static str {
    "changed"
}

fn app() -> Result<Rocket<Build>, ConfigError> {
    let policy = Config::new()
        .allow_origins(["https://example.com", "http://localhost:*"])
        .allow_methods(["GET", "PUT"])
        .diagnostics(cfg!(debug_assertions)) // the console names a refused method or header
        .build()?;
    for warning in policy.warnings() {
        eprintln!("warning: {warning}"); // valid, but probably a mistake
    }
    let rocket = rocket::build().mount("/", routes![hello, change]);
    Ok(rocket.attach(Cors::new(policy))) // after other fairings that set headers
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = app()?;
    app.launch().await?; // on 127.0.0.1:8000
    Ok(())
}
