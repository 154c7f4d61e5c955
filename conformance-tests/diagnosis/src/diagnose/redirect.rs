//! Redirects.

use browser_model::{RedirectFailure, Url};

use crate::culprit::Culprit;
use crate::finding::Finding;
use crate::observation::Observation;

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
            "end the loop of redirects: browsers follow 20",
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
    let kind = Kind::of(seen);
    let culprit = match kind {
        Kind::ToHttps => Culprit::PreflightRedirectToHttps,
        Kind::Slash => Culprit::PreflightRedirectSlash,
        Kind::Other => Culprit::PreflightRedirect,
    };
    let location = location(seen);
    Finding::blocking(
        culprit,
        format!(
            "the server redirects the preflight {}",
            kind.towards(&location)
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
            Kind::of(seen).towards(&location)
        ),
        format!(
            "fetch the URL that the server redirects to, `{location}`, or put the CORS middleware around what redirects"
        ),
    )
}

/// How a redirect changes the URL.
enum Kind {
    ToHttps,
    Slash,
    Other,
}

impl Kind {
    fn of(seen: &Observation<'_>) -> Self {
        let from = seen.url();
        let Ok(to) = from.join(&location(seen)) else {
            return Self::Other;
        };
        let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
        if from.scheme() == "http" && to.scheme() == "https" && from.host() == to.host() {
            Self::ToHttps
        } else if from.origin() == to.origin()
            && from.path() != to.path()
            && path(from) == path(&to)
        {
            Self::Slash
        } else {
            Self::Other
        }
    }

    fn towards(&self, location: &str) -> String {
        match self {
            Self::ToHttps => format!("from HTTP to HTTPS, `{location}`"),
            Self::Slash => format!("because of a slash at the end of the path, to `{location}`"),
            Self::Other => format!("to `{location}`"),
        }
    }
}

fn location(seen: &Observation<'_>) -> String {
    seen.value("location").unwrap_or_default()
}
