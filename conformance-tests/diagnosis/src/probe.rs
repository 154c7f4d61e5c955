//! Requests that tell whether a cache may reuse a response.

use browser_model::{Outcome, Request};

/// No page has this origin, because names under `.example` cannot be registered.
pub(crate) const OTHER_ORIGIN: &str = "https://cors-probe.example";

/// The latest request with another origin, and without one. Send them and pass their responses to
/// [`Observation::probes`](crate::Observation::probes).
///
/// There are none if the latest request is a preflight, is neither GET nor HEAD, has no `Origin` or has no response. So they
/// have no effect on the server that the fetch itself did not have.
pub fn probes(outcome: &Outcome) -> Vec<Request> {
    let Some((request, Some(_))) = outcome.exchanges.last() else {
        return Vec::new();
    };
    let is_read = ["GET", "HEAD"].contains(&request.method.as_str()) && !request.is_preflight;
    if !is_read || origin(request).is_none() {
        return Vec::new();
    }
    let without = {
        let mut request = request.clone();
        request.headers.retain(|line| line.0 != "origin");
        request
    };
    let mut other = without.clone();
    other
        .headers
        .push(("origin".to_owned(), OTHER_ORIGIN.into()));
    vec![other, without]
}

/// The value of `Origin`.
pub(crate) fn origin(request: &Request) -> Option<&[u8]> {
    let mut lines = request.headers.iter();
    let line = lines.find(|line| line.0 == "origin")?;
    Some(&line.1)
}
