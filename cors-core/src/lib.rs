#![doc = include_str!("../README.md")]

mod build;
mod config;
mod decide;
mod decision;
mod error;
mod explain;
mod header_name;
#[cfg(feature = "http")]
pub mod http;
mod issue;
mod method;
mod origin;
mod policies;
mod policy;
mod ready;
mod request;
mod requested_headers;
mod token;

pub use config::Config;
pub use decision::{Decision, HeadersRefusal, MethodRefusal, OriginRefusal, PreflightRefusal};
pub use error::ConfigError;
pub use issue::{Correction, Issue, Key, Rule, Severity};
pub use policies::{Policies, PrefixError, ReadyPolicies};
pub use policy::Policy;
pub use ready::{ANSWER_CONTENT_TYPE, Answer, Change, Ready, ResponseHeader, vary_names_origin};
pub use request::{RequestHead, RequestHeader};
pub use requested_headers::requested_header_names;
