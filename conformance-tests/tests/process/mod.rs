//! The real binary as a child process.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// Only a broken program is that slow.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn cors() -> Command {
    Command::new(env!("CARGO_BIN_EXE_cors"))
}

/// A policy file in a folder of its own.
pub(crate) fn policy_file(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path)
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    lines: Receiver<String>,
}

impl Server {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        // Reads to the end, so that the server never waits for a reader.
        thread::spawn(move || {
            stdout
                .lines()
                .map_while(Result::ok)
                .for_each(|line| drop(sender.send(line)))
        });
        Self { child, lines }
    }

    /// The next line of standard output that holds this text.
    pub(crate) fn line_with(&self, text: &str) -> String {
        loop {
            let line = self
                .lines
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|error| panic!("no line with {text:?}: {error}"));
            if line.contains(text) {
                return line;
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) struct Playground {
    pub(crate) server: Server,
    /// `127.0.0.1:3000`, or where it is.
    pub(crate) page: String,
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
        let (page, other, api) = (address("page  "), address("page  "), address("API   "));
        Self {
            server,
            page,
            other,
            api,
        }
    }
}
