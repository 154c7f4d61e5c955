//! Laws that hold between responses, whatever the vectors contain.

use super::{Exchange, compare};

/// The laws that this exchange breaks, compared with all other exchanges of the same subject.
pub(super) fn broken(exchange: &Exchange<'_>, all: &[Exchange<'_>]) -> Vec<String> {
    one_decision(exchange)
        .into_iter()
        .chain(timing(exchange))
        .chain(cacheable(exchange, all))
        .collect()
}

/// `is_origin_allowed` agrees with the decision on a request.
fn one_decision(exchange: &Exchange<'_>) -> Option<String> {
    let mut origins = exchange.vector.request.values("origin");
    let (Some(origin), None) = (origins.next(), origins.next()) else {
        return None;
    };
    let (id, reasons) = exchange.observed.as_ref().ok()?.decision.as_ref()?;
    if *id == "misdirected" {
        return None; // The origin is not judged.
    }
    let decided = !reasons.iter().any(|reason| reason.starts_with("origin-"));
    let allowed = exchange.policies.only.as_ref()?.is_origin_allowed(origin);
    (allowed != decided)
        .then(|| format!("is_origin_allowed returns {allowed}, but the decision is {id}"))
}

/// BEHAVIOUR 7: with the opt-in, `Timing-Allow-Origin` equals `Access-Control-Allow-Origin`.
fn timing(exchange: &Exchange<'_>) -> Option<String> {
    let policy = exchange.policies.only.as_ref()?;
    if !policy.to_config().get_timing_allow_origin() {
        return None;
    }
    let response = &exchange.observed.as_ref().ok()?.response;
    let follows = response
        .values("timing-allow-origin")
        .eq(response.values("access-control-allow-origin"));
    (!follows).then(|| "Timing-Allow-Origin is not Access-Control-Allow-Origin".to_owned())
}

/// BEHAVIOUR 4, catalogue 29: two requests for one URL that agree on all headers named in `Vary` get the
/// same CORS headers.
///
/// Does not apply to `OPTIONS`: no cache may store these responses (RFC 9110, section 9.3.7), and
/// those of the application do not name in `Vary` the header that makes a request a preflight.
fn cacheable(kept: &Exchange<'_>, exchanges: &[Exchange<'_>]) -> Option<String> {
    let observed = kept.observed.as_ref().ok()?;
    let vary = compare::vary(&observed.response);
    let request = &kept.vector.request;
    let other = exchanges.iter().find(|other| {
        let asked = &other.vector.request;
        request.method != "OPTIONS"
            && !vary.iter().any(|name| name == "*")
            && kept.vector.policies == other.vector.policies
            && kept.vector.hosts == other.vector.hosts
            && request.values("host").eq(asked.values("host"))
            && (&request.method, &request.target) == (&asked.method, &asked.target)
            && vary
                .iter()
                .all(|name| request.values(name).eq(asked.values(name)))
            && other.observed.as_ref().is_ok_and(|other| {
                compare::cors(&other.response) != compare::cors(&observed.response)
            })
    })?;
    Some(format!(
        "a cache may serve it for {}, which has other CORS headers",
        other.vector.name
    ))
}
