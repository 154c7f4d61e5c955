//! A curl command that repeats a request.

use browser_model::Request;

use crate::arguments::Header;

/// What a command has beside the request.
pub(super) struct Curl<'a> {
    /// Headers of the user, whose values may be secret. They are left out.
    pub(super) secret: &'a [Header],
    /// Whether the requests have cookies. They are left out, too.
    pub(super) has_cookie: bool,
    pub(super) accepts_any_certificate: bool,
}

impl Curl<'_> {
    /// The command, for a POSIX shell.
    pub(super) fn command(&self, request: &Request) -> String {
        let mut words = vec!["curl --include --silent --globoff --path-as-is".to_owned()];
        if self.accepts_any_certificate {
            words.push("--insecure".to_owned());
        }
        match request.method.as_str() {
            "GET" => {}
            "HEAD" => words.push("--head".to_owned()),
            method => words.push(format!("--request {}", quoted(method))),
        }
        for (name, value) in &request.headers {
            let is_secret = self
                .secret
                .iter()
                .any(|header| header.0.eq_ignore_ascii_case(name));
            let value = String::from_utf8_lossy(value);
            let value = if is_secret { "..." } else { &*value };
            words.push(format!("--header {}", quoted(&format!("{name}: {value}"))));
        }
        if self.has_cookie && !request.is_preflight {
            words.push("--cookie '...'".to_owned());
        }
        words.push(quoted(request.url.as_str()));
        words.join(" ")
    }
}

/// A word for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
