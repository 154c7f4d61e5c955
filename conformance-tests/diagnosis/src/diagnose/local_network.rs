//! Local Network Access: the permission of a public page to fetch from a more private address.

use browser_model::Url;

use crate::address::Space;
use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::Observation;
use crate::standard;

pub(super) fn finding(seen: &Observation<'_>) -> Option<Finding> {
    let url = seen.url();
    let target = seen.server.map(Space::of_address);
    let target = target.or_else(|| Space::of_host(url))?;
    let page = Url::parse(&seen.fetch.origin).ok()?;
    let is_web = ["http", "https"].contains(&page.scheme());
    // A page whose host has another address than its name tells is rare, except for names in a local network.
    let source = Space::of_host(&page).unwrap_or(Space::Public);
    if !is_web || source != Space::Public || target == Space::Public || page.host() == url.host() {
        return None;
    }
    let origin = &seen.fetch.origin;
    let host = url.host_str().unwrap_or_default();
    let place = match target {
        Space::Loopback => "the user's own computer",
        _ => "the local network",
    };
    let what =
        format!("`{host}` is in {place}, and `{origin}` is probably a page from the internet");
    let finding = match page.scheme() {
        "https" => Finding::warning(
            Culprit::LocalNetwork,
            format!(
                "{what}: Chromium 142 and later ask the user for the permission `{}`, and without it block the fetch \
                 (\"Permission was denied for this request to access the `{}` address space\"); no CORS header changes that",
                permission(target),
                target.name()
            ),
            "tell users to allow the prompt, or serve the API from a public address",
        ),
        _ => Finding::warning(
            Culprit::LocalNetwork,
            format!(
                "{what}: Chromium 142 and later block the fetch, because the page is not over HTTPS (\"The request \
                 client is not a secure context and the resource is in more-private address space `{}`\"); no CORS header \
                 changes that",
                target.name()
            ),
            "serve the page over HTTPS, so that Chromium asks the user, or the API from a public address",
        ),
    };
    Some(finding.by(standard::local_network()))
}

fn permission(target: Space) -> String {
    match target {
        Space::Loopback => "loopback-network".to_owned(),
        target => format!("{}-network", target.name()),
    }
}
