//! Exact questions about the origins that a policy allows. No request asks them.
//!
//! The origins that a policy allows are a regular language: exact entries, patterns and the regex. It is
//! compared with other languages, such as those of another policy or of a list of sites, by a [`search`]
//! over their automata, for an origin that a browser could send. So no question is decided by examples.
//!
//! All of it is bounded. What takes too much time or memory is an error ([`TooComplex`]).

mod allowed_origins;
mod compile;
pub(crate) mod coverage;
pub(crate) mod excess;
pub(crate) mod public_suffix;
pub(crate) mod regex_sites;
pub(crate) mod search;
pub(crate) mod sendable;
mod shared_hosts;
mod spelled;
mod trusted_sites;

pub use allowed_origins::AllowedOrigins;
pub use compile::TooComplex;
pub use trusted_sites::TrustedSite;
