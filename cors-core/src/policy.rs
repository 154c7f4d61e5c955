//! The policy: valid and immutable.

use crate::config::Issues;
use crate::decision::OriginRefusal;
use crate::issue::Issue;
use crate::listed_headers::ListedHeaders;
use crate::origin::set::OriginSet;
use crate::own_origins::OwnOrigins;
use crate::requested_headers::AllowedHeaders;
use std::fmt;

/// A CORS policy that was checked by [`Config::build`](crate::Config::build).
///
/// It is always valid and never changes. Two policies are equal if they have the same normal form
/// ([`to_config`](Self::to_config)).
#[derive(Clone)]
pub struct Policy {
    pub(crate) access: Access,
    pub(crate) methods: Vec<String>,
    pub(crate) headers: AllowedHeaders,
    pub(crate) exposed: Exposed,
    pub(crate) max_age: u64,
    /// The response to an allowed preflight has the status 204 and no body.
    pub(crate) bare_success: bool,
    pub(crate) diagnostics: bool,
    pub(crate) block_refused_origins: bool,
    /// Why the policy of the request is not known, if this policy applies instead. It allows nothing.
    pub(crate) ambiguity: Option<Ambiguity>,
    /// `None` if `Host` is not checked. Boxed, because most policies have none.
    pub(crate) own_origins: Option<Box<OwnOrigins>>,
    pub(crate) timing_allow_origin: bool,
    /// The opt-ins. Only the build uses them. They are kept for `to_config`.
    pub(crate) on_public_suffixes: bool,
    pub(crate) with_any_app: bool,
    pub(crate) with_broad_regex: bool,
    pub(crate) warnings: Issues,
}

/// The normal form, without the tables for look-ups.
impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("config", &self.to_config())
            .field("ambiguity", &self.ambiguity)
            .field("warnings", &self.warnings)
            .finish()
    }
}

/// Why it is not known which policy a request has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ambiguity {
    /// Servers read the path in different ways.
    Path,
    /// The host is missing, repeated, malformed, or read in different ways.
    Host,
}

impl Ambiguity {
    pub(crate) const fn refusal(self) -> OriginRefusal {
        match self {
            Self::Path => OriginRefusal::AmbiguousPath,
            Self::Host => OriginRefusal::AmbiguousHost,
        }
    }
}

/// Who may read the responses. This type cannot express any origin together with credentials.
#[expect(
    clippy::large_enum_variant,
    reason = "a box would cost an indirection for every request"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    AnyOrigin,
    Listed(Listed),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) origins: OriginSet,
    pub(crate) credentials: bool,
}

/// The response headers that scripts may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exposed {
    /// `*`
    Any,
    Listed(Vec<String>),
}

impl Policy {
    /// The policy for a request that may have one of these policies.
    pub(crate) fn for_ambiguous<'a>(
        ambiguity: Ambiguity,
        block_refused_origins: bool,
        mut candidates: impl Iterator<Item = &'a Self> + Clone,
    ) -> Self {
        let own_origins = candidates
            .clone()
            .filter_map(|policy| policy.own_origins.as_deref());
        Self {
            access: Access::Listed(Listed {
                origins: OriginSet::default(),
                credentials: false,
            }),
            methods: Vec::new(),
            headers: AllowedHeaders::Listed(ListedHeaders::new([])),
            exposed: Exposed::Listed(Vec::new()),
            max_age: 0,
            bare_success: false,
            diagnostics: false,
            block_refused_origins,
            ambiguity: Some(ambiguity),
            own_origins: OwnOrigins::common(own_origins).map(Box::new),
            timing_allow_origin: candidates.any(|policy| policy.timing_allow_origin),
            on_public_suffixes: false,
            with_any_app: false,
            with_broad_regex: false,
            warnings: Issues::default(),
        }
    }

    /// The warnings of the build. Of more than 1000, the first that the build found are kept.
    pub fn warnings(&self) -> &[Issue] {
        self.warnings.warnings()
    }

    /// How many more warnings there are than [`warnings`](Self::warnings) has.
    pub fn more_warnings(&self) -> usize {
        self.warnings.more_warnings()
    }

    /// Whether the policy allows `origin`, the value of an `Origin` header.
    ///
    /// If the policy allows any origin (`*`), this is true for every value, even for one that is not an
    /// origin.
    ///
    /// Browsers do not apply the CORS check to WebSockets. A handler that upgrades a connection must
    /// check the origin itself. Otherwise any website can open a connection and act as your users. A
    /// middleware can get new policies, so the handler must not keep this one: see
    /// [`Policies::find`](crate::Policies::find).
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
            Access::Listed(listed) => listed.origins.contains(origin),
            Access::AnyOrigin => true,
        }
    }

    /// Whether requests from refused origins are [blocked](crate::Decision::Blocked) before they reach
    /// the application.
    pub fn blocks_refused_origins(&self) -> bool {
        self.block_refused_origins
    }

    /// Whether a request other than a preflight can get an [early response](crate::EarlyResponse): with
    /// [`block_refused_origins`](crate::Config::block_refused_origins) or
    /// [`own_origins`](crate::Config::own_origins).
    pub fn refuses_requests(&self) -> bool {
        self.block_refused_origins || self.own_origins.is_some()
    }

    /// Whether `origin`, the value of an `Origin` header, is one of the
    /// [`own_origins`](crate::Config::own_origins). Without that key, no origin is.
    ///
    /// A handler that upgrades a connection allows its own pages with this.
    pub fn is_own_origin(&self, origin: &[u8]) -> bool {
        let own = self.own_origins.as_ref();
        own.is_some_and(|own| own.contains(origin))
    }

    pub(crate) fn allows_any_origin(&self) -> bool {
        matches!(self.access, Access::AnyOrigin)
    }

    pub(crate) fn allows_credentials(&self) -> bool {
        matches!(&self.access, Access::Listed(listed) if listed.credentials)
    }
}

/// Two policies are equal if they have the same normal form. Warnings are not compared.
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        // Without `..`, a new field does not compile until it is compared.
        let Self {
            access,
            methods,
            headers,
            exposed,
            max_age,
            bare_success,
            diagnostics,
            block_refused_origins,
            ambiguity,
            own_origins,
            timing_allow_origin,
            on_public_suffixes,
            with_any_app,
            with_broad_regex,
            warnings: _,
        } = self;
        *access == other.access
            && *methods == other.methods
            && *headers == other.headers
            && *exposed == other.exposed
            && *max_age == other.max_age
            && *bare_success == other.bare_success
            && *diagnostics == other.diagnostics
            && *block_refused_origins == other.block_refused_origins
            && *ambiguity == other.ambiguity
            && *own_origins == other.own_origins
            && *timing_allow_origin == other.timing_allow_origin
            && *on_public_suffixes == other.on_public_suffixes
            && *with_any_app == other.with_any_app
            && *with_broad_regex == other.with_broad_regex
    }
}

impl Eq for Policy {}
