//! Which headers of a readable response the script can read.

use browser_model::ResponseKind;

use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::{Observation, is_token};
use crate::standard;

pub(super) fn findings(seen: &Observation<'_>) -> Vec<Finding> {
    let Ok(readable) = &seen.outcome.result else {
        return Vec::new();
    };
    if readable.kind == ResponseKind::OpaqueRedirect {
        return Vec::new();
    }
    let can_read = |name: &str| readable.headers.iter().any(|line| line.0 == name);
    let names = seen.reads.iter().map(|name| name.to_ascii_lowercase());
    let mut hidden: Vec<_> = names.filter(|name| !can_read(name)).collect();
    hidden.sort_unstable();
    hidden.dedup();
    let (absent, hidden): (Vec<_>, Vec<_>) = hidden
        .into_iter()
        .partition(|name| seen.value(name).is_none());
    let mut findings = Vec::new();
    findings.extend((!hidden.is_empty()).then(|| not_exposed(seen, &hidden)));
    findings.extend(absent.iter().map(|name| {
        Finding::warning(
            Culprit::HeaderAbsent,
            format!("the response has no header `{name}`"),
            "send the header: CORS is not the reason",
        )
    }));
    let by = |finding: Finding| finding.by(standard::readable_headers());
    findings.into_iter().map(by).collect()
}

fn not_exposed(seen: &Observation<'_>, names: &[String]) -> Finding {
    let list = |names: &[String]| {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        names.join(" and ")
    };
    let what = format!("the script cannot read {}", list(names));
    let value = seen
        .value("access-control-expose-headers")
        .unwrap_or_default();
    let exposed = seen.list("access-control-expose-headers");
    if names.iter().all(|name| is_cookie(name)) {
        Finding::warning(
            Culprit::HeaderNotExposed,
            what,
            "use another header: no script can read cookies that a response sets",
        )
    } else if exposed.iter().any(|item| !is_token(item)) {
        Finding::warning(
            Culprit::MalformedExposed,
            format!(
                "{what}: `access-control-expose-headers: {value}` is not a list of header names, so it exposes nothing"
            ),
            "send a list of header names, separated by commas",
        )
    } else if exposed.iter().any(|item| item == "*") {
        Finding::warning(
            Culprit::WildcardExposed,
            format!(
                "{what}: with credentials, `Access-Control-Expose-Headers: *` is not a wildcard"
            ),
            format!(
                "list {} in the headers that the policy of the server exposes: with credentials, `*` is not a wildcard",
                list(names)
            ),
        )
    } else {
        Finding::warning(
            Culprit::HeaderNotExposed,
            format!("{what}: the server does not expose it"),
            format!(
                "add {} to the response headers that the policy of the server exposes",
                list(names)
            ),
        )
    }
}

fn is_cookie(name: &str) -> bool {
    ["set-cookie", "set-cookie2"].contains(&name)
}
