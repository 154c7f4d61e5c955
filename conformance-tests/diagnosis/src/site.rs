//! Sites: a scheme with a registrable domain. HTML, "schemefully same site".

use browser_model::Url;

/// Whether cookies with `SameSite=Lax` or `Strict` are sent from a page of this origin to this URL.
pub(crate) fn is_same_site(origin: &str, url: &Url) -> bool {
    let Ok(page) = Url::parse(origin) else {
        return false;
    };
    page.scheme() == url.scheme() && site(&page) == site(url)
}

/// The registrable domain of a name. Another host, or a public suffix, is its own site.
fn site(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_suffix('.').unwrap_or(host);
    match url.domain() {
        Some(_) => psl::domain_str(host).unwrap_or(host).to_owned(),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites() {
        let same = [
            ("https://app.example.com", "https://api.example.com"),
            ("https://app.example.co.uk:8443", "https://example.co.uk"),
            ("http://localhost:3000", "http://localhost:8000"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:8000"),
        ];
        for (origin, url) in same {
            assert!(is_same_site(origin, &Url::parse(url).unwrap()), "{origin}");
        }
        let other = [
            ("https://app.example.com", "http://api.example.com"),
            ("https://a.github.io", "https://b.github.io"),
            ("http://localhost:3000", "http://127.0.0.1:8000"),
            ("http://127.0.0.1:3000", "http://127.0.0.2:8000"),
            ("https://a.co.uk", "https://b.co.uk"),
            ("null", "https://api.example.com"),
        ];
        for (origin, url) in other {
            assert!(!is_same_site(origin, &Url::parse(url).unwrap()), "{origin}");
        }
    }
}
