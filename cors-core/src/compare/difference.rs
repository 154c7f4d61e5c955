//! The differences between two policies, as data and as text.

use super::permission::Permission;
use crate::issue::Quoted;
use std::fmt;

/// What changes for pages if one policy replaces another: [`Policy::diff`](crate::Policy::diff), or
/// [`Policies::diff`](crate::Policies::diff).
///
/// `Display` writes one difference on each line, or `no difference`.
///
/// # What is compared
///
/// Two policies differ if there is something that a page can do under one of them only, in any browser that
/// follows [Fetch]. The comparison is exact, also for patterns and regexes. What a page of an origin can do
/// follows from the value of `Origin` that the browser sends for it:
///
/// | what a page can do | under which policy | key |
/// |---|---|---|
/// | read responses to requests without credentials ("CORS check", steps 3 and 4) | the origin is allowed | `allow_origins`, `allow_origin_regex` |
/// | read responses to requests with credentials, and send those that need a preflight ("CORS check", steps 5 to 8) | with credentials, which are never allowed for `*` | `allow_credentials` |
/// | send a method that needs a preflight ("CORS-preflight fetch") | the method is listed | `allow_methods` |
/// | send `GET`, `HEAD` or `POST` with a header that needs a preflight | the method is listed | `allow_methods` |
/// | send a header | the header is listed, and any method is | `allow_headers` |
/// | read a response header ("CORS filtered response") | it is listed | `expose_headers` |
/// | read how long the phases of a request took (Resource Timing) | with the key | `timing_allow_origin` |
/// | reach the application from a refused origin, with a request that needs no preflight | without the key, or the origin is allowed | `block_refused_origins` |
/// | reach the application under a host, with DNS rebinding too | without own origins, or with this one | `own_origins` |
///
/// A policy with shorter lists is not always at most the other:
///
/// - A policy with `*` and one with a listed origin and credentials are each not at most the other: one
///   lets more pages read, the other lets a page act as the user.
/// - `GET`, `HEAD` and `POST` in `allow_methods` make a difference, although many requests with them need no
///   preflight: one with `Content-Type: application/json` needs it, and `Content-Type` is always an allowed
///   header.
/// - Headers make no difference where no method is allowed, and nothing does where no origin is allowed.
/// - A name that is always allowed, or that no browser sends or shows to scripts, makes no difference: `Accept`
///   and `Cookie` in `allow_headers`, `Content-Length` and `Set-Cookie` in `expose_headers`.
/// - `*` in `allow_headers` includes `Authorization`. But a preflight that names many headers can exceed the
///   limit of `*`, and not that of a long list.
/// - With `block_refused_origins` on, requests from refused origins no longer reach the application. Off,
///   they do.
///
/// `max_age` makes a difference only between `0` and other values. With a preflight in its cache, a browser
/// does not ask whether a `GET`, `HEAD` or `POST` may have the headers of that preflight, so pages
/// can then send one that is not listed. Every other comparison is for a browser with an empty cache.
/// `preflight_status`, `diagnostics` and the keys that start with `dangerously_` make no difference: pages can
/// do the same with any value.
///
/// The application is supposed to set no CORS headers itself, and no `Timing-Allow-Origin`. Values of `Origin`
/// that no browser sends are not compared.
///
/// # Review a change
///
/// ```
/// use cors_core::{Config, Permission};
///
/// let old = Config::new().allow_origins(["https://*.example.com"]).allow_credentials(true).build()?;
/// let new = Config::new()
///     .allow_origin_regex(r"https://(.+\.)?example\.com")
///     .allow_credentials(true)
///     .build()?;
/// let diff = old.diff(&new)?;
/// let widened = diff.widened().next().ok_or("nothing is widened")?;
/// assert!(matches!(widened.permission(), Permission::Read { origin, .. } if origin == "https://example.com"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// **Wrong**: to compare the texts of the configurations. The lists below have the same length, and the new
/// policy has fewer keys. Still it lets every website read, and it ends the block:
///
/// ```
/// # use cors_core::Config;
/// let old = Config::new()
///     .allow_origins(["https://example.com"])
///     .block_refused_origins(true)
///     .build()?;
/// let new = Config::new().allow_origins(["*"]).build()?;
/// assert_eq!(
///     old.diff(&new)?.to_string(),
///     "widened: pages that `*` allows, such as `https://a`, can now read responses\n\
///      widened: pages of refused origins, such as `https://a`, can now reach the application with \
///      requests that need no preflight",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// **Wrong**: to ignore the error. A comparison that is too complex says nothing about the policies. A program
/// that refuses a change that widens access must refuse it then, too.
///
/// [Fetch]: https://fetch.spec.whatwg.org/#http-cors-protocol
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDiff {
    differences: Vec<Difference>,
}

impl PolicyDiff {
    pub(super) fn new(mut differences: Vec<Difference>) -> Self {
        differences.sort_by_key(|difference| difference.change == Change::Narrowed);
        Self { differences }
    }

    /// Every difference. What is widened comes first.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// What pages can do only under the new policy.
    pub fn widened(&self) -> impl Iterator<Item = &Difference> {
        let is_widened = |difference: &&Difference| difference.change == Change::Widened;
        self.differences.iter().filter(is_widened)
    }

    /// Whether pages can do anything only under the new policy. If not, it
    /// [is at most](crate::Policy::is_at_most) the old one.
    pub fn widens(&self) -> bool {
        self.widened().next().is_some()
    }

    /// Whether pages can do the same under both.
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }
}

impl fmt::Display for PolicyDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no difference");
        }
        for (number, difference) in self.differences.iter().enumerate() {
            let newline = if number == 0 { "" } else { "\n" };
            write!(f, "{newline}{difference}")?;
        }
        Ok(())
    }
}

/// One thing that pages can do under one of two policies only.
///
/// `Display` writes one line, such as
/// ``widened: pages of `https://example.com` can now read responses``.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub(super) change: Change,
    pub(super) place: Option<Place>,
    pub(super) permission: Permission,
}

/// Where policies differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) host: Option<String>,
    pub(super) prefix: String,
}

impl Difference {
    /// Whether pages can do it under the new policy only, or under the old one only.
    pub fn change(&self) -> Change {
        self.change
    }

    /// The path prefix whose policies differ, for [`Policies`](crate::Policies). `/` is the default
    /// policy.
    pub fn prefix(&self) -> Option<&str> {
        self.place.as_ref().map(|place| place.prefix.as_str())
    }

    /// The host whose policies differ, for [`Policies`](crate::Policies). `None` stands for all hosts without
    /// policies of their own.
    pub fn host(&self) -> Option<&str> {
        self.place.as_ref()?.host.as_deref()
    }

    /// What pages can do.
    pub fn permission(&self) -> &Permission {
        &self.permission
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let can = match self.change {
            Change::Widened => "can now",
            Change::Narrowed => "can no longer",
        };
        f.write_str(self.change.as_str())?;
        if let Some(Place { host, prefix }) = &self.place {
            write!(f, " at {}", Quoted(prefix))?;
            if let Some(host) = host {
                write!(f, " of {}", Quoted(host))?;
            }
        }
        f.write_str(": ")?;
        self.permission.write(f, can)
    }
}

/// Whether a [`Difference`] is more access or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// Only under the new policy.
    Widened,
    /// Only under the old policy.
    Narrowed,
}

impl Change {
    /// `widened` or `narrowed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Widened => "widened",
            Self::Narrowed => "narrowed",
        }
    }
}
