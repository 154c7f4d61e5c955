//! A server whose CORS is one function.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;

/// The headers of a response, and its status.
pub(crate) type Answer = (u16, Vec<(&'static str, String)>);

/// A request, as the function sees it.
pub(crate) struct Asked {
    pub(crate) path: String,
    /// The `Origin` lines.
    pub(crate) origins: Vec<String>,
    pub(crate) headers: Vec<(String, String)>,
}

impl Asked {
    /// The first `Origin`, or nothing.
    pub(crate) fn origin(&self) -> &str {
        self.origins.first().map_or("", String::as_str)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let mut headers = self.headers.iter();
        headers
            .find(|header| header.0 == name)
            .map_or("", |header| &header.1)
    }

    pub(crate) fn is_preflight(&self) -> bool {
        !self.header("access-control-request-method").is_empty()
    }
}

/// The CORS of a server.
pub(crate) type Cors = fn(&Asked) -> Answer;

struct Shared {
    cors: Cors,
    requests: Mutex<usize>,
}

/// A server that runs until the test process ends.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

impl Server {
    pub(crate) fn start(cors: Cors) -> Self {
        Self::start_at(0, cors).unwrap()
    }

    /// `None` if the port is in use.
    pub(crate) fn start_at(port: u16, cors: Cors) -> Option<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", port)).ok()?;
        let shared = Arc::new(Shared {
            cors,
            requests: Mutex::new(0),
        });
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .fallback(respond)
            .with_state(Arc::clone(&shared));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        thread::spawn(move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        Some(Self { address, shared })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How many requests it has received.
    pub(crate) fn requests(&self) -> usize {
        *self.shared.requests.lock().unwrap()
    }
}

async fn respond(State(shared): State<Arc<Shared>>, request: Request) -> impl IntoResponse {
    *shared.requests.lock().unwrap() += 1;
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let (status, lines) = (shared.cors)(&Asked {
        path: request.uri().path().to_owned(),
        origins: request
            .headers()
            .get_all("origin")
            .iter()
            .map(text)
            .collect(),
        headers: request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
    });
    let mut response = Response::new(String::new());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in lines {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        response
            .headers_mut()
            .append(HeaderName::from_static(name), value);
    }
    response
}
