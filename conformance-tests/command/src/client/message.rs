//! One request as HTTP/1.1 or HTTP/2, and the head of its response with the start of the body.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use browser_model::{Request, Response, Url};
use http::header::{ACCEPT, CONTENT_LENGTH, COOKIE, HOST, HeaderName, HeaderValue, USER_AGENT};
use http::uri::{PathAndQuery, Uri};
use http::{HeaderMap, Method, Version};
use http_body_util::Full;
use hyper::body::{Bytes as Chunk, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::ext::on_informational;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;
use tokio_util::io::InspectReader;
use url::Position;

use super::body::{self, BodyStart};
use super::connect::Bytes;
use super::limited::Limited;
use super::problem::Problem;
use super::unparsed;

/// The largest response head, as in Chromium.
pub(super) const MAX_HEAD: usize = 256 << 10;

/// The most lines of a head.
pub(super) const MAX_LINES: usize = 1_000;

/// The smallest window of HTTP/2: little of the body is read.
const WINDOW: u32 = (1 << 16) - 1;

pub(super) struct Message<'a> {
    pub(super) request: &'a Request,
    pub(super) cookie: Option<&'a str>,
    pub(super) user_agent: &'a str,
    /// Until when to read the start of the body of errors, and of responses to preflights.
    pub(super) body_deadline: Option<Instant>,
}

/// The head of a response.
pub(super) struct Head {
    pub(super) version: Version,
    pub(super) response: Response,
    pub(super) body: BodyStart,
}

/// How many informational responses there were.
#[derive(Clone, Default)]
pub(super) struct Informational(Arc<AtomicUsize>);

impl Informational {
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

type HttpRequest = http::Request<Full<Chunk>>;

impl Message<'_> {
    pub(super) async fn send_http1(
        &self,
        stream: Box<dyn Bytes>,
        informational: &Informational,
    ) -> Result<Head, Problem> {
        let mut request = self.http1()?;
        let count = Arc::clone(&informational.0);
        on_informational(&mut request, move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let (copy, received) = mpsc::channel();
        let stream = InspectReader::new(stream, move |bytes: &[u8]| {
            let _ = copy.send(bytes.to_vec());
        });
        // Browsers read malformed heads, too.
        let (mut sender, connection) = http1::Builder::new()
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_spaces_after_header_name_in_responses(true)
            .ignore_invalid_headers_in_responses(true)
            .max_buf_size(MAX_HEAD)
            .max_headers(MAX_LINES)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Problem::exchange(&error))?;
        let driver = tokio::spawn(connection);
        let response = sender.send_request(request).await;
        let received: Vec<u8> = received.try_iter().flatten().collect();
        let head = self.head(response).await;
        driver.abort();
        let mut head = head?;
        head.response.headers.extend(unparsed::lines(&received));
        Ok(head)
    }

    pub(super) async fn send_http2(
        &self,
        stream: Box<TlsStream<Limited<TcpStream>>>,
    ) -> Result<Head, Problem> {
        let request = self.http2()?;
        let (mut sender, connection) = http2::Builder::new(TokioExecutor::new())
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX))
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Problem::exchange(&error))?;
        let driver = tokio::spawn(connection);
        let response = sender.send_request(request).await;
        let head = self.head(response).await;
        driver.abort();
        head
    }

    async fn head(
        &self,
        response: hyper::Result<http::Response<Incoming>>,
    ) -> Result<Head, Problem> {
        let response = response.map_err(|error| Problem::exchange(&error))?;
        let lines = response.headers().iter();
        let lines =
            lines.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
        let (version, status) = (response.version(), response.status());
        let headers = lines.collect();
        let is_read = self.request.is_preflight || status.as_u16() >= 400;
        Ok(Head {
            version,
            response: Response {
                status: status.as_u16(),
                headers,
            },
            body: match self.body_deadline.filter(|_| is_read) {
                Some(deadline) => body::start(response, deadline).await,
                None => BodyStart::default(),
            },
        })
    }

    fn http1(&self) -> Result<HttpRequest, Problem> {
        let mut request = self.http()?;
        let host = header_value("host", host(&self.request.url).as_bytes())?;
        request.headers_mut().insert(HOST, host);
        *request.uri_mut() = self.target()?.into();
        Ok(request)
    }

    fn http2(&self) -> Result<HttpRequest, Problem> {
        let mut request = self.http()?;
        let url = &self.request.url;
        let uri = Uri::builder()
            .scheme(url.scheme())
            .authority(host(url))
            .path_and_query(self.target()?);
        *request.uri_mut() = uri.build().map_err(|error| unsendable("the URL", &error))?;
        *request.version_mut() = Version::HTTP_2;
        Ok(request)
    }

    fn target(&self) -> Result<PathAndQuery, Problem> {
        let url = &self.request.url;
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        target
            .parse()
            .map_err(|error| unsendable("the URL", &error))
    }

    fn http(&self) -> Result<HttpRequest, Problem> {
        let method = Method::from_bytes(self.request.method.as_bytes());
        let body = self.request.body.clone();
        let is_empty = body.as_ref().is_none_or(Vec::is_empty);
        let mut request = http::Request::new(Full::from(body.unwrap_or_default()));
        *request.method_mut() = method.map_err(|error| unsendable("the method", &error))?;
        *request.headers_mut() = self.headers()?;
        if is_empty && [Method::POST, Method::PUT].contains(request.method()) {
            request
                .headers_mut()
                .insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(request)
    }

    fn headers(&self) -> Result<HeaderMap, Problem> {
        if self.request.headers.len() > MAX_LINES {
            let problem = format!("a request with more than {MAX_LINES} headers is not sent");
            return Err(Problem::Unsendable(problem));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &self.request.headers {
            let key = HeaderName::from_bytes(name.as_bytes());
            let key = key.map_err(|error| unsendable("a header name", &error))?;
            headers.append(key, header_value(name, value)?);
        }
        headers
            .entry(ACCEPT)
            .or_insert(HeaderValue::from_static("*/*"));
        let user_agent = header_value("user-agent", self.user_agent.as_bytes())?;
        headers.entry(USER_AGENT).or_insert(user_agent);
        if let Some(cookie) = self.cookie {
            headers.insert(COOKIE, header_value("cookie", cookie.as_bytes())?);
        }
        Ok(headers)
    }
}

/// The host and the port, without a user name, which no server gets here.
fn host(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

fn header_value(name: &str, value: &[u8]) -> Result<HeaderValue, Problem> {
    let value = HeaderValue::from_bytes(value);
    value.map_err(|error| unsendable(&format!("the header `{name}`"), &error))
}

fn unsendable(what: &str, error: &dyn std::error::Error) -> Problem {
    Problem::Unsendable(format!("{what} cannot be sent: {error}"))
}
