//! Several policies in one application, chosen by the path of the request.
//!
//! A policy for `/admin` applies to `/admin` and every path below it, for preflights too. Paths are
//! compared by segments, which are percent-decoded. Empty segments are ignored, and case matters.
//! `//admin`, `/%61dmin` and `/admin/` have the policy of `/admin`, because routers can treat them as
//! `/admin`. `/administer` does not have it. `%2F` does not separate segments.

use crate::path::{Prefix, PrefixError};
use crate::policy::Policy;
use std::cmp::Reverse;
use std::sync::Arc;

/// A default policy, and other policies for paths below certain prefixes.
///
/// Adapters take this wherever they take a [`Policy`].
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
    /// Applies `default` to every path that has no other policy.
    #[must_use]
    pub fn new(default: Policy) -> Self {
        Self {
            rules: Vec::new(),
            default: Some(default),
        }
    }

    /// Applies no CORS to paths without a policy. Their requests and responses pass unchanged, so
    /// browsers let no other origin read the responses.
    #[must_use]
    pub fn without_default() -> Self {
        Self {
            rules: Vec::new(),
            default: None,
        }
    }

    /// Applies `policy` to `prefix` and every path below it. The longest prefix that matches wins.
    ///
    /// # Errors
    ///
    /// Fails if `prefix` is not a plain path with at least one segment, or is already in use.
    pub fn at(self, prefix: &str, policy: Policy) -> Result<Self, PrefixError> {
        self.rule(prefix, Some(policy))
    }

    /// Applies no CORS to `prefix` and every path below it.
    ///
    /// # Errors
    ///
    /// Like [`at`](Self::at).
    pub fn without_cors(self, prefix: &str) -> Result<Self, PrefixError> {
        self.rule(prefix, None)
    }

    fn rule(mut self, text: &str, policy: Option<Policy>) -> Result<Self, PrefixError> {
        let prefix = Prefix::parse(text)?;
        if self.rules.iter().any(|(other, _)| *other == prefix) {
            return Err(PrefixError::twice(text));
        }
        self.rules.push((prefix, policy));
        // The longest prefix comes first, so the first one that matches is the right one.
        self.rules
            .sort_by(|(a, _), (b, _)| Reverse(a.order()).cmp(&Reverse(b.order())));
        Ok(self)
    }
}

impl From<Policy> for Policies {
    fn from(policy: Policy) -> Self {
        Self::new(policy)
    }
}

/// [`Policies`] that are rendered for one framework, each as a `T`. For adapters.
#[derive(Clone, Debug)]
pub struct PolicyTable<T> {
    rules: Vec<(Prefix, Option<Arc<T>>)>,
    default: Option<Arc<T>>,
}

impl<T> PolicyTable<T> {
    /// Renders every policy with `render`.
    ///
    /// # Errors
    ///
    /// Returns the first error of `render`.
    pub fn new<E>(
        policies: impl Into<Policies>,
        mut render: impl FnMut(Policy) -> Result<T, E>,
    ) -> Result<Self, E> {
        let Policies { rules, default } = policies.into();
        let mut render = |policy: Option<Policy>| {
            policy
                .map(|policy| render(policy).map(Arc::new))
                .transpose()
        };
        let default = render(default)?;
        let rules = rules
            .into_iter()
            .map(|(prefix, policy)| Ok((prefix, render(policy)?)));
        Ok(Self {
            rules: rules.collect::<Result<_, E>>()?,
            default,
        })
    }

    /// Every policy.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<T>> {
        let rules = self.rules.iter().filter_map(|(_, policy)| policy.as_ref());
        self.default.iter().chain(rules)
    }

    /// The policy for the path of a request target, as it was received. `None` if no CORS applies.
    pub fn find(&self, path: &str) -> Option<&Arc<T>> {
        let rule = self.rules.iter().find(|(prefix, _)| prefix.covers(path));
        rule.map_or(&self.default, |(_, policy)| policy).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::{Policies, PolicyTable};
    use crate::{Config, Policy};
    use proptest::prelude::*;

    fn policy(max_age: u64) -> Policy {
        Config::new()
            .allow_origins(["https://a.com"])
            .max_age(max_age)
            .build()
            .unwrap()
    }

    /// The `max_age` of the policy that is chosen. It differs for every policy.
    fn chosen(policies: &Policies, path: &str) -> Option<u64> {
        let table =
            PolicyTable::new(policies.clone(), |text| Ok::<_, ()>(text.to_owned())).unwrap();
        table.find(path).map(|policy| policy.max_age)
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
        let table = PolicyTable::new(policies, Ok::<_, ()>).unwrap();
        let all: Vec<u64> = table.iter().map(|policy| policy.max_age).collect();
        assert_eq!(all, [0, 1]);
    }

    #[test]
    fn invalid_prefixes() {
        for (prefix, message) in [
            (
                "api",
                "path prefix `api`: a prefix starts with a slash; use `/api`",
            ),
            (
                "//",
                "path prefix `//`: a prefix has at least one segment; use the default policy for \
                 all paths",
            ),
            (
                "",
                "path prefix ``: a prefix has at least one segment; use the default policy for \
                 all paths",
            ),
            (
                "/users/:id",
                "path prefix `/users/:id`: a prefix is not a pattern, it covers every path below \
                 it; use the part before the first placeholder",
            ),
            (
                "/users/{id}",
                "path prefix `/users/{id}`: a prefix is not a pattern, it covers every path below \
                 it; use the part before the first placeholder",
            ),
            (
                "/a/../b",
                "path prefix `/a/../b`: a prefix is a path without a query, a fragment, `.` or `..`",
            ),
            (
                "/a?b",
                "path prefix `/a?b`: a prefix is a path without a query, a fragment, `.` or `..`",
            ),
            (
                "/%74wice/",
                "path prefix `/%74wice/`: this prefix has a policy already",
            ),
        ] {
            let policies = Policies::new(policy(0)).at("/twice", policy(1)).unwrap();
            assert_eq!(
                policies.at(prefix, policy(2)).unwrap_err().to_string(),
                message
            );
        }
    }

    proptest! {
        /// The same result as decoding everything first and comparing lists.
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
