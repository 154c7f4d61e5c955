//! Tests of the diagnosis.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod case;
#[cfg(unix)] // process groups
mod consoles;
mod culprits;
#[cfg(unix)]
mod engine;
#[cfg(unix)]
mod server;
