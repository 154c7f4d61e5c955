#![doc = include_str!("../README.md")]

mod convert;
mod middleware;

pub use cors_core::{
    Config, ConfigError, Correction, Decision, HeadersRefusal, Issue, Key, MethodRefusal,
    OriginRefusal, Policies, Policy, PrefixError, PreflightRefusal, RequestHead, RequestHeader,
    Rule, Severity,
};
pub use middleware::Cors;
