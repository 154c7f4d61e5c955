//! Changes of the script, which are better than any of the server.

use crate::culprit::Culprit;
use crate::observation::Observation;
use crate::redirection::Redirection;

/// `None` if the server must change.
pub(super) fn lines(culprit: Culprit, seen: &Observation<'_>) -> Option<String> {
    let call = match culprit {
        Culprit::MethodCase => {
            let method = seen.fetch.method.to_ascii_uppercase();
            format!("fetch(url, {{ method: \"{method}\" }})")
        }
        Culprit::RedirectWithoutHeaders
        | Culprit::PreflightRedirectToHttps
        | Culprit::PreflightRedirectSlash => match Redirection::of(seen) {
            Redirection::ToHttps | Redirection::Slash => {
                format!("fetch(\"{}\")", seen.redirect_target()?)
            }
            Redirection::Login | Redirection::Other => return None,
        },
        _ => return None,
    };
    Some(format!("// in the script\n{call}"))
}
