//! Origins that a policy allows.

use browser_model::page_origin;
use cors_core::{Config, Policy};

/// The allowed origin in most vectors.
pub(crate) const USUAL: &str = "https://app.example.com";

/// How many exact origins, and how many patterns, have a representative.
const LIMIT: usize = 16;

/// An origin for each entry of the policy and for its regex, with origins of `https` first. The policy allows all of them.
pub(crate) fn representatives(policy: &Policy) -> Vec<String> {
    let config = policy.to_config();
    let entries = config.get_allow_origins().iter().map(String::as_str);
    let (patterns, exact): (Vec<&str>, Vec<&str>) = entries.partition(|entry| entry.contains('*'));
    let exact = exact.into_iter().take(LIMIT);
    let mut parts: Vec<Config> = exact
        .chain(patterns.into_iter().take(LIMIT))
        .map(|entry| Config::new().allow_origins([entry]))
        .collect();
    if let Some(regex) = config.get_allow_origin_regex() {
        parts.push(Config::new().allow_origin_regex(regex));
    }
    let mut origins: Vec<String> = Vec::new();
    for origin in parts.into_iter().filter_map(representative) {
        let is_sent = page_origin(&origin).as_deref() == Some(&origin);
        if is_sent && policy.is_origin_allowed(origin.as_bytes()) && !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    origins.sort_by_key(|origin| {
        let is_web = ["https://", "http://"].map(|scheme| !origin.starts_with(scheme));
        (origin == "null", is_web)
    });
    origins
}

fn representative(config: Config) -> Option<String> {
    let policy = config.build().ok()?;
    match policy.is_origin_allowed(USUAL.as_bytes()) {
        true => Some(USUAL.to_owned()),
        false => policy.allowed_origins().ok()?.example().ok()?,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by a panic")]
mod tests {
    use super::*;

    fn of(config: Config) -> Vec<String> {
        representatives(&config.build().unwrap())
    }

    #[test]
    fn every_form_of_entry_has_an_origin() {
        for (entry, origin) in [
            ("https://portal.corp:8443", "https://portal.corp:8443"),
            ("http://10.0.0.1", "http://10.0.0.1"),
            ("https://*.corp.example", "https://a.corp.example"),
            ("https://*.example.com", USUAL),
            ("http://localhost:*", "http://localhost"),
            ("app://*", "app://a"),
            ("app://.", "app://."),
            ("null", "null"),
            ("*", USUAL),
        ] {
            assert_eq!(of(Config::new().allow_origins([entry])), [origin]);
        }
        let regex = Config::new().allow_origin_regex(r"https://[b-d]\.corp\.example(:\d+)?");
        assert_eq!(of(regex), ["https://b.corp.example"]);
    }

    #[test]
    fn every_entry_has_one() {
        let entries = ["null", "app://a", "http://a", "https://*.b", "https://c"];
        let config = Config::new().allow_origins(entries);
        let origins = ["https://c", "https://a.b", "http://a", "app://a", "null"];
        assert_eq!(of(config), origins);
        assert!(of(Config::new()).is_empty());
    }
}
