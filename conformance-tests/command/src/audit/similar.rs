//! Origins that a careless comparison takes for an allowed one.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use browser_model::Url;

use super::rule::Rule;
use super::target::Target;

/// Characters that end a host for some servers, while some browsers load a host that contains them.
const SPECIAL: [&str; 21] = [
    "_", "-", "\"", "'", "{", "}", "+", "^", "!", "~", ";", "&", "*", "$", "=", "`", "|", "(", ")",
    "%60", "%0b",
];

/// Services on which anybody can publish a page.
const SHARED: [&str; 5] = [
    "https://cors-audit.github.io",
    "https://cors-audit.pages.dev",
    "https://codepen.io",
    "https://jsfiddle.net",
    "https://cors-audit.s3.amazonaws.com",
];

/// Origins of pages on this machine.
const LOCAL: [&str; 3] = [
    "http://localhost",
    "http://localhost:3000",
    "http://127.0.0.1",
];

/// Origins that the server should refuse, each with the mistake that allows it. No origin comes twice, and
/// none that may be allowed.
pub(super) fn similar_origins(target: &Target) -> Vec<(Rule, String)> {
    let mut origins = vec![(Rule::TrustsNull, "null".to_owned())];
    origins.extend(SHARED.map(|origin| (Rule::TrustsSharedHosting, origin.to_owned())));
    for model in target.models() {
        if let Some(model) = Model::new(&model) {
            model.extend(&mut origins);
        }
    }
    origins.extend(LOCAL.map(|origin| (Rule::TrustsLocalhost, origin.to_owned())));
    let mut seen = BTreeSet::new();
    origins.retain(|(_, origin)| !target.may_be_allowed(origin) && seen.insert(origin.clone()));
    origins
}

/// The parts of an origin.
struct Model {
    origin: String,
    scheme: String,
    host: String,
    /// With its colon, or empty.
    port: String,
}

impl Model {
    /// `None` for `null` and other origins without a host.
    fn new(origin: &str) -> Option<Self> {
        let url = Url::parse(origin).ok()?;
        Some(Self {
            origin: origin.to_owned(),
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_owned(),
            port: url
                .port()
                .map_or_else(String::new, |port| format!(":{port}")),
        })
    }

    fn with_host(&self, host: &str) -> String {
        format!("{}://{host}{}", self.scheme, self.port)
    }

    fn is_address(&self) -> bool {
        let host = self.host.trim_matches(['[', ']']);
        host.parse::<Ipv4Addr>().is_ok() || host.parse::<Ipv6Addr>().is_ok()
    }

    fn extend(&self, origins: &mut Vec<(Rule, String)>) {
        let (host, origin) = (&self.host, &self.origin);
        let mut add = |rule, origin| origins.push((rule, origin));
        add(
            Rule::PrefixMatch,
            self.with_host(&format!("{host}.cors-audit.example")),
        );
        if !self.port.is_empty() {
            add(
                Rule::PrefixMatch,
                format!("{}://{host}.cors-audit.example", self.scheme),
            );
            add(Rule::PrefixMatch, format!("{origin}1"));
        }
        for special in SPECIAL {
            let host = format!("{host}{special}.cors-audit.example");
            add(Rule::SpecialCharacters, format!("{}://{host}", self.scheme));
        }
        if self.scheme == "https" {
            add(Rule::TrustsHttp, format!("http://{host}{}", self.port));
        }
        add(
            Rule::TrustsAnyPort,
            format!("{}://{host}:8123", self.scheme),
        );
        for odd in self.odd() {
            add(Rule::NotAnOrigin, odd);
        }
        if !self.is_address() {
            self.extend_by_names(&mut add);
        }
    }

    /// Origins with other names. An address has none.
    fn extend_by_names(&self, add: &mut impl FnMut(Rule, String)) {
        let host = &self.host;
        let labels: Vec<&str> = host.split('.').collect();
        add(Rule::PrefixMatch, self.with_host(&format!("{host}x")));
        // For `app.example.com`, only the parents: `*.example.com` rightly allows `evilapp.example.com`.
        let parents =
            (0..labels.len()).map(|first| labels.get(first..).unwrap_or_default().join("."));
        let least = labels.len().min(2);
        for parent in parents.skip(usize::from(labels.len() > 2)) {
            if parent.split('.').count() >= least {
                add(
                    Rule::SuffixMatch,
                    self.with_host(&format!("cors-audit{parent}")),
                );
            }
        }
        // The dots of the registrable domain and before it. Another one may be in a wildcard.
        for (position, _) in host.rmatch_indices('.').take(2) {
            let (before, after) = host.split_at(position);
            let after = after.trim_start_matches('.');
            add(
                Rule::UnescapedDot,
                self.with_host(&format!("{before}x{after}")),
            );
        }
        if labels.len() > 1 && host.len() > 3 {
            let short = host.get(..host.len() - 1).unwrap_or_default();
            add(Rule::PartialMatch, self.with_host(short));
        }
        add(
            Rule::TrustsSubdomains,
            self.with_host(&format!("cors-audit.{host}")),
        );
        if labels.len() > 2 {
            let parent = labels.get(1..).unwrap_or_default().join(".");
            add(
                Rule::TrustsSubdomains,
                self.with_host(&format!("cors-audit.{parent}")),
            );
        }
    }

    /// Values that no browser sends.
    fn odd(&self) -> Vec<String> {
        let (scheme, host, origin) = (&self.scheme, &self.host, &self.origin);
        vec![
            format!("{}://{host}{}", scheme.to_ascii_uppercase(), self.port),
            self.with_host(&host.to_ascii_uppercase()),
            format!("{origin}/"),
            format!("{origin}/cors-audit"),
            format!("{origin}@cors-audit.example"),
            format!("{scheme}://cors-audit.example/.{host}"),
            format!("{scheme}://cors-audit.example#.{host}"),
            format!("{scheme}://cors-audit.example\\.{host}"),
            format!("{origin} cors-audit"),
            format!("{scheme}://{host}:65536"),
            format!("{scheme}://cors-audit@{host}{}", self.port),
            host.clone(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::similar_origins;
    use crate::audit::rule::Rule;
    use crate::audit::target::Target;
    use browser_model::{Url, page_origin};
    use std::collections::BTreeSet;

    fn of(url: &str, origins: &[&str]) -> Vec<(Rule, String)> {
        similar_origins(&Target {
            url: Url::parse(url).unwrap(),
            method: "GET".to_owned(),
            headers: Vec::new(),
            origins: origins.iter().map(|&it| it.to_owned()).collect(),
        })
    }

    fn by(rule: Rule, origins: &[(Rule, String)]) -> Vec<&str> {
        let origins = origins.iter().filter(|(it, _)| *it == rule);
        origins.map(|(_, origin)| origin.as_str()).collect()
    }

    #[test]
    fn names() {
        let origins = of("http://127.0.0.1/", &["https://app.example.com"]);
        assert_eq!(
            by(Rule::SuffixMatch, &origins),
            ["https://cors-auditexample.com"]
        );
        assert_eq!(
            by(Rule::UnescapedDot, &origins),
            ["https://app.examplexcom", "https://appxexample.com"]
        );
        assert_eq!(by(Rule::PartialMatch, &origins), ["https://app.example.co"]);
        assert_eq!(
            by(Rule::TrustsSubdomains, &origins),
            [
                "https://cors-audit.app.example.com",
                "https://cors-audit.example.com"
            ]
        );
        assert_eq!(by(Rule::TrustsHttp, &origins), ["http://app.example.com"]);
    }

    #[test]
    fn short_names_ports_and_addresses() {
        let origins = of(
            "http://[::1]:8000/",
            &["http://localhost:3000", "https://a.io"],
        );
        assert_eq!(
            by(Rule::SuffixMatch, &origins),
            ["http://cors-auditlocalhost:3000", "https://cors-audita.io"]
        );
        assert!(by(Rule::PrefixMatch, &origins).contains(&"http://[::1].cors-audit.example:8000"));
        assert!(!by(Rule::TrustsLocalhost, &origins).contains(&"http://localhost:3000"));
    }

    /// A browser's parser accepts every origin, and none of the values for [`Rule::NotAnOrigin`].
    #[test]
    fn origins_are_in_the_form_of_browsers() {
        let all = of(
            "https://api.example.com/",
            &["https://app.example.com", "http://localhost:3000"],
        );
        for (rule, origin) in &all {
            let is_origin = page_origin(origin).as_ref() == Some(origin);
            match rule {
                Rule::NotAnOrigin => assert!(!is_origin, "{origin}"),
                Rule::SpecialCharacters => {}
                _ => assert!(is_origin, "{rule:?} {origin}"),
            }
        }
        let distinct: BTreeSet<_> = all.iter().map(|(_, origin)| origin).collect();
        assert_eq!(distinct.len(), all.len());
    }
}
