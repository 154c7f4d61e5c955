//! The comparison of the policies for several paths.

use super::between::{between, is_at_most};
use super::difference::{Place, PolicyDiff};
use crate::language::TooComplex;
use crate::path;
use crate::policies::Policies;
use std::collections::BTreeSet;

impl Policies {
    /// Whether, on every path, these policies let no page do anything that `other` does not let it do. See
    /// [`diff`](Self::diff).
    ///
    /// # Errors
    ///
    /// Returns an error if the comparison takes too many steps. Treat it like `false`.
    pub fn is_at_most(&self, other: &Self) -> Result<bool, TooComplex> {
        for host in hosts_of(self, other) {
            let (one, other) = (self.of_host(host), other.of_host(host));
            for prefix in prefixes_of(one, other) {
                if !is_at_most(one.below(prefix), other.below(prefix))? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// What changes for pages if `new` replaces these policies.
    ///
    /// The policies are compared at each prefix of either, and at `/`, which stands for all other paths. Each
    /// difference names the prefix. They are compared for each [host](Self::for_host) of either, and for all
    /// other hosts. Without CORS, no origin is allowed, and nothing is blocked.
    ///
    /// [Ambiguous paths](Self#which-policy-applies) and [hosts](Self#several-hosts) are not compared: on these,
    /// pages can do no more than on any path or host as which a server may read them.
    ///
    /// ```
    /// use cors_core::{Config, Policies};
    ///
    /// let site = Config::new().allow_origins(["https://example.com"]).build()?;
    /// let admin = Config::new().allow_origins(["https://admin.example.com"]).build()?;
    /// let old = Policies::new(site.clone()).at("/admin", admin)?;
    /// let new = Policies::new(site);
    /// assert_eq!(
    ///     old.diff(&new)?.to_string(),
    ///     "widened at `/admin`: pages of `https://example.com` can now read responses\n\
    ///      narrowed at `/admin`: pages of `https://admin.example.com` can no longer read responses",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the comparison takes too many steps. Treat it like a change that widens access.
    pub fn diff(&self, new: &Self) -> Result<PolicyDiff, TooComplex> {
        let mut all = Vec::new();
        for host in hosts_of(self, new) {
            let (old, new) = (self.of_host(host), new.of_host(host));
            for prefix in prefixes_of(old, new) {
                let place = Place {
                    host: host.map(|host| String::from_utf8_lossy(host).into_owned()),
                    prefix: path::text_of(prefix),
                };
                all.extend(between(old.below(prefix), new.below(prefix), Some(&place))?);
            }
        }
        Ok(PolicyDiff::new(all))
    }
}

/// The hosts of both, sorted. `None` stands for all other hosts.
fn hosts_of<'a>(one: &'a Policies, other: &'a Policies) -> BTreeSet<Option<&'a [u8]>> {
    let hosts = one.hosts.names().chain(other.hosts.names());
    hosts.map(Some).chain([None]).collect()
}

type Segments = [Vec<u8>];

/// The prefixes of both, sorted. The first has no segments: it stands for paths without a prefix.
fn prefixes_of<'a>(one: &'a Policies, other: &'a Policies) -> BTreeSet<&'a Segments> {
    let prefixes = one.prefixes().chain(other.prefixes());
    let prefixes = prefixes.map(|prefix| prefix.segments());
    [&[][..]].into_iter().chain(prefixes).collect()
}
