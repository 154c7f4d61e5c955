//! Several policies in one application, chosen by the path of the request.
//!
//! A rule for `/admin` holds for `/admin` and everything below it, for preflights too. Paths are
//! compared by whole segments, percent-decoded, empty ones left out, with case: whatever a router
//! takes for `/admin` (`//admin`, `/%61dmin`, `/admin/`) has the rule of `/admin`, and `/administer`
//! has not. A `%2F` separates no segments.

use crate::policy::Policy;
use std::cmp::Reverse;
use std::fmt;
use std::sync::Arc;

/// A policy for everything, and other policies, or none, below certain paths.
///
/// Wherever an adapter takes a [`Policy`] it takes this as well.
///
/// ```
/// use cors_core::{Config, Policies};
///
/// let site = Config::new().allow_origins(["*"]).build()?;
/// let admin = Config::new().allow_origins(["https://admin.example.com"]).allow_credentials(true).build()?;
/// let policies = Policies::new(site).at("/admin", admin)?.without_cors("/internal")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policies {
    rules: Vec<(Prefix, Option<Policy>)>,
    default: Option<Policy>,
}

impl Policies {
    /// This policy where no rule says otherwise.
    #[must_use]
    pub fn new(default: Policy) -> Self {
        Self {
            rules: Vec::new(),
            default: Some(default),
        }
    }

    /// No CORS where no rule says otherwise: requests and responses pass untouched, so that browsers
    /// let no other origin read anything.
    #[must_use]
    pub fn without_default() -> Self {
        Self {
            rules: Vec::new(),
            default: None,
        }
    }

    /// This policy at `prefix` and below. Of several rules that fit, the longest is chosen.
    ///
    /// # Errors
    ///
    /// If `prefix` is no plain path of at least one segment, or has a rule already.
    pub fn at(self, prefix: &str, policy: Policy) -> Result<Self, PrefixError> {
        self.rule(prefix, Some(policy))
    }

    /// No CORS at `prefix` and below.
    ///
    /// # Errors
    ///
    /// Those of [`at`](Self::at).
    pub fn without_cors(self, prefix: &str) -> Result<Self, PrefixError> {
        self.rule(prefix, None)
    }

    fn rule(mut self, text: &str, policy: Option<Policy>) -> Result<Self, PrefixError> {
        let error = |flaw| PrefixError {
            prefix: text.to_owned(),
            flaw,
        };
        let prefix = Prefix::parse(text).map_err(error)?;
        if self.rules.iter().any(|(other, _)| *other == prefix) {
            return Err(error(Flaw::Twice));
        }
        self.rules.push((prefix, policy));
        // The longest first, so that the first that fits is the one.
        let order = |prefix: &Prefix| (Reverse(prefix.segments.len()), prefix.segments.clone());
        self.rules.sort_by_cached_key(|(prefix, _)| order(prefix));
        Ok(self)
    }
}

impl From<Policy> for Policies {
    fn from(policy: Policy) -> Self {
        Self::new(policy)
    }
}

/// [`Policies`] made ready for one framework, each as a `T`: a [`Ready`](crate::Ready), as a rule.
#[derive(Clone, Debug)]
pub struct ReadyPolicies<T> {
    rules: Vec<(Prefix, Option<Arc<T>>)>,
    default: Option<Arc<T>>,
}

impl<T> ReadyPolicies<T> {
    /// Makes all policies ready.
    ///
    /// # Errors
    ///
    /// The first error of `ready`.
    pub fn new<E>(
        policies: impl Into<Policies>,
        mut ready: impl FnMut(Policy) -> Result<T, E>,
    ) -> Result<Self, E> {
        let Policies { rules, default } = policies.into();
        let mut ready =
            |policy: Option<Policy>| policy.map(|policy| ready(policy).map(Arc::new)).transpose();
        let default = ready(default)?;
        let rules = rules
            .into_iter()
            .map(|(prefix, policy)| Ok((prefix, ready(policy)?)));
        Ok(Self {
            rules: rules.collect::<Result<_, E>>()?,
            default,
        })
    }

    /// Every policy.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<T>> {
        let rules = self.rules.iter().filter_map(|(_, ready)| ready.as_ref());
        self.default.iter().chain(rules)
    }

    /// The policy for the path of a request's target, as it was received; `None`: no CORS here.
    pub fn find(&self, path: &str) -> Option<&Arc<T>> {
        let rule = self.rules.iter().find(|(prefix, _)| prefix.covers(path));
        rule.map_or(&self.default, |(_, ready)| ready).as_ref()
    }
}

/// A path prefix did not name a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefixError {
    prefix: String,
    flaw: Flaw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    NoSlash,
    Root,
    Pattern,
    NotAPath,
    Twice,
}

impl fmt::Display for PrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = self.prefix.escape_debug();
        match self.flaw {
            Flaw::NoSlash => {
                write!(
                    f,
                    "path prefix `{prefix}`: a prefix starts with a slash; use `/{prefix}`"
                )
            }
            Flaw::Root => write!(
                f,
                "path prefix `{prefix}`: a prefix has at least one segment; \
                 give the policy for all paths as the default"
            ),
            Flaw::Pattern => write!(
                f,
                "path prefix `{prefix}`: a prefix is no pattern, it covers all below it; \
                 use the part before the first placeholder"
            ),
            Flaw::NotAPath => write!(
                f,
                "path prefix `{prefix}`: a prefix is a path without query, fragment, `.` or `..`"
            ),
            Flaw::Twice => write!(f, "path prefix `{prefix}`: there is a rule for it already"),
        }
    }
}

impl std::error::Error for PrefixError {}

/// The decoded segments of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Prefix {
    segments: Vec<Vec<u8>>,
}

impl Prefix {
    fn parse(text: &str) -> Result<Self, Flaw> {
        if text.is_empty() {
            return Err(Flaw::Root);
        }
        if !text.starts_with('/') {
            return Err(Flaw::NoSlash);
        }
        if text.contains(['*', '{', '}', '<', '>']) || text.contains("/:") {
            return Err(Flaw::Pattern);
        }
        let segments: Vec<Vec<u8>> = segments(text)
            .map(|segment| decoded(segment).collect())
            .collect();
        let dots = |segment: &Vec<u8>| matches!(segment.as_slice(), b"." | b"..");
        if text.contains(['?', '#']) || segments.iter().any(dots) {
            return Err(Flaw::NotAPath);
        }
        if segments.is_empty() {
            Err(Flaw::Root)
        } else {
            Ok(Self { segments })
        }
    }

    fn covers(&self, path: &str) -> bool {
        let mut rest = segments(path);
        self.segments.iter().all(|own| {
            rest.next()
                .is_some_and(|segment| decoded(segment).eq(own.iter().copied()))
        })
    }
}

/// The segments of a path that are not empty, as they are written.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split('/').filter(|segment| !segment.is_empty())
}

/// The bytes of a segment, percent-decoded (RFC 3986, section 2.1); a `%` that starts no code
/// stands for itself.
fn decoded(segment: &str) -> impl Iterator<Item = u8> {
    let mut rest = segment.as_bytes();
    std::iter::from_fn(move || {
        let (&first, behind) = rest.split_first()?;
        if let [b'%', high, low, tail @ ..] = rest
            && let (Some(high), Some(low)) = (hex_digit(*high), hex_digit(*low))
        {
            rest = tail;
            return Some(high * 16 + low);
        }
        rest = behind;
        Some(first)
    })
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::{Policies, ReadyPolicies};
    use crate::{Config, Policy};
    use proptest::prelude::*;

    fn policy(max_age: u64) -> Policy {
        Config::new()
            .allow_origins(["https://a.com"])
            .max_age(max_age)
            .build()
            .unwrap()
    }

    /// The `max_age` of the policy that is chosen, which tells them apart.
    fn chosen(policies: &Policies, path: &str) -> Option<u64> {
        let ready =
            ReadyPolicies::new(policies.clone(), |text| Ok::<_, ()>(text.to_owned())).unwrap();
        ready.find(path).map(|policy| policy.max_age)
    }

    #[test]
    fn the_longest_prefix_of_whole_segments() {
        let policies = Policies::new(policy(0))
            .at("/api", policy(1))
            .unwrap()
            .at("/api/v2/", policy(2))
            .unwrap()
            .without_cors("/api/v2/internal")
            .unwrap()
            .at("/a%20b", policy(3))
            .unwrap();
        for (path, max_age) in [
            ("/", Some(0)),
            ("", Some(0)),
            ("*", Some(0)),
            ("/api", Some(1)),
            ("/api/", Some(1)),
            ("//api", Some(1)),
            ("/%61pi", Some(1)),
            ("/%61%70%69/x", Some(1)),
            ("/api?/v2", Some(1)),
            ("/apis", Some(0)),
            ("/ap", Some(0)),
            ("/API", Some(0)),
            ("/x/api", Some(0)),
            ("/api%2Fv2", Some(0)),
            ("/api/v2", Some(2)),
            ("/api//v2///x", Some(2)),
            ("/api/v22", Some(1)),
            ("/api/v2/internal", None),
            ("/api/v2/%69nternal/x", None),
            ("/api/v2/internals", Some(2)),
            ("/a%20b/c", Some(3)),
            ("/a b", Some(3)),
            ("/a+b", Some(0)),
            ("/a%2", Some(0)),
            ("/a%zz", Some(0)),
        ] {
            assert_eq!(chosen(&policies, path), max_age, "{path}");
        }
        assert_eq!(chosen(&Policies::without_default(), "/"), None);
    }

    #[test]
    fn every_policy_once() {
        let policies = Policies::new(policy(0)).at("/a", policy(1)).unwrap();
        let policies = policies.without_cors("/b").unwrap();
        let ready = ReadyPolicies::new(policies, Ok::<_, ()>).unwrap();
        let all: Vec<u64> = ready.iter().map(|policy| policy.max_age).collect();
        assert_eq!(all, [0, 1]);
    }

    #[test]
    fn prefixes_that_name_no_place() {
        for (prefix, says) in [
            (
                "api",
                "path prefix `api`: a prefix starts with a slash; use `/api`",
            ),
            (
                "//",
                "path prefix `//`: a prefix has at least one segment; give the policy for all paths \
                 as the default",
            ),
            (
                "",
                "path prefix ``: a prefix has at least one segment; give the policy for all paths as \
                 the default",
            ),
            (
                "/users/:id",
                "path prefix `/users/:id`: a prefix is no pattern, it covers all below it; use the \
                 part before the first placeholder",
            ),
            (
                "/users/{id}",
                "path prefix `/users/{id}`: a prefix is no pattern, it covers all below it; use the \
                 part before the first placeholder",
            ),
            (
                "/a/../b",
                "path prefix `/a/../b`: a prefix is a path without query, fragment, `.` or `..`",
            ),
            (
                "/a?b",
                "path prefix `/a?b`: a prefix is a path without query, fragment, `.` or `..`",
            ),
            (
                "/%74wice/",
                "path prefix `/%74wice/`: there is a rule for it already",
            ),
        ] {
            let policies = Policies::new(policy(0)).at("/twice", policy(1)).unwrap();
            assert_eq!(
                policies.at(prefix, policy(2)).unwrap_err().to_string(),
                says
            );
        }
    }

    proptest! {
        /// The same answer as from decoding everything first and comparing lists.
        #[test]
        fn agrees_with_a_naive_one(
            rules in prop::collection::vec("(/(a|b|%61|c)){1,3}/?", 0..5),
            path in "(/|/a|/b|/%61|/c|/%2f|/ab|%|/A){0,6}",
        ) {
            let mut policies = Policies::new(policy(0));
            let mut naive: Vec<(Vec<String>, u64)> = Vec::new();
            for (rule, number) in rules.iter().zip(1..) {
                if let Ok(with) = policies.clone().at(rule, policy(number)) {
                    policies = with;
                    naive.push((naive_segments(rule), number));
                }
            }
            let asked = naive_segments(&path);
            let fitting = naive.iter().filter(|(prefix, _)| asked.starts_with(prefix));
            let best = fitting.max_by_key(|(prefix, _)| prefix.len()).map_or(0, |(_, number)| *number);
            prop_assert_eq!(chosen(&policies, &path), Some(best));
        }
    }

    fn naive_segments(path: &str) -> Vec<String> {
        let parts = path.split('/').filter(|part| !part.is_empty());
        parts
            .map(|part| part.replace("%61", "a").replace("%2f", "/"))
            .collect()
    }
}
