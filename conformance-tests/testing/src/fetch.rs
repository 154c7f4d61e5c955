//! The arguments of `fetch()`.

use std::cell::RefCell;
use std::fmt;
use std::pin::Pin;

use browser_model::{Credentials, Quirks, Request, Url};

use crate::browser::Browser;
use crate::mistake::valid;
use crate::verdict::Verdict;

/// A fetch of a script. `.await` sends it, and so does [`wait`](Self::wait).
///
/// Sending it sends all requests that a browser would send: a preflight if one is needed, the actual
/// request only if the preflight succeeds, and the requests of redirects.
#[must_use = "it is sent by `.await` or `.wait()`"]
#[derive(Clone)]
pub struct Fetch<'b> {
    browser: &'b Browser,
    arguments: browser_model::Fetch,
    cookie: Option<Vec<u8>>,
}

impl<'b> Fetch<'b> {
    pub(crate) fn new(
        browser: &'b Browser,
        page: &str,
        method: &str,
        path: &str,
    ) -> Result<Self, String> {
        let url = browser.origin();
        let url = path
            .starts_with('/')
            .then(|| Url::parse(&format!("{url}{path}")));
        let url = url.and_then(Result::ok);
        let url = url.ok_or_else(|| {
            format!("`{path}` is not a path of the server; write one that starts with `/`")
        })?;
        let mut arguments = browser_model::Fetch::new(page, url);
        arguments.method = method.to_owned();
        Ok(Self {
            browser,
            arguments,
            cookie: None,
        })
    }

    /// Sets a header.
    ///
    /// # Panics
    ///
    /// If scripts cannot set it: browsers leave out such headers without an error.
    #[track_caller]
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        let name = name.as_ref();
        let headers = &mut self.arguments.headers;
        headers.retain(|line| !line.0.eq_ignore_ascii_case(name));
        headers.push((name.to_owned(), value.as_ref().to_vec()));
        let is_forbidden = self.arguments.forbidden_headers().next().is_some();
        valid(match (is_forbidden, name.to_ascii_lowercase().as_str()) {
            (false, _) => Ok(()),
            (true, "origin") => Err(
                "scripts cannot set `origin`; open a page of that origin with `Browser::page`"
                    .to_owned(),
            ),
            (true, "cookie") => Err("scripts cannot set `cookie`; use `Fetch::cookie`".to_owned()),
            (true, name) => Err(format!(
                "scripts cannot set `{name}`: browsers leave it out; remove it from the test"
            )),
        });
        self
    }

    /// Sets a body of text. As in browsers, its type is `text/plain`, unless a header says otherwise.
    pub fn body(self, text: impl Into<String>) -> Self {
        self.with_body("text/plain;charset=UTF-8", text.into())
    }

    /// Sets a body of JSON, such as `{}`, with its type. This type needs a preflight.
    pub fn json(self, json: impl Into<String>) -> Self {
        self.with_body("application/json", json.into())
    }

    fn with_body(mut self, kind: &str, text: String) -> Self {
        let headers = &mut self.arguments.headers;
        let is_type = |line: &(String, _)| line.0.eq_ignore_ascii_case("content-type");
        if !headers.iter().any(is_type) {
            headers.push(("content-type".to_owned(), kind.into()));
        }
        self.arguments.body = Some(text.into_bytes());
        self
    }

    /// `credentials: "include"`
    pub fn credentials(mut self) -> Self {
        self.arguments.credentials = Credentials::Include;
        self
    }

    /// `credentials: "include"`, with a cookie of the server such as `session=1`. Preflights never have
    /// it.
    ///
    /// Whether a browser would send a cookie also depends on its `SameSite` attribute, which this crate
    /// does not know.
    pub fn cookie(mut self, cookie: impl Into<String>) -> Self {
        self.cookie = Some(cookie.into().into_bytes());
        self.credentials()
    }

    /// Makes a preflight necessary, as an `XMLHttpRequest` does that listens to the progress of an
    /// upload.
    pub fn upload_progress(mut self) -> Self {
        self.arguments.forces_preflight = true;
        self
    }

    /// Sends it and blocks the thread, for tests without a runtime.
    ///
    /// In a test with a runtime, use `.await`. An application that needs a runtime, for example to wait
    /// for time to pass, needs one in its test, too.
    pub fn wait(self) -> Verdict {
        pollster::block_on(self.into_future())
    }

    async fn send(self) -> Verdict {
        let problem = RefCell::new(None);
        let network = async |request: &Request| {
            let cookie = self.cookie.as_deref();
            let response = self.browser.send(request, cookie).await;
            response
                .map_err(|error| problem.replace(Some(error.to_string())))
                .ok()
        };
        let mut browser = browser_model::Browser::new(Quirks::NONE);
        let outcome = browser.fetch_async(&self.arguments, network).await;
        Verdict::new(self.arguments, outcome, problem.into_inner())
    }
}

impl<'b> IntoFuture for Fetch<'b> {
    type Output = Verdict;
    type IntoFuture = Pin<Box<dyn Future<Output = Verdict> + 'b>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for Fetch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.arguments.fmt(f)
    }
}
