#![doc = include_str!("../README.md")]

mod middleware;
mod request;
mod response;
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
pub use middleware::{Cors, ReplaceError};
pub use request::RequestView;
