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
//! Not modelled: cookies (only whether they may go along), the HTTP cache, service workers, mixed
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

use std::time::Duration;

pub use url::Url;

use self::cache::Cache;
pub use self::quirks::Quirks;

/// What a script asks for: the arguments of `fetch()`, and the page it runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// The serialized origin of the page; `null` for an opaque one, which is same-origin with nothing.
    pub origin: String,
    /// What is fetched.
    pub url: Url,
    /// As the script writes it.
    pub method: String,
    /// As the script writes them, in order; a name once.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Bytes, which bring no `Content-Type` along; `None` for none.
    pub body: Option<Vec<u8>>,
    /// `credentials`
    pub credentials: Credentials,
    /// `redirect`
    pub redirect: Redirect,
    /// The use-CORS-preflight flag: an upload listener, or a stream as body.
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
}

/// What the browser sends.
///
/// The headers are those of the script and of CORS (`Origin`, `Access-Control-Request-*`); a real
/// browser adds `Host`, `User-Agent` and others, which CORS does not look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where to.
    pub url: Url,
    /// The method.
    pub method: String,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// `None` for none.
    pub body: Option<Vec<u8>>,
    /// Whether cookies and other credentials of the user go along.
    pub with_credentials: bool,
    /// Whether it is a CORS-preflight request.
    pub is_preflight: bool,
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Header lines in order; the case of names does not matter.
    pub headers: Vec<(String, Vec<u8>)>,
}

/// All that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was sent, in order, and what came back; `None`: the network failed.
    pub exchanges: Vec<(Request, Option<Response>)>,
    /// What the script gets; an error is the same `TypeError` to it, whatever the reason.
    pub result: Result<Readable, Blocked>,
}

/// The response, as far as the script may see it.
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
    /// Of the page's own origin all the way: everything is readable.
    Basic,
    /// `cors`: the CORS check passed, some headers are readable.
    Cors,
    /// `opaqueredirect`: nothing is readable.
    OpaqueRedirect,
}

/// Why the script gets nothing but a `TypeError`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Blocked {
    /// CONNECT, TRACE, TRACK; nothing is sent.
    ForbiddenMethod,
    /// A method, a header name or a header value that is none; nothing is sent.
    NoHttp,
    /// A body with GET or HEAD; nothing is sent.
    Body,
    /// Neither `http` nor `https`, a user or a password in it, or a port that browsers block.
    Unfetchable,
    /// No answer.
    Network,
    /// The preflight failed.
    Preflight(PreflightFailure),
    /// The CORS check of the response failed.
    Cors(CorsFailure),
    /// A redirect that `redirect: "error"` or Fetch forbids.
    Redirect(RedirectFailure),
}

/// Why a preflight fails. Fetch, "CORS-preflight fetch", in the order of its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PreflightFailure {
    /// The CORS check of its answer failed.
    Cors(CorsFailure),
    /// A status outside 200 to 299.
    Status(u16),
    /// `Access-Control-Allow-Methods` is no list of tokens.
    MalformedMethods,
    /// `Access-Control-Allow-Headers` is no list of tokens.
    MalformedHeaders,
    /// `Access-Control-Allow-Methods` lacks this method.
    Method(String),
    /// `Access-Control-Allow-Headers` lacks this name.
    Header(String),
}

/// Why the CORS check fails. Fetch, "CORS check".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CorsFailure {
    /// No `Access-Control-Allow-Origin`.
    NoAllowOrigin,
    /// `Access-Control-Allow-Origin: *`, but the request is made with credentials.
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
    /// `Location` is no URL.
    Malformed,
    /// Neither to `http` nor to `https`.
    Scheme,
    /// More than 20.
    TooMany,
    /// A user or a password in the URL of another origin.
    UserInfo,
}

/// A browser with its preflight cache, and its clock.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    quirks: Quirks,
    cache: Cache,
}

impl Browser {
    /// A browser that has just been started.
    pub fn new(quirks: Quirks) -> Self {
        Self {
            quirks,
            ..Self::default()
        }
    }

    /// Lets time pass; by itself it stands still.
    pub fn wait(&mut self, time: Duration) {
        self.cache.wait(time);
    }

    /// Does what a script asks for. `send` is the network: it brings a request to its server, and
    /// the response back, or `None` if there is none.
    pub fn fetch(
        &mut self,
        fetch: &Fetch,
        mut send: impl FnMut(&Request) -> Option<Response>,
    ) -> Outcome {
        let mut exchanges = Vec::new();
        let mut recorded = |request: Request| {
            let response = send(&request);
            exchanges.push((request, response.clone()));
            response
        };
        let result = hops::follow(self, fetch, &mut recorded);
        Outcome { exchanges, result }
    }
}
