//! Recipes for actix-web. Each file is one recipe.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod compress;
mod condition;
mod files;
