//! Recipes for Rocket. Each file is one recipe.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]
#![allow(clippy::result_large_err, reason = "the error of figment")]

mod rocket_toml;
