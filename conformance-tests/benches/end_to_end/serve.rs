//! The servers, each in a separate process.

use ::axum::ServiceExt;
use ::axum::extract::Request;
use ::rocket::fairing::AdHoc;
use ::tower::Layer as _;
use ::warp::Filter as _;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::{App, Error, HttpServer, rt};
use cors_benchmarks::scenario::Policy;
use cors_benchmarks::subject::{self, Subject, Variant, actix, axum, rocket, tower, warp};
use cors_core::Config;
use std::env;
use std::io::{self, BufRead as _, BufReader};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use tokio::net::TcpListener;

/// The names in [`subject::ALL`] that can serve on a socket.
pub(crate) const FRAMEWORKS: [&str; 5] = [
    axum::LAYER.name,
    axum::AROUND.name,
    actix::SUBJECT.name,
    rocket::SUBJECT.name,
    warp::SUBJECT.name,
];

const FREE_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) variant: Variant,
    child: Child,
}

impl Server {
    pub(crate) fn start(framework: &str, variant: Variant) -> io::Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args(["--serve", framework, label(framework, variant)])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let address = line.trim().parse().map_err(io::Error::other);
        let mut server = Self {
            address: FREE_PORT,
            variant,
            child,
        };
        server.address = address?;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn find(framework: &str) -> Subject {
    let mut all = subject::ALL.into_iter();
    all.find(|subject| subject.name == framework).unwrap()
}

pub(crate) fn label(framework: &str, variant: Variant) -> &'static str {
    find(framework).label(variant)
}

/// Prints the address, and serves on this thread forever.
pub(crate) fn run(framework: &str, variant: &str) {
    let subject = find(framework);
    let mut variants = subject.variants.iter();
    let variant = variants.find(|other| subject.label(**other) == variant);
    let (variant, config) = (*variant.unwrap(), Policy::One.config());
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    if framework == actix::SUBJECT.name {
        serve_actix(variant, config).unwrap();
    } else if framework == rocket::SUBJECT.name {
        runtime.block_on(serve_rocket(variant, config));
    } else {
        runtime.block_on(async {
            let listener = TcpListener::bind(FREE_PORT).await.unwrap();
            println!("{}", listener.local_addr().unwrap());
            if framework == warp::SUBJECT.name {
                serve_warp(listener, variant, config).await;
            } else if framework == axum::LAYER.name {
                let router = axum::layered(variant, config.into()).unwrap();
                ::axum::serve(listener, router).await.unwrap();
            } else {
                serve_around(listener, variant, config).await.unwrap();
            }
        });
    }
}

async fn serve_around(listener: TcpListener, variant: Variant, config: Config) -> io::Result<()> {
    let router = axum::router();
    match variant {
        Variant::Peer => {
            let service = tower::peer(config).layer(router);
            ::axum::serve(listener, ServiceExt::<Request>::into_make_service(service)).await
        }
        Variant::Ours => {
            let service = tower::ours(config).layer(router);
            ::axum::serve(listener, ServiceExt::<Request>::into_make_service(service)).await
        }
        Variant::Bare | Variant::Floor => ::axum::serve(listener, router).await,
    }
}

async fn serve_warp(listener: TcpListener, variant: Variant, config: Config) {
    let routes = warp::routes();
    match variant {
        Variant::Peer => {
            let routes = routes.with(warp::peer(config).unwrap());
            ::warp::serve(routes).incoming(listener).run().await;
        }
        Variant::Ours => {
            let routes = warp::ours(config).wrap(routes);
            ::warp::serve(routes).incoming(listener).run().await;
        }
        Variant::Bare | Variant::Floor => ::warp::serve(routes).incoming(listener).run().await,
    }
}

async fn serve_rocket(variant: Variant, config: Config) {
    let at = rocket::quiet(::rocket::Config {
        address: FREE_PORT.ip(),
        port: FREE_PORT.port(),
        ..::rocket::Config::release_default()
    });
    let liftoff = AdHoc::on_liftoff("address", |rocket| {
        let config = rocket.config();
        println!("{}", SocketAddr::new(config.address, config.port));
        Box::pin(async {})
    });
    let rocket = rocket::rocket(variant, config.into(), at)
        .unwrap()
        .attach(liftoff);
    rocket.launch().await.unwrap();
}

fn serve_actix(variant: Variant, config: Config) -> io::Result<()> {
    match variant {
        Variant::Peer => serve_routes(move || actix::routes().wrap(actix::peer(config.clone()))),
        Variant::Ours => {
            let cors = actix::ours(config);
            serve_routes(move || actix::routes().wrap(cors.clone()))
        }
        Variant::Bare | Variant::Floor => serve_routes(actix::routes),
    }
}

fn serve_routes<F, T, B>(app: F) -> io::Result<()>
where
    F: Fn() -> App<T> + Send + Clone + 'static,
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    rt::System::new().block_on(async {
        let server = HttpServer::new(app).workers(1).bind(FREE_PORT)?;
        server
            .addrs()
            .iter()
            .for_each(|address| println!("{address}"));
        server.run().await
    })
}
