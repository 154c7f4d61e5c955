//! What the benchmarks share: what is asked, who is asked, and how figures are shown.

#![allow(dead_code, reason = "not every benchmark needs all of it")]

pub(crate) mod answer;
pub(crate) mod machine;
pub(crate) mod markdown;
pub(crate) mod scenario;
pub(crate) mod subject;
