//! Whom the server trusts too much.

use browser_model::Response;

use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::{Observation, joined};
use crate::probe::{OTHER_ORIGIN, origin};
use crate::standard;

pub(super) fn finding(seen: &Observation<'_>) -> Option<Finding> {
    let responses = seen.outcome.exchanges.iter();
    let mut responses = responses.filter_map(|(_, response)| response.as_ref());
    if is_any_reflected(seen) {
        let finding = Finding::warning(
            Culprit::AnyOriginReflected,
            "the server allows every origin with credentials, so any website can act as its users and read the responses",
            "list the origins that may use credentials",
        );
        return Some(finding.by(standard::safe_setup()));
    }
    let allows_null = responses.any(|response| allows(response, "null"));
    allows_null.then(|| {
        Finding::warning(
            Culprit::NullAllowed,
            "the server allows the origin `null`, which every website can have, by a sandboxed frame",
            "remove `null` from the origins that the policy of the server allows",
        )
        .by(standard::null())
    })
}

fn is_any_reflected(seen: &Observation<'_>) -> bool {
    let mut others = seen
        .probes
        .iter()
        .filter(|(request, _)| origin(request) == Some(OTHER_ORIGIN.as_bytes()));
    others.any(|(_, response)| {
        let response = response.as_ref();
        response.is_some_and(|response| {
            allows(response, OTHER_ORIGIN)
                && joined(response, "access-control-allow-credentials").as_deref() == Some("true")
        })
    })
}

fn allows(response: &Response, origin: &str) -> bool {
    joined(response, "access-control-allow-origin").as_deref() == Some(origin)
}
