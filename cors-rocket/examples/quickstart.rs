//! The program of the README. Run `cargo run -p cors-rocket --example rocket-quickstart`. Then enter this in the browser console
//! of any page of `http://localhost:3000`:
//!
//! `await (await fetch("http://127.0.0.1:8000/", { method: "PUT" })).text()`
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
        .diagnostics(cfg!(debug_assertions)) // the browser's console names what is refused
        .build()?;
    let rocket = rocket::build().mount("/", routes![hello, change]);
    Ok(rocket.attach(Cors::new(policy))) // after other fairings that set headers
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    app()?.launch().await?; // on 127.0.0.1:8000
    Ok(())
}
