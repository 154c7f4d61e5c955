//! `cors proxy`: this library in front of a server without CORS, for development.

mod address;
mod client;
mod forward;
mod gateway_error;
mod guard;
mod headers;
mod log;
mod names;
mod patience;
mod resolver;
mod server;
mod target;
mod tls;
mod upgrade;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use cors_axum::CorsLayer;
use cors_core::Config;
use tokio::net::TcpListener;

use self::forward::Route;
use self::resolver::Reach;
use self::server::Server;
use self::target::Target;
use super::policy_file::PolicyFile;
use super::until_stopped;
use super::{Failure, print_error, print_line};

#[derive(Args)]
pub(crate) struct Options {
    /// The origin of the server behind the proxy, such as `https://api.example.com`
    #[arg(long, value_name = "URL", value_parser = Target::parse)]
    target: Target,
    /// A policy file, .json or .toml
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The port to listen on; 0 selects a free port
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address to listen on. If it is not a loopback address, other machines can use the proxy
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Another name at which browsers reach the proxy, such as dev.test or dev.test:9000
    #[arg(long = "host", value_name = "NAME", value_parser = names::check)]
    hosts: Vec<String>,
    /// Let cookies pass in both directions
    #[arg(long)]
    cookies: bool,
    /// Allow a target whose name resolves to an address of a private network or of this machine
    #[arg(long)]
    allow_private: bool,
    /// How many seconds it may take to connect to the target
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    connect_timeout: u32,
    /// How many seconds the target may take to respond after the last byte of a request. Bodies have no limit
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    timeout: u32,
    /// Do not print a line for each request
    #[arg(long)]
    quiet: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let file = PolicyFile::read(&options.policy)?;
    let tls = tls::config(&options.target)?;
    until_stopped(|| async {
        let at = SocketAddr::new(options.bind, options.port);
        let listener = TcpListener::bind(at).await.map_err(|error| {
            Failure::new(format_args!(
                "cannot listen on {at}: {error}; choose another address with --bind and --port"
            ))
        })?;
        let address = listener.local_addr().map_err(Failure::new)?;

        let origins = origins(&file.config);
        let credentials = file.config.get_allow_credentials();
        let own_origins = names::own_origins(address, &options.hosts).map_err(Failure::new)?;
        let policy = of_the_proxy(file, own_origins).build()?;
        let route = Route {
            client: client::client(options.reach(), tls, seconds(options.connect_timeout)),
            target: options.target.clone(),
            cookies: options.cookies,
            head_limit: seconds(options.timeout),
        };
        let server = Server {
            cors: CorsLayer::new(policy),
            route: Arc::new(route),
            quiet: options.quiet,
        };
        options.print_start(address, &origins, credentials);
        server.serve(listener).await;
        Ok(())
    })
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}

/// The policy of the file, with the keys that protect the proxy itself: no other website in the same browser
/// can use it, neither by DNS rebinding nor by requests whose responses it cannot read. [`guard`] refuses those
/// without `Origin`.
fn of_the_proxy(mut file: PolicyFile, own_origins: Vec<String>) -> PolicyFile {
    let config = file.config.own_origins(own_origins);
    file.config = config.block_refused_origins(true);
    file
}

/// The origins that a policy allows, as its file has them.
fn origins(config: &Config) -> String {
    const SHOWN: usize = 5;
    let entries = config.get_allow_origins();
    let mut shown: Vec<_> = entries.iter().take(SHOWN).cloned().collect();
    if entries.len() > SHOWN {
        shown.push(format!("{} more", entries.len() - SHOWN));
    }
    shown.extend(
        config
            .get_allow_origin_regex()
            .map(|regex| format!("the regex {regex}")),
    );
    match shown.is_empty() {
        true => "none".to_owned(),
        false => shown.join(", "),
    }
}

impl Options {
    fn reach(&self) -> Reach {
        match self.allow_private {
            true => Reach::Any,
            false => self.target.reach(),
        }
    }

    fn print_start(&self, address: SocketAddr, origins: &str, credentials: bool) {
        let removed = match self.cookies {
            true => "cookies pass in both directions",
            false => "cookies are removed in both directions",
        };
        print_line(format_args!(
            "listening on http://{address}, for development only"
        ));
        print_line(format_args!("target: {}", self.target.origin()));
        print_line(format_args!(
            "allowed origins: {origins} ({})",
            self.policy.display()
        ));
        print_line(format_args!(
            "the CORS headers of the target are replaced; Origin and, with it, Sec-Fetch-Site are removed from requests; {removed}"
        ));
        print_line("press Ctrl-C to stop");
        if !address.ip().is_loopback() {
            print_error(format_args!(
                "warning: other machines can use this proxy at {address}, and reach the target through this machine"
            ));
        }
        if credentials && !self.cookies {
            print_error(
                "warning: the policy allows credentials, but cookies are removed; to let them pass, use --cookies",
            );
        }
        if self.cookies && !credentials {
            print_error(
                "warning: --cookies has little effect: the policy does not allow credentials, so browsers send cookies only from pages of the proxy itself; set `allow_credentials`",
            );
        }
    }
}
