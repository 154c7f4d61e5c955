//! [cors-actix]: https://docs.rs/cors-actix
//! [cors-axum]: https://docs.rs/cors-axum
//! [cors-rocket]: https://docs.rs/cors-rocket
//! [cors-warp]: https://docs.rs/cors-warp
//! [manual]: #manual
//!
#![doc = include_str!("../README.md")]
//!
//! # Manual
//!
//! The [manual](crate::manual) has a page for each topic, such as cookies, caches, uploads and apps.

// What the user writes, and what is wrong with it.
mod config;
pub mod issue;
mod key;

// The policy, and which one applies to a host and a path.
mod hosts;
mod live_policies;
mod path;
mod path_table;
mod policies;
mod policy;
mod policy_table;
#[cfg(feature = "watch")]
pub mod watch;

// The decision about a request.
mod decide;
mod decision;
mod explain;
mod near_miss;
mod own_origins;
mod request;
mod request_host;
mod shown;
mod verdict;

// Questions about policies, which no request asks.
mod compare;
mod language;

// What is allowed: origins, methods and headers.
mod header_name;
mod listed_headers;
mod method;
mod origin;
mod requested_headers;
mod slip;
mod token;

// What the middleware reports.
#[cfg(any(feature = "metrics", feature = "tracing"))]
pub mod observability;
#[cfg(not(any(feature = "metrics", feature = "tracing")))]
#[path = "observability/off.rs"]
mod observability;

// The response: its CORS headers, and what adapters share.
mod apply;
mod define_header_names;
mod early_response;
#[cfg(feature = "http-1")]
pub mod http;
mod pending_headers;
mod rendered;

// The examples of some pages need the feature.
#[cfg(any(doc, all(doctest, feature = "public-suffix")))]
pub mod manual;

#[cfg(all(test, any(feature = "metrics", feature = "tracing")))]
#[path = "../tests/recording/mod.rs"]
mod recording;

pub use apply::{Echo, ResponseHeader, ResponseHeaders};
pub use compare::{Change, Difference, Permission, PolicyDiff};
pub use config::{Config, ConfigError, HostNameError, IntoEntries, IntoSeconds};
pub use decision::{
    Decision, HeadersRefusal, HostRefusal, MethodRefusal, OriginRefusal, PreflightRefusal,
};
pub use early_response::EarlyResponse;
pub use language::{AllowedOrigins, TooComplex, TrustedSite};
pub use live_policies::{InForce, LivePolicies, Revision};
pub use path::PrefixError;
pub use pending_headers::PendingHeaders;
pub use policies::Policies;
pub use policy::Policy;
pub use policy_table::PolicyTable;
pub use rendered::RenderedPolicy;
pub use request::{RequestHead, RequestHeader, host_contradicts};
pub use requested_headers::requested_header_names;
pub use verdict::Verdict;
