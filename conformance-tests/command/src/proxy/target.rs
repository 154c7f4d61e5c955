//! The server behind the proxy, and how its addresses become addresses of the proxy.

use hyper::Uri;
use hyper::http::uri::{Authority, PathAndQuery, Scheme};
use url::{Host, Url};

use super::resolver::Reach;

/// The origin of the server.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    url: Url,
    scheme: Scheme,
    authority: Authority,
}

/// Where a redirect of the target leads.
#[derive(Debug, PartialEq)]
pub(crate) enum Redirect {
    /// To the target. This is the address at the proxy.
    Through(String),
    /// To another origin.
    Elsewhere(String),
}

impl Target {
    /// Reads an origin with the scheme http or https.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str =
            "write an origin, such as https://api.example.com or http://localhost:3000";
        let url = Url::parse(text).map_err(|error| format!("not a URL ({error}); {EXAMPLE}"))?;
        let scheme = match url.scheme() {
            "http" => Scheme::HTTP,
            "https" => Scheme::HTTPS,
            other => return Err(format!("the scheme {other} is not supported; {EXAMPLE}")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "a target has no user name and no password; send them in the header Authorization"
                    .to_owned(),
            );
        }
        let origin = url.origin().ascii_serialization();
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(format!(
                "a target has no path, query or fragment; use {origin}"
            ));
        }
        let authority = url.authority().parse();
        let authority = authority.map_err(|error| format!("{error}; {EXAMPLE}"))?;
        Ok(Self {
            url,
            scheme,
            authority,
        })
    }

    /// Which addresses the name may have. Only `localhost` names this machine. An address is not resolved.
    pub(crate) fn reach(&self) -> Reach {
        let is_localhost = |name: &str| {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        };
        match self.url.host() {
            Some(Host::Domain(name)) if is_localhost(name) => Reach::Loopback,
            _ => Reach::Public,
        }
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The URI at the target for a path at the proxy.
    pub(crate) fn uri(&self, path: PathAndQuery) -> Result<Uri, hyper::http::Error> {
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()
    }

    /// Reads the `Location` of a response to a request for `path`, as a browser would at the target. `None` if it
    /// is not a URL, or leads to the proxy already.
    pub(crate) fn redirect(&self, path: &str, location: &str, proxy: &str) -> Option<Redirect> {
        // Not `join`: the path `//other.example` would be another host.
        let requested = Url::parse(&format!("{}{path}", self.origin())).ok()?;
        let url = requested.join(location).ok()?;
        if Url::parse(&format!("http://{proxy}")).is_ok_and(|proxy| proxy.origin() == url.origin())
        {
            return None;
        }
        if url.origin() != self.url.origin() {
            return Some(Redirect::Elsewhere(url.origin().ascii_serialization()));
        }
        let start = url::Position::BeforePath;
        Some(Redirect::Through(format!(
            "http://{proxy}{}",
            &url[start..]
        )))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn targets() {
        for (text, origin, reach) in [
            (
                "https://api.example.com",
                "https://api.example.com",
                Reach::Public,
            ),
            (
                "HTTPS://API.example.com:443/",
                "https://api.example.com",
                Reach::Public,
            ),
            (
                "https://münchen.example",
                "https://xn--mnchen-3ya.example",
                Reach::Public,
            ),
            (
                "http://localhost:3000",
                "http://localhost:3000",
                Reach::Loopback,
            ),
            ("http://LOCALHOST.", "http://localhost.", Reach::Loopback),
            (
                "http://api.localhost",
                "http://api.localhost",
                Reach::Loopback,
            ),
            (
                "http://localhost.example",
                "http://localhost.example",
                Reach::Public,
            ),
            (
                "http://evillocalhost",
                "http://evillocalhost",
                Reach::Public,
            ),
            ("http://2130706433", "http://127.0.0.1", Reach::Public),
            ("http://[::1]:8000", "http://[::1]:8000", Reach::Public),
        ] {
            let target = Target::parse(text).unwrap();
            assert_eq!(
                (target.origin().as_str(), target.reach()),
                (origin, reach),
                "{text}"
            );
            assert_eq!(
                target
                    .uri(PathAndQuery::from_static("//x?y"))
                    .unwrap()
                    .to_string(),
                format!("{origin}//x?y")
            );
        }
        for (text, problem) in [
            ("api.example.com", "not a URL"),
            ("localhost:3000", "the scheme localhost is not supported"),
            ("ws://localhost:3000", "the scheme ws is not supported"),
            ("http://", "not a URL"),
            (
                "http://u:p@example.com",
                "a target has no user name and no password",
            ),
            (
                "http://example.com/v1",
                "a target has no path, query or fragment; use http://example.com",
            ),
            ("http://example.com?x", "a target has no path"),
            ("http://example.com/#x", "a target has no path"),
        ] {
            let got = Target::parse(text).unwrap_err();
            assert!(got.starts_with(problem), "{text}: {got}");
        }
    }

    #[test]
    fn redirects() {
        let through = |text: &str| Some(Redirect::Through(format!("http://localhost:8080{text}")));
        let elsewhere = |text: &str| Some(Redirect::Elsewhere(text.to_owned()));
        for (path, location, expected) in [
            ("/a/b", "https://api.example.com/c?d#e", through("/c?d#e")),
            ("/a/b", "https://API.example.com:443", through("/")),
            ("/a/b", "/c", through("/c")),
            ("/a/b?x", "c", through("/a/c")),
            ("/a/b", "?q", through("/a/b?q")),
            ("/a/b", "../../../c", through("/c")),
            ("/a/b", "//api.example.com/c", through("/c")),
            ("//other.example/b", "c", through("//other.example/c")),
            (
                "/a",
                "https://api.example.com//other.example/",
                through("//other.example/"),
            ),
            (
                "/a",
                "http://api.example.com/",
                elsewhere("http://api.example.com"),
            ),
            (
                "/a",
                "https://api.example.com:8443/",
                elsewhere("https://api.example.com:8443"),
            ),
            (
                "/a",
                "https://api.example.com@other.example/",
                elsewhere("https://other.example"),
            ),
            (
                "/a",
                "//169.254.169.254/",
                elsewhere("https://169.254.169.254"),
            ),
            (
                "/a",
                "\\\\other.example/",
                elsewhere("https://other.example"),
            ),
            ("/a", "javascript:alert(1)", elsewhere("null")),
            ("/a", "https://[", None),
            ("/a", "http://localhost:8080/b", None),
        ] {
            let target = Target::parse("https://api.example.com").unwrap();
            let got = target.redirect(path, location, "localhost:8080");
            assert_eq!(got, expected, "{path} {location}");
        }
    }
}
