//! `Vary`: whether a cache may give a response to a page that it is not for.

use browser_model::Response;

use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::{Observation, joined, list};
use crate::probe::origin;
use crate::standard;

pub(super) fn finding(seen: &Observation<'_>) -> Option<Finding> {
    let own = seen.last_response().filter(|_| !seen.probes.is_empty())?;
    let probes = seen.probes.iter();
    let probe = |with_origin: bool| {
        let mut probes = probes.clone();
        let (_, response) = probes.find(|(request, _)| origin(request).is_some() == with_origin)?;
        response.as_ref()
    };
    let what = match (probe(true), probe(false)) {
        (Some(other), _) if differ(own, other) && !(varies(own) && varies(other)) => {
            "`Access-Control-Allow-Origin` depends on the origin of the request, but a response has no `Vary: Origin`: \
             a cache may give it to another page"
        }
        (_, Some(without)) if differ(own, without) && !varies(without) && is_cacheable(without) => {
            "without `Origin`, the response has no `Access-Control-Allow-Origin`, may be cached and has no \
             `Vary: Origin`: a cache may give it to a page, for example after an `<img>` has loaded it"
        }
        (_, Some(without)) if differ(own, without) && !varies(own) && is_cacheable(own) => {
            "`Access-Control-Allow-Origin` depends on whether the request has `Origin`, but the response may be cached \
             and has no `Vary: Origin`"
        }
        _ => return None,
    };
    let fix = "send `Vary: Origin` with every response of this URL, including those without CORS headers, or the same \
               `Access-Control-Allow-Origin` with every response";
    Some(Finding::warning(Culprit::VaryMissing, what, fix).by(standard::caches()))
}

fn differ(one: &Response, other: &Response) -> bool {
    let name = "access-control-allow-origin";
    joined(one, name) != joined(other, name)
}

fn varies(response: &Response) -> bool {
    let names = list(response, "vary");
    names
        .iter()
        .any(|name| name == "*" || name.eq_ignore_ascii_case("origin"))
}

/// Whether a cache may reuse a response without asking the server. RFC 9111, section 4.2, and for `Last-Modified`
/// section 4.2.2.
fn is_cacheable(response: &Response) -> bool {
    let directives = list(response, "cache-control");
    let has = |name: &str| {
        let mut names = directives.iter().filter_map(|item| item.split('=').next());
        names.any(|item| item.trim().eq_ignore_ascii_case(name))
    };
    let is_stale = directives.iter().any(|item| {
        let (name, age) = item.split_once('=').unwrap_or_default();
        name.trim().eq_ignore_ascii_case("max-age") && age.trim().trim_matches('"') == "0"
    });
    let is_fresh = ["max-age", "s-maxage", "public", "immutable"]
        .into_iter()
        .any(has)
        || joined(response, "expires").is_some()
        || joined(response, "last-modified").is_some();
    is_fresh && !is_stale && !has("no-store") && !has("no-cache")
}
