//! Run `cargo run -p cors-rocket --example rocket-quickstart`. Then enter this in the
//! browser console of any page of `http://localhost:3000`:
//!
//! `await (await fetch("http://127.0.0.1:8000/", { method: "PUT" })).text()`
//!
//! With `"DELETE"`, the console says that this method is not allowed.

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
        // In debug builds, the browser's console names the method or header that is refused.
        .diagnostics(cfg!(debug_assertions))
        .build()?;
    for warning in policy.warnings() {
        eprintln!("warning: {warning}");
    }

    let app = rocket::build()
        .mount("/", routes![hello, change])
        .attach(Cors::new(policy));
    app.launch().await?; // on 127.0.0.1:8000
    Ok(())
}
