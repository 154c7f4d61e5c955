//! All the network that a browser under test has: an HTTP proxy, in whose world every host exists, at
//! every port, with `http` and `https`.
//!
//! | URL | answer |
//! |---|---|
//! | `/~page` on any host | the page: so a page can have any origin |
//! | `/~batch`, `/~results` | what the page has to do, and what came of it |
//! | what is routed | that of its [`Server`]; recorded |
//! | anything else | `404` |

use std::collections::HashMap;
use std::convert::Infallible;
use std::mem;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, mpsc as results};
use std::time::Duration;

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

/// It ends when this is dropped.
pub(crate) struct Network {
    /// Of the proxy.
    pub(crate) address: SocketAddr,
    hosts: Arc<Hosts>,
    batches: batches::UnboundedSender<String>,
    results: results::Receiver<String>,
    _runtime: Runtime,
}

/// Who answers.
#[derive(Clone)]
pub(crate) enum Server {
    /// A framework, whose application is told what to answer by these `X-Reply` lines.
    Framework(SocketAddr, Vec<String>),
    /// Nobody's middleware.
    Made(fn(&Request) -> Response),
}

/// A request as the browser has sent it, and the answer as it got it.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) request: Request,
    pub(crate) response: Response,
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

    /// From now on this server answers at this URL; what happens there is part of a case.
    pub(crate) fn route(&self, case: &str, url: &Url, server: Server) {
        let before = self
            .hosts
            .routes()
            .insert(url.to_string(), (case.to_owned(), server));
        assert!(before.is_none(), "{url} is routed twice");
        self.hosts.exchanges().entry(case.to_owned()).or_default();
    }

    /// What has happened in this case since this was asked last, in order.
    pub(crate) fn taken(&self, case: &str) -> Vec<Exchange> {
        mem::take(self.hosts.exchanges().get_mut(case).unwrap())
    }

    /// From now on nobody answers at the URLs of this case; what has happened there, in order.
    pub(crate) fn close(&self, case: &str) -> Vec<Exchange> {
        self.hosts.routes().retain(|_, route| route.0 != case);
        self.hosts.exchanges().remove(case).unwrap()
    }

    /// Hands the page something to do and waits for what comes of it.
    pub(crate) fn run(&self, batch: String, patience: Duration) -> Result<String> {
        self.batches.send(batch)?;
        let result = self.results.recv_timeout(patience);
        result.context("the page does not report")
    }
}

struct Hosts {
    next_batch: AsyncMutex<batches::UnboundedReceiver<String>>,
    done: results::Sender<String>,
    /// By URL: the case that it belongs to, and who answers.
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

/// A certificate that nobody has signed; the browsers are told not to mind.
fn tls() -> Result<TlsAcceptor> {
    let made = rcgen::generate_simple_self_signed(["example.com".to_owned()])?;
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.into()], key.into())?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves a connection to the end. Boxed, since there are connections inside of connections.
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
                _ => answer(&hosts, scheme, request).await,
            })
        }
    });
    Box::pin(async move {
        let mut server = auto::Builder::new(TokioExecutor::new());
        // Nothing is added that is not in the record.
        server.http1().auto_date_header(false);
        server.http2().auto_date_header(false);
        // A browser hangs up when it likes.
        let stream = TokioIo::new(stream);
        let _ = server.serve_connection_with_upgrades(stream, service).await;
    })
}

fn tunnel(hosts: Arc<Hosts>, request: http::Request<Incoming>) -> HttpResponse {
    tokio::spawn(async move {
        let upgraded = hyper::upgrade::on(request).await.ok()?;
        // A browser that minds the certificate hangs up: there is no page then.
        let stream = hosts.tls.accept(TokioIo::new(upgraded)).await.ok()?;
        serve(hosts, Scheme::HTTPS, stream).await;
        Some(())
    });
    HttpResponse::default()
}

async fn answer(hosts: &Hosts, scheme: Scheme, request: http::Request<Incoming>) -> HttpResponse {
    match request.uri().path() {
        "/~page" => {
            let mut answer = HttpResponse::new(include_str!("page.html").into());
            let html = header::HeaderValue::from_static("text/html");
            answer.headers_mut().insert(header::CONTENT_TYPE, html);
            answer
        }
        "/~batch" => {
            let batch = hosts.next_batch.lock().await.recv().await;
            HttpResponse::new(batch.unwrap_or_default().into())
        }
        "/~results" => {
            let body = request.into_body().collect().await;
            let results = body.map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned());
            // Without it the test fails for want of results.
            let _ = results.map(|results| hosts.done.send(results));
            HttpResponse::default()
        }
        _ => routed(hosts, scheme, request)
            .await
            .unwrap_or_else(|error| {
                let mut answer = HttpResponse::new(format!("{error:#}").into());
                *answer.status_mut() = StatusCode::BAD_GATEWAY;
                answer
            }),
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
        let mut answer = HttpResponse::default();
        *answer.status_mut() = StatusCode::NOT_FOUND;
        return Ok(answer);
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
    let mut answer = match server {
        Server::Made(make) => made(make(&asked))?,
        Server::Framework(address, reply) => {
            remove_hop_by_hop(&mut head.headers);
            for line in reply {
                head.headers.append("x-reply", line.parse()?);
            }
            // In HTTP/2 it is not a header.
            head.headers
                .insert(header::HOST, authority.as_str().parse()?);
            head.version = Version::HTTP_11;
            head.uri = to(address, target)?;
            let request = http::Request::from_parts(head, Full::new(body));
            let (head, body) = hosts.client.request(request).await?.into_parts();
            HttpResponse::from_parts(head, Full::new(body.collect().await?.to_bytes()))
        }
    };
    remove_hop_by_hop(answer.headers_mut());
    let exchange = Exchange {
        response: Response {
            status: answer.status().as_u16(),
            headers: lines(answer.headers()),
        },
        request: asked,
    };
    if let Some(exchanges) = hosts.exchanges().get_mut(&case) {
        exchanges.push(exchange);
    }
    Ok(answer)
}

fn to(address: SocketAddr, target: PathAndQuery) -> Result<Uri> {
    let uri = Uri::builder()
        .scheme(Scheme::HTTP)
        .authority(address.to_string());
    Ok(uri.path_and_query(target).build()?)
}

fn made(response: Response) -> Result<HttpResponse> {
    let mut answer = HttpResponse::default();
    *answer.status_mut() = StatusCode::from_u16(response.status)?;
    for (name, value) in response.headers {
        let name = HeaderName::try_from(name)?;
        answer.headers_mut().append(name, value.try_into()?);
    }
    Ok(answer)
}

/// What concerns one connection only.
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
