//! The program of the README. Run `cargo run -p cors-warp --example warp-quickstart`. Then enter this in the browser console
//! of any page of `http://localhost:3000`:
//!
//! `await (await fetch("http://localhost:8000/", { method: "PUT" })).text()`
//!
//! With `"DELETE"`, the console says that this method is not allowed.

use cors_warp::{Config, ConfigError, Cors};
use std::convert::Infallible;
use warp::{Filter, Reply};

fn app() -> Result<impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone, ConfigError> {
    let policy = Config::new()
        .allow_origins(["https://example.com", "http://localhost:*"])
        .allow_methods(["GET", "PUT"])
        .diagnostics(cfg!(debug_assertions)) // the console names a refused method or header
        .build()?;
    for warning in policy.warnings() {
        eprintln!("warning: {warning}"); // valid, but probably a mistake
    }
    let hello = warp::path::end().and(warp::get()).map(|| "hello");
    let change = warp::path::end().and(warp::put()).map(|| "changed");
    Ok(Cors::new(policy).wrap(hello.or(change))) // last: it covers all routes
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    warp::serve(app()?).run(([127, 0, 0, 1], 8000)).await;
    Ok(())
}
