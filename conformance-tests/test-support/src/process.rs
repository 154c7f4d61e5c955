//! Servers as child processes.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// The maximum time a test waits. Only a broken program takes that long.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// Finds the program also in the folder where Debian installs servers, which only root has on its path.
pub fn with_servers_of_debian(command: &mut Command) -> &mut Command {
    let path = env::var("PATH").unwrap_or_default() + ":/usr/sbin";
    command.env("PATH", path)
}

/// A server that runs until it is dropped.
pub struct Server {
    /// The process.
    pub child: Child,
    lines: Receiver<String>,
}

impl Server {
    /// Starts the server and reads its standard output.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        // Read to the end, so that the server never blocks on a full pipe.
        thread::spawn(move || {
            stdout
                .lines()
                .map_while(Result::ok)
                .for_each(|line| drop(sender.send(line)))
        });
        Self { child, lines }
    }

    /// Waits until the server prints `listening on` and its address, as the servers of our tests do. The address has no
    /// scheme.
    pub fn address(&self) -> String {
        let line = self.line_with("listening on ");
        let (_, address) = line.split_once("listening on ").unwrap();
        let address = address.trim_start_matches("http://");
        address.split(',').next().unwrap().to_owned()
    }

    /// Waits for the next line of standard output that contains this text.
    pub fn line_with(&self, text: &str) -> String {
        loop {
            let line = self
                .lines
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|error| panic!("no line contains {text:?}: {error}"));
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
