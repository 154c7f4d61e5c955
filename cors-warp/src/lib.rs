//! CORS for warp 0.4: [`Cors::wrap`] wraps a filter.
//!
//! It responds to preflights, and adds the CORS headers to every other response, errors included. The core, `cors_core`,
//! makes all decisions, so that every framework sends the same headers.
//!
//! ```
//! use cors_warp::{Config, ConfigError, Cors};
//! use warp::Filter;
//!
//! # async fn run() -> Result<(), ConfigError> {
//! let policy = Config::new()
//!     .allow_origins(["https://example.com", "http://localhost:*"])
//!     .allow_methods(["GET", "PUT"])
//!     .build()?; // or Config::from_env().build()?
//! let routes = warp::path::end().and(warp::get()).map(|| "hello");
//! warp::serve(Cors::new(policy).wrap(routes)).run(([127, 0, 0, 1], 8000)).await;
//! # Ok(())
//! # }
//! ```
//!
//! - [`Config`] has the keys of a policy. [`Config::build`] checks all of them and returns a [`Policy`], or every error
//!   with its correction.
//! - [`Cors`] takes a [`Policy`], or [`Policies`] by path and by host. [`Cors::replace`] replaces them while the server
//!   runs.
//! - [`Policy::explain`] says why a request is refused. With [`Config::diagnostics()`], the console of the browser does.
//!
//! The [guide] says where to mount the middleware, and shows the other uses. If you use `warp::cors` today, start with
//! [`guide::coming_from_warp_cors`].
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

#[cfg(any(doc, doctest))]
pub mod guide;
mod handoff;
mod middleware;
mod rejection;
mod request;
#[cfg(any(feature = "metrics", feature = "tracing"))]
mod shadow;

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
pub use middleware::Cors;
pub use rejection::RouteError;
pub use request::RequestView;

/// The examples of the README, compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
