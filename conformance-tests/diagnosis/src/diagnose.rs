//! From an observation to findings.

mod allow_origin;
mod blocked;
mod cache;
mod cookies;
mod credentials;
mod local_network;
mod mixed_content;
mod preflight;
mod readable;
mod redirect;
mod trust;

pub(crate) use self::mixed_content::{Mixed, mixed};

use crate::finding::Finding;
use crate::observation::Observation;

/// What is wrong: first what blocks the fetch, the most likely cause before all others, then what is a risk. Empty for
/// a response that every page of the origin can read in every browser.
pub fn diagnose(seen: &Observation<'_>) -> Vec<Finding> {
    let mut findings: Vec<_> = mixed_content::finding(seen).into_iter().collect();
    match seen.blocked() {
        Some(blocked) => findings.push(blocked::finding(seen, blocked)),
        None => findings.extend(readable::findings(seen)),
    }
    findings.extend(cache::finding(seen));
    findings.extend(cookies::finding(seen));
    findings.extend(local_network::finding(seen));
    findings.extend(trust::finding(seen));
    findings.sort_by_key(|finding| finding.severity);
    findings
}
