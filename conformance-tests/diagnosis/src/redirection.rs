//! How a redirect changes the URL.

use browser_model::Url;

use crate::observation::Observation;

/// What a redirect is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redirection {
    /// The same host, with HTTPS instead of HTTP.
    ToHttps,
    /// The same path, with or without a slash at the end.
    Slash,
    /// A page where users log in, judged by its name.
    Login,
    /// Anything else.
    Other,
}

impl Redirection {
    /// The redirect in the latest response.
    pub(crate) fn of(seen: &Observation<'_>) -> Self {
        match seen.redirect_target() {
            Some(target) => Self::between(seen.url(), &target),
            None => Self::Other,
        }
    }

    fn between(from: &Url, to: &Url) -> Self {
        let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
        let is_same_host = from.host() == to.host();
        if from.scheme() == "http" && to.scheme() == "https" && is_same_host {
            Self::ToHttps
        } else if from.origin() == to.origin() && from.path() != to.path() && path(from) == path(to)
        {
            Self::Slash
        } else if is_login(to) {
            Self::Login
        } else {
            Self::Other
        }
    }
}

fn is_login(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let words = host.split('.').chain(url.path().split('/'));
    let words = words.flat_map(|word| word.split(['-', '_', '.']));
    let names = [
        "login",
        "signin",
        "sso",
        "oauth",
        "oauth2",
        "auth",
        "authorize",
        "saml",
        "saml2",
    ];
    let mut words = words.map(str::to_ascii_lowercase);
    words.any(|word| names.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        use Redirection::{Login, Other, Slash, ToHttps};
        let table = [
            ("http://a.test/b", "https://a.test/b", ToHttps),
            ("http://a.test/b", "https://a.test/login", ToHttps),
            ("http://a.test/b", "https://c.test/b", Other),
            ("https://a.test/b", "https://a.test/b/", Slash),
            ("https://a.test/b/?x", "https://a.test/b?x", Slash),
            ("https://a.test/b", "https://a.test/login?next=/b", Login),
            ("https://a.test/b", "https://login.a.test/", Login),
            ("https://a.test/b", "https://a.test/oauth2/start", Login),
            ("https://a.test/b", "https://a.test/authors", Other),
            ("https://a.test/b", "https://a.test/b?login", Other),
        ];
        for (from, to, kind) in table {
            let urls = [from, to].map(|url| Url::parse(url).unwrap());
            assert_eq!(
                Redirection::between(&urls[0], &urls[1]),
                kind,
                "{from} {to}"
            );
        }
    }
}
