//! Tenants register the origins of their pages, and every instance of the service allows them. See `README.md`
//! in this folder.

mod app;
mod follow;
mod store;

use std::env;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), store::Error> {
    let url = env::var("DATABASE_URL").unwrap_or("sqlite://tenants.sqlite".to_owned());
    let address = env::var("ADDRESS").unwrap_or("127.0.0.1:8000".to_owned());
    let store = store::Store::open(&url)?;
    let (router, _tasks) = app::start(store, follow::Timing::default())?;
    axum::serve(TcpListener::bind(address).await?, router).await?;
    Ok(())
}
