//! A server that follows its policy file.
//!
//! Run `cargo run -p cors-axum --features serde,watch --example axum-watch`. The policy is in `cors.toml` beside this
//! file, or in the file that the first argument names. Ask the server from another terminal:
//!
//! ```sh
//! curl -si -H 'Origin: https://example.com' http://127.0.0.1:8000 | grep -i allow-origin
//! ```
//!
//! There is no output: the policy does not allow `https://example.com`. Add it to `allow_origins` and save the
//! file. The next request has the header. Now write `https://example.com/`: the server says what is wrong with
//! it, and the old policy stays in force.

use axum::{Router, routing::get};
use cors_axum::watch::{PolicyFile, WatchError, Watcher};
use cors_axum::{Config, CorsLayer, InForce};
use std::env;
use std::path::PathBuf;
use tokio::net::TcpListener;

pub(crate) const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/cors.toml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = env::args_os().nth(1).unwrap_or(POLICY.into());
    // The file is followed until `_watcher` is dropped. With `let _ = ...` that would be at once.
    let (app, _watcher) = app(path.into(), |result| match result {
        Ok(now) => println!("the policy of revision {} is in force", now.revision()),
        Err(error) => eprintln!("the old policy stays in force: {error}"),
    })?;
    axum::serve(TcpListener::bind("127.0.0.1:8000").await?, app).await?;
    Ok(())
}

pub(crate) fn app(
    path: PathBuf,
    report: impl FnMut(Result<InForce, WatchError>) + Send + 'static,
) -> Result<(Router, Watcher), WatchError> {
    let mut file = PolicyFile::new(path, |text| {
        let policy = toml::from_str::<Config>(text)?.build()?;
        for warning in policy.warnings() {
            eprintln!("warning: {warning}");
        }
        Ok(policy)
    });
    let cors = CorsLayer::new(file.read()?);
    let watcher = file.watch(cors.clone(), report)?;
    let app = Router::new()
        .route("/", get(async || "hello").put(async || "changed"))
        .layer(cors);
    Ok((app, watcher))
}
