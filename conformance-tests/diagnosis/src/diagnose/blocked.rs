//! Why a fetch is blocked.

use browser_model::Blocked;

use super::{allow_origin, preflight, redirect};
use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::{Invalid, Observation};
use crate::standard;

pub(super) fn finding(seen: &Observation<'_>, blocked: &Blocked) -> Finding {
    let finding = match blocked {
        Blocked::ForbiddenMethod => Finding::blocking(
            Culprit::ForbiddenMethod,
            format!(
                "scripts cannot use the method `{}`",
                seen.fetch.method.escape_debug()
            ),
            "use another method than CONNECT, TRACE and TRACK",
        ),
        Blocked::Body => Finding::blocking(
            Culprit::BodyOfGet,
            "requests with method GET or HEAD cannot have a body",
            "use POST, or send the data in the URL",
        ),
        Blocked::Unfetchable => unfetchable(seen),
        Blocked::Network => unreachable(seen),
        Blocked::Preflight(failure) => preflight::finding(seen, failure),
        Blocked::Cors(failure) => allow_origin::finding(seen, failure),
        Blocked::Redirect(failure) => redirect::finding(seen, failure),
        _ => invalid(seen),
    };
    finding.by(standard::step(blocked))
}

fn invalid(seen: &Observation<'_>) -> Finding {
    let (what, fix) = match seen.invalid() {
        Invalid::Method(method) => (
            format!("`{}` is not a method", method.escape_debug()),
            "use a method of letters, such as `GET`".to_owned(),
        ),
        Invalid::Name(name) => (
            format!("`{}` is not the name of a header", name.escape_debug()),
            "use a name of letters, digits and hyphens, such as `x-trace`".to_owned(),
        ),
        Invalid::Value(name, _) => (
            format!("the value of the header `{name}` contains a NUL byte or a line break"),
            format!("remove it from the value of `{name}`"),
        ),
    };
    Finding::blocking(Culprit::InvalidRequest, what, fix)
}

fn unfetchable(seen: &Observation<'_>) -> Finding {
    let target = seen.redirect_target();
    let url = target.as_ref().unwrap_or(&seen.fetch.url);
    let (what, fix) = if !["http", "https"].contains(&url.scheme()) {
        (
            format!(
                "browsers fetch `{url}` neither with HTTP nor with HTTPS, so CORS does not apply"
            ),
            "write a URL with `http:` or `https:`",
        )
    } else if !url.username().is_empty() || url.password().is_some() {
        (
            "the URL contains a user name or a password, which `fetch` refuses".to_owned(),
            "send them in the header `Authorization`",
        )
    } else {
        let port = url.port().unwrap_or_default();
        (
            format!("browsers block port {port}, which belongs to a protocol other than HTTP"),
            "let the server listen on another port, such as 8080",
        )
    };
    Finding::blocking(Culprit::UnfetchableUrl, what, fix)
}

fn unreachable(seen: &Observation<'_>) -> Finding {
    let url = seen.url();
    let host = url.host_str().unwrap_or_default();
    let problem = seen
        .problem
        .map_or_else(String::new, |problem| format!(": {problem}"));
    Finding::blocking(
        Culprit::Unreachable,
        format!(
            "`{host}` sends no response, so CORS is not the reason, even if the console names it{problem}"
        ),
        format!(
            "check the name, the port and the certificate of `{host}`, and whether the server runs"
        ),
    )
}
