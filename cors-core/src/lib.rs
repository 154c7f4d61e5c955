#![doc = include_str!("../README.md")]

// What the user writes and what is wrong with it.
mod config;
pub mod issue;
mod key;

// What a policy is, and what decides about a request, in the order of the flow.
mod apply;
mod decide;
mod decision;
mod explain;
mod header_name;
#[cfg(feature = "http-1")]
pub mod http;
mod method;
mod origin;
mod path;
mod policies;
mod policy;
mod rendered;
mod request;
mod requested_headers;
mod token;
mod verdict;

pub use apply::{Echo, ResponseHeader, ResponseHeaders};
pub use config::{Config, ConfigError};
pub use decision::{Decision, HeadersRefusal, MethodRefusal, OriginRefusal, PreflightRefusal};
pub use path::PrefixError;
pub use policies::{Policies, PolicyTable};
pub use policy::Policy;
pub use rendered::{EarlyResponse, RenderedPolicy};
pub use request::{RequestHead, RequestHeader};
pub use requested_headers::requested_header_names;
pub use verdict::Verdict;
