//! Counters of `metrics`.
//!
//! Every name and label is a literal, so that the key is made at compile time and a request allocates
//! nothing. No label has a text from a request: each value would be another time series, and a client
//! could make any number of them.

use super::shadow::Difference;
use crate::decision::Decision;
use metrics::{counter, describe_counter, describe_gauge, gauge};

pub(super) const ARE_ON: bool = true;

pub(super) fn describe() {
    describe_counter!(
        "cors_requests_total",
        "Requests to which a CORS policy applied"
    );
    describe_counter!(
        "cors_refusals_total",
        "Reasons for which requests were refused"
    );
    describe_counter!(
        "cors_policy_replacements_total",
        "Replacements of the policies"
    );
    describe_counter!(
        "cors_policy_file_errors_total",
        "Changes of a policy file that were not put in force"
    );
    describe_gauge!(
        "cors_policy_revision",
        "The revision of the policies in force"
    );
    describe_counter!(
        "cors_shadow_requests_total",
        "Requests about which the shadow policy was asked"
    );
    describe_counter!(
        "cors_shadow_differences_total",
        "Requests about which the shadow policy decides otherwise"
    );
}

pub(super) fn in_force(revision: u64) {
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 replacements")]
    gauge!("cors_policy_revision").set(revision as f64);
}

pub(super) fn replaced() {
    counter!("cors_policy_replacements_total").increment(1);
}

#[cfg(feature = "watch")]
pub(super) fn file_error() {
    counter!("cors_policy_file_errors_total").increment(1);
}

/// Counts with a literal for each value of the labels. Other values do not exist.
macro_rules! count {
    ($name:literal, $label:literal = $value:expr, [$($known:literal)*]) => {
        match $value {
            $($known => counter!($name, $label => $known).increment(1),)*
            _ => {}
        }
    };
    (
        $name:literal, $label:literal = $value:expr, $inner:literal = $inner_value:expr,
        { $($known:literal: [$($known_inner:literal)*])* }
    ) => {
        match $value {
            $($known => match $inner_value {
                $($known_inner => {
                    counter!($name, $label => $known, $inner => $known_inner).increment(1)
                })*
                _ => {}
            },)*
            _ => {}
        }
    };
}

pub(super) fn request(verdict: &'static str) {
    count!("cors_requests_total", "verdict" = verdict, [
        "not-cors" "actual-allowed" "actual-refused" "blocked" "misdirected" "preflight-allowed"
        "preflight-refused"
    ]);
}

/// Counts a refusal once for each of its reasons.
pub(super) fn refusal(decision: Decision) {
    for reason in decision.reasons() {
        count!("cors_refusals_total", "verdict" = decision.id(), "reason" = reason, {
            "actual-refused": [
                "origin-several-lines" "origin-malformed" "origin-not-allowed" "path-ambiguous"
                "host-ambiguous"
            ]
            "blocked": [
                "origin-several-lines" "origin-malformed" "origin-not-allowed" "path-ambiguous"
                "host-ambiguous"
            ]
            "misdirected": ["host-missing" "host-several-lines" "host-malformed" "host-not-own"]
            "preflight-refused": [
                "origin-several-lines" "origin-malformed" "origin-not-allowed" "path-ambiguous"
                "host-ambiguous" "method-several-lines" "method-malformed" "method-not-allowed"
                "headers-too-long" "headers-malformed" "headers-not-allowed"
            ]
        });
    }
}

pub(super) fn compared() {
    counter!("cors_shadow_requests_total").increment(1);
}

/// Counts a request on which the policies differ once, by its first reason.
pub(super) fn difference(difference: &Difference<'_>) {
    let reason = difference.reason().unwrap_or("none");
    macro_rules! by_reason {
        ($($change:literal)*) => {
            count!("cors_shadow_differences_total", "change" = difference.change().id(), "reason" = reason, {
                $($change: [
                    "host-missing" "host-several-lines" "host-malformed" "host-not-own"
                    "origin-several-lines" "origin-malformed" "origin-not-allowed" "path-ambiguous"
                    "host-ambiguous" "method-several-lines" "method-malformed" "method-not-allowed"
                    "headers-too-long" "headers-malformed" "headers-not-allowed" "none"
                ])*
            })
        };
    }
    by_reason!("refuse" "allow" "other");
}

#[cfg(test)]
mod tests {
    use super::{Difference, difference, refusal};
    use crate::recording::Metrics;
    use crate::{
        Decision, HeadersRefusal, HostRefusal, MethodRefusal, OriginRefusal, PreflightRefusal,
    };

    fn refusals() -> Vec<Decision> {
        let preflight = |origin, method, headers| {
            Decision::Preflight(Err(PreflightRefusal::new(origin, method, headers).unwrap()))
        };
        let mut refusals = Vec::new();
        for &host in HostRefusal::ALL {
            refusals.push(Decision::Misdirected(host));
        }
        for &origin in OriginRefusal::ALL {
            refusals.push(Decision::Actual(Err(origin)));
            refusals.push(Decision::Blocked(origin));
            refusals.push(preflight(Some(origin), None, None));
        }
        for &method in MethodRefusal::ALL {
            refusals.push(preflight(None, Some(method), None));
        }
        for &headers in HeadersRefusal::ALL {
            refusals.push(preflight(None, None, Some(headers)));
        }
        refusals
    }

    #[test]
    fn every_reason_is_counted() {
        for decision in refusals() {
            let metrics = Metrics::default();
            metrics::with_local_recorder(&metrics, || refusal(decision));
            let (verdict, reason) = (decision.id(), decision.reasons().next().unwrap());
            let key = format!("cors_refusals_total{{verdict=\"{verdict}\",reason=\"{reason}\"}}");
            assert_eq!(
                metrics.counters().into_iter().collect::<Vec<_>>(),
                [(key, 1)]
            );
        }
    }

    #[test]
    fn every_difference_is_counted() {
        let other = Decision::Actual(Err(OriginRefusal::NotAllowed));
        for decision in refusals() {
            for (in_force, candidate) in [
                (decision, Decision::NotCors),
                (Decision::NotCors, decision),
                (other, decision),
            ] {
                let it = Difference {
                    in_force: Some(in_force),
                    candidate: Some(candidate),
                    policies: [None; 2],
                };
                let metrics = Metrics::default();
                metrics::with_local_recorder(&metrics, || difference(&it));
                let (change, reason) = (it.change().id(), decision.reasons().next().unwrap());
                let key = format!(
                    "cors_shadow_differences_total{{change=\"{change}\",reason=\"{reason}\"}}"
                );
                assert_eq!(
                    metrics.counters().into_iter().collect::<Vec<_>>(),
                    [(key, 1)]
                );
            }
        }
    }
}
