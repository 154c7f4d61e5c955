#![doc = include_str!("../README.md")]

mod future;
mod headers;
mod middleware;
mod request;

pub use cors_core::issue;
#[cfg(feature = "watch")]
pub use cors_core::watch;
pub use cors_core::{
    Config, ConfigError, Decision, HeadersRefusal, HostRefusal, InForce, MethodRefusal,
    OriginRefusal, Policies, Policy, PrefixError, PreflightRefusal, RequestHead, RequestHeader,
};
pub use future::ResponseFuture;
pub use middleware::{Cors, CorsMiddleware};
pub use request::RequestView;
