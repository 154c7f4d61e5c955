//! Redirects.

use browser_model::RedirectFailure;

use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::Observation;
use crate::redirection::Redirection;

/// What to change if authentication responds to preflights.
pub(super) const AROUND_AUTHENTICATION: &str = "put the CORS middleware around the authentication: a preflight never \
    has credentials, neither cookies nor an `Authorization` header";

pub(super) fn finding(seen: &Observation<'_>, failure: &RedirectFailure) -> Finding {
    let location = location(seen);
    let with = |culprit, fix: &str| Finding::blocking(culprit, failure.to_string(), fix);
    match failure {
        RedirectFailure::NotWanted => Finding::blocking(
            Culprit::RedirectNotWanted,
            format!("the server redirects to `{location}`, but the script follows no redirects"),
            format!("fetch `{location}`, or remove `redirect: \"error\"` from the script"),
        ),
        RedirectFailure::Scheme => with(
            Culprit::RedirectScheme,
            "redirect to an http or https URL: browsers follow no other redirect of a fetch",
        ),
        RedirectFailure::TooMany => with(
            Culprit::RedirectLoop,
            "remove the redirect loop: browsers follow at most 20 redirects",
        ),
        RedirectFailure::UserInfo => with(
            Culprit::RedirectUserInfo,
            "remove the user name and the password from the URL that the server redirects to",
        ),
        _ => Finding::blocking(
            Culprit::RedirectMalformed,
            format!("the server redirects to `{location}`, which is not a URL"),
            "send one `Location` header with a valid URL",
        ),
    }
}

/// A redirect of a preflight.
pub(super) fn of_preflight(seen: &Observation<'_>) -> Finding {
    let location = location(seen);
    let kind = Redirection::of(seen);
    let culprit = match kind {
        Redirection::ToHttps => Culprit::PreflightRedirectToHttps,
        Redirection::Slash => Culprit::PreflightRedirectSlash,
        Redirection::Login => {
            let status = seen.last_response().map_or(0, |response| response.status);
            return Finding::blocking(
                Culprit::PreflightUnauthorized,
                format!(
                    "authentication responded to the preflight with status {status}, a redirect to `{location}`"
                ),
                AROUND_AUTHENTICATION,
            );
        }
        Redirection::Other => Culprit::PreflightRedirect,
    };
    Finding::blocking(
        culprit,
        format!(
            "the server redirects the preflight {}",
            towards(kind, &location)
        ),
        format!(
            "fetch the URL that the server redirects to, `{location}`, or put the CORS middleware around what \
             redirects: browsers follow no redirect of a preflight"
        ),
    )
}

/// A redirect of an actual request, which lacks the CORS headers.
pub(super) fn without_headers(seen: &Observation<'_>) -> Finding {
    let location = location(seen);
    Finding::blocking(
        Culprit::RedirectWithoutHeaders,
        format!(
            "the server redirects {}, and this response has no CORS headers, which each redirect needs",
            towards(Redirection::of(seen), &location)
        ),
        format!(
            "fetch the URL that the server redirects to, `{location}`, or put the CORS middleware around what redirects"
        ),
    )
}

fn towards(kind: Redirection, location: &str) -> String {
    match kind {
        Redirection::ToHttps => format!("from HTTP to HTTPS, `{location}`"),
        Redirection::Slash => format!("because of a slash at the end of the path, to `{location}`"),
        Redirection::Login | Redirection::Other => format!("to `{location}`"),
    }
}

fn location(seen: &Observation<'_>) -> String {
    seen.value("location").unwrap_or_default()
}
