//! `cors serve`: serves the test application with an adapter, for any client.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use clap::Args;
use conformance_tests::subject::Framework;
use tokio::sync::oneshot;

use super::policy_file::PolicyFile;
use super::until_stopped;
use super::{Failure, framework, print_line};

#[derive(Args)]
pub(crate) struct Options {
    /// The framework that serves the application
    #[arg(long, value_parser = framework(), default_value = "axum")]
    framework: Framework,
    /// A policy file, .json or .toml
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The address to listen on; port 0 selects a free port
    #[arg(long, value_name = "ADDR:PORT", value_parser = address, default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse()
        .map_err(|_| "an address must be an IP address and a port, such as 127.0.0.1:8000")
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let policy = PolicyFile::read(&options.policy)?.build()?;
    let (serve, at) = (options.framework.serve, options.listen);
    until_stopped(|| async move {
        let listening = |address| print_line(format_args!("listening on http://{address}"));
        let (sender, end) = oneshot::channel();
        let (_running, stop) = oneshot::channel();
        // Some frameworks start a runtime of their own.
        thread::spawn(move || sender.send(serve(policy.into(), at, Box::new(listening), stop)));
        let end = end.await.map_err(io::Error::other).flatten();
        end.map_err(|error| Failure::new(format_args!("cannot listen on {at}: {error}")))
    })
}
