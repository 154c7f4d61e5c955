//! The sites that a regex spells out, and the origins that it matches beyond them.

use super::compile::{NOTHING, TooComplex, compile};
use super::public_suffix::{is_public_suffix, is_unjudged, registrable};
use super::search::{Budget, Condition, Search};
use super::sendable::Scheme;
use super::spelled::{self, FREE, Steps};
use crate::origin::automaton::Automaton;
use crate::origin::host;
use crate::origin::regex::OriginRegex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The largest number of sites that a regex may spell out.
const MAX_SITES: usize = 256;

/// Addresses that are never those of other people on the internet: of this machine and of private
/// networks (RFC 1918, RFC 3927, RFC 4193, RFC 4291, RFC 6598).
const PRIVATE_ADDRESSES: &str = r"10\.[0-9.]*|127\.[0-9.]*|192\.168\.[0-9.]*|172\.(?:1[6-9]|2[0-9]|3[01])\.[0-9.]*|169\.254\.[0-9.]*|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.[0-9.]*|\[(?:::1|f[cd][0-9a-f]{2}:[0-9a-f:]*|fe[89ab][0-9a-f]:[0-9a-f:]*)\]";

/// What a regex spells out.
#[derive(Debug, Default)]
pub(crate) struct Sites {
    /// Registrable domains. Names below them belong to the same people.
    pub(super) domains: BTreeSet<String>,
    /// Hosts below which names belong to others: public suffixes and addresses.
    pub(super) hosts: BTreeSet<String>,
    /// Hosts after a scheme. The last characters may be missing.
    whole_hosts: BTreeSet<String>,
    /// Origins with schemes other than `http` and `https`, without ports.
    pub(super) apps: BTreeSet<String>,
    pub(super) schemes: BTreeSet<String>,
    /// What follows a dot: public suffixes, below which names belong to anyone.
    pub(super) suffixes: BTreeSet<String>,
}

impl Sites {
    pub(crate) fn of(source: &str) -> Result<Self, TooComplex> {
        let mut sites = Self::default();
        let mut steps = Steps::default();
        for text in spelled::texts(source, &mut steps)? {
            sites.add_app(text.strip_suffix(":*").unwrap_or(&text));
            for part in text.split(FREE) {
                steps.spend(1 + part.matches('.').count())?;
                sites.add(part);
            }
        }
        if sites.domains.len() + sites.hosts.len() > MAX_SITES {
            return Err(TooComplex::Sites);
        }
        Ok(sites)
    }

    /// Adds the origin of an app, such as `tauri://localhost`, `app://` and `app://.`. Every local file has
    /// the origin `file://`, so it is not added.
    fn add_app(&mut self, text: &str) {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        if !text.contains(FREE) && !matches!(scheme, None | Some("http" | "https" | "file")) {
            self.apps.insert(text.to_owned());
        }
    }

    /// Adds what a part of an origin spells out.
    fn add(&mut self, part: &str) {
        let host = match part.split_once("://") {
            Some((scheme, host)) => {
                self.schemes.insert(scheme.to_owned());
                host
            }
            None => part,
        };
        let end = match host.find(']') {
            Some(bracket) => bracket + 1,
            None => host.find([':', '/']).unwrap_or(host.len()),
        };
        let host = host.get(..end).unwrap_or_default();
        if part.contains("://") && !host.is_empty() {
            self.whole_hosts.insert(host.to_owned());
        }
        if host::check(host.as_bytes()) == Ok(host::Kind::Ip) {
            self.hosts.insert(host.to_owned());
            return;
        }
        let name = host.trim_matches('.');
        if host::check(name.as_bytes()) != Ok(host::Kind::Name) {
            return; // Empty, or a part of an address.
        }
        let mut suffix = host.trim_end_matches('.');
        while let Some((_, rest)) = suffix.split_once('.') {
            if is_public_suffix(rest) {
                self.suffixes.insert(rest.to_owned());
            }
            suffix = rest;
        }
        let domain = registrable(name);
        if is_public_suffix(domain) {
            self.hosts.insert(domain.to_owned());
        } else {
            self.domains.insert(domain.to_owned());
        }
    }

    /// Matches the origins of these sites, with any scheme.
    fn automaton(&self) -> Result<Automaton, TooComplex> {
        let mut origins = vec![NOTHING.to_owned()];
        if !self.domains.is_empty() {
            let domains = alternatives(&self.domains);
            origins.push(on_hosts(&format!(r"(?:[^:/\[]*\.)?(?:{domains})\.?")));
        }
        if !self.hosts.is_empty() {
            origins.push(on_hosts(&format!(r"(?:{})\.?", alternatives(&self.hosts))));
        }
        if !self.apps.is_empty() {
            let apps = alternatives(&self.apps);
            origins.push(format!("(?:{apps})(?::[0-9]*)?"));
        }
        compile(&origins.join("|"))
    }
}

/// A regex that matches each of the texts.
fn alternatives<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    let texts: Vec<String> = texts
        .into_iter()
        .map(|text| regex_syntax::escape(text))
        .collect();
    texts.join("|")
}

/// A regex for the origins of some hosts, with any scheme.
fn on_hosts(hosts: &str) -> String {
    format!("[^:]*://(?:{hosts})(?::[0-9]*)?")
}

type Compiled = LazyLock<Result<Automaton, TooComplex>>;

static ON_PRIVATE_ADDRESSES: Compiled = LazyLock::new(|| compile(&on_hosts(PRIVATE_ADDRESSES)));

static BELOW_COM: Compiled = LazyLock::new(|| compile(r"https://[^:/\[]+\.com"));

static ON_THIS_MACHINE: Compiled = LazyLock::new(|| {
    let hosts = r"(?:[^:/\[]*\.)?localhost\.?|127\.[0-9.]*|\[::1\]";
    compile(&on_hosts(hosts))
});

fn compiled(automaton: &'static Compiled) -> Result<&'static Automaton, TooComplex> {
    automaton.as_ref().map_err(|error| *error)
}

/// An origin that the regex matches, but whose registrable domain it does not spell out. Other people can
/// have such an origin.
///
/// If possible, it is clear that other people can have it: it ends in `.com`, and `meant`, the regex that
/// was probably meant, does not spell out its domain either.
pub(crate) fn foreign_origin(
    regex: &OriginRegex,
    sites: &Sites,
    meant: Option<&str>,
    budget: &mut Budget,
) -> Result<Option<String>, TooComplex> {
    let sites = sites.automaton()?;
    let meant = match meant {
        Some(source) => Sites::of(source)?.automaton()?,
        None => sites.clone(),
    };
    let matches = Condition::Accepts(regex.automaton());
    let is_foreign = Condition::Rejects(&sites);
    let is_reachable = Condition::Rejects(compiled(&ON_PRIVATE_ADDRESSES)?);
    let is_clear = [
        matches,
        is_foreign,
        Condition::Accepts(compiled(&BELOW_COM)?),
        Condition::Rejects(&meant),
    ];
    match Search::new(is_clear).first_with(Scheme::Https, budget)? {
        Some(origin) => Ok(Some(origin)),
        None => Search::new([matches, is_foreign, is_reachable]).first(budget),
    }
}

/// An origin without TLS that is not on this machine.
pub(crate) fn insecure_origin(
    regex: &OriginRegex,
    budget: &mut Budget,
) -> Result<Option<String>, TooComplex> {
    let insecure = [
        Condition::Accepts(regex.automaton()),
        Condition::Rejects(compiled(&ON_THIS_MACHINE)?),
    ];
    Search::new(insecure).first_with(Scheme::Http, budget)
}

/// An origin below a domain of which only the Public Suffix List could tell whether anyone can register a
/// name below it. The regex does not spell out its host.
pub(crate) fn unjudged_origin(
    regex: &OriginRegex,
    sites: &Sites,
    budget: &mut Budget,
) -> Result<Option<String>, TooComplex> {
    let domains = alternatives(sites.domains.iter().filter(|domain| is_unjudged(domain)));
    if domains.is_empty() {
        return Ok(None);
    }
    let unjudged = compile(&on_hosts(&format!(r"[^:/\[]*\.(?:{domains})\.?")))?;
    let spelled = compile(&on_hosts(&alternatives(&sites.whole_hosts)))?;
    let free = [
        Condition::Accepts(regex.automaton()),
        Condition::Accepts(&unjudged),
        Condition::Rejects(&spelled),
    ];
    Search::new(free).first(budget)
}

/// An origin with a scheme other than `https` and `http` that the regex does not spell out.
pub(crate) fn any_scheme_origin(
    regex: &OriginRegex,
    sites: &Sites,
    budget: &mut Budget,
) -> Result<Option<String>, TooComplex> {
    let schemes = alternatives(&sites.schemes);
    let spelled = compile(&format!("(?:{schemes})://.*"))?;
    let others = [
        Condition::Accepts(regex.automaton()),
        Condition::Rejects(&spelled),
    ];
    Search::new(others).first_with(Scheme::Other, budget)
}

/// A shortest origin that the regex matches.
pub(crate) fn any_origin(
    regex: &OriginRegex,
    budget: &mut Budget,
) -> Result<Option<String>, TooComplex> {
    Search::new([Condition::Accepts(regex.automaton())]).first(budget)
}
