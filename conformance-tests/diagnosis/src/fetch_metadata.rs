//! The headers that tell a server where a request comes from. Fetch Metadata Request Headers.

use browser_model::Url;

use crate::address::is_trustworthy;
use crate::site::is_same_site;

/// The header lines `Sec-Fetch-*` of the latest request of a fetch; names in lower case. `urls` are those of the fetch so
/// far, of which the last is that of the request. Empty if the URL is not trustworthy: browsers send them only over https
/// and to their own machine.
pub fn fetch_metadata(origin: &str, urls: &[Url]) -> Vec<(String, Vec<u8>)> {
    if !urls.last().is_some_and(is_trustworthy) {
        return Vec::new();
    }
    let lines = [
        ("sec-fetch-site", site(origin, urls)),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-dest", "empty"),
    ];
    let lines = lines.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
    lines.to_vec()
}

/// The value for the URL that is the furthest away from the page.
fn site(origin: &str, urls: &[Url]) -> &'static str {
    let is_own = |url: &Url| url.origin().ascii_serialization() == origin;
    if urls.iter().all(is_own) {
        "same-origin"
    } else if urls
        .iter()
        .all(|url| is_own(url) || is_same_site(origin, url))
    {
        "same-site"
    } else {
        "cross-site"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites() {
        let rows: [(&str, &[&str], &str); 8] = [
            ("https://a.example", &["https://a.example/b"], "same-origin"),
            ("https://a.example", &["https://b.a.example"], "same-site"),
            ("https://a.example", &["https://b.example"], "cross-site"),
            ("null", &["https://a.example"], "cross-site"),
            ("http://localhost:1", &["http://localhost:2"], "same-site"),
            ("http://127.0.0.1:1", &["http://localhost:1"], "cross-site"),
            (
                "https://a.example",
                &["https://b.example", "https://a.example"],
                "cross-site",
            ),
            (
                "https://a.example",
                &["https://b.a.example", "https://a.example"],
                "same-site",
            ),
        ];
        for (origin, urls, site) in rows {
            let urls: Vec<_> = urls.iter().map(|url| Url::parse(url).unwrap()).collect();
            let lines = fetch_metadata(origin, &urls);
            let values = lines.iter().map(|line| str::from_utf8(&line.1).unwrap());
            assert_eq!(
                values.collect::<Vec<_>>(),
                [site, "cors", "empty"],
                "{urls:?}"
            );
        }
        let urls = [Url::parse("http://a.example").unwrap()];
        assert!(fetch_metadata("http://a.example", &urls).is_empty());
    }
}
