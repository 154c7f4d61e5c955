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
#[cfg(unix)] // the folder of programs in a virtual environment
mod fastapi;
mod fixes;
mod manual;
#[cfg(unix)]
mod nginx;
mod properties;
#[cfg(unix)]
mod server;
mod situations;
