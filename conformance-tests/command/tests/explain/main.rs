//! The commands that explain and compare policies, and the help.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod diff;
mod explain;
mod help;
mod process;
