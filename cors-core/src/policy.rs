//! The compiled policy: valid and immutable.

use crate::config::Config;
use crate::issue::Issue;
use crate::method;
use crate::origin::{self, set::OriginSet};
use crate::requested_headers::AllowedHeaders;

/// A checked CORS policy, made by [`Config::build`].
///
/// It never changes and is never invalid. Two policies are equal if they read back equal
/// ([`to_config`](Self::to_config)).
#[derive(Clone, Debug)]
pub struct Policy {
    pub(crate) access: Access,
    pub(crate) methods: Vec<String>,
    pub(crate) headers: AllowedHeaders,
    pub(crate) exposed: Exposed,
    pub(crate) max_age: u64,
    /// A granted preflight is answered with 204 and no body.
    pub(crate) bare_success: bool,
    pub(crate) diagnostics: bool,
    pub(crate) block_refused_origins: bool,
    /// The two opt-ins. They have done their work at the build and are kept for reading back.
    pub(crate) on_public_suffixes: bool,
    pub(crate) with_broad_regex: bool,
    pub(crate) warnings: Vec<Issue>,
}

/// Who may read. Any origin together with credentials has no value here.
#[expect(
    clippy::large_enum_variant,
    reason = "a box would cost every request a hop"
)]
#[derive(Clone, Debug)]
pub(crate) enum Access {
    AnyOrigin,
    Listed(Listed),
}

#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) origins: OriginSet,
    pub(crate) credentials: bool,
}

/// What `expose_headers` comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exposed {
    /// `*`
    Any,
    Listed(Vec<String>),
}

impl Policy {
    /// What is suspicious about the configuration, though legal.
    pub fn warnings(&self) -> &[Issue] {
        &self.warnings
    }

    /// The configuration in its normal form: origins sorted, without duplicates and without entries
    /// that another covers; methods spelled out and headers with the safelisted ones left out.
    /// Building it gives an equal policy.
    pub fn to_config(&self) -> Config {
        let (allow_origins, allow_origin_regex) = match &self.access {
            Access::AnyOrigin => (vec!["*".to_owned()], None),
            Access::Listed(listed) => (
                listed.origins.to_list(),
                listed.origins.regex_source().map(str::to_owned),
            ),
        };
        let allow_methods = if self.methods == method::STANDARD {
            vec!["*".to_owned()]
        } else {
            self.methods.clone()
        };
        let allow_headers = match &self.headers {
            AllowedHeaders::Any => vec!["*".to_owned()],
            AllowedHeaders::Listed(listed) => listed.configured().map(str::to_owned).collect(),
        };
        let expose_headers = match &self.exposed {
            Exposed::Any => vec!["*".to_owned()],
            Exposed::Listed(names) => names.clone(),
        };
        Config {
            allow_origins,
            allow_origin_regex,
            allow_methods,
            allow_headers,
            allow_credentials: self.allows_credentials(),
            expose_headers,
            max_age: self.max_age,
            preflight_status: if self.bare_success { 204 } else { 200 },
            diagnostics: self.diagnostics,
            block_refused_origins: self.block_refused_origins,
            dangerously_allow_credentials_on_public_suffixes: self.on_public_suffixes,
            dangerously_allow_credentials_with_broad_regex: self.with_broad_regex,
            unreadable: Vec::new(),
        }
    }

    /// Whether pages of `origin`, the bytes of an `Origin` header, are allowed.
    ///
    /// Browsers apply no CORS check to WebSockets: a handler that upgrades a connection must ask this
    /// itself, or any website can open one in the name of its users.
    ///
    /// ```
    /// let policy = cors_core::Config::new().allow_origins(["https://example.com"]).build()?;
    /// assert!(policy.is_origin_allowed(b"https://example.com"));
    /// assert!(!policy.is_origin_allowed(b"https://example.com.evil.com"));
    /// # Ok::<(), cors_core::ConfigError>(())
    /// ```
    #[inline]
    pub fn is_origin_allowed(&self, origin: &[u8]) -> bool {
        match &self.access {
            Access::Listed(listed) => listed.origins.has(origin),
            Access::AnyOrigin => origin::is_serialized(origin),
        }
    }

    /// Whether requests with a refused origin are [answered](crate::Decision::Blocked) instead of
    /// reaching the application.
    pub fn blocks_refused_origins(&self) -> bool {
        self.block_refused_origins
    }

    pub(crate) fn allows_any_origin(&self) -> bool {
        matches!(self.access, Access::AnyOrigin)
    }

    pub(crate) fn allows_credentials(&self) -> bool {
        matches!(&self.access, Access::Listed(listed) if listed.credentials)
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.to_config() == other.to_config()
    }
}

impl Eq for Policy {}
