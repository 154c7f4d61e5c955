//! A subject under a policy, queried over a connection that stays open.

use conformance_tests::response::Response;
use conformance_tests::subject::{Core, FRAMEWORKS, Framework, Running, Started, Subject as _};
use conformance_tests::vector::{Line, Request};
use conformance_tests::wire::Connection;
use cors_core::Config;

/// All subjects; `None` is the core in memory.
pub(crate) fn subjects() -> impl Iterator<Item = Option<Framework>> + Clone {
    [None].into_iter().chain(FRAMEWORKS.map(Some))
}

pub(crate) enum Server {
    InMemory(Box<dyn Started>),
    OnTheWire {
        name: &'static str,
        running: Running,
        connection: Connection,
    },
}

impl Server {
    pub(crate) fn start(subject: Option<Framework>, config: &Config) -> Self {
        let policy = config.clone().build().unwrap();
        let Some(framework) = subject else {
            return Self::InMemory(Core.start(policy.into()).unwrap());
        };
        let running = framework.spawn(policy).unwrap();
        Self::OnTheWire {
            name: framework.name,
            connection: Connection::open(running.address).unwrap(),
            running,
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::InMemory(_) => Core.name(),
            Self::OnTheWire { name, .. } => name,
        }
    }

    pub(crate) fn ask(&mut self, request: &Request) -> Response {
        let (name, running, connection) = match self {
            Self::InMemory(core) => return core.ask(request).unwrap().response,
            Self::OnTheWire {
                name,
                running,
                connection,
            } => (name, running, connection),
        };
        let ask = |connection: &mut Connection| {
            let response = connection.ask(request);
            response.unwrap_or_else(|error| panic!("{name}: {error:#}, sent {request:?}"))
        };
        let reopen = || Connection::open(running.address).unwrap();
        // The server may have closed an idle connection.
        let response = ask(connection).or_else(|| {
            *connection = reopen();
            ask(connection)
        });
        let response = response.unwrap_or_else(|| panic!("{name} does not respond to {request:?}"));
        // actix closes the connection if the handler did not read the body.
        if response.values("connection").any(|value| value == b"close") {
            *connection = reopen();
        }
        response
    }
}

/// A browser's request as sent to the application, with `X-Reply` lines that set the response.
pub(crate) fn on_the_wire(request: &browser_model::Request, reply: &[String]) -> Request {
    let url = &request.url;
    let lines = request.headers.iter();
    let lines = lines.map(|(name, value)| [name.as_bytes(), b": ", value].concat());
    let host = url.authority();
    let more = [format!("host: {host}"), "connection: keep-alive".to_owned()];
    let reply = reply.iter().map(|line| format!("x-reply: {line}"));
    let more = more.into_iter().chain(reply).map(String::into_bytes);
    let body = request.body.clone().unwrap_or_default();
    Request {
        method: request.method.clone(),
        target: url[url::Position::BeforePath..].to_owned(),
        lines: lines
            .chain(more)
            .map(|line| Line::new(line).unwrap())
            .collect(),
        body: String::from_utf8(body).unwrap(),
    }
}
