//! The Markdown pages: their links, commands, figures and programs.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod coming_from;
mod commands;
mod from_scratch;
mod links;
mod metadata;
mod program;
mod scripts;
mod speed;
mod wire;
