//! The policies of an application, rendered, and which one applies to a request.

use crate::hosts::{Found, Hosts};
use crate::path_table::{Candidates, PathTable};
use crate::policies::Policies;
use crate::policy::{Ambiguity, Policy};
use crate::request::RequestHead;
use std::sync::Arc;

/// [`Policies`] that are rendered for one framework, each as a `T`. For adapters.
#[derive(Clone, Debug)]
pub struct PolicyTable<T> {
    paths: PathTable<T>,
    /// Boxed, because most applications have none.
    hosts: Option<Box<HostTable<T>>>,
}

#[derive(Clone, Debug)]
struct HostTable<T> {
    hosts: Hosts<PathTable<T>>,
    /// What applies to a request whose host is ambiguous.
    ambiguous: Option<Arc<T>>,
}

impl<T> PolicyTable<T> {
    /// Renders every policy with `render`, and those for ambiguous hosts and paths.
    ///
    /// # Errors
    ///
    /// Returns the first error of `render`.
    pub fn new<E>(
        policies: impl Into<Policies>,
        mut render: impl FnMut(Arc<Policy>) -> Result<T, E>,
    ) -> Result<Self, E> {
        let mut policies = policies.into();
        let hosts = if !policies.hosts.is_empty() {
            Some(Box::new(HostTable::new(&mut policies, &mut render)?))
        } else {
            None
        };
        Ok(Self {
            paths: PathTable::new(policies, &mut render)?,
            hosts,
        })
    }

    /// Whether the policy depends on the host of the request.
    pub fn depends_on_host(&self) -> bool {
        self.hosts.is_some()
    }

    /// The policy for a request with this path, as it was received. `None` if no CORS applies. For an
    /// [ambiguous path](Policies#which-policy-applies) or [host](Policies#several-hosts), it is a policy that
    /// allows nothing.
    #[inline]
    pub fn find<R: RequestHead>(&self, path: &str, request: &R) -> Option<&Arc<T>> {
        self.find_with(|| path, request)
    }

    /// [`find`](Self::find), but `path` is only called if the policy depends on it.
    #[inline]
    pub fn find_with<'p, R: RequestHead>(
        &self,
        path: impl FnOnce() -> &'p str,
        request: &R,
    ) -> Option<&Arc<T>> {
        match &self.hosts {
            None => self.paths.find(path),
            Some(hosts) => self.find_by_host(hosts, path(), request),
        }
    }

    #[inline(never)]
    fn find_by_host<'t, R: RequestHead>(
        &'t self,
        table: &'t HostTable<T>,
        path: &str,
        request: &R,
    ) -> Option<&'t Arc<T>> {
        match table.hosts.find(request) {
            Found::Listed(paths) => paths.find(|| path),
            Found::Other => self.paths.find(|| path),
            Found::Ambiguous => table.ambiguous.as_ref(),
        }
    }
}

impl<T> HostTable<T> {
    /// Takes the hosts out of `policies`.
    fn new<E>(
        policies: &mut Policies,
        render: &mut impl FnMut(Arc<Policy>) -> Result<T, E>,
    ) -> Result<Self, E> {
        let all = policies.all();
        let strictest = all.clone().map(Candidates::of).max();
        let blocks = match strictest {
            None | Some(Candidates::NoCors) => None,
            Some(kind) => Some(kind == Candidates::OneBlocks),
        };
        let ambiguous =
            blocks.map(|blocks| Policy::for_ambiguous(Ambiguity::Host, blocks, all.flatten()));
        let ambiguous = ambiguous.map(|policy| render(Arc::new(policy)).map(Arc::new));
        let hosts = std::mem::replace(&mut policies.hosts, Hosts::new());
        Ok(Self {
            ambiguous: ambiguous.transpose()?,
            hosts: hosts.try_map(|policies| PathTable::new(policies, render))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::PolicyTable;
    use crate::policy::Ambiguity;
    use crate::request::tests::Hosts;
    use crate::{Config, Policies, Policy};
    use std::sync::Arc;

    fn config(max_age: u64) -> Config {
        let config = Config::new().allow_origins(["https://a.com"]);
        config.max_age(max_age)
    }

    fn policy(max_age: u64) -> Policy {
        config(max_age).build().unwrap()
    }

    fn table(policies: Policies) -> PolicyTable<Arc<Policy>> {
        PolicyTable::new(policies, Ok::<_, ()>).unwrap()
    }

    /// The `max_age` of the policy that is chosen.
    fn chosen(policies: &Policies, hosts: &[&str], path: &str) -> Result<Option<u64>, Ambiguity> {
        let (table, request) = (table(policies.clone()), Hosts(hosts, false));
        let policy = table.find(path, &request);
        let clear = policy.filter(|policy| policy.ambiguity.is_none());
        assert_eq!(
            policies.find(path, &request),
            clear.map(|policy| &***policy)
        );
        match policy.and_then(|policy| policy.ambiguity) {
            Some(ambiguity) => Err(ambiguity),
            None => Ok(policy.map(|policy| policy.max_age)),
        }
    }

    fn two_tenants() -> Policies {
        let tenant_b = Policies::new(policy(20)).at("/admin", policy(21)).unwrap();
        Policies::new(policy(0))
            .at("/admin", policy(1))
            .unwrap()
            .for_host("api.tenant-a.example", policy(10))
            .and_then(|policies| policies.for_host("api.tenant-b.example", tenant_b))
            .and_then(|policies| policies.for_host("no-cors.example", Policies::without_default()))
            .and_then(|policies| policies.for_host("[::1]", policy(30)))
            .unwrap()
    }

    #[test]
    fn the_host_first_and_then_the_path() {
        let policies = two_tenants();
        for (host, path, expected) in [
            ("api.tenant-a.example", "/", Some(10)),
            ("api.tenant-a.example:8443", "/", Some(10)),
            ("API.Tenant-A.example:443", "/", Some(10)),
            ("api.tenant-a.example", "/admin", Some(10)),
            ("api.tenant-a.example", "/admin%2Fx", Some(10)),
            ("api.tenant-b.example", "/", Some(20)),
            ("api.tenant-b.example:80", "/admin/x", Some(21)),
            ("no-cors.example", "/admin", None),
            ("[::1]:3000", "/admin", Some(30)),
            ("tenant-a.example", "/", Some(0)),
            ("x.api.tenant-a.example", "/", Some(0)),
            ("api.tenant-a.example.evil.example", "/admin", Some(1)),
            ("other.example.", "/", Some(0)),
            ("127.0.0.1", "/", Some(0)),
        ] {
            assert_eq!(
                chosen(&policies, &[host], path),
                Ok(expected),
                "{host} {path}"
            );
        }
        let longest = format!("{0}.{0}.{0}.{1}:65535", "a".repeat(63), "b".repeat(61));
        assert_eq!(chosen(&policies, &[&longest], "/"), Ok(Some(0)));
        let path = chosen(&policies, &["api.tenant-b.example"], "/admin%2Fx");
        assert_eq!(path, Err(Ambiguity::Path));
    }

    #[test]
    fn only_with_hosts_the_policy_depends_on_the_host() {
        let one = || Policies::new(policy(0)).at("/a", policy(1)).unwrap();
        assert!(!table(one()).depends_on_host());
        let with_host = one().for_host("a.com", policy(2)).unwrap();
        assert!(table(with_host).depends_on_host());
    }

    #[test]
    fn ambiguous_hosts() {
        let policies = two_tenants();
        let long = "a".repeat(254);
        for hosts in [
            &[][..],
            &["api.tenant-a.example", "api.tenant-a.example"],
            &["api.tenant-a.example", "api.tenant-b.example"],
            &["other.example", "other.example"],
            &["api.tenant-a.example."],
            &["api.tenant-a.example.:443"],
            &["API.tenant-a.example."],
            &["api.tenant-a.example.."],
            &[""],
            &["."],
            &[":80"],
            &["api.tenant-a.example:"],
            &["api.tenant-a.example:0"],
            &["api.tenant-a.example:080"],
            &["api.tenant-a.example:65536"],
            &["api.tenant-a.example:80:80"],
            &["api.tenant-a.example, api.tenant-b.example"],
            &["api.tenant-a.example api.tenant-b.example"],
            &["http://api.tenant-a.example"],
            &["api.tenant-a.example/"],
            &["user@api.tenant-a.example"],
            &["api%2Etenant-a.example"],
            &["api..tenant-a.example"],
            &["b\u{fc}cher.example"],
            &["127.1"],
            &["[::1"],
            &["[::1]80"],
            &["[0:0::1]"],
            &["[::1%25lo]"],
            &["::1"],
            &[&long],
        ] {
            assert_eq!(
                chosen(&policies, hosts, "/"),
                Err(Ambiguity::Host),
                "{hosts:?}"
            );
        }
        let contradictory = Hosts(&["api.tenant-a.example"], true);
        assert_eq!(policies.find("/", &contradictory), None);
        let table = table(policies);
        let policy = table.find("/", &contradictory).unwrap();
        assert_eq!(policy.ambiguity, Some(Ambiguity::Host));
        let without_hosts = self::policy(0).into();
        assert_eq!(chosen(&without_hosts, &[], "/"), Ok(Some(0)));
    }

    /// Wherever the policy that blocks is.
    #[test]
    fn an_ambiguous_host_is_blocked_if_one_of_all_policies_blocks() {
        let blocking = config(1).block_refused_origins(true).build().unwrap();
        let below = Policies::without_default()
            .at("/x", blocking.clone())
            .unwrap();
        let found = |policies: Policies| table(policies).find("/", &Hosts(&[], false)).cloned();
        let blocks = |policies: Policies| found(policies).unwrap().block_refused_origins;
        let with = |policies: Policies| policies.for_host("a.com", policy(2)).unwrap();
        assert!(!blocks(with(policy(0).into())));
        assert!(blocks(with(blocking.clone().into())));
        assert!(blocks(with(below.clone())));
        let of_host = |policies| {
            Policies::new(policy(0))
                .for_host("b.com", policies)
                .unwrap()
        };
        assert!(blocks(with(of_host(blocking.into()))));
        assert!(blocks(with(of_host(below))));
        let none = Policies::without_default();
        assert!(found(none.clone().for_host("a.com", none.clone()).unwrap()).is_none());
        assert!(!blocks(with(none)));
    }

    #[test]
    fn the_policies_of_a_host_have_no_hosts() {
        let one = || {
            Policies::new(policy(0))
                .for_host("a.com", policy(1))
                .unwrap()
        };
        assert_eq!(
            one().for_host("b.com", one()).unwrap_err().to_string(),
            "host `b.com`: these policies have hosts themselves; call `for_host` only on the outermost \
             `Policies`"
        );
        assert_eq!(
            one().for_host("a.com", policy(2)).unwrap_err().to_string(),
            "host `a.com`: this host has policies already"
        );
        assert!(one().for_host("a.com:80", policy(2)).is_err());
    }

    #[test]
    fn equal_policies() {
        let a = |policies: Policies| policies.for_host("a.com", policy(1)).unwrap();
        let b = |policies: Policies| policies.for_host("b.com", policy(2)).unwrap();
        let new = || Policies::new(policy(0));
        assert_eq!(a(b(new())), b(a(new())));
        assert_ne!(a(b(new())), a(new()));
        assert_ne!(a(new()), new().for_host("a.com", policy(2)).unwrap());
        assert_ne!(a(new()), new().for_host("b.com", policy(1)).unwrap());
    }
}
