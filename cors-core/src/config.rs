//! What the user says: the schema, with its defaults.

mod env;
mod nearest;
mod read;
#[cfg(feature = "serde")]
mod serde;

use crate::build;
use crate::error::ConfigError;
use crate::issue::{Issue, Key};
use crate::policy::Policy;

/// A CORS policy as it is said; [`build`](Self::build) checks it and makes a [`Policy`].
///
/// The keys and defaults are those of FastAPI's and Starlette's `CORSMiddleware`. The same names
/// serve as builder methods, as keys of a policy file (feature `serde`) and, as
/// `CORS_ALLOW_ORIGINS` and so on, as environment variables ([`from_env`](Self::from_env)).
///
/// What is wrong with a value from outside is kept until [`build`](Self::build), or until the method
/// of that name replaces the value; an assignment to the field does not take it back.
///
/// ```
/// use cors_core::Config;
///
/// let policy = Config::new()
///     .allow_origins(["https://example.com", "https://*.example.org"])
///     .allow_methods(["GET", "PUT"])
///     .allow_headers(["Authorization"])
///     .allow_credentials(true)
///     .build()?;
/// # Ok::<(), cors_core::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// See [`allow_origins`](Self::allow_origins()).
    pub allow_origins: Vec<String>,
    /// See [`allow_origin_regex`](Self::allow_origin_regex()).
    pub allow_origin_regex: Option<String>,
    /// See [`allow_methods`](Self::allow_methods()).
    pub allow_methods: Vec<String>,
    /// See [`allow_headers`](Self::allow_headers()).
    pub allow_headers: Vec<String>,
    /// See [`allow_credentials`](Self::allow_credentials()).
    pub allow_credentials: bool,
    /// See [`expose_headers`](Self::expose_headers()).
    pub expose_headers: Vec<String>,
    /// See [`max_age`](Self::max_age()).
    pub max_age: u64,
    /// See [`preflight_status`](Self::preflight_status()).
    pub preflight_status: u16,
    /// See [`diagnostics`](Self::diagnostics()).
    pub diagnostics: bool,
    /// See [`block_refused_origins`](Self::block_refused_origins()).
    pub block_refused_origins: bool,
    /// See the [method](Self::dangerously_allow_credentials_on_public_suffixes()) of that name.
    pub dangerously_allow_credentials_on_public_suffixes: bool,
    /// See the [method](Self::dangerously_allow_credentials_with_broad_regex()) of that name.
    pub dangerously_allow_credentials_with_broad_regex: bool,
    /// What was wrong already when the values were read from a file or the environment.
    pub(crate) unreadable: Vec<Issue>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            allow_origins: Vec::new(),
            allow_origin_regex: None,
            allow_methods: vec!["GET".to_owned()],
            allow_headers: Vec::new(),
            allow_credentials: false,
            expose_headers: Vec::new(),
            max_age: 600,
            preflight_status: 200,
            diagnostics: false,
            block_refused_origins: false,
            dangerously_allow_credentials_on_public_suffixes: false,
            dangerously_allow_credentials_with_broad_regex: false,
            unreadable: Vec::new(),
        }
    }
}

/// Every setter replaces what was said before.
impl Config {
    /// The defaults: no origin, the method `GET`, no headers beyond the safelisted ones.
    pub fn new() -> Self {
        Self::default()
    }

    /// The origins whose pages may read the answers. Default: none.
    ///
    /// | entry | allows |
    /// |---|---|
    /// | `https://example.com`, `http://localhost:8080` | this origin |
    /// | `tauri://localhost`, `chrome-extension://<id>` | this origin of another scheme |
    /// | `https://*.example.com` | one or more labels before `example.com`, not `example.com` itself |
    /// | `http://localhost:*` | this host at any port, or without one |
    /// | `https://*.example.com:*` | both |
    /// | `null` | sandboxed frames and local files, whoever made them |
    /// | `*` | any origin |
    ///
    /// An origin is compared byte for byte with what the browser sends. What no browser sends is an
    /// error, with the correction: `example.com`, `https://example.com/`, `https://EXAMPLE.com`,
    /// `https://example.com:443`. So is any other place for `*`.
    #[must_use]
    pub fn allow_origins<I>(mut self, origins: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.allow_origins = self.said(Key::AllowOrigins, origins);
        self
    }

    /// A regex for origins allowed in addition to `allow_origins`. Default: none.
    ///
    /// It must match the whole origin, as if it stood between `^` and `$`. The syntax is that of the
    /// `regex` crate, without look-around and back-references, so that matching takes linear time.
    /// With credentials, a regex that also lets strangers in is an error: the build tries it on
    /// origins such as `https://evil.com` and, for `example\.com`, `https://evilexample.com`.
    #[must_use]
    pub fn allow_origin_regex(mut self, regex: impl Into<String>) -> Self {
        self.read_again(Key::AllowOriginRegex);
        self.allow_origin_regex = Some(regex.into());
        self
    }

    /// The methods that a preflight grants. Default: `GET`.
    ///
    /// `*` stands for DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT and QUERY. As in Fetch, `delete`,
    /// `get`, `head`, `options`, `post` and `put` are read in upper case, and every other method
    /// byte for byte. `CONNECT`, `TRACE` and `TRACK`, which browsers never send, are errors.
    #[must_use]
    pub fn allow_methods<I>(mut self, methods: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.allow_methods = self.said(Key::AllowMethods, methods);
        self
    }

    /// The request headers that a preflight grants, compared without case. Default: none.
    ///
    /// `Accept`, `Accept-Language`, `Content-Language` and `Content-Type` are always granted. `*` is
    /// every header, `Authorization` included.
    ///
    /// Of `Access-Control-Request-Headers` no more is read than the names granted could fill twice,
    /// and 256 bytes; with `*`, 4096 bytes. A line counts 16 bytes more than it has.
    #[must_use]
    pub fn allow_headers<I>(mut self, headers: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.allow_headers = self.said(Key::AllowHeaders, headers);
        self
    }

    /// Whether requests may carry cookies, client certificates and HTTP authentication. Default: no.
    ///
    /// Pages of the allowed origins then act as the user who looks at them. So `*` among the origins
    /// or the exposed headers becomes an error, and so does `null`.
    #[must_use]
    pub fn allow_credentials(mut self, allow: bool) -> Self {
        self.read_again(Key::AllowCredentials);
        self.allow_credentials = allow;
        self
    }

    /// The response headers that scripts may read, beyond the seven that they always may. Default:
    /// none. `*` is every header, and an error with credentials, where it is an ordinary name.
    #[must_use]
    pub fn expose_headers<I>(mut self, headers: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.expose_headers = self.said(Key::ExposeHeaders, headers);
        self
    }

    /// How many seconds a browser may remember a granted preflight. Default: 600.
    ///
    /// `0` is sent as `0` and means: ask each time. Browsers cap the time, WebKit at 600 seconds,
    /// Chromium at 7 200 and Firefox at 86 400.
    #[must_use]
    pub fn max_age(mut self, seconds: u64) -> Self {
        self.read_again(Key::MaxAge);
        self.max_age = seconds;
        self
    }

    /// The status of a granted preflight: 200, with the text `OK`, or 204, without a body.
    /// Default: 200.
    #[must_use]
    pub fn preflight_status(mut self, status: u16) -> Self {
        self.read_again(Key::PreflightStatus);
        self.preflight_status = status;
        self
    }

    /// Whether a refused preflight of an *allowed* origin is answered with an ok status and the true
    /// lists, so that the browser's console names the method or header that is missing. The verdict
    /// that the browser reaches stays the same. Default: no.
    #[must_use]
    pub fn diagnostics(mut self, on: bool) -> Self {
        self.read_again(Key::Diagnostics);
        self.diagnostics = on;
        self
    }

    /// Whether a request with a refused origin is answered with `403` instead of reaching the
    /// application. Default: no.
    ///
    /// Same-origin requests pass: those that say `Sec-Fetch-Site: same-origin` (or `none`) and, where
    /// that header is missing, those whose `Origin` names the host that the request is for. Behind a
    /// proxy that changes `Host`, list your own origin too, for browsers before 2023. Forms that another
    /// site posts to yours are blocked as well: list the origin of an identity provider that does so.
    #[must_use]
    pub fn block_refused_origins(mut self, block: bool) -> Self {
        self.read_again(Key::BlockRefusedOrigins);
        self.block_refused_origins = block;
        self
    }

    /// Accepts a pattern such as `https://*.github.io` together with credentials.
    ///
    /// Anybody can register a name there, and act as your users from it.
    #[must_use]
    pub fn dangerously_allow_credentials_on_public_suffixes(mut self, allow: bool) -> Self {
        self.read_again(Key::DangerouslyAllowCredentialsOnPublicSuffixes);
        self.dangerously_allow_credentials_on_public_suffixes = allow;
        self
    }

    /// Accepts a regex that lets strangers in together with credentials.
    ///
    /// Whoever has a matching origin can act as your users.
    #[must_use]
    pub fn dangerously_allow_credentials_with_broad_regex(mut self, allow: bool) -> Self {
        self.read_again(Key::DangerouslyAllowCredentialsWithBroadRegex);
        self.dangerously_allow_credentials_with_broad_regex = allow;
        self
    }

    /// Checks everything and makes the policy.
    ///
    /// # Errors
    ///
    /// All problems at once, the warnings beside them. Nothing is built from a part of a
    /// configuration.
    pub fn build(self) -> Result<Policy, ConfigError> {
        build::build(&self)
    }

    /// Like [`build`](Self::build), and every warning is an error.
    ///
    /// # Errors
    ///
    /// If there is anything to say about the configuration.
    pub fn build_strict(self) -> Result<Policy, ConfigError> {
        let policy = self.build()?;
        if policy.warnings().is_empty() {
            Ok(policy)
        } else {
            Err(ConfigError::new(Vec::new(), policy.warnings().to_vec()))
        }
    }

    fn said<I>(&mut self, key: Key, entries: I) -> Vec<String>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.read_again(key);
        entries.into_iter().map(Into::into).collect()
    }

    /// Forgets what was wrong with the value that is now replaced.
    fn read_again(&mut self, key: Key) {
        self.unreadable.retain(|issue| issue.key != Some(key));
    }
}
