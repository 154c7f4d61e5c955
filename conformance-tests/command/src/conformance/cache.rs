//! Whether a shared cache may serve a response to another request, and what that would mean.

use anyhow::Result;
use conformance_tests::response::Response;
use conformance_tests::run::{cors, vary};
use conformance_tests::vector::{Request, Section};

use super::case::Case;
use super::finding::{Finding, Harm};
use super::judge::harm;

/// The harm of storing this response and serving it for one of the other cases, which `others` does not
/// break or leak by itself.
pub(crate) fn poisoning(
    stored: &Case,
    response: &Response,
    others: &[&Case],
) -> Result<Option<Finding>> {
    if !may_store(&stored.request, response) {
        return Ok(None);
    }
    let (vary, cors) = (vary(response), cors(response));
    let is_expected = |other: &Case| {
        let expected = other.expect.cors.iter();
        cors.iter()
            .map(|(name, values)| (name, values.as_slice()))
            .eq(expected.map(|(name, value)| (name, std::slice::from_ref(value))))
    };
    let victims = others
        .iter()
        .filter(|other| !is_expected(other) && may_serve(&stored.request, &vary, &other.request));
    let mut harms = victims.filter_map(|victim| {
        let (harm, meaning) = harm(victim, response)?;
        Some((harm, meaning, victim))
    });
    let Some((harm, meaning, victim)) = harms.next() else {
        return Ok(None);
    };
    Ok(Some(Finding {
        harm,
        section: Section::caches()?,
        lines: vec![
            meaning,
            format!(
                "a cache may store this response and serve it for {}: Vary is {vary:?}",
                victim.name
            ),
        ],
    }))
}

/// RFC 9111, sections 3 and 3.5.
fn may_store(request: &Request, response: &Response) -> bool {
    let forbids = |value: &[u8]| {
        let value = String::from_utf8_lossy(value).to_ascii_lowercase();
        value.contains("no-store") || value.contains("private")
    };
    ["GET", "HEAD"].contains(&request.method.as_str())
        && STORABLE.contains(&response.status)
        && request.values("authorization").next().is_none()
        && !response.values("cache-control").any(forbids)
}

/// The statuses that a cache may store without permission. RFC 9110, section 15.1.
const STORABLE: [u16; 12] = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501];

/// RFC 9111, section 4.1.
fn may_serve(stored: &Request, vary: &[String], other: &Request) -> bool {
    // The test application repeats these lines, and does not say so in Vary.
    let by_application = ["host", "x-reply"];
    let names = vary.iter().map(String::as_str).chain(by_application);
    (&stored.method, &stored.target) == (&other.method, &other.target)
        && !vary.iter().any(|name| name == "*")
        && names
            .into_iter()
            .all(|name| stored.values(name).eq(other.values(name)))
}

/// Whether the finding is one that a cache cannot make worse.
pub(crate) fn is_harmful(finding: Option<&Finding>) -> bool {
    finding.is_some_and(|finding| finding.harm > Harm::Differs)
}
