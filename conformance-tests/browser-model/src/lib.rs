//! A model of the browser's side of CORS, written from the Fetch standard only: this package depends
//! on `url` and shares no code with `cors-core`.
//!
//! From the arguments of `fetch()` and the responses of a server, it computes which requests a
//! browser sends, whether the script may read the response, and if not, why:
//!
//! script's [`Fetch`] --[`Browser::fetch`]--> [`Request`]s --the server under test-->
//! [`Response`]s --> [`Outcome`]: what the script reads, or why it is [`Blocked`]
//!
//! Modelled: fetches with mode `cors` over `http` and `https`, preflights and their cache, redirects.
//! Not modelled: cookies (only whether they may be sent), the HTTP cache, service workers, mixed
//! content, local network access.

mod cache;
mod check;
mod explanation;
mod fields;
mod hops;
mod preflight;
mod quirks;
mod readable;
mod request;
mod safelist;

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

pub use url::Url;

use self::cache::Cache;
pub use self::quirks::Quirks;

/// The origin of a page with this URL or origin, as a browser serializes it. `None` if no page has one.
///
/// `null` is the origin of a page with an opaque origin.
pub fn page_origin(text: &str) -> Option<String> {
    if text == "null" {
        return Some(text.to_owned());
    }
    let url = Url::parse(text).ok().filter(Url::has_authority)?;
    let origin = url.origin();
    Some(match origin.is_tuple() {
        true => origin.ascii_serialization(),
        // The origins of extensions and applications.
        false => format!("{}://{}", url.scheme(), url.authority()),
    })
}

/// The arguments of `fetch()` and the page that the script runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// The serialized origin of the page; `null` for an opaque origin, which is never same-origin.
    pub origin: String,
    /// The URL to fetch.
    pub url: Url,
    /// The method as the script writes it.
    pub method: String,
    /// The headers as the script writes them, in order; each name at most once.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body as bytes, which set no `Content-Type`; `None` for no body.
    pub body: Option<Vec<u8>>,
    /// `credentials`
    pub credentials: Credentials,
    /// `redirect`
    pub redirect: Redirect,
    /// The use-CORS-preflight flag: set by an upload listener or a stream as body.
    pub forces_preflight: bool,
}

/// `credentials` of a [`Fetch`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Credentials {
    /// `omit`
    Omit,
    /// `same-origin`
    #[default]
    SameOrigin,
    /// `include`
    Include,
}

/// `redirect` of a [`Fetch`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redirect {
    /// `follow`
    #[default]
    Follow,
    /// `error`
    Error,
    /// `manual`
    Manual,
}

impl Fetch {
    /// `fetch(url)` in a page of this origin.
    pub fn new(origin: impl Into<String>, url: Url) -> Self {
        Self {
            origin: origin.into(),
            url,
            method: "GET".to_owned(),
            headers: Vec::new(),
            body: None,
            credentials: Credentials::default(),
            redirect: Redirect::default(),
            forces_preflight: false,
        }
    }

    /// The names of the headers that a browser leaves out, because scripts cannot set them.
    pub fn forbidden_headers(&self) -> impl Iterator<Item = &str> {
        let names = self.headers.iter();
        let forbidden = names.filter(|(name, value)| request::is_forbidden_header(name, value));
        forbidden.map(|(name, _)| name.as_str())
    }
}

/// A request that the browser sends.
///
/// The headers are those of the script and of CORS (`Origin`, `Access-Control-Request-*`). A real
/// browser adds `Host`, `User-Agent` and others, which CORS ignores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The URL.
    pub url: Url,
    /// The method.
    pub method: String,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body; `None` for no body.
    pub body: Option<Vec<u8>>,
    /// Whether cookies and other credentials of the user are sent.
    pub with_credentials: bool,
    /// Whether it is a CORS-preflight request.
    pub is_preflight: bool,
}

/// A response of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Header lines in order; names are case-insensitive.
    pub headers: Vec<(String, Vec<u8>)>,
}

/// The result of a fetch, with all requests and responses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The requests in order, each with its response; `None` if the network failed.
    pub exchanges: Vec<(Request, Option<Response>)>,
    /// What the script gets. Every error is the same `TypeError` to the script, whatever the reason.
    pub result: Result<Readable, Blocked>,
}

/// The part of the response that the script can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readable {
    /// `type`
    pub kind: ResponseKind,
    /// `status`; 0 for an opaque redirect.
    pub status: u16,
    /// The readable header lines, names in lower case, in order.
    pub headers: Vec<(String, Vec<u8>)>,
}

/// `type` of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseKind {
    /// `basic`: the fetch never left the page's own origin; everything is readable.
    Basic,
    /// `cors`: the CORS check passed; some headers are readable.
    Cors,
    /// `opaqueredirect`: nothing is readable.
    OpaqueRedirect,
}

/// Why the script gets a `TypeError` instead of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Blocked {
    /// The method is CONNECT, TRACE or TRACK; nothing is sent.
    ForbiddenMethod,
    /// The method, a header name or a header value is invalid; nothing is sent.
    NoHttp,
    /// GET or HEAD with a body; nothing is sent.
    Body,
    /// The URL is neither `http` nor `https`, contains a user name or password, or has a port that
    /// browsers block.
    Unfetchable,
    /// There is no response.
    Network,
    /// The preflight failed.
    Preflight(PreflightFailure),
    /// The CORS check of the response failed.
    Cors(CorsFailure),
    /// `redirect: "error"` or Fetch forbids the redirect.
    Redirect(RedirectFailure),
}

/// Why a preflight fails. Fetch, "CORS-preflight fetch", in the order of its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PreflightFailure {
    /// The CORS check of the preflight response failed.
    Cors(CorsFailure),
    /// The status is not in the range 200 to 299.
    Status(u16),
    /// `Access-Control-Allow-Methods` is not a list of tokens.
    MalformedMethods,
    /// `Access-Control-Allow-Headers` is not a list of tokens.
    MalformedHeaders,
    /// `Access-Control-Allow-Methods` does not include this method.
    Method(String),
    /// `Access-Control-Allow-Headers` does not include this name.
    Header(String),
}

/// Why the CORS check fails. Fetch, "CORS check".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CorsFailure {
    /// The response has no `Access-Control-Allow-Origin`.
    NoAllowOrigin,
    /// `Access-Control-Allow-Origin` is `*`, but the request is made with credentials.
    AnyOriginWithCredentials,
    /// `Access-Control-Allow-Origin`, all lines joined, is not the origin of the request.
    AllowOrigin(Vec<u8>),
    /// `Access-Control-Allow-Credentials` is not exactly `true`.
    AllowCredentials,
}

/// Why a redirect fails. Fetch, "HTTP-redirect fetch".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectFailure {
    /// The fetch has `redirect: "error"`.
    NotWanted,
    /// `Location` is not a valid URL, or there are several `Location` headers.
    Malformed,
    /// `Location` is neither an `http` nor an `https` URL.
    Scheme,
    /// The fetch has more than 20 redirects.
    TooMany,
    /// `Location` contains a user name or password, and the fetch leaves or has left the page's origin.
    UserInfo,
}

/// A browser with its preflight cache and its clock.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    quirks: Quirks,
    cache: Cache,
}

impl Browser {
    /// Creates a browser with an empty preflight cache.
    pub fn new(quirks: Quirks) -> Self {
        Self {
            quirks,
            ..Self::default()
        }
    }

    /// Advances the clock, which otherwise does not move.
    pub fn wait(&mut self, time: Duration) {
        self.cache.wait(time);
    }

    /// Runs a fetch. `send` is the network: it sends a request to its server and returns the
    /// response, or `None` if there is no response.
    pub fn fetch(
        &mut self,
        fetch: &Fetch,
        mut send: impl FnMut(&Request) -> Option<Response>,
    ) -> Outcome {
        let mut fetch = pin!(self.fetch_async(fetch, async |request: &Request| send(request)));
        let mut context = Context::from_waker(Waker::noop());
        // A network that never waits makes the fetch ready at once.
        loop {
            if let Poll::Ready(outcome) = fetch.as_mut().poll(&mut context) {
                return outcome;
            }
        }
    }

    /// Runs a fetch over an asynchronous network; otherwise as [`fetch`](Self::fetch).
    pub async fn fetch_async(
        &mut self,
        fetch: &Fetch,
        mut send: impl AsyncFnMut(&Request) -> Option<Response>,
    ) -> Outcome {
        let mut exchanges = Vec::new();
        let recorded = async |request: Request| {
            let response = send(&request).await;
            exchanges.push((request, response.clone()));
            response
        };
        let result = hops::follow(self, fetch, recorded).await;
        Outcome { exchanges, result }
    }
}
