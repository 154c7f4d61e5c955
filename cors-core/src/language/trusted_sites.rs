//! Whom a policy trusts.

use super::allowed_origins::pattern_regex;
use super::public_suffix::{is_public_suffix, registrable};
use super::regex_sites::Sites;
use super::search::{Budget, Condition, Search};
use super::sendable::Scheme;
use super::{TooComplex, compile};
use crate::origin::host::Kind;
use crate::origin::pattern::{Entry, Pattern};
use crate::origin::regex::OriginRegex;
use crate::origin::set::OriginSet;
use crate::origin::{Origin, host, split_authority};
use crate::policy::{Access, Policy};
use std::collections::BTreeSet;
use std::fmt;

/// Someone whom a policy trusts with its responses.
///
/// `Display` writes it as text: `example.com`, or
/// ``*.github.io, which anyone can register (such as `https://a.github.io`)``.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TrustedSite {
    /// The owner of a registrable domain: a public suffix and one label, such as `example.com`. The
    /// policy allows an origin on this domain or below it. Hosts without a public suffix, such as
    /// `localhost`, count as such a domain.
    Domain(String),
    /// An IP address.
    Address(String),
    /// An origin, or a pattern, with a scheme other than `http` and `https`.
    App(String),
    /// A pattern of hosts that anyone can register, install or have.
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
            Self::Anyone { pattern, example } => {
                write!(
                    f,
                    "{pattern}, which anyone can register (such as `{example}`)"
                )
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
    ///     .allow_origins(["https://*.example.com", "https://*.github.io"])
    ///     .allow_origin_regex(r"https://(www\.)?example\.(org|net)")
    ///     .build()?;
    /// let sites: Vec<String> = policy.trusted_sites()?.iter().map(ToString::to_string).collect();
    /// assert_eq!(sites[..3], ["example.com", "example.net", "example.org"]);
    /// assert_eq!(sites[3], "*.github.io, which anyone can register (such as `https://a.github.io`)");
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
            sites.insert(of_entry(entry, &pattern)?);
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

fn of_entry(entry: &str, pattern: &Pattern<'_>) -> Result<TrustedSite, TooComplex> {
    let host = pattern.host;
    if !matches!(pattern.scheme, "http" | "https") {
        return Ok(TrustedSite::App(entry.to_owned()));
    }
    if host::check(host.as_bytes()) == Ok(Kind::Ip) {
        return Ok(TrustedSite::Address(host.to_owned()));
    }
    if pattern.subdomains && is_public_suffix(host) {
        let automaton = compile(&pattern_regex(pattern))?;
        let example = Search::new([Condition::Accepts(&automaton)]).first(&mut Budget::default())?;
        return Ok(TrustedSite::Anyone {
            pattern: format!("*.{host}"),
            example: example.unwrap_or_default(),
        });
    }
    Ok(TrustedSite::Domain(domain_of(host)))
}

fn domain_of(host: &str) -> String {
    registrable(host.trim_end_matches('.')).to_owned()
}

fn of_regex(regex: &OriginRegex, sites: &mut BTreeSet<TrustedSite>) -> Result<(), TooComplex> {
    let mut budget = Budget::default();
    let spelled = Sites::of(regex)?;
    let matches = Condition::Accepts(regex.automaton());
    // What was found is a regex of its own, which is left out of the next search.
    let mut known = vec!["[^:]*://(?:)".to_owned()];
    for host in spelled.domains.iter().chain(&spelled.hosts) {
        let below = if spelled.domains.contains(host) {
            r"(?:[^:/\[]*\.)?"
        } else {
            ""
        };
        let hosts = format!(
            r"https?://{below}{}\.?(?::[0-9]*)?",
            regex_syntax::escape(host)
        );
        let automaton = compile(&hosts)?;
        let on_this_site = Search::new([matches, Condition::Accepts(&automaton)]);
        if on_this_site.first(&mut budget)?.is_some() {
            sites.insert(if host::check(host.as_bytes()) == Ok(Kind::Ip) {
                TrustedSite::Address(host.clone())
            } else {
                TrustedSite::Domain(host.clone())
            });
        }
        known.push(hosts);
    }
    for scheme in [Scheme::Https, Scheme::Http, Scheme::Other] {
        loop {
            let automaton = compile(&known.join("|"))?;
            let rest = Search::new([matches, Condition::Rejects(&automaton)]);
            let Some(example) = rest.first_with(scheme, &mut budget)? else {
                break;
            };
            let (site, origins) = of_example(example, &spelled);
            sites.insert(site);
            known.push(origins);
        }
    }
    Ok(())
}

/// The site of an origin that the regex does not spell out, and a regex for all origins of this site.
fn of_example(example: String, spelled: &Sites) -> (TrustedSite, String) {
    let parsed = Origin::parse(example.as_bytes());
    let host = parsed
        .and_then(|origin| split_authority(origin.authority))
        .map(|(host, _)| host);
    let scheme = parsed.map(|origin| origin.scheme);
    let text =
        |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    let (host, scheme) = (text(host), text(scheme));
    let (pattern, origins) = if !matches!(scheme.as_str(), "http" | "https") {
        if spelled.schemes.contains(&scheme) {
            (
                format!("{scheme}://*"),
                format!("{}://.*", regex_syntax::escape(&scheme)),
            )
        } else {
            ("*://*".to_owned(), "[^:]*://.*".to_owned())
        }
    } else if host::check(host.as_bytes()) == Ok(Kind::Ip) {
        (
            "any IP address".to_owned(),
            r"https?://(?:[0-9.]*|\[.*)(?::[0-9]*)?".to_owned(),
        )
    } else {
        let suffixes =
            std::iter::successors(host.split_once('.'), |(_, rest)| rest.split_once('.'));
        let spelled_out = |suffix: &&str| spelled.suffixes.contains(*suffix);
        match suffixes.map(|(_, suffix)| suffix).find(spelled_out) {
            Some(suffix) => (
                format!("*.{suffix}"),
                format!(
                    r"https?://[^:/\[]*\.{}\.?(?::[0-9]*)?",
                    regex_syntax::escape(suffix)
                ),
            ),
            None => ("*".to_owned(), r"https?://[^:/\[]*(?::[0-9]*)?".to_owned()),
        }
    };
    (TrustedSite::Anyone { pattern, example }, origins)
}
