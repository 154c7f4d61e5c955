use cors_actix::{Config, ConfigError, Cors};

/// Call it once, outside of the closure of `HttpServer::new`. Mount a clone last: `app.wrap(cors.clone())`.
pub fn cors() -> Result<Cors, ConfigError> {
    let policy = Config::new()
        .allow_origins([
            "https://app.example.com",
            "https://*.example.net:*",
            "http://localhost:*",
            "chrome-extension://*",
        ])
        .allow_origin_regex("https://(.+\\.)?example\\.org")
        .allow_methods(["GET", "PUT", "x'y"])
        .allow_headers(["Authorization", "X-Requested-With"])
        .allow_credentials(true)
        .expose_headers(["X-Total"])
        .max_age(60)
        .preflight_status(204)
        .diagnostics(true)
        .block_refused_origins(true)
        .own_origins(["http://127.0.0.1:8000", "http://localhost:8000"])
        .timing_allow_origin(true)
        .dangerously_allow_credentials_on_public_suffixes(true)
        .dangerously_allow_credentials_with_any_app(true)
        .dangerously_allow_credentials_with_broad_regex(true)
        .build()?;
    for warning in policy.warnings() {
        eprintln!("warning: {warning}");
    }
    Ok(Cors::new(policy))
}
