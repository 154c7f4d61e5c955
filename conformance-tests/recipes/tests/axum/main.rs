//! Recipes for axum and everything else that takes a tower layer. Each file is one recipe.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]
#![allow(
    clippy::result_large_err,
    reason = "tower-http refuses a request with a response as error"
)]

mod async_graphql;
mod connect_info;
mod items;
mod poem;
mod salvo;
mod takes;
mod tonic_web;
mod tower_http_stack;
mod utoipa;
