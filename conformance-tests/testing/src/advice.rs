//! What to change so that an assertion holds that is not about a blocked fetch.

use cors_diagnosis::Observation;

/// What to change so that the script cannot read the response.
pub(crate) fn to_block(seen: &Observation<'_>) -> String {
    match seen.value("access-control-allow-origin").as_deref() {
        Some("*") => {
            "list the origins that may read the response, instead of `*`, in the policy of the server"
                .to_owned()
        }
        _ => {
            let origin = seen.origin();
            format!("remove `{origin}` from the origins that the policy of the server allows")
        }
    }
}

/// What to change so that the request is not sent.
pub(crate) fn to_stop(seen: &Observation<'_>) -> String {
    match seen.had_preflight() {
        true => {
            let origin = seen.origin();
            format!("refuse the method, the header or the origin `{origin}` in the policy of the server")
        }
        false => {
            "check `Origin` in the server before it acts: browsers send a request with this method and \
             these headers without a preflight, whatever a CORS policy says"
                .to_owned()
        }
    }
}

/// What to change so that the script can read a header of the response; `name` is in lower case.
pub(crate) fn to_expose(seen: &Observation<'_>, name: &str) -> String {
    if is_cookie(name) {
        return "use another header: no script can read cookies that a response sets".to_owned();
    }
    let exposed = exposed(seen);
    match seen.has_credentials() && exposed.iter().any(|item| item == "*") {
        true => format!(
            "list `{name}` in the headers that the policy of the server exposes: with credentials, `*` is \
             not a wildcard"
        ),
        false => {
            format!("add `{name}` to the response headers that the policy of the server exposes")
        }
    }
}

/// What to change so that the script cannot read a header of the response; `name` is in lower case.
pub(crate) fn to_hide(seen: &Observation<'_>, name: &str) -> String {
    let exposed = exposed(seen);
    if exposed.iter().any(|item| item.eq_ignore_ascii_case(name)) {
        format!("remove `{name}` from the response headers that the policy of the server exposes")
    } else if exposed.iter().any(|item| item == "*") {
        "list the response headers that the policy of the server exposes, instead of `*`".to_owned()
    } else {
        "the test: scripts can read this header of every response that they can read".to_owned()
    }
}

/// Whether scripts never see this header; `name` is in lower case.
pub(crate) fn is_cookie(name: &str) -> bool {
    ["set-cookie", "set-cookie2"].contains(&name)
}

fn exposed(seen: &Observation<'_>) -> Vec<String> {
    let exposed = seen
        .value("access-control-expose-headers")
        .unwrap_or_default();
    exposed
        .split(',')
        .map(|item| item.trim().to_owned())
        .collect()
}
