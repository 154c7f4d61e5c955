//! Cookies that `SameSite` holds back.

use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::{Observation, lines};
use crate::site::is_same_site;
use crate::standard;

pub(super) fn finding(seen: &Observation<'_>) -> Option<Finding> {
    let url = seen.url();
    let origin = &seen.fetch.origin;
    if !seen.has_credentials() || is_same_site(origin, url) {
        return None;
    }
    let host = url.host_str().unwrap_or_default();
    let response = seen.last_response()?;
    let held: Vec<_> = lines(response, "set-cookie")
        .iter()
        .filter_map(|line| held(line))
        .collect();
    let what = match held.as_slice() {
        [] if [401, 403].contains(&response.status) && seen.blocked().is_none() => format!(
            "status {} may mean that a cookie is missing: `{origin}` and `{host}` are of different sites, so browsers \
             send only cookies with `SameSite=None; Secure`",
            response.status
        ),
        [] => return None,
        held => format!(
            "`{origin}` and `{host}` are of different sites, so browsers neither store nor send {}",
            held.join(", ")
        ),
    };
    let fix = "set the cookie with `SameSite=None; Secure`, or serve the page and the API from one site, such as \
               `app.example.com` and `api.example.com`, because some browsers block all cookies of other sites";
    Some(Finding::warning(Culprit::CookieSameSite, what, fix).by(standard::same_site()))
}

/// The name of a cookie that is not sent from another site, and why.
fn held(line: &str) -> Option<String> {
    let mut parts = line.split(';').map(str::trim);
    let cookie = match parts.next()?.split_once('=') {
        Some((name, _)) if !name.is_empty() => format!("the cookie `{name}`"),
        _ => "a cookie without a name".to_owned(), // Its value may be secret.
    };
    let attributes: Vec<_> = parts.map(str::to_ascii_lowercase).collect();
    let site = attributes.iter().rev().find_map(|attribute| {
        let (name, value) = attribute.split_once('=')?;
        (name.trim() == "samesite").then(|| value.trim().to_owned())
    });
    let is_secure = attributes.iter().any(|attribute| attribute == "secure");
    let why = match site.as_deref() {
        Some("none") if is_secure => return None,
        Some("none") => "has `SameSite=None` without `Secure`",
        Some("strict") => "has `SameSite=Strict`",
        Some("lax") => "has `SameSite=Lax`",
        _ => "has no `SameSite=None`",
    };
    Some(format!("{cookie}, which {why}"))
}
