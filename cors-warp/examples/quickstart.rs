//! Run `cargo run -p cors-warp --example warp-quickstart`. Then enter this in the
//! browser console of any page of `http://localhost:3000`:
//!
//! `await (await fetch("http://127.0.0.1:8000/", { method: "PUT" })).text()`
//!
//! With `"DELETE"`, the console says that this method is not allowed.

use cors_warp::{Config, Cors};
use warp::Filter;

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

    let hello = warp::path::end().and(warp::get()).map(|| "hello");
    let change = warp::path::end().and(warp::put()).map(|| "changed");
    let app = Cors::new(policy).wrap(hello.or(change));
    warp::serve(app).run(([127, 0, 0, 1], 8000)).await;
    Ok(())
}
