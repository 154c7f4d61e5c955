//! A proxy that runs, with a policy for `http://localhost:3000`.

use std::fs::{self, File};
use std::net::SocketAddr;

use tempfile::TempDir;
use test_support::process::Server;

use crate::http::request;
use crate::process::{cors, policy_file};

pub(crate) const ORIGIN: &str = "origin: http://localhost:3000";

pub(crate) const POLICY: &str = r#"{
    "allow_origins": ["http://localhost:3000"],
    "allow_methods": ["GET", "PUT"],
    "expose_headers": ["X-Total"]
}"#;

pub(crate) struct Proxy {
    pub(crate) server: Server,
    /// The address, such as `127.0.0.1:8080`.
    pub(crate) address: String,
    folder: TempDir,
}

impl Proxy {
    pub(crate) fn in_front_of(target: SocketAddr) -> Self {
        Self::start(&format!("http://{target}"), POLICY, &[])
    }

    pub(crate) fn start(target: &str, policy: &str, args: &[&str]) -> Self {
        Self::start_with(target, policy, args, &[])
    }

    pub(crate) fn start_with(
        target: &str,
        policy: &str,
        args: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let (folder, path) = policy_file("policy.json", policy);
        let log = File::create(folder.path().join("log")).unwrap();
        let mut command = cors();
        command
            .args(["proxy", "--port", "0", "--target", target, "--policy"])
            .arg(path)
            .args(args)
            .envs(environment.iter().copied())
            .stderr(log);
        let server = Server::start(&mut command);
        Self {
            address: server.address(),
            server,
            folder,
        }
    }

    /// Sends a request on a new connection; see [`request`].
    pub(crate) fn request(&self, line: &str, headers: &[&str], body: &str) -> String {
        request(&self.address, line, headers, body)
    }

    /// The lines on standard error so far, without the times. The line of a request is printed before
    /// its response is sent.
    pub(crate) fn log(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("log")).unwrap();
        let without_time = |line: &str| match line.split_once(" in ") {
            Some((start, end)) => {
                format!(
                    "{start}{}",
                    end.trim_start_matches(|c: char| c.is_ascii_digit())
                        .trim_start_matches(" ms")
                )
            }
            None => line.to_owned(),
        };
        text.lines().map(without_time).collect()
    }
}
