#![doc = include_str!("../README.md")]

mod convert;
mod future;
mod middleware;

pub use cors_core::{
    Config, ConfigError, Correction, Decision, HeadersRefusal, Issue, Key, MethodRefusal,
    OriginRefusal, Policies, Policy, PrefixError, PreflightRefusal, RequestHead, RequestHeader,
    Rule, Severity,
};
pub use future::ResponseFuture;
pub use middleware::{Cors, CorsMiddleware};
