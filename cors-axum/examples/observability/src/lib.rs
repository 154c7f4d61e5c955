//! What the two examples share: an API with a policy.

use axum::{Router, routing::get};
use cors_axum::{Config, Policy};

/// The routes, without CORS.
pub fn routes() -> Router {
    Router::new().route("/", get(async || "hello").put(async || "changed"))
}

/// The policy in force: every subdomain.
///
/// # Errors
///
/// None, because this configuration is valid.
pub fn policy() -> Result<Policy, cors_axum::ConfigError> {
    let config = Config::new().allow_origins(["https://*.example.com"]);
    config.allow_methods(["GET", "PUT"]).build()
}

/// A stricter policy: one subdomain.
///
/// # Errors
///
/// None, because this configuration is valid.
pub fn stricter() -> Result<Policy, cors_axum::ConfigError> {
    let config = Config::new().allow_origins(["https://app.example.com"]);
    config.allow_methods(["GET", "PUT"]).build()
}
