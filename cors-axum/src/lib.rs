#![doc = include_str!("../README.md")]

mod future;
mod layer;

pub use cors_core::{
    Config, ConfigError, Correction, Decision, HeadersRefusal, Issue, Key, MethodRefusal,
    OriginRefusal, Policy, PreflightRefusal, RequestHead, RequestHeader, Rule, Severity,
};
pub use future::ResponseFuture;
pub use layer::{AnswerBody, Cors, CorsLayer, EmptyBody, TextBody};
