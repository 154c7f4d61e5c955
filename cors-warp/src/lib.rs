#![doc = include_str!("../README.md")]
//!
//! # Manual
//!
//! The [manual](https://docs.rs/cors-decision/latest/cors_core/manual/) has a page for each topic, such as cookies and caches.

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
    Config, ConfigError, Decision, HeadersRefusal, HostNameError, HostRefusal, InForce,
    MethodRefusal, OriginRefusal, Policies, Policy, PrefixError, PreflightRefusal, RequestHead,
    RequestHeader,
};
pub use middleware::Cors;
pub use rejection::RouteError;
pub use request::RequestView;
