//! The whole network of a browser under test: an HTTP proxy for which every host exists, at every
//! port, with `http` and `https`.
//!
//! | URL | response |
//! |---|---|
//! | `/~page` on any host | the page, so that a page can have any origin |
//! | `/~batch`, `/~results` | the scripts for the page, and their results |
//! | a routed URL | the response of its [`Server`]; recorded |
//! | anything else | `404` |

use std::collections::HashMap;
use std::convert::Infallible;
use std::mem;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, mpsc as results};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use browser_model::{Request, Response, Url};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, Method, StatusCode, Uri, Version, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{Mutex as AsyncMutex, mpsc as batches};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// The proxy. It ends when this is dropped.
pub(crate) struct Network {
    /// The address of the proxy.
    pub(crate) address: SocketAddr,
    hosts: Arc<Hosts>,
    batches: batches::UnboundedSender<String>,
    results: results::Receiver<String>,
    _runtime: Runtime,
}

/// The server of a routed URL.
#[derive(Clone)]
pub(crate) enum Server {
    /// A framework, with the `X-Reply` lines that set the response of the application.
    Framework(SocketAddr, Vec<String>),
    /// A function that makes the response, without any middleware.
    Made(fn(&Request) -> Response),
}

/// A request as the browser sent it, and the response as it got it.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) request: Request,
    pub(crate) response: Response,
    /// When the response was complete.
    pub(crate) at: Instant,
}

impl Network {
    pub(crate) fn start() -> Result<Self> {
        let (batches, next_batch) = batches::unbounded_channel();
        let (done, results) = results::channel();
        let hosts = Arc::new(Hosts {
            next_batch: AsyncMutex::new(next_batch),
            done,
            routes: Mutex::default(),
            exchanges: Mutex::default(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            tls: tls()?,
        });
        let runtime = Runtime::new()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let shared = Arc::clone(&hosts);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                tokio::spawn(serve(Arc::clone(&shared), Scheme::HTTP, stream));
            }
        });
        Ok(Self {
            address,
            hosts,
            batches,
            results,
            _runtime: runtime,
        })
    }

    /// Routes this URL to this server. Exchanges there are recorded for the case.
    pub(crate) fn route(&self, case: &str, url: &Url, server: Server) {
        let before = self
            .hosts
            .routes()
            .insert(url.to_string(), (case.to_owned(), server));
        assert!(before.is_none(), "{url} is already routed");
        self.hosts.exchanges().entry(case.to_owned()).or_default();
    }

    /// The exchanges of this case since the last call, in order.
    pub(crate) fn taken(&self, case: &str) -> Vec<Exchange> {
        mem::take(self.hosts.exchanges().get_mut(case).unwrap())
    }

    /// Removes the routes of this case and returns its exchanges, in order.
    pub(crate) fn close(&self, case: &str) -> Vec<Exchange> {
        self.hosts.routes().retain(|_, route| route.0 != case);
        self.hosts.exchanges().remove(case).unwrap()
    }

    /// Passes a batch of scripts to the page and waits for the results.
    pub(crate) fn run(&self, batch: String, patience: Duration) -> Result<String> {
        self.batches.send(batch)?;
        let result = self.results.recv_timeout(patience);
        result.context("the page does not report")
    }
}

struct Hosts {
    next_batch: AsyncMutex<batches::UnboundedReceiver<String>>,
    done: results::Sender<String>,
    /// By URL: the case that it belongs to, and the server.
    routes: Mutex<HashMap<String, (String, Server)>>,
    /// By case.
    exchanges: Mutex<HashMap<String, Vec<Exchange>>>,
    client: Client<HttpConnector, Full<Bytes>>,
    tls: TlsAcceptor,
}

impl Hosts {
    fn routes(&self) -> MutexGuard<'_, HashMap<String, (String, Server)>> {
        self.routes.lock().unwrap()
    }

    fn exchanges(&self) -> MutexGuard<'_, HashMap<String, Vec<Exchange>>> {
        self.exchanges.lock().unwrap()
    }
}

type HttpResponse = http::Response<Full<Bytes>>;

/// A self-signed certificate; the browsers are configured to accept it.
fn tls() -> Result<TlsAcceptor> {
    let made = rcgen::generate_simple_self_signed(["example.com".to_owned()])?;
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.into()], key.into())?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves a connection to its end. Boxed, since connections can be nested.
fn serve(
    hosts: Arc<Hosts>,
    scheme: Scheme,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (hosts, scheme) = (Arc::clone(&hosts), scheme.clone());
        async move {
            Ok::<_, Infallible>(match request.method() {
                &Method::CONNECT => tunnel(hosts, request),
                _ => respond(&hosts, scheme, request).await,
            })
        }
    });
    Box::pin(async move {
        let mut server = auto::Builder::new(TokioExecutor::new());
        // Do not add headers that are not recorded.
        server.http1().auto_date_header(false);
        server.http2().auto_date_header(false);
        // A browser may close the connection at any time.
        let stream = TokioIo::new(stream);
        let _ = server.serve_connection_with_upgrades(stream, service).await;
    })
}

fn tunnel(hosts: Arc<Hosts>, request: http::Request<Incoming>) -> HttpResponse {
    tokio::spawn(async move {
        let upgraded = hyper::upgrade::on(request).await.ok()?;
        // A browser that rejects the certificate closes the connection; then there is no page.
        let stream = hosts.tls.accept(TokioIo::new(upgraded)).await.ok()?;
        serve(hosts, Scheme::HTTPS, stream).await;
        Some(())
    });
    HttpResponse::default()
}

async fn respond(hosts: &Hosts, scheme: Scheme, request: http::Request<Incoming>) -> HttpResponse {
    match request.uri().path() {
        "/~page" => {
            let mut reply = HttpResponse::new(include_str!("page.html").into());
            let html = header::HeaderValue::from_static("text/html");
            reply.headers_mut().insert(header::CONTENT_TYPE, html);
            reply
        }
        "/~batch" => {
            let batch = hosts.next_batch.lock().await.recv().await;
            HttpResponse::new(batch.unwrap_or_default().into())
        }
        "/~results" => {
            let body = request.into_body().collect().await;
            let results = body.map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned());
            // Without a receiver, the test fails because of missing results.
            let _ = results.map(|results| hosts.done.send(results));
            HttpResponse::default()
        }
        _ => {
            let line = format!("{} {}", request.method(), request.uri());
            let reply = routed(hosts, scheme, request).await;
            reply.unwrap_or_else(|error| {
                // Such a request has no exchange.
                eprintln!("the network of the test failed: {line}: {error:#}");
                let mut reply = HttpResponse::new(format!("{error:#}").into());
                *reply.status_mut() = StatusCode::BAD_GATEWAY;
                reply
            })
        }
    }
}

async fn routed(
    hosts: &Hosts,
    scheme: Scheme,
    request: http::Request<Incoming>,
) -> Result<HttpResponse> {
    let (mut head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let host = head.headers.get(header::HOST);
    let authority = match host {
        Some(host) => Authority::try_from(host.as_bytes())?,
        None => head.uri.authority().context("no host")?.clone(),
    };
    let target = head.uri.path_and_query().context("no path")?.clone();
    let url = Url::parse(&format!("{scheme}://{authority}{target}"))?;
    let route = hosts.routes().get(url.as_str()).cloned();
    let Some((case, server)) = route else {
        let mut reply = HttpResponse::default();
        *reply.status_mut() = StatusCode::NOT_FOUND;
        return Ok(reply);
    };

    let is_preflight = head.method == Method::OPTIONS
        && head.headers.contains_key(header::ORIGIN)
        && head
            .headers
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let asked = Request {
        url,
        method: head.method.to_string(),
        headers: lines(&head.headers),
        body: (!body.is_empty()).then(|| body.to_vec()),
        with_credentials: head.headers.contains_key(header::COOKIE),
        is_preflight,
    };
    let mut reply = match server {
        Server::Made(make) => made(make(&asked))?,
        Server::Framework(address, reply) => {
            remove_hop_by_hop(&mut head.headers);
            for line in reply {
                head.headers.append("x-reply", line.parse()?);
            }
            // In HTTP/2 the authority is not a header.
            head.headers
                .insert(header::HOST, authority.as_str().parse()?);
            head.version = Version::HTTP_11;
            head.uri = to(address, target)?;
            let request = http::Request::from_parts(head, Full::new(body));
            let (head, body) = hosts.client.request(request).await?.into_parts();
            HttpResponse::from_parts(head, Full::new(body.collect().await?.to_bytes()))
        }
    };
    remove_hop_by_hop(reply.headers_mut());
    let exchange = Exchange {
        response: Response {
            status: reply.status().as_u16(),
            headers: lines(reply.headers()),
        },
        request: asked,
        at: Instant::now(),
    };
    if let Some(exchanges) = hosts.exchanges().get_mut(&case) {
        exchanges.push(exchange);
    }
    Ok(reply)
}

fn to(address: SocketAddr, target: PathAndQuery) -> Result<Uri> {
    let uri = Uri::builder()
        .scheme(Scheme::HTTP)
        .authority(address.to_string());
    Ok(uri.path_and_query(target).build()?)
}

fn made(response: Response) -> Result<HttpResponse> {
    let mut reply = HttpResponse::default();
    *reply.status_mut() = StatusCode::from_u16(response.status)?;
    for (name, value) in response.headers {
        let name = HeaderName::try_from(name)?;
        reply.headers_mut().append(name, value.try_into()?);
    }
    Ok(reply)
}

/// Removes headers that apply to a single connection only.
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in [
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "transfer-encoding",
    ] {
        headers.remove(name);
    }
}

fn lines(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    let lines = headers.iter();
    let lines = lines.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    lines.collect()
}
