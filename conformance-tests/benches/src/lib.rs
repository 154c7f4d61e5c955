//! The shared parts of the benchmarks: the requests, the middleware under test, and the output of
//! figures.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a benchmark may panic"
)]

pub mod callgrind;
pub mod machine;
pub mod response;
pub mod scenario;
pub mod stored;
pub mod subject;
