//! The browser, and the requests that it sends to the server under test.

use std::fmt;

use browser_model::Request;

use crate::mistake::valid;
use crate::origin;
use crate::server::{AnyServer, BoxError, Server};

/// A browser whose requests reach the server under test.
///
/// The server is at `https://api.test`, unless [`at`](Self::at) says otherwise. Each fetch starts with
/// an empty preflight cache.
pub struct Browser {
    server: Box<dyn AnyServer>,
    /// The origin of the server.
    origin: String,
    /// Nothing but this server exists.
    is_in_memory: bool,
}

impl Browser {
    /// A browser that reaches any server that this [`Server`] reaches.
    pub fn new(server: impl Server + 'static) -> Self {
        Self {
            server: Box::new(server),
            origin: "https://api.test".to_owned(),
            is_in_memory: false,
        }
    }

    #[cfg(any(feature = "actix", feature = "rocket", feature = "tower"))]
    pub(crate) fn in_memory(server: impl Server + 'static) -> Self {
        Self {
            is_in_memory: true,
            ..Self::new(server)
        }
    }

    /// Sets the origin of the server, which determines the URLs and the `Host` header of requests.
    ///
    /// # Panics
    ///
    /// If it is not the origin of a server.
    #[must_use]
    #[track_caller]
    pub fn at(mut self, origin: &str) -> Self {
        self.origin = valid(origin::server(origin));
        self
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Sends a request of the model. `cookie` is the cookie of the server.
    pub(crate) async fn send(
        &self,
        request: &Request,
        cookie: Option<&[u8]>,
    ) -> Result<browser_model::Response, BoxError> {
        let is_here = request.url.origin().ascii_serialization() == self.origin;
        if self.is_in_memory && !is_here {
            let [url, origin] = [request.url.as_str(), &self.origin];
            return Err(format!(
                "`{url}` is not at `{origin}`, where the application under test is"
            )
            .into());
        }
        let mut sent = http::Request::builder()
            .method(request.method.as_str())
            .uri(request.url.as_str())
            .header("host", request.url.authority());
        for (name, value) in &request.headers {
            sent = sent.header(name, value.as_slice());
        }
        let has_cookie = request.with_credentials && is_here;
        if let Some(cookie) = cookie.filter(|_| has_cookie) {
            sent = sent.header("cookie", cookie);
        }
        let sent = sent.body(request.body.clone().unwrap_or_default())?;
        let response = self.server.send(sent).await?;
        let headers = response.headers().iter();
        let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.to_string(), value.as_bytes().to_vec())
        };
        Ok(browser_model::Response {
            status: response.status().as_u16(),
            headers: headers.map(line).collect(),
        })
    }
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
