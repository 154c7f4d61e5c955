//! What the benchmarks share: the requests, the middleware that they are sent through, and how
//! figures are shown.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a benchmark may panic"
)]

pub mod machine;
pub mod markdown;
pub mod response;
pub mod scenario;
pub mod subject;
