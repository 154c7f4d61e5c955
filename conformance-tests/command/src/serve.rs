//! `cors serve`: the test application behind an adapter, for any client.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use clap::Args;
use conformance_tests::subject::Framework;
use tokio::sync::oneshot;

use super::policy_file::PolicyFile;
use super::stop::until_stopped;
use super::{Failure, framework, say};

#[derive(Args)]
pub(crate) struct Options {
    /// The framework whose adapter answers
    #[arg(long, value_parser = framework(), default_value = "axum")]
    framework: Framework,
    /// A policy file, .json or .toml
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let policy = PolicyFile::read(&options.policy)?.build()?;
    let (serve, at) = (options.framework.serve, options.listen);
    until_stopped(|| async move {
        let listening = |address| say(format_args!("listening on http://{address}"));
        let (sender, end) = oneshot::channel();
        let (_running, stop) = oneshot::channel();
        // Some have a runtime of their own.
        thread::spawn(move || sender.send(serve(policy, at, Box::new(listening), stop)));
        let end = end.await.map_err(io::Error::other).flatten();
        end.map_err(|error| Failure::new(format_args!("cannot listen on {at}: {error}")))
    })
}
