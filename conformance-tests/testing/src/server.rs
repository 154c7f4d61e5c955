//! The server under test.

#[cfg(feature = "actix")]
mod actix;
#[cfg(feature = "rocket")]
mod rocket;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "url")]
mod url;
#[cfg(feature = "warp")]
mod warp;

use std::error::Error;
use std::pin::Pin;

/// Any error.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A server under test. The features of this crate implement it for frameworks; implement it for
/// anything else that responds to requests.
///
/// For a server that is reached over `https`, send the request with an HTTP client of your choice, such
/// as `reqwest`. The client must neither follow redirects nor keep cookies: the browser does.
///
/// ```
/// use cors_testing::{BoxError, Browser, Server};
/// use http::{Request, Response};
///
/// struct Public;
///
/// impl Server for Public {
///     async fn send(&self, _: Request<Vec<u8>>) -> Result<Response<()>, BoxError> {
///         let response = Response::builder().header("access-control-allow-origin", "*");
///         Ok(response.body(())?)
///     }
/// }
///
/// let browser = Browser::new(Public).at("https://public.example.com");
/// browser.page("https://app.example.com").get("/").wait().may_read();
/// ```
pub trait Server {
    /// Sends a request and returns the head of the response, or an error if there is no response.
    ///
    /// The URI is absolute, and there is a `Host` header. After a redirect, it can be a URI of another
    /// server.
    fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> impl Future<Output = Result<http::Response<()>, BoxError>>;
}

/// A [`Server`] of any type.
pub(crate) trait AnyServer {
    fn send(&self, request: http::Request<Vec<u8>>) -> Responding<'_>;
}

pub(crate) type Responding<'a> =
    Pin<Box<dyn Future<Output = Result<http::Response<()>, BoxError>> + 'a>>;

impl<S: Server> AnyServer for S {
    fn send(&self, request: http::Request<Vec<u8>>) -> Responding<'_> {
        Box::pin(Server::send(self, request))
    }
}

/// The path and the query of a request, as an HTTP/1 server receives them.
#[cfg(any(feature = "actix", feature = "rocket", feature = "tower"))]
pub(crate) fn target(uri: &http::Uri) -> &str {
    uri.path_and_query().map_or("/", |target| target.as_str())
}
