//! What the tests of several packages share: programs that they start, and random policies and
//! fetches with their meaning.
//!
//! A package of its own and not a part of the suite's library, on which the `cors` command depends.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

pub mod cases;
#[cfg(unix)] // process groups
pub mod launch;
pub mod process;
#[cfg(unix)] // where a virtual environment has its programs
pub mod python;
pub mod tally;
