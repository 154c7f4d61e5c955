//! The real binary as a child process.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;
use test_support::process::Server;

pub(crate) fn cors() -> Command {
    Command::new(env!("CARGO_BIN_EXE_cors"))
}

/// Writes a policy file into a new folder.
pub(crate) fn policy_file(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path)
}

pub(crate) struct Playground {
    pub(crate) server: Server,
    /// The address, such as `127.0.0.1:3000`.
    pub(crate) page: String,
    /// The address of the frame, the other origin.
    pub(crate) other: String,
    pub(crate) api: String,
}

impl Playground {
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::started(Server::start(cors().arg("playground").args(args)))
    }

    pub(crate) fn started(server: Server) -> Self {
        let address = |name| {
            let line = server.line_with(name);
            line.split_whitespace()
                .nth(1)
                .unwrap()
                .strip_prefix("http://")
                .unwrap()
                .to_owned()
        };
        let (page, other, api) = (address("page  "), address("frame "), address("API   "));
        Self {
            server,
            page,
            other,
            api,
        }
    }
}
