//! CORS for axum, and for every other tower service of `http` requests, such as tonic and hyper: the layer [`CorsLayer`].
//!
//! It responds to preflights, and adds the CORS headers to every other response, errors included. The core, `cors_core`,
//! makes all decisions, so that every framework sends the same headers.
//!
//! ```
//! use axum::{Router, routing::get};
//! use cors_axum::{Config, ConfigError, CorsLayer};
//!
//! fn app() -> Result<Router, ConfigError> {
//!     let policy = Config::new()
//!         .allow_origins(["https://example.com", "http://localhost:*"])
//!         .allow_methods(["GET", "PUT"])
//!         .build()?; // or Config::from_env().build()?
//!     let router = Router::new().route("/", get(async || "hello").put(async || "changed"));
//!     Ok(router.layer(CorsLayer::new(policy))) // last: it covers everything above
//! }
//! ```
//!
//! - [`Config`] has the keys of a policy. [`Config::build`] checks all of them and returns a [`Policy`], or every error
//!   with its correction.
//! - [`CorsLayer`] takes a [`Policy`], or [`Policies`] by path and by host. [`CorsLayer::replace`] replaces them while the server
//!   runs.
//! - [`Policy::explain`] says why a request is refused. With [`Config::diagnostics()`], the console of the browser does.
//! - [`CorsLayer::with_empty_body`] is for services whose body is not `From<&'static str>`, such as those of tonic.
//!
//! The [guide] says where to mount the middleware, and shows the other uses. If you use tower-http today, start with
//! [`guide::coming_from_tower_http`].
//!
//! # Manual
//!
//! The [manual](https://docs.rs/cors-decision/latest/cors_core/manual/) has a page for each topic, such as cookies and caches.
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `public-suffix` | yes | with credentials, patterns such as `https://*.github.io` are errors, by Mozilla's Public Suffix List |
//! | `serde` | no | reads and writes [`Config`] as JSON, TOML or YAML |
//! | `watch` | no | follows a policy file |
//! | `tracing` | no | reports refused requests as events |
//! | `metrics` | no | counts requests and refusals |

mod body;
mod future;
#[cfg(any(doc, doctest))]
pub mod guide;
mod middleware;
#[cfg(any(feature = "metrics", feature = "tracing"))]
mod shadow;

pub use body::{EmptyBody, ResponseBody, TextBody};
pub use cors_core::issue;
#[cfg(any(feature = "metrics", feature = "tracing"))]
pub use cors_core::observability;
#[cfg(feature = "watch")]
pub use cors_core::watch;
pub use cors_core::{
    AllowedOrigins, Change, Config, ConfigError, Decision, Difference, HeadersRefusal,
    HostNameError, HostRefusal, InForce, IntoEntries, IntoSeconds, MethodRefusal, OriginRefusal,
    Permission, Policies, Policy, PolicyDiff, PrefixError, PreflightRefusal, RequestHead,
    RequestHeader, TooComplex, TrustedSite,
};
pub use future::ResponseFuture;
pub use middleware::{Cors, CorsLayer};

/// The examples of the README, compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
