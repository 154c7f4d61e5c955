//! What a policy lets pages do, as a few sets, and how they are compared.
//!
//! What a page can do is a combination of an origin, a method, headers and so on. A policy allows the same
//! combinations to each allowed origin, so it is enough to compare one set at a time: if each set is within
//! that of the other policy, so is each combination.

use super::hosts::reachable;
use super::permission::Permission;
use crate::header_name::{is_always_readable, is_forbidden, is_never_readable};
use crate::issue::{Key, hide_user_info};
use crate::language::TooComplex;
use crate::language::excess::Origins;
use crate::language::search::Budget;
use crate::listed_headers::ListedHeaders;
use crate::origin::set::OriginSet;
use crate::own_origins::OwnOrigins;
use crate::policy::{Access, Exposed, Policy};
use crate::request::{RequestHead, RequestHeader};
use crate::requested_headers::AllowedHeaders;
use std::collections::HashSet;

pub(super) struct Grants<'a> {
    origins: Origins<'a>,
    credentials: bool,
    methods: &'a [String],
    /// `None` is none at all. It occurs only where no method is allowed.
    headers: Option<&'a AllowedHeaders>,
    exposed: Option<&'a Exposed>,
    caches_preflights: bool,
    timing: bool,
    blocks_refused: bool,
    /// `None` if `Host` is not checked.
    own: Option<&'a OriginSet>,
}

type Found = Result<Vec<Permission>, TooComplex>;

impl<'a> Grants<'a> {
    /// Without CORS, no origin is allowed and no request is blocked.
    pub(super) fn no_cors() -> Self {
        Self {
            origins: Origins::listed(Vec::new()),
            credentials: false,
            methods: &[],
            headers: None,
            exposed: None,
            caches_preflights: false,
            timing: false,
            blocks_refused: false,
            own: None,
        }
    }

    pub(super) fn of(policy: &'a Policy) -> Self {
        // Without `..`, a new field does not compile until it is known what it lets pages do.
        let Policy {
            access,
            methods,
            headers,
            exposed,
            max_age,
            block_refused_origins,
            own_origins,
            timing_allow_origin,
            // Any status in the range 200 to 299 will do.
            bare_success: _,
            // The browser refuses the same requests, and says why.
            diagnostics: _,
            // They permit entries, and the entries are compared.
            on_public_suffixes: _,
            with_any_app: _,
            with_broad_regex: _,
            // Such a policy allows nothing, by its other fields.
            ambiguity: _,
            warnings: _,
        } = policy;
        let (origins, credentials) = match access {
            Access::AnyOrigin => (Origins::any(), false),
            Access::Listed(listed) => (Origins::listed(vec![&listed.origins]), listed.credentials),
        };
        Self {
            // Nothing is refused, so nothing is blocked.
            blocks_refused: *block_refused_origins && !origins.is_any(),
            origins,
            credentials,
            methods,
            headers: Some(headers),
            exposed: Some(exposed),
            caches_preflights: *max_age > 0,
            timing: *timing_allow_origin,
            own: own_origins.as_deref().map(OwnOrigins::set),
        }
    }

    /// What these grants let pages do and `other` does not.
    pub(super) fn beyond(&self, other: &Self, budget: &mut Budget) -> Found {
        let mut found = Vec::new();
        if self.own.is_some_and(OriginSet::is_empty) {
            return Ok(found); // No host is accepted.
        }
        if let Some(origin) = self.origins.example_near(&other.origins, budget)? {
            found.extend(self.reads_beyond(other, budget)?);
            if self.credentials && !other.credentials {
                let origin = origin.clone();
                found.push(Permission::UseCredentials { origin });
            }
            found.extend(self.methods_beyond(other, &origin));
            found.extend(self.headers_beyond(other, &origin));
            found.extend(self.exposed_beyond(other, &origin));
            if self.timing && !other.timing {
                found.push(Permission::ReadTiming { origin });
            }
        }
        found.extend(self.refused_beyond(other, budget)?);
        found.extend(self.own_pages_beyond(other, budget)?);
        found.extend(self.hosts_beyond(other, budget)?);
        Ok(found)
    }

    fn reads_beyond(&self, other: &Self, budget: &mut Budget) -> Found {
        let excess = self
            .origins
            .excess_over(&other.origins, budget)?
            .into_iter();
        let reads = excess.map(|excess| Permission::Read {
            origin: excess.origin,
            entry: hide_user_info(Some(Key::AllowOriginRegex), excess.entry),
            more: excess.more,
        });
        Ok(reads.collect())
    }

    fn methods_beyond(&self, other: &Self, origin: &str) -> Vec<Permission> {
        let known: HashSet<&String> = other.methods.iter().collect();
        let methods = self.methods.iter().filter(|method| !known.contains(method));
        let permission = |method: &String| Permission::SendMethod {
            origin: origin.to_owned(),
            method: method.clone(),
        };
        let all = methods.map(permission);
        all.chain(self.after_preflight_beyond(other, origin))
            .collect()
    }

    /// Fetch, "HTTP fetch": for a CORS-safelisted method, a browser looks for the headers in its cache, and not
    /// for the method. ("CORS-preflight cache", <https://fetch.spec.whatwg.org/#cors-preflight-cache>)
    fn after_preflight_beyond(&self, other: &Self, origin: &str) -> Option<Permission> {
        let is_new = self.caches_preflights && !other.caches_preflights;
        let preflight_method = self.method_near(other)?;
        let is_listed = |method: &str| {
            let mut all = self.methods.iter().chain(other.methods);
            all.any(|listed| listed == method)
        };
        let mut safelisted = ["POST", "GET", "HEAD"].into_iter();
        let method = safelisted.find(|method| is_new && !is_listed(method))?;
        Some(Permission::SendAfterPreflight {
            origin: origin.to_owned(),
            method: method.to_owned(),
            preflight_method: preflight_method.clone(),
        })
    }

    /// A method that both list or, if there is none, one that this lists.
    fn method_near(&self, other: &Self) -> Option<&'a String> {
        let mut methods = self.methods.iter();
        let shared = methods.find(|method| other.methods.contains(method));
        shared.or_else(|| self.methods.first())
    }

    fn headers_beyond(&self, other: &Self, origin: &str) -> Vec<Permission> {
        let (Some(method), Some(ours)) = (self.method_near(other), self.headers) else {
            return Vec::new();
        };
        let permission = |header: &str, entry: &str| Permission::SendHeader {
            origin: origin.to_owned(),
            method: method.clone(),
            header: header.to_owned(),
            entry: entry.to_owned(),
        };
        match (ours, other.headers) {
            (AllowedHeaders::Any, Some(AllowedHeaders::Any)) => Vec::new(),
            (AllowedHeaders::Listed(ours), Some(AllowedHeaders::Any)) => {
                let headers = sorted(sendable(ours).into_iter().collect());
                let preflight = Preflight(headers.join(","));
                let refused = AllowedHeaders::Any.first_refused(&preflight);
                let permission = refused.map(|_| Permission::SendHeadersAtOnce {
                    origin: origin.to_owned(),
                    method: method.clone(),
                    headers,
                });
                permission.into_iter().collect()
            }
            (AllowedHeaders::Any, theirs) => {
                let theirs = theirs.map_or_else(HashSet::new, names_of);
                vec![permission(&unlisted("authorization", &theirs), "*")]
            }
            (AllowedHeaders::Listed(ours), theirs) => {
                let theirs = theirs.map_or_else(HashSet::new, names_of);
                let names = sendable(ours).into_iter();
                let names: Vec<String> = names.filter(|name| !theirs.contains(name)).collect();
                let names = sorted(names).into_iter();
                names.map(|name| permission(&name, &name)).collect()
            }
        }
    }

    fn exposed_beyond(&self, other: &Self, origin: &str) -> Vec<Permission> {
        let permission = |header: &str, entry: &str| Permission::ReadHeader {
            origin: origin.to_owned(),
            header: header.to_owned(),
            entry: entry.to_owned(),
        };
        let theirs: HashSet<String> = match other.exposed {
            Some(Exposed::Any) => return Vec::new(),
            Some(Exposed::Listed(names)) => names.iter().map(|name| lower(name)).collect(),
            None => HashSet::new(),
        };
        match self.exposed {
            None => Vec::new(),
            Some(Exposed::Any) => vec![permission(&unlisted("location", &theirs), "*")],
            Some(Exposed::Listed(ours)) => {
                let names = ours.iter().map(|name| lower(name));
                let is_new = |name: &String| {
                    !theirs.contains(name) && !is_always_readable(name) && !is_never_readable(name)
                };
                let names = sorted(names.filter(is_new).collect()).into_iter();
                names.map(|name| permission(&name, &name)).collect()
            }
        }
    }

    fn refused_beyond(
        &self,
        other: &Self,
        budget: &mut Budget,
    ) -> Result<Option<Permission>, TooComplex> {
        if self.blocks_refused || !other.blocks_refused {
            return Ok(None);
        }
        // Not a page of the application itself, if there is another one.
        let own = self.own.into_iter().chain(other.own);
        let own_too = other.origins.and(own);
        let origin = match Origins::any().outside_of(&own_too, budget)? {
            None => Origins::any().outside_of(&other.origins, budget)?,
            origin => origin,
        };
        Ok(origin.map(|origin| Permission::Reach { origin }))
    }

    /// Which of its own pages a policy with own origins does not block, although it refuses their origins.
    fn own_pages_beyond(
        &self,
        other: &Self,
        budget: &mut Budget,
    ) -> Result<Option<Permission>, TooComplex> {
        let (true, true, Some(own)) = (self.blocks_refused, other.blocks_refused, self.own) else {
            return Ok(None);
        };
        let ours = Origins::listed(vec![own]);
        if let Some(theirs) = other.own {
            let origin = ours.outside_of(&other.origins.and([theirs]), budget)?;
            return Ok(origin.map(|origin| Permission::ReachAsOwn {
                url: origin.clone(),
                origin,
            }));
        }
        // Without own origins and `Sec-Fetch-Site`, the hosts of `Origin` and the request must be the same.
        let urls = reachable(own.entries());
        let urls = Origins::listed(vec![&urls]);
        let first = ours.outside_of(&other.origins, budget)?;
        let exact = own.exact_entries().map(str::to_owned);
        let refused = exact.filter(|origin| !other.origins.contains(origin));
        // Of the exact ones, few can have the same host.
        for origin in first.into_iter().chain(refused) {
            let same_host = reachable([origin.as_str()].into_iter());
            let same_host = Origins::listed(vec![&same_host]);
            if let Some(url) = urls.outside_of(&same_host, budget)? {
                return Ok(Some(Permission::ReachAsOwn { origin, url }));
            }
        }
        Ok(None)
    }

    fn hosts_beyond(&self, other: &Self, budget: &mut Budget) -> Found {
        let Some(theirs) = other.own else {
            return Ok(Vec::new());
        };
        let urls = reachable(theirs.entries());
        let theirs_urls = Origins::listed(vec![&urls]);
        let Some(ours) = self.own else {
            let url = Origins::any().outside_of(&theirs_urls, budget)?;
            return Ok(url
                .map(|url| Permission::ReachHost { url })
                .into_iter()
                .collect());
        };
        let mut entries: Vec<&str> = ours.entries().collect();
        entries.sort_unstable();
        let beyond = |entries: &[&str], budget: &mut Budget| {
            let urls = reachable(entries.iter().copied());
            let excess = Origins::listed(vec![&urls]).excess_over(&theirs_urls, budget)?;
            // The entry itself, if possible, and not a URL with the other scheme.
            let is_entry = |url: &&String| entries.contains(&url.as_str());
            let mut all = excess.iter().map(|excess| &excess.origin);
            let url = all.clone().find(is_entry).or_else(|| all.next()).cloned();
            Ok(url.map(|url| Permission::ReachHost { url }))
        };
        budget.one_by_one(&entries, beyond)
    }
}

/// A preflight that requests these headers, as browsers send it.
struct Preflight(String);

impl RequestHead for Preflight {
    fn method(&self) -> &[u8] {
        b"OPTIONS"
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        let is_asked = header == RequestHeader::AccessControlRequestHeaders;
        is_asked.then_some(self.0.as_bytes()).into_iter()
    }

    fn host_contradicts_target(&self) -> bool {
        false
    }
}

/// The allowed names that scripts can send, in lower case.
fn sendable(listed: &ListedHeaders) -> HashSet<String> {
    let names = listed.names().iter().filter(|name| !is_forbidden(name));
    names.map(|name| lower(name)).collect()
}

fn names_of(headers: &AllowedHeaders) -> HashSet<String> {
    match headers {
        AllowedHeaders::Any => HashSet::new(),
        AllowedHeaders::Listed(listed) => listed.names().iter().map(|name| lower(name)).collect(),
    }
}

fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names
}

/// A name that is not listed: the preferred one, if possible.
fn unlisted(preferred: &str, listed: &HashSet<String>) -> String {
    let numbered = (1_u64..).map(|number| format!("x-any-{number}"));
    let mut names = [preferred.to_owned()].into_iter().chain(numbered);
    let name = names.find(|name| !listed.contains(name));
    name.unwrap_or_default()
}
