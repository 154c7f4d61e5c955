//! What is audited.

use browser_model::{Request, Url, page_origin};
use cors_diagnosis::fetch_metadata;

use crate::arguments::Header;

/// An origin that no policy lists. The names are reserved for documentation and tests (RFC 2606).
pub(super) const FOREIGN: &str = "https://cors-audit.example";

/// The server, and how to send requests to it.
pub(super) struct Target {
    pub(super) url: Url,
    pub(super) method: String,
    /// Headers for every request that is not a preflight.
    pub(super) headers: Vec<Header>,
    /// Origins that the server should allow.
    pub(super) origins: Vec<String>,
}

impl Target {
    /// A request of the audit with these `Origin` lines.
    pub(super) fn request(&self, url: Url, origins: &[&str]) -> Request {
        let lines = origins
            .iter()
            .map(|it| ("origin".to_owned(), it.as_bytes().to_vec()));
        let lines = lines.chain(metadata(&url, origins));
        Request {
            method: self.method.clone(),
            headers: lines.chain(self.headers.iter().cloned()).collect(),
            url,
            body: None,
            with_credentials: true,
            is_preflight: false,
        }
    }

    /// A preflight of the audit.
    pub(super) fn preflight(&self, origin: &str, method: &str, header: Option<&str>) -> Request {
        let mut headers = vec![
            ("origin", origin.as_bytes().to_vec()),
            ("access-control-request-method", method.as_bytes().to_vec()),
        ];
        headers.extend(
            header.map(|name| ("access-control-request-headers", name.as_bytes().to_vec())),
        );
        let lines = headers.into_iter();
        let lines = lines.map(|(name, value)| (name.to_owned(), value));
        Request {
            url: self.url.clone(),
            method: "OPTIONS".to_owned(),
            headers: lines.chain(metadata(&self.url, &[origin])).collect(),
            body: None,
            with_credentials: false,
            is_preflight: true,
        }
    }

    /// The origins from which similar ones are made: those that should be allowed, and that of the server.
    pub(super) fn models(&self) -> Vec<String> {
        let mut models = self.origins.clone();
        models.push(self.own_origin());
        models.sort_unstable();
        models.dedup();
        models
    }

    /// Whether the server may allow this origin.
    pub(super) fn may_be_allowed(&self, origin: &str) -> bool {
        self.own_origin() == origin || self.origins.iter().any(|allowed| allowed == origin)
    }

    pub(super) fn own_origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }
}

/// What browsers say about where a request comes from. A page of [`FOREIGN`] stands for the one that would send what no
/// browser sends: several origins, or a value that is none.
fn metadata(url: &Url, origins: &[&str]) -> Vec<Header> {
    let page = match origins {
        [] => return Vec::new(),
        [origin] if page_origin(origin).as_deref() == Some(*origin) => origin,
        _ => FOREIGN,
    };
    fetch_metadata(page, std::slice::from_ref(url))
}
