//! Mixed Content: a page over HTTPS that fetches over HTTP.

use browser_model::Url;

use crate::address::{Space, address, is_trustworthy};
use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::Observation;
use crate::standard;

/// Which browsers block mixed content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mixed {
    /// All of them.
    Blocked,
    /// Chromium lets a page that may access the local network fetch from an address in it.
    AllowedInLocalNetwork,
    /// Only Safari blocks HTTP on the user's own computer.
    BlockedBySafari,
}

/// The first URL that is mixed content.
pub(crate) fn mixed<'a>(seen: &Observation<'a>) -> Option<(&'a Url, Mixed)> {
    if !seen.fetch.origin.starts_with("https://") {
        return None;
    }
    let requests = seen.outcome.exchanges.iter();
    let urls = requests.map(|(request, _)| &request.url);
    let mut urls = [&seen.fetch.url].into_iter().chain(urls);
    let url = urls.find(|url| url.scheme() == "http")?;
    let mixed = match address(url).map(Space::of_address) {
        _ if is_trustworthy(url) => Mixed::BlockedBySafari,
        Some(Space::Local) => Mixed::AllowedInLocalNetwork,
        _ => Mixed::Blocked,
    };
    Some((url, mixed))
}

pub(super) fn finding(seen: &Observation<'_>) -> Option<Finding> {
    let (url, mixed) = mixed(seen)?;
    let origin = &seen.fetch.origin;
    let what = format!("`{origin}` is a page over HTTPS, and `{url}` is over HTTP");
    let finding = match mixed {
        Mixed::Blocked => Finding::blocking(
            Culprit::MixedContent,
            format!("{what}: browsers block this mixed content before they send anything"),
            "serve the URL over HTTPS, and write `https:` in the script",
        ),
        Mixed::AllowedInLocalNetwork => Finding::blocking(
            Culprit::MixedContent,
            format!(
                "{what}: browsers block this mixed content, except for Chromium if the user lets the page access the \
                 local network"
            ),
            "serve the URL over HTTPS, and write `https:` in the script",
        ),
        Mixed::BlockedBySafari => Finding::warning(
            Culprit::MixedContent,
            format!(
                "{what}: Safari blocks this mixed content, although it is on the user's own computer; Chromium and \
                 Firefox allow it"
            ),
            "for Safari, serve the URL over HTTPS, or the page over HTTP from the same computer",
        ),
    };
    Some(finding.by(standard::mixed_content()))
}
