//! Several policies in one application, chosen by the host and the path of the request.
//!
//! A policy for `/admin` applies to `/admin` and every path below it, for preflights too. It does not
//! apply to `/administer`.
//!
//! If servers may read a path in ways that have different policies, such as `/admin%2Fsecret`, `//admin`
//! and `/%61dmin`, a policy applies that allows nothing.

use crate::config::host_name::{self, HostNameError};
use crate::hosts::{self, Hosts};
#[cfg(feature = "tracing")]
use crate::path::text_of;
use crate::path::tree::{Found, Tree};
use crate::path::{Prefix, PrefixError};
use crate::policy::Policy;
use crate::request::RequestHead;
use std::sync::Arc;

/// A default policy, and other policies for paths below certain prefixes, and for certain hosts.
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
///
/// # Which policy applies
///
/// The longest prefix that matches wins. Whole segments are compared, and case matters: `/admin/` and
/// `/admin/x` match `/admin`. `/administer` and `/ADMIN` do not. A prefix can be written with or without
/// percent-encoding: `/café` and `/caf%C3%A9` are the same.
///
/// Servers do not agree on every path. `/admin%2Fsecret` is one segment for a router, and can be the
/// file `secret` in the directory `admin` for the handler behind it. So all readings of a path are
/// considered: escapes are decoded or not, once or several times; empty segments are ignored or not, as
/// in `//admin`; `\` and an encoded `/` separate segments or do not; `.` and `..` are resolved or not; a
/// segment ends before `;`, an encoded `?`, `#` or NUL, or does not. If the readings may have different
/// policies, the path is ambiguous, and nothing is allowed:
///
/// - a preflight gets the status 400 with the body `Disallowed CORS path`;
/// - every other response has no CORS headers;
/// - the request is blocked, unless it is same-origin, if one of the policies
///   [blocks refused origins](crate::Config::block_refused_origins);
/// - the request is for another server, unless its host is one of the
///   [`own_origins`](crate::Config::own_origins), if any policy has this key. If they are not the same in
///   every policy that has it, no host is accepted.
///
/// A path is also ambiguous if it is too long to be read: more than 4,096 bytes; or more than 768 bytes
/// if there are escapes in it; or more than 256 bytes if there are two dots in a row, or escapes of
/// dots, percent signs or hexadecimal digits. So is one with over 64 slashes in a row.
///
/// Only segments where prefixes differ can make a path ambiguous, and `..` anywhere. `/items/a%2Fb` has
/// the policy of `/items` if no prefix is below `/items`. `/x;v=1` has the default policy if no prefix
/// starts with `/x`.
///
/// Some file systems ignore case, as on Windows and macOS, or open one file by several names. If you
/// serve files from such a system, serve each area from a directory of its own.
///
/// # Several hosts
///
/// One process can serve several hosts, such as those of tenants. [`for_host`](Self::for_host) sets the
/// policies of a host:
///
/// ```
/// use cors_core::{Config, Policies};
///
/// let tenant_a = Config::new().allow_origins(["https://app.tenant-a.example"]).build()?;
/// let tenant_b = Config::new().allow_origins(["https://app.tenant-b.example"]).build()?;
/// let admin = Config::new().allow_origins(["https://admin.tenant-b.example"]).build()?;
/// let policies = Policies::without_default()
///     .for_host("api.tenant-a.example", tenant_a)?
///     .for_host("api.tenant-b.example", Policies::new(tenant_b).at("/admin", admin)?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The host is chosen first, and then the path. So only the policies of a host apply to it: neither the
/// default policy nor the prefixes outside of `for_host`. Those apply to every host that is not listed.
///
/// The following code is wrong, but no error reports it. `/internal` of `api.tenant-a.example` has the
/// policy `tenant_a`:
///
/// ```
/// # use cors_core::{Config, Policies};
/// # let site = Config::new().allow_origins(["*"]).build()?;
/// # let tenant_a = Config::new().allow_origins(["https://app.tenant-a.example"]).build()?;
/// let policies = Policies::new(site)
///     .without_cors("/internal")?
///     .for_host("api.tenant-a.example", tenant_a)?;
/// # let tenant_a = Config::new().allow_origins(["https://app.tenant-a.example"]).build()?;
/// // Instead: Policies::new(tenant_a).without_cors("/internal")?
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The host of a request is its `Host`, or the authority of its target, as in HTTP/2. Case does not
/// matter, and the port is ignored. In the following cases it is ambiguous, and nothing is allowed, as for
/// an ambiguous path. All policies of all hosts are then considered, and a preflight gets the status 400
/// with the body `Disallowed CORS host`:
///
/// - there is no host, there are several `Host` lines, or `Host` differs from the target;
/// - it is not a host as browsers send it with an optional port, such as `127.1` or `user@a.example`;
/// - there is a dot at its end, and the host without it is listed. Some servers ignore the dot.
///
/// A proxy must pass `Host` on. If it writes the name of the upstream server instead, as nginx does without
/// `proxy_set_header Host $host`, the policies of that name apply to every request: usually the default
/// ones. `X-Forwarded-Host` and `Forwarded` are not read, because a client can send them, too. If the
/// application chooses the tenant by such a header, it must be one that the proxy always overwrites, and
/// the proxy must set `Host` to the same value.
#[derive(Clone, Debug)]
pub struct Policies {
    pub(crate) rules: Vec<(Prefix, Option<Arc<Policy>>)>,
    /// The positions in `rules`.
    pub(crate) tree: Tree,
    pub(crate) default: Option<Arc<Policy>>,
    /// The policies of these hosts, which have no hosts themselves.
    pub(crate) hosts: Hosts<Self>,
}

impl Policies {
    /// Applies `default` to every path that has no other policy.
    #[must_use]
    pub fn new(default: Policy) -> Self {
        Self {
            default: Some(Arc::new(default)),
            ..Self::without_default()
        }
    }

    /// Applies no CORS to paths without a policy. Their requests and responses pass unchanged, so
    /// browsers let no other origin read the responses.
    #[must_use]
    pub fn without_default() -> Self {
        Self {
            rules: Vec::new(),
            tree: Tree::new(),
            default: None,
            hosts: Hosts::new(),
        }
    }

    /// Applies `policy` to `prefix` and every path below it. The longest prefix that matches wins.
    ///
    /// # Errors
    ///
    /// Fails if `prefix` is not a plain path with at least one segment, is not read in the same way by
    /// all servers, or is already in use.
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

    /// The policies of a host. `None` stands for all hosts without policies of their own.
    pub(crate) fn of_host(&self, host: Option<&[u8]>) -> &Self {
        host.and_then(|host| self.hosts.get(host)).unwrap_or(self)
    }

    /// The prefixes with a policy, or with none, of their own.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = &Prefix> {
        // Without `..`, a new way to choose a policy does not compile until it is compared.
        let Self {
            rules,
            tree: _,
            default: _,
            hosts: _, // Each of them is compared.
        } = self;
        rules.iter().map(|(prefix, _)| prefix)
    }

    /// The policy for the paths below a prefix that have no longer prefix. Without segments, it is the
    /// default policy.
    pub(crate) fn below(&self, segments: &[Vec<u8>]) -> Option<&Policy> {
        let prefixes = (1..=segments.len()).rev().map(|len| segments.get(..len));
        let mut rules = prefixes.filter_map(|prefix| self.tree.get(prefix?));
        match rules.next() {
            Some(rule) => self.rules.get(rule)?.1.as_deref(),
            None => self.default.as_deref(),
        }
    }

    /// Applies `policies` to the requests for `host`, instead of all others. See
    /// [Several hosts](Self#several-hosts).
    ///
    /// A host is a name or an IP address, without a port: `api.example.com`, `127.0.0.1`, `[::1]`. The
    /// policies apply to every port.
    ///
    /// # Errors
    ///
    /// Fails if `host` is not written as browsers send it, is a pattern, or has policies already, or if
    /// `policies` have hosts themselves.
    pub fn for_host(
        mut self,
        host: &str,
        policies: impl Into<Self>,
    ) -> Result<Self, HostNameError> {
        let policies = policies.into();
        host_name::check(host)?;
        if !policies.hosts.is_empty() {
            return Err(HostNameError::nested(host));
        }
        if !self.hosts.insert(host, policies) {
            return Err(HostNameError::twice(host));
        }
        Ok(self)
    }

    /// The policy for a request with this path, as it was received. `None` if the path has no CORS, or if its
    /// policy is not clear, because the [path](Self#which-policy-applies) or the [host](Self#several-hosts) is
    /// ambiguous. Then no origin is allowed.
    ///
    /// A handler that checks an origin itself, such as that of a WebSocket, asks the policies in force with
    /// this. The path must be the one that the middleware sees: a router may remove a part of it before it
    /// calls the handler.
    ///
    /// ```
    /// use cors_core::{Policies, RequestHead};
    ///
    /// /// `policies` are those in force: `cors.in_force().policies()`.
    /// fn may_connect(policies: &Policies, path: &str, handshake: &impl RequestHead) -> bool {
    ///     policies.find(path, handshake).is_some_and(|policy| policy.decide(handshake).is_allowed())
    /// }
    /// ```
    pub fn find<R: RequestHead>(&self, path: &str, request: &R) -> Option<&Policy> {
        let (policies, rule) = self.rule_of(path, request)?;
        match rule {
            None => policies.default.as_deref(),
            Some(rule) => policies.rules.get(rule)?.1.as_deref(),
        }
    }

    /// The policies of all paths, without those of hosts.
    pub(crate) fn of_paths(&self) -> impl Iterator<Item = Option<&Policy>> + Clone {
        let of_rules = self.rules.iter().map(|(_, policy)| policy.as_deref());
        of_rules.chain([self.default.as_deref()])
    }

    fn rule(mut self, text: &str, policy: Option<Policy>) -> Result<Self, PrefixError> {
        let prefix = Prefix::parse(text)?;
        if !self.tree.insert(prefix.segments(), self.rules.len()) {
            return Err(PrefixError::twice(text));
        }
        self.rules.push((prefix, policy.map(Arc::new)));
        Ok(self)
    }

    /// Every policy, with those of hosts.
    pub(crate) fn all(&self) -> impl Iterator<Item = Option<&Policy>> + Clone {
        let hosts = std::iter::once(self).chain(self.hosts.values());
        hosts.flat_map(Self::of_paths)
    }

    /// The prefix whose policy applies to a request with this path, escaped. `None` if the path or the host is
    /// ambiguous.
    #[cfg(feature = "tracing")]
    pub(crate) fn prefix_of<R: RequestHead>(&self, path: &str, request: &R) -> Option<String> {
        let (policies, rule) = self.rule_of(path, request)?;
        let segments = match rule {
            None => &[],
            Some(rule) => policies.rules.get(rule)?.0.segments(),
        };
        Some(text_of(segments).escape_debug().to_string())
    }

    /// The policies of the host of a request, and the position of its rule among them. `None` if the path or
    /// the host is ambiguous.
    fn rule_of<R: RequestHead>(&self, path: &str, request: &R) -> Option<(&Self, Option<usize>)> {
        let policies = if self.hosts.is_empty() {
            self
        } else {
            match self.hosts.find(request) {
                hosts::Found::Listed(policies) => policies,
                hosts::Found::Other => self,
                hosts::Found::Ambiguous => return None,
            }
        };
        if policies.rules.is_empty() {
            return Some((policies, None)); // Then no path is ambiguous.
        }
        match policies.tree.find(path) {
            Found::Rule(rule) => Some((policies, rule)),
            Found::Ambiguous(_) => None,
        }
    }

    /// Whether one of the policies [refuses requests](Policy::refuses_requests).
    pub fn refuses_requests(&self) -> bool {
        self.all().flatten().any(Policy::refuses_requests)
    }
}

impl From<Policy> for Policies {
    fn from(policy: Policy) -> Self {
        Self::new(policy)
    }
}

/// No type implements this. With it, the compiler says what to write instead of a [`Config`](crate::Config).
///
/// The type of the argument is a parameter and not `Self`: the compiler would report `Into` otherwise.
#[diagnostic::on_unimplemented(
    message = "`{T}` is neither a `Policy` nor `Policies`",
    label = "write `.build()?` after a `Config`, and `?` after the result of `build`"
)]
trait MadeFrom<T> {
    fn made_from(other: T) -> Self;
}

#[doc(hidden)]
impl<T> From<T> for Policies
where
    Self: MadeFrom<T>,
{
    fn from(other: T) -> Self {
        Self::made_from(other)
    }
}

/// The order of the prefixes and hosts makes no difference.
impl PartialEq for Policies {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            rules,
            tree: _,
            default,
            hosts,
        } = self;
        let is_in_other = |(prefix, policy): &(Prefix, Option<Arc<Policy>>)| {
            let rule = other.tree.get(prefix.segments());
            let rule = rule.and_then(|rule| other.rules.get(rule));
            rule.is_some_and(|(_, theirs)| theirs == policy)
        };
        *default == other.default
            && *hosts == other.hosts
            && rules.len() == other.rules.len()
            && rules.iter().all(is_in_other)
    }
}

impl Eq for Policies {}

#[cfg(test)]
mod tests {
    use super::Policies;
    use crate::path_table::PathTable;
    use crate::request::tests::Hosts;
    use crate::{Config, Policy};
    use proptest::prelude::*;

    fn policy(max_age: u64) -> Policy {
        Config::new()
            .allow_origins(["https://a.com"])
            .max_age(max_age)
            .build()
            .unwrap()
    }

    /// What applies to an ambiguous path.
    const AMBIGUOUS: Option<u64> = Some(u64::MAX);
    const BLOCKED: Option<u64> = Some(u64::MAX - 1);

    /// The `max_age` of the policy that is chosen. It differs for every policy.
    fn chosen(policies: &Policies, path: &str) -> Option<u64> {
        let table = PathTable::new(policies.clone(), &mut Ok::<_, ()>).unwrap();
        let policy = table.find(|| path);
        let clear = policy.filter(|policy| policy.ambiguity.is_none());
        assert_eq!(
            policies.find(path, &Hosts(&[], false)),
            clear.map(|policy| &***policy),
            "{path}"
        );
        let policy = policy?;
        match (policy.ambiguity, policy.block_refused_origins) {
            (None, _) => Some(policy.max_age),
            (Some(_), false) => AMBIGUOUS,
            (Some(_), true) => BLOCKED,
        }
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
            ("//api", AMBIGUOUS),
            ("/%61pi", AMBIGUOUS),
            ("/%61%70%69/x", AMBIGUOUS),
            ("/api?/v2", Some(1)),
            ("/apis", Some(0)),
            ("/ap", Some(0)),
            ("/API", Some(0)),
            ("/x/api", Some(0)),
            ("/api/v2", Some(2)),
            ("/api//v2///x", AMBIGUOUS),
            ("/api/v1//v2", Some(1)),
            ("/api/v22", Some(1)),
            ("/api/v2/internal", None),
            ("/api/v2/%69nternal/x", AMBIGUOUS),
            ("/api/v2/internals", Some(2)),
            ("/a%20b/c", Some(3)),
            ("/a%20b?c", Some(3)),
            ("/a b", Some(3)),
            ("/a+b", Some(0)),
            ("/a%2", Some(0)),
            ("/a%zz", Some(0)),
        ] {
            assert_eq!(chosen(&policies, path), max_age, "{path}");
        }
        assert_eq!(chosen(&Policies::without_default(), "/"), None);
    }

    /// Every pair of readings that real servers have. BEHAVIOUR 7, "Ambiguous paths".
    #[test]
    fn ambiguous_paths() {
        let policies = Policies::new(policy(0))
            .at("/admin", policy(1))
            .and_then(|policies| policies.at("/admin/open", policy(2)))
            .and_then(|policies| policies.at("/items", policy(3)))
            .unwrap();
        for path in [
            "/%61dmin",
            "/%61dmin/x%2Fopen",
            "//admin",
            "/admin//open",
            "/admin/ope%6E",
            "/admin%2Fsecret",
            "/admin%2fopen",
            "/admin%5Csecret",
            "/admin\\secret",
            "/%61dmin%2Fsecret",
            "/admin/open%2Fx",
            "/%2Fadmin",
            "/%2F",
            "/admin;v=1",
            "/admin;/secret",
            "/;/admin",
            "/admin%3B",
            "/admin%3Fx",
            "/admin%23x",
            "/admin%00",
            "/%%36%31dmin/secret",
            "/%2561dmin",
            "/%25%36%31dmin",
            "/%%3%361dmin",
            "/admin%252Fsecret",
            "/./admin",
            "/%2e/admin",
            "/x/../admin",
            "/x/%2e%2E/admin",
            "/x/.%2e/admin",
            "/x/%252e%252e/admin",
            "/x/%%32e%%32e/admin",
            "/x/%2%65./admin",
            "/x%2F..%2Fadmin",
            "/x%252F..%252Fadmin",
            "/x\\..\\admin",
            "/x/..;/admin",
            "/x/..%00/admin",
            "/..",
            "/items/..",
            "/items/%2561",
            "/items/a%2F..%2F..%2Fadmin",
        ] {
            assert_eq!(chosen(&policies, path), AMBIGUOUS, "{path}");
        }
        for (path, max_age) in [
            ("/files%2Fadmin", 0),
            ("/x;v=1/admin", 0),
            ("/x%3Fadmin", 0),
            ("/adm%69nister%2Fx", 0),
            ("/.well-known/a", 0),
            ("/.../admin", 0),
            ("/a..b/..c/d..", 0),
            ("/%C3%A9..%C3%A9/x", 0),
            ("/100%/admin", 0),
            ("/x/file%2Etxt/%61.%62/%2E.%2E/..%61", 0),
            ("/100%25", 0),
            ("/100%25/%25", 0),
            ("/%zz/%", 0),
            ("/caf%C3%A9/%E3%81%82", 0),
            ("/admin%C3%A9", 0),
            ("/admin/caf%C3%A9", 1),
            ("/admin/x%2Fopen", 1),
            ("/admin/%61", 1),
            ("/admin/%61?/../x", 1),
            ("/admin/%61#/../x", 1),
            ("/%61", 0),
            ("//x", 0),
            ("/admin/x;v=1", 1),
            ("/admin/v1...v2", 1),
            ("/admin/open/a%2Fb", 2),
            ("/items/a%2Fb", 3),
            ("/items/a\\b;c=d%3F%23%00", 3),
            ("/items/https%3A%2F%2Fexample.com%2Fa%2520b", 3),
            ("/items/https%253A%252F%252Fexample.com", 3),
            ("/items/./a/.", 3),
        ] {
            assert_eq!(chosen(&policies, path), Some(max_age), "{path}");
        }
    }

    /// A path that cannot be read completely within the limits is ambiguous.
    #[test]
    fn long_paths() {
        let policies = Policies::new(policy(0)).at("/admin", policy(1)).unwrap();
        for (unit, longest) in [
            ("a", 4095),
            ("a/", 2047),
            ("%C3%A9", 128),
            ("a%2F", 192),
            ("a..", 85),
            ("%64", 85),
            ("a%64", 64),
            ("/", 64),
            ("%25", 36),
            ("%2547", 51),
        ] {
            let path = |times| "/".to_owned() + &unit.repeat(times);
            let last = if unit == "/" { longest - 1 } else { longest };
            assert_eq!(chosen(&policies, &path(last)), Some(0), "{unit}");
            assert_eq!(chosen(&policies, &path(last + 1)), AMBIGUOUS, "{unit}");
            assert_eq!(chosen(&policies, &path(60 << 10)), AMBIGUOUS, "{unit}");
        }
        // Escapes that are not complete can still become anything, but not what is before them.
        let open = "%25".repeat(32);
        assert_eq!(chosen(&policies, &format!("/aaaa{open}")), Some(0));
        assert_eq!(chosen(&policies, &format!("/aaaaa{open}")), AMBIGUOUS);
        assert_eq!(chosen(&policies, &format!("/%61aaaa{open}")), AMBIGUOUS);
        assert_eq!(chosen(&policies, &format!("/%61aaaaa{open}")), Some(0));
        let name = "/100%25-organic-cotton-t-shirt-with-long-sleeves";
        assert_eq!(chosen(&policies, name), Some(0));
        // Nothing is read after the path.
        let query = "/?".to_owned() + &"%20".repeat(300);
        assert_eq!(chosen(&policies, &query), Some(0));
        // The longest name of a file, in Japanese.
        let name = "/admin/".to_owned() + &"%E3%81%82".repeat(85);
        assert_eq!(chosen(&policies, &name), Some(1));
        assert_eq!(chosen(&policies, &name["/admin".len()..]), Some(0));
        let one = Policies::new(policy(0));
        assert_eq!(chosen(&one, &"/%2F..".repeat(10 << 10)), Some(0));
    }

    #[test]
    fn an_ambiguous_path_is_blocked_if_one_of_its_policies_blocks() {
        let blocking = policy(1).to_config().block_refused_origins(true);
        let policies = Policies::new(policy(0))
            .at("/a", policy(2))
            .and_then(|policies| policies.at("/b", policy(3)))
            .and_then(|policies| policies.at("/b/c", blocking.build().unwrap()))
            .and_then(|policies| policies.without_cors("/b/d"))
            .unwrap();
        for (path, expected) in [
            ("/a", Some(2)),
            ("/b/c/x", Some(1)),
            ("/b%2Fx", BLOCKED),
            ("/b/c%2Fx", BLOCKED),
            ("/b/d%2Fx", BLOCKED),
            ("/x/../a", BLOCKED),
            ("/b/d/x%2Fy", None),
        ] {
            assert_eq!(chosen(&policies, path), expected, "{path}");
        }
        let policies = Policies::without_default()
            .without_cors("/a")
            .and_then(|policies| policies.without_cors("/a/b"))
            .and_then(|policies| policies.at("/c", policy(1)))
            .unwrap();
        assert_eq!(chosen(&policies, "/a%2Fb"), AMBIGUOUS);
        assert_eq!(chosen(&policies, "/a/./../c"), AMBIGUOUS);
        assert_eq!(chosen(&policies, "/a/b%2Fb"), None);
        let without = Policies::without_default().without_cors("/a").unwrap();
        assert_eq!(chosen(&without, "/a%2Fb/.."), None);
    }

    /// A page that rebinds its name must not reach a handler by an ambiguous path.
    #[test]
    #[cfg(feature = "http-1")]
    fn an_ambiguous_path_checks_the_host() {
        let own = |origin: &str| {
            let config = policy(1).to_config().own_origins([origin]);
            config.timing_allow_origin(true).build().unwrap()
        };
        let find = |policies: Policies| {
            let table = PathTable::new(policies, &mut Ok::<_, ()>).unwrap();
            table.find(|| "/a%2Fb").cloned()
        };
        let accepts = |policies: Policies, host: &str| {
            let request = http::Request::get("/").header("host", host);
            let decision = find(policies).unwrap().decide(&request.body(()).unwrap());
            !matches!(decision, crate::Decision::Misdirected(_))
        };
        let one = Policies::new(policy(0))
            .at("/a", own("http://a.com"))
            .unwrap();
        let same = one.clone().at("/b", own("http://a.com")).unwrap();
        let different = one.clone().at("/b", own("http://b.com")).unwrap();
        for (policies, accepted) in [(&one, true), (&same, true), (&different, false)] {
            assert_eq!(accepts(policies.clone(), "a.com"), accepted);
            assert!(!accepts(policies.clone(), "b.com"));
            assert!(!accepts(policies.clone(), "evil.com"));
            assert!(find(policies.clone()).unwrap().timing_allow_origin);
        }
        let none = Policies::new(policy(0)).at("/a", policy(1)).unwrap();
        assert!(accepts(none.clone(), "evil.com"));
        assert!(!find(none).unwrap().timing_allow_origin);
    }

    #[test]
    fn the_order_of_the_prefixes_makes_no_difference() {
        let a = |policies: Policies| policies.at("/a", policy(1)).unwrap();
        let b = |policies: Policies| policies.at("/b", policy(2)).unwrap();
        let new = || Policies::new(policy(0));
        assert_eq!(a(b(new())), b(a(new())));
        assert_ne!(a(b(new())), a(new()));
        assert_ne!(a(new()), new().at("/a", policy(2)).unwrap());
        assert_ne!(a(new()), new().at("/b", policy(1)).unwrap());
        assert_ne!(a(new()), a(Policies::without_default()));
    }

    /// Wherever the policy that does is.
    #[test]
    fn policies_that_refuse_requests() {
        let refusing = || {
            let config = policy(1).to_config().block_refused_origins(true);
            config.build().unwrap()
        };
        let with = |of_all, of_path, of_host| {
            let policies = Policies::new(of_all).at("/a", of_path).unwrap();
            policies.for_host("b.com", Policies::new(of_host)).unwrap()
        };
        assert!(!with(policy(0), policy(1), policy(2)).refuses_requests());
        assert!(with(refusing(), policy(1), policy(2)).refuses_requests());
        assert!(with(policy(0), refusing(), policy(2)).refuses_requests());
        assert!(with(policy(0), policy(1), refusing()).refuses_requests());
        assert!(!Policies::without_default().refuses_requests());
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
                "path prefix `/a/../b`: a prefix is a path without a query, a fragment, `.` or `..`; use \
                 the path alone, with the dots resolved",
            ),
            (
                "/a?b",
                "path prefix `/a?b`: a prefix is a path without a query, a fragment, `.` or `..`; use \
                 the path alone, with the dots resolved",
            ),
            (
                "/a/%2e%2e",
                "path prefix `/a/%2e%2e`: a prefix is a path without a query, a fragment, `.` or `..`; use \
                 the path alone, with the dots resolved",
            ),
            (
                "/a%2Fb",
                "path prefix `/a%2Fb`: servers read `\\`, `;`, an encoded `%` and an encoded `/`, `?`, \
                 `#` or NUL in different ways; use the part before it",
            ),
            (
                "/a%00b",
                "path prefix `/a%00b`: servers read `\\`, `;`, an encoded `%` and an encoded `/`, `?`, \
                 `#` or NUL in different ways; use the part before it",
            ),
            (
                "/%FF",
                "path prefix `/%FF`: a prefix is valid UTF-8 after decoding, without U+FFFD, the \
                 replacement for invalid bytes; encode the text as UTF-8",
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

    #[test]
    fn prefixes_that_servers_read_in_different_ways() {
        let long = format!("/{}", "a".repeat(256));
        for prefix in [
            "/a\\b",
            "/a%5Cb",
            "/a;b",
            "/a%3Bb",
            "/100%",
            "/100%25",
            "/%2561",
            "/a%3F",
            "/a%23",
            "/a%00",
            "/\u{FFFD}",
            "/%EF%BF%BD",
            "/%C3/%A9",
            &long,
        ] {
            assert!(
                Policies::without_default().without_cors(prefix).is_err(),
                "{prefix}"
            );
        }
        let policies = Policies::without_default()
            .at(&long[..256], policy(1))
            .unwrap();
        assert_eq!(chosen(&policies, &long[..256]), Some(1));
        assert_eq!(chosen(&policies, &long), None);
        let japanese = "/".to_owned() + &"あ".repeat(85);
        let policies = policies.at(&japanese, policy(2)).unwrap();
        let encoded = "/".to_owned() + &"%E3%81%82".repeat(85);
        assert_eq!(chosen(&policies, &encoded), Some(2));
    }

    proptest! {
        /// The same result as comparing lists, decoded or not, with or without empty segments.
        #[test]
        fn agrees_with_a_naive_one(
            rules in prop::collection::vec("(/(a|b|%61|c)){1,3}/?", 0..5),
            path in "(/|/a|/b|/%61|/c|/ab|%|/A){0,6}",
        ) {
            let mut policies = Policies::new(policy(0));
            let mut naive: Vec<(Vec<String>, u64)> = Vec::new();
            for (rule, number) in rules.iter().zip(1..) {
                if let Ok(with) = policies.clone().at(rule, policy(number)) {
                    policies = with;
                    naive.push((naive_segments(rule, true, false), number));
                }
            }
            let best = |is_decoded, keeps_empty| {
                let asked = naive_segments(&path, is_decoded, keeps_empty);
                let fitting = naive.iter().filter(|(prefix, _)| asked.starts_with(prefix));
                fitting.max_by_key(|(prefix, _)| prefix.len()).map_or(0, |(_, number)| *number)
            };
            let all = [best(true, false), best(true, true), best(false, false), best(false, true)];
            let expected = if all.iter().all(|other| *other == all[0]) { Some(all[0]) } else { AMBIGUOUS };
            prop_assert_eq!(chosen(&policies, &path), expected);
        }
    }

    fn naive_segments(path: &str, is_decoded: bool, keeps_empty: bool) -> Vec<String> {
        let parts = path.strip_prefix('/').unwrap_or(path).split('/');
        let parts = parts.filter(|part| keeps_empty || !part.is_empty());
        let decode = |part: &str| part.replace("%61", if is_decoded { "a" } else { "%61" });
        parts.map(decode).collect()
    }
}
