//! The network of a browser: sends one request on a connection of its own, over HTTP/1.1 or HTTP/2, and
//! reads the head of the response, and of an error the start of its body.
//!
//! On `hyper` itself rather than a client library on top of it. Such a library follows redirects, reads
//! proxies from the environment, or adds headers of its own.

mod body;
mod connect;
mod limited;
mod message;
mod problem;
mod tls;
mod unparsed;

use std::net::IpAddr;
use std::time::Duration;

use browser_model::{Request, Response};
use http::Version;
use tokio::time::{Instant, timeout_at};

pub(crate) use self::body::BodyStart;
use self::connect::{Connector, Stream};
use self::message::{Informational, Message};
pub(crate) use self::problem::Problem;

/// What a client may do.
pub(crate) struct Settings {
    /// The time for everything that the client sends, from now on or since [`Client::restart`].
    pub(crate) time_limit: Duration,
    /// Whether any certificate is accepted.
    pub(crate) accepts_any_certificate: bool,
    /// `User-Agent`, if the request has none.
    pub(crate) user_agent: String,
    /// Whether to read the start of the body of errors, and of responses to preflights.
    pub(crate) reads_errors: bool,
}

pub(crate) struct Client {
    settings: Settings,
    deadline: Instant,
    connector: Connector,
}

/// A response without the rest of its body. Informational responses are skipped.
pub(crate) struct Reply {
    /// The address of the server.
    pub(crate) server: Option<IpAddr>,
    pub(crate) version: Version,
    pub(crate) response: Response,
    pub(crate) body: BodyStart,
}

impl Client {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            deadline: Instant::now() + settings.time_limit,
            connector: Connector::new(settings.accepts_any_certificate),
            settings,
        }
    }

    /// Gives what is sent from now on the whole time limit.
    pub(crate) fn restart(&mut self) {
        self.deadline = Instant::now() + self.settings.time_limit;
    }

    /// Sends a request. The cookie is sent only here: no redirect and no preflight gets it by itself.
    pub(crate) async fn send(
        &self,
        request: &Request,
        cookie: Option<&str>,
    ) -> Result<Reply, Problem> {
        let informational = Informational::default();
        let message = Message {
            request,
            cookie,
            user_agent: &self.settings.user_agent,
            body_deadline: self.settings.reads_errors.then_some(self.deadline),
        };
        let exchange = async {
            let connection = self.connector.connect(&request.url).await?;
            let head = match connection.stream {
                Stream::Http1(stream) => message.send_http1(stream, &informational).await?,
                Stream::Http2(stream) => message.send_http2(stream).await?,
            };
            Ok(Reply {
                server: connection.server,
                version: head.version,
                response: head.response,
                body: head.body,
            })
        };
        let reply = timeout_at(self.deadline, exchange).await;
        let reply = reply.unwrap_or_else(|_| Err(Problem::too_slow(self.settings.time_limit)));
        reply.map_err(|problem| match informational.count() {
            0 => problem,
            count => Problem::OnlyInformational {
                count,
                problem: Box::new(problem),
            },
        })
    }
}
