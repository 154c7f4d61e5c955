//! The same set-ups, right and wrong, in every framework and over a socket.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod app;
mod blocking;
mod failure;
mod layer;
mod mistakes;
mod reports;
mod server;
mod setups;
mod targets;

use cors_testing::Browser;

pub(crate) const PAGE: &str = "https://app.example.com";

/// The scripted application as a tower service, at `https://api.test`.
pub(crate) fn tower() -> Browser {
    Browser::tower(targets::router())
}
