#![doc = include_str!("../README.md")]

mod middleware;
mod request;
mod response;

pub use cors_core::issue;
#[cfg(feature = "watch")]
pub use cors_core::watch;
pub use cors_core::{
    Config, ConfigError, Decision, HeadersRefusal, HostRefusal, InForce, MethodRefusal,
    OriginRefusal, Policies, Policy, PrefixError, PreflightRefusal, RequestHead, RequestHeader,
};
pub use middleware::{Cors, ReplaceError};
pub use request::RequestView;
