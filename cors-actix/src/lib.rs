//! CORS for actix-web 4.15 and later: the middleware [`Cors`].
//!
//! It responds to preflights, and adds the CORS headers to every other response, errors included. The core, `cors_core`,
//! makes all decisions, so that every framework sends the same headers.
//!
//! ```
//! use actix_web::{App, HttpServer, web};
//! use cors_actix::{Config, ConfigError, Cors};
//!
//! fn cors() -> Result<Cors, ConfigError> {
//!     let policy = Config::new()
//!         .allow_origins(["https://example.com", "http://localhost:*"])
//!         .allow_methods(["GET", "PUT"])
//!         .build()?; // or Config::from_env().build()?
//!     Ok(Cors::new(policy))
//! }
//!
//! # fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let cors = cors()?; // once: each worker gets a clone
//! let app = move || App::new().route("/", web::get().to(async || "hello")).wrap(cors.clone());
//! let server = HttpServer::new(app).bind("127.0.0.1:8000")?.run();
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
//! The [guide] says where to mount the middleware, and shows the other uses. If you use actix-cors today, start with
//! [`guide::coming_from_actix_cors`].
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

mod future;
#[cfg(any(doc, doctest))]
pub mod guide;
mod headers;
mod middleware;
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
pub use future::ResponseFuture;
pub use middleware::{Cors, CorsMiddleware};
pub use request::RequestView;

/// The examples of the README, compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
