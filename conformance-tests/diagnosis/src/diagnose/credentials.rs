//! Requests with credentials.

use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::Observation;

pub(super) fn wildcard_origin(seen: &Observation<'_>) -> Finding {
    let origin = seen.origin();
    Finding::blocking(
        Culprit::WildcardOrigin,
        "`Access-Control-Allow-Origin: *` does not allow a request with credentials",
        format!(
            "list `{origin}` in the policy of the server instead of `*`, or fetch without credentials"
        ),
    )
}

pub(super) fn not_allowed(seen: &Observation<'_>) -> Finding {
    match seen.value("access-control-allow-credentials") {
        Some(value) => Finding::blocking(
            Culprit::CredentialsNotTrue,
            format!(
                "`Access-Control-Allow-Credentials` is `{value}`, but only exactly `true` allows credentials"
            ),
            format!("send exactly `true`, not `{value}`"),
        ),
        None => Finding::blocking(
            Culprit::CredentialsNotAllowed,
            "the request has credentials, but the response has no `Access-Control-Allow-Credentials: true`",
            "allow credentials in the policy of the server, or fetch without credentials",
        ),
    }
}
