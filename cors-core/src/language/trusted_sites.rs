//! Whom a policy trusts.

use super::compile::{NOTHING, TooComplex, compile};
use super::public_suffix::{is_public_suffix, registrable};
use super::regex_sites::Sites;
use super::search::{Budget, Condition, Search};
use super::sendable::Scheme;
use crate::origin::host::Kind;
use crate::origin::pattern::{Entry, Pattern, Wildcard};
use crate::origin::regex::OriginRegex;
use crate::origin::set::OriginSet;
use crate::origin::{host, split_authority};
use crate::policy::{Access, Policy};
use std::collections::BTreeSet;
use std::fmt;

/// Someone whom a policy trusts with its responses.
///
/// `Display` writes it as text: `example.com`, or
/// ``*.github.io, which anyone can have (such as `https://a.github.io`)``.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TrustedSite {
    /// The owner of a registrable domain: a public suffix and one label, such as `example.com`. The
    /// policy allows an origin on this domain or below it. Hosts without a public suffix, such as
    /// `localhost`, count as such a domain.
    Domain(String),
    /// An IP address.
    Address(String),
    /// Any IP address that the regex matches.
    #[non_exhaustive]
    Addresses {
        /// A shortest origin that the policy allows.
        example: String,
    },
    /// An origin, or a pattern, with a scheme other than `http` and `https`.
    App(String),
    /// A pattern of origins that anyone can have: by registering a name, by installing an app, or with a
    /// local file.
    #[non_exhaustive]
    Anyone {
        /// The part that is given, with `*` for the rest: `*.github.io`, `*`.
        pattern: String,
        /// A shortest origin that the policy allows.
        example: String,
    },
    /// The origin `null`, which every website can have in a sandboxed frame.
    Null,
}

impl fmt::Display for TrustedSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(text) | Self::Address(text) | Self::App(text) => f.write_str(text),
            Self::Addresses { example } => write!(f, "IP addresses such as `{example}`"),
            Self::Anyone { pattern, example } => {
                write!(f, "{pattern}, which anyone can have (such as `{example}`)")
            }
            Self::Null => f.write_str("null, which every website can have in a sandboxed frame"),
        }
    }
}

impl Policy {
    /// Whom the policy trusts with its responses: the owners of these sites, in order and without
    /// duplicates.
    ///
    /// Labels of hosts are considered from the right. As soon as a label can be anything before the
    /// registrable domain is complete, the site is [`TrustedSite::Anyone`].
    ///
    /// ```
    /// use cors_core::Config;
    ///
    /// let policy = Config::new()
    ///     .allow_origins(["https://*.example.com", "https://*.app.github.dev"])
    ///     .allow_origin_regex(r"https://(www\.)?example\.(org|net)")
    ///     .build()?;
    /// let sites: Vec<String> = policy.trusted_sites()?.iter().map(ToString::to_string).collect();
    /// assert_eq!(sites[..3], ["example.com", "example.net", "example.org"]);
    /// assert_eq!(sites[3], "*.app.github.dev, which anyone can have (such as `https://a.app.github.dev`)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the regex is too complex.
    pub fn trusted_sites(&self) -> Result<Vec<TrustedSite>, TooComplex> {
        let Access::Listed(listed) = &self.access else {
            return Ok(vec![TrustedSite::Anyone {
                pattern: "*".to_owned(),
                example: "https://a.com".to_owned(),
            }]);
        };
        let sites = of_set(&listed.origins)?;
        Ok(sites.into_iter().collect())
    }
}

fn of_set(origins: &OriginSet) -> Result<BTreeSet<TrustedSite>, TooComplex> {
    let mut sites = BTreeSet::new();
    for entry in origins.entries() {
        if let Ok(Entry::Pattern(pattern)) = Entry::parse(entry) {
            sites.insert(of_entry(entry, &pattern));
        }
    }
    if origins.allows_null() {
        sites.insert(TrustedSite::Null);
    }
    if let Some(regex) = origins.regex() {
        of_regex(regex, &mut sites)?;
    }
    Ok(sites)
}

fn of_entry(entry: &str, pattern: &Pattern<'_>) -> TrustedSite {
    // Without `..`, a new kind of wildcard does not compile until it is considered here.
    let Pattern {
        scheme,
        wildcard,
        host,
        port,
    } = *pattern;
    let port = if port == ":*" { "" } else { port };
    let anyone = match wildcard {
        Wildcard::Subdomains if is_public_suffix(host) => {
            Some((format!("*.{host}"), format!("{scheme}://a.{host}{port}")))
        }
        Wildcard::Label { before, after } if is_public_suffix(host) => Some((
            format!("{before}*{after}.{host}"),
            format!("{scheme}://{before}a{after}.{host}{port}"),
        )),
        Wildcard::Host => Some((entry.to_owned(), format!("{scheme}://a"))),
        Wildcard::None if scheme == "file" => Some((entry.to_owned(), entry.to_owned())),
        Wildcard::Subdomains | Wildcard::Label { .. } | Wildcard::None => None,
    };
    if let Some((pattern, example)) = anyone {
        return TrustedSite::Anyone { pattern, example };
    }
    if !matches!(scheme, "http" | "https") {
        return TrustedSite::App(entry.to_owned());
    }
    if host::check(host.as_bytes()) == Ok(Kind::Ip) {
        return TrustedSite::Address(host.to_owned());
    }
    TrustedSite::Domain(registrable(host.trim_end_matches('.')).to_owned())
}

/// Adds the sites of a regex. Each search leaves out the sites that are known already.
fn of_regex(regex: &OriginRegex, sites: &mut BTreeSet<TrustedSite>) -> Result<(), TooComplex> {
    let spelled = Sites::of(regex.source())?;
    let mut budget = Budget::of_comparison();
    let matches = Condition::Accepts(regex.automaton());
    let mut known = vec![NOTHING.to_owned()];
    let mut count = 0;
    for (below, hosts) in [(r"(?:[^:/\[]*\.)?", &spelled.domains), ("", &spelled.hosts)] {
        let mut found = Vec::new();
        for host in hosts {
            let escaped = regex_syntax::escape(host);
            budget.spend_on_compiling(1)?;
            let automaton = compile(&on_web(&format!(r"{below}{escaped}\.?")))?;
            let search = Search::new([matches, Condition::Accepts(&automaton)]);
            if search.first(&mut budget)?.is_some() {
                sites.insert(if host::check(host.as_bytes()) == Ok(Kind::Ip) {
                    TrustedSite::Address(host.clone())
                } else {
                    TrustedSite::Domain(host.clone())
                });
                found.push(escaped);
            }
        }
        if !found.is_empty() {
            known.push(on_web(&format!(r"{below}(?:{})\.?", found.join("|"))));
            count += found.len();
        }
    }
    for scheme in Scheme::ALL {
        loop {
            budget.spend_on_compiling(count)?;
            let automaton = compile(&known.join("|"))?;
            let search = Search::new([matches, Condition::Rejects(&automaton)]);
            let Some(example) = search.first_with(scheme, &mut budget)? else {
                break;
            };
            let (site, origins) = of_example(example, &spelled);
            sites.insert(site);
            known.push(origins);
            count += 1;
        }
    }
    Ok(())
}

/// A regex for the `http` and `https` origins of some hosts.
fn on_web(hosts: &str) -> String {
    format!("https?://(?:{hosts})(?::[0-9]*)?")
}

/// The site of an origin that is not on a site that the regex spells out, and a regex for all origins of
/// this site.
fn of_example(example: String, spelled: &Sites) -> (TrustedSite, String) {
    let escape = regex_syntax::escape;
    let (scheme, authority) = example.split_once("://").unwrap_or(("", &example));
    let host = split_authority(authority.as_bytes()).map_or(0, |(host, _)| host.len());
    let host = authority.get(..host).unwrap_or_default();
    let (pattern, origins) = if !matches!(scheme, "http" | "https") {
        if !spelled.schemes.contains(scheme) {
            ("*://*".to_owned(), "[^:]*://.*".to_owned())
        } else if let Some(app) = spelled.apps.get(&format!("{scheme}://{host}")) {
            let origins = format!("{}(?::[0-9]*)?", escape(app));
            return (TrustedSite::App(app.clone()), origins);
        } else {
            (format!("{scheme}://*"), format!("{}://.*", escape(scheme)))
        }
    } else if host::check(host.as_bytes()) == Ok(Kind::Ip) {
        let all = on_web(r"[0-9.]*|\[.*");
        return (TrustedSite::Addresses { example }, all);
    } else {
        let name = host.trim_end_matches('.');
        let suffixes =
            std::iter::successors(name.split_once('.'), |(_, rest)| rest.split_once('.'));
        let mut suffixes = suffixes.map(|(_, suffix)| suffix);
        match suffixes.find(|suffix| spelled.suffixes.contains(*suffix)) {
            Some(suffix) => {
                let below = format!(r"[^:/\[]*\.{}\.?", escape(suffix));
                (format!("*.{suffix}"), on_web(&below))
            }
            None => ("*".to_owned(), on_web(r"[^:/\[]*")),
        }
    };
    (TrustedSite::Anyone { pattern, example }, origins)
}
