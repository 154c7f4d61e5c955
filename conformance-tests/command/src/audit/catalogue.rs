//! The requests of the audit.

use browser_model::{Request, Url};

use super::rule::Rule;
use super::similar::similar_origins;
use super::target::{FOREIGN, Target};

/// A request, and what its response tells.
pub(super) struct Probe {
    pub(super) request: Request,
    pub(super) question: Question,
}

/// What a response tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// A response for an origin that should be allowed, for [`FOREIGN`], or without `Origin`.
    Plain(Option<String>),
    /// Whether this origin is allowed, which would be this mistake.
    Origin(Rule, String),
    /// Whether [`FOREIGN`] is allowed if the request has another origin, too.
    SeveralOrigins,
    /// An error response for this origin.
    Error(String),
    /// Another spelling of the path, for [`FOREIGN`].
    Path,
    /// A preflight for this origin and method, and perhaps a header.
    Preflight(String, String, Option<String>),
}

/// A method that no server has.
pub(super) const ODD_METHOD: &str = "CORSAUDIT";
/// A header that no server has.
pub(super) const ODD_HEADER: &str = "x-cors-audit";

/// All requests, in the order in which they are sent. The first one is the most usual.
pub(super) fn catalogue(target: &Target) -> Vec<Probe> {
    let mut probes = Vec::new();
    let mut ask = |request, question| probes.push(Probe { request, question });
    let plain = |origin: &str| target.request(target.url.clone(), &[origin]);

    ask(
        target.request(target.url.clone(), &[]),
        Question::Plain(None),
    );
    for origin in target.origins.iter().map(String::as_str).chain([FOREIGN]) {
        ask(plain(origin), Question::Plain(Some(origin.to_owned())));
    }
    for (rule, origin) in similar_origins(target) {
        ask(plain(&origin), Question::Origin(rule, origin));
    }
    for model in target.models() {
        let list = format!("{model}, {FOREIGN}");
        for lines in [
            &[&*list] as &[&str],
            &[&*model, FOREIGN],
            &[FOREIGN, &*model],
        ] {
            ask(
                target.request(target.url.clone(), lines),
                Question::SeveralOrigins,
            );
        }
    }
    let missing = no_such_page(&target.url);
    for origin in target.origins.iter().map(String::as_str).chain([FOREIGN]) {
        let request = target.request(missing.clone(), &[origin]);
        ask(request, Question::Error(origin.to_owned()));
    }
    for url in spellings(&target.url) {
        ask(target.request(url, &[FOREIGN]), Question::Path);
    }
    let mut preflight = |origin: &str, method: &str, header: Option<&str>| {
        let question = Question::Preflight(
            origin.to_owned(),
            method.to_owned(),
            header.map(str::to_owned),
        );
        ask(target.preflight(origin, method, header), question);
    };
    preflight(FOREIGN, "PUT", None);
    if let Some(origin) = target.origins.first() {
        preflight(origin, "GET", None);
        preflight(origin, ODD_METHOD, None);
        preflight(origin, "GET", Some(ODD_HEADER));
    }
    probes
}

/// A page beside that of the URL, which does not exist.
fn no_such_page(url: &Url) -> Url {
    let folder = url.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut missing = url.clone();
    missing.set_path(&format!("{folder}/cors-audit-no-such-page"));
    missing.set_query(None);
    missing
}

/// Other spellings of the path, which a server may treat as the same page.
fn spellings(url: &Url) -> Vec<Url> {
    let path = url.path();
    let Some(last) = path.rfind('/').filter(|_| path != "/") else {
        return Vec::new();
    };
    let (before, name) = path.split_at(last);
    let name = name.trim_start_matches('/');
    let mut spellings = vec![
        format!("/{path}"),
        path.to_ascii_uppercase(),
        format!("{path};x=1"),
        match path.strip_suffix('/') {
            Some(path) => path.to_owned(),
            None => format!("{path}/"),
        },
    ];
    if let Some(first) = name.chars().next().filter(char::is_ascii_alphanumeric) {
        let rest = name.get(1..).unwrap_or_default();
        spellings.push(format!("{before}/%{:02X}{rest}", u32::from(first)));
        spellings.push(format!("{before}//{name}"));
    }
    if !before.is_empty() && !name.is_empty() {
        spellings.push(format!("{before}%2F{name}"));
    }
    let mut urls: Vec<Url> = Vec::new();
    for spelling in spellings {
        let mut other = url.clone();
        other.set_path(&spelling);
        if other != *url && !urls.contains(&other) {
            urls.push(other);
        }
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::{catalogue, spellings};
    use crate::audit::target::Target;
    use browser_model::Url;
    use std::collections::BTreeSet;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn spellings_of_a_path() {
        let of = |path: &str| {
            let urls = spellings(&url(&format!("https://a.com{path}")));
            urls.iter()
                .map(|url| url.path().to_owned())
                .collect::<Vec<_>>()
        };
        assert!(of("/").is_empty());
        assert_eq!(
            of("/api/items"),
            [
                "//api/items",
                "/API/ITEMS",
                "/api/items;x=1",
                "/api/items/",
                "/api/%69tems",
                "/api//items",
                "/api%2Fitems"
            ]
        );
        assert_eq!(of("/api/"), ["//api/", "/API/", "/api/;x=1", "/api"]);
        assert_eq!(of("/é"), ["//%C3%A9", "/%C3%A9;x=1", "/%C3%A9/"]);
    }

    /// Every request goes to the one host, and no request is sent twice.
    #[test]
    fn requests_stay_on_the_host() {
        for text in [
            "https://api.example.com/items?q=1",
            "http://127.0.0.1:8000/",
            "http://[::1]/a/b",
        ] {
            let target = Target {
                url: url(text),
                method: "GET".to_owned(),
                headers: Vec::new(),
                origins: vec![
                    "https://app.example.com".to_owned(),
                    "http://localhost:3000".to_owned(),
                ],
            };
            let mut seen = BTreeSet::new();
            for probe in catalogue(&target) {
                let request = probe.request;
                assert_eq!(request.url.origin(), target.url.origin());
                let key = (request.method, request.url.to_string(), request.headers);
                assert!(seen.insert(key.clone()), "{key:?}");
            }
        }
    }
}
