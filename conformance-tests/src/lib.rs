//! One set of vectors, as data, that holds the core and every adapter to the same answers.
//!
//! `vectors/*.toml` --[`vector`]--> requests and expected answers --[`run`]--> a report on every
//! [`subject`]: the core itself, and each framework asked over a real socket ([`wire`]) with the
//! fixed application ([`app`]) behind its adapter. README.md documents the format field by field.

pub mod app;
pub mod response;
pub mod run;
pub mod server;
pub mod subject;
pub mod vector;
pub mod wire;

/// The programs of the README at the top of the workspace compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
