//! The test application in Rocket, with `cors-rocket`.

use std::collections::HashSet;
use std::io::{self, Cursor};
use std::net::SocketAddr;
use std::panic::resume_unwind;

use cors_rocket::Cors;
use futures_util::stream;
use rocket::config::Shutdown;
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::http::{Method, Status};
use rocket::response::stream::ByteStream;
use rocket::route::{Handler, Outcome};
use rocket::{Config, Data, Request, Response, Route};
use tokio::task::yield_now;

use super::{CHUNKS, HANDLED, METHODS, OK, ROUTES, dictated};
use crate::response::Reply;
use crate::server::{Listening, Stop};

/// Serves the application on this thread until it must stop.
pub fn serve(cors: Cors, at: SocketAddr, listening: Listening, stop: Stop) -> io::Result<()> {
    // Each Rocket raises the log level of the whole process, unless a logger is already set.
    let _ = log::set_logger(log::logger());
    let config = Config {
        address: at.ip(),
        port: at.port(),
        shutdown: Shutdown {
            ctrlc: false,
            signals: HashSet::new(),
            ..Shutdown::default()
        },
        ..Config::release_default()
    };
    let liftoff = AdHoc::on_liftoff("address", move |rocket| {
        let config = rocket.config();
        listening(SocketAddr::new(config.address, config.port));
        Box::pin(async {})
    });
    let app = rocket::custom(config)
        .mount("/", routes())
        .attach(cors)
        .attach(liftoff);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        tokio::select! {
            end = app.launch() => end.map(drop).map_err(|error| match error.kind() {
                ErrorKind::Bind(cause) => io::Error::new(cause.kind(), cause.to_string()),
                other => io::Error::other(other.to_string()),
            }),
            _ = stop => Ok(()),
        }
    })
}

fn routes() -> Vec<Route> {
    let fixed = ROUTES.map(|(path, reply)| (path, Endpoint::Fixed(reply)));
    let others = [
        ("/stream", Endpoint::Stream),
        ("/later", Endpoint::Later),
        ("/panic", Endpoint::Panic),
        ("/options", Endpoint::Fixed(OK)),
        ("/reply", Endpoint::Dictated),
    ];
    let methods = METHODS.iter().filter_map(|name| name.parse().ok());
    // A GET route also handles HEAD.
    let methods: Vec<Method> = methods.filter(|method| *method != Method::Head).collect();
    let each = fixed
        .into_iter()
        .chain(others)
        .flat_map(|(path, endpoint)| {
            let of = move |method: &Method| Route::new(*method, path, endpoint);
            methods.iter().map(of).collect::<Vec<_>>()
        });
    let handled = Route::new(Method::Options, "/options", Endpoint::Fixed(HANDLED));
    each.chain([handled]).collect()
}

#[derive(Clone, Copy)]
enum Endpoint {
    Fixed(Reply),
    Stream,
    Later,
    Panic,
    Dictated,
}

#[rocket::async_trait]
impl Handler for Endpoint {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        Outcome::Success(match self {
            Self::Fixed(reply) => respond(*reply),
            Self::Stream => {
                return Outcome::from(request, ByteStream::from(stream::iter(CHUNKS)));
            }
            Self::Later => {
                yield_now().await;
                respond(OK)
            }
            // Panics like a handler, but without printing a message. Rocket catches it.
            Self::Panic => resume_unwind(Box::new("the handler panicked")),
            Self::Dictated => {
                let lines = request.headers().get("x-reply").map(str::as_bytes);
                let (status, headers) = dictated(lines);
                response(status, headers.into_iter())
            }
        })
    }
}

fn respond(reply: Reply) -> Response<'static> {
    let mut response = response(reply.status, reply.headers.iter().copied());
    response.set_sized_body(reply.body.len(), Cursor::new(reply.body));
    response
}

fn response<'r>(status: u16, headers: impl Iterator<Item = (&'r str, &'r str)>) -> Response<'r> {
    let mut response = Response::new();
    response.set_status(Status::new(status));
    for (name, value) in headers {
        response.adjoin_raw_header(name, value);
    }
    response
}
