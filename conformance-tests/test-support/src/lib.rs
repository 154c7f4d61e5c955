//! Code shared by the tests of several packages: programs that they start, and random policies and
//! fetches with their expected results.
//!
//! This is a separate package because the `cors` command depends on the library of the suite, and
//! must not depend on test code.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

#[cfg(unix)] // process groups
pub mod browser;
pub mod cases;
#[cfg(unix)] // a port is reserved with SO_REUSEPORT
pub mod nginx;
pub mod node;
pub mod process;
#[cfg(unix)]
pub mod process_group;
#[cfg(unix)] // the folder of programs in a virtual environment
pub mod python;
pub mod random;
pub mod scripted;
pub mod skip;
pub mod tally;
