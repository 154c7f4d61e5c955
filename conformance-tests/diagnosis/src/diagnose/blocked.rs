//! Why a fetch is blocked.

use browser_model::Blocked;

use super::{allow_origin, preflight, redirect};
use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::Observation;
use crate::standard;

pub(super) fn finding(seen: &Observation<'_>, blocked: &Blocked) -> Finding {
    let request = |culprit| {
        let text = blocked.to_string();
        Finding::blocking(culprit, text.clone(), text)
    };
    let finding = match blocked {
        Blocked::ForbiddenMethod => request(Culprit::ForbiddenMethod),
        Blocked::Body => request(Culprit::BodyOfGet),
        Blocked::Unfetchable => request(Culprit::UnfetchableUrl),
        Blocked::Network => unreachable(seen),
        Blocked::Preflight(failure) => preflight::finding(seen, failure),
        Blocked::Cors(failure) => allow_origin::finding(seen, failure),
        Blocked::Redirect(failure) => redirect::finding(seen, failure),
        _ => request(Culprit::InvalidRequest),
    };
    finding.by(standard::step(blocked))
}

fn unreachable(seen: &Observation<'_>) -> Finding {
    let url = seen.url();
    let host = url.host_str().unwrap_or_default();
    let (what, fix) = match seen.problem {
        Some(problem) => (
            format!(
                "`{host}` sends no response, so CORS is not the reason, even if the console names it: {problem}"
            ),
            problem.to_owned(),
        ),
        None => (
            format!(
                "`{host}` sends no response, so CORS is not the reason, even if the console names it"
            ),
            "no response".to_owned(),
        ),
    };
    Finding::blocking(Culprit::Unreachable, what, fix)
}
