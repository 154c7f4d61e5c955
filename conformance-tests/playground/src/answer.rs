//! The short answer about a request: whether the script can read the response, why not, and what to change.

use browser_model::{Credentials, Fetch, Url};
use cors_core::Policy;
use cors_explain::Summary;
use serde::Serialize;
use url::Host;

#[derive(Serialize)]
pub(crate) struct Answer {
    #[serde(flatten)]
    summary: Summary,
    /// What differs between the names of this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Answer {
    pub(crate) fn of(fetch: &Fetch, policy: &Policy) -> Self {
        Self {
            summary: Summary::of(fetch, policy),
            note: cookies_of_loopback(fetch),
        }
    }
}

/// `localhost` and `127.0.0.1` are the same machine, but cookies tell them apart.
fn cookies_of_loopback(fetch: &Fetch) -> Option<String> {
    let page = Url::parse(&fetch.origin).ok()?;
    let (from, to) = (page.host()?, fetch.url.host()?);
    let has_cookies = fetch.credentials == Credentials::Include;
    if !has_cookies || from == to || !is_loopback(&from) || !is_loopback(&to) {
        return None;
    }
    let mut better = page.clone();
    better.set_host(fetch.url.host_str()).ok()?;
    Some(format!(
        "for cookies, `{from}` and `{to}` are two sites, although both are this computer: the browser sends no cookie with \
         `SameSite=Lax` or `SameSite=Strict`; open the page at `{}`",
        better.origin().ascii_serialization()
    ))
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn cookies_between_two_names_of_this_machine_are_noted() {
        let noted = |page: &str, api: &str, credentials| {
            let fetch = Fetch {
                credentials,
                ..Fetch::new(page, Url::parse(api).unwrap())
            };
            cookies_of_loopback(&fetch)
        };
        let api = "http://127.0.0.1:8000/session";
        let note = noted("http://localhost:3000", api, Credentials::Include).unwrap();
        assert!(
            note.ends_with("open the page at `http://127.0.0.1:3000`"),
            "{note}"
        );
        for (page, api, credentials) in [
            ("http://localhost:3000", api, Credentials::SameOrigin),
            ("http://127.0.0.1:3000", api, Credentials::Include),
            ("https://app.example.com", api, Credentials::Include),
            (
                "http://localhost:3000",
                "https://api.example.com/",
                Credentials::Include,
            ),
            ("null", api, Credentials::Include),
        ] {
            assert_eq!(noted(page, api, credentials), None, "{page} {api}");
        }
    }
}
