//! One set of test vectors, stored as data. The core and every adapter must return the same
//! response to each vector.
//!
//! `vectors/*.toml` --[`vector`]--> requests and expected responses --[`run`]--> a report on every
//! [`subject`]: the core itself, and each framework, which serves the test application ([`app`])
//! through its adapter and is queried over a real socket ([`wire`]). README.md documents the format
//! field by field.

pub mod app;
pub mod response;
pub mod run;
pub mod server;
pub mod subject;
pub mod vector;
pub mod wire;

/// Compiles the code examples in the README of the workspace.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

/// Runs the examples of the page about production, which are for axum.
#[cfg(doctest)]
#[doc = include_str!("../../cors-core/manual/production.md")]
mod production {}
