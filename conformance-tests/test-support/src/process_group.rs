//! Programs that start other processes, such as browsers.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// A program and all processes that it started. They end when this is dropped.
pub struct Group {
    leader: Child,
    lines: Receiver<String>,
}

impl Group {
    /// Starts the program in its own process group.
    pub fn start(command: &mut Command) -> Self {
        // Some programs are shell wrappers and a browser has many processes, hence the group.
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut leader = command.spawn().unwrap();
        let stderr = BufReader::new(leader.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        // Read to the end, so that the program never blocks on a full pipe.
        thread::spawn(move || {
            let lines = stderr.lines().map_while(Result::ok);
            lines.for_each(|line| drop(sender.send(line)));
        });
        Self { leader, lines }
    }

    /// Reads lines from standard error until `parse` returns a value, and returns that value.
    pub fn announced<T>(&self, parse: impl Fn(&str) -> Option<T>) -> T {
        let mut lines = self.lines.iter();
        let announced = lines.find_map(|line| parse(&line));
        announced.expect("the program reports that it is ready")
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = format!("-{}", self.leader.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.leader.wait();
    }
}
