//! The process of a server under test, with all processes that it starts.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::command::Template;
use super::port::Port;

/// The exit status by which a server or an adapter declares that it cannot express a policy.
const UNSUPPORTED: i32 = 77;

/// How often a server is started that exits before it listens: another program may have taken its port.
const ATTEMPTS: u32 = 3;

/// The output that is kept for messages.
const KEPT_BYTES: usize = 2048;

/// How long the output of an ended server may take.
const SETTLE_LIMIT: Duration = Duration::from_secs(2);

/// The pause between two looks at a process.
const PAUSE: Duration = Duration::from_millis(5);

/// A server that accepts connections. It ends when this is dropped.
pub(crate) struct Process {
    child: Child,
    output: Output,
    port: Port,
    _folder: TempDir,
}

/// Why there is no server.
pub(crate) enum Refusal {
    /// It declares that it cannot express the policy.
    Unsupported(String),
    /// It cannot be used at all.
    Failed(String),
}

impl Process {
    /// Starts a server with this policy, and waits until it accepts connections.
    pub(crate) fn start(
        template: &Template,
        policy: &str,
        limit: Duration,
    ) -> Result<Self, Refusal> {
        let mut last = String::new();
        for _ in 0..ATTEMPTS {
            match Self::attempt(template, policy, limit)? {
                Ok(process) => return Ok(process),
                Err(exited) => last = exited,
            }
        }
        Err(Refusal::Failed(last))
    }

    /// Starts a server once. The inner error is an early exit.
    fn attempt(
        template: &Template,
        policy: &str,
        limit: Duration,
    ) -> Result<Result<Self, String>, Refusal> {
        let failed =
            |error: io::Error| Refusal::Failed(format!("cannot start the server: {error}"));
        let folder = tempfile::tempdir().map_err(failed)?;
        let file = folder.path().join("policy.json");
        fs::write(&file, policy).map_err(failed)?;
        let port = Port::take().map_err(failed)?;
        let mut command = template.command(&file, port.number());
        let (child, output) = spawn(&mut command).map_err(|error| {
            let program = command.get_program().display();
            Refusal::Failed(format!("cannot start `{program}`: {error}"))
        })?;
        let mut process = Self {
            child,
            output,
            port,
            _folder: folder,
        };
        let start = Instant::now();
        loop {
            if let Some(status) = process.exit_status() {
                return match status.code() {
                    Some(UNSUPPORTED) => Err(Refusal::Unsupported(process.last_line())),
                    _ => Ok(Err(format!(
                        "the server ended before it accepted connections at {}: {status}{}",
                        process.address(),
                        process.last_output()
                    ))),
                };
            }
            // If it has ended meanwhile, another program has accepted the connection.
            if process.port.is_open(limit) && process.exit_status().is_none() {
                return Ok(Ok(process));
            }
            if start.elapsed() > limit {
                return Err(Refusal::Failed(format!(
                    "the server did not accept connections at {} within {} s{}",
                    process.address(),
                    limit.as_secs_f64(),
                    process.last_output()
                )));
            }
            thread::sleep(PAUSE);
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// The status, if the process has ended.
    fn exit_status(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok().flatten()?;
        end(self.child.id());
        self.output.settle();
        Some(status)
    }

    /// The status, if the process ends within this time.
    pub(crate) fn ends_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            match self.exit_status() {
                None if start.elapsed() < limit => thread::sleep(PAUSE),
                end => return end,
            }
        }
    }

    /// The end of its output, as the end of a message.
    pub(crate) fn last_output(&self) -> String {
        match self.output.text() {
            text if text.is_empty() => String::new(),
            text => format!("; its last output: {text}"),
        }
    }

    fn last_line(&self) -> String {
        let text = self.output.text();
        match text.rsplit(" | ").next() {
            None | Some("") => "the server cannot express this policy".to_owned(),
            Some(line) => line.to_owned(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        end(self.child.id());
        let _ = self.child.kill();
        let _ = self.child.wait();
        groups(|groups| groups.remove(&self.child.id()));
    }
}

/// The end of what the processes of a server write.
struct Output {
    kept: Arc<Mutex<VecDeque<u8>>>,
    reader: JoinHandle<()>,
}

impl Output {
    /// Reads to the end, so that the server never blocks on a full pipe.
    fn follow(mut reader: io::PipeReader) -> Self {
        let kept = Arc::default();
        let written: Arc<Mutex<VecDeque<u8>>> = Arc::clone(&kept);
        let reader = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let mut kept = written.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend(bytes.iter().take(count));
                let excess = kept.len().saturating_sub(KEPT_BYTES);
                kept.drain(..excess);
            }
        });
        Self { kept, reader }
    }

    /// Waits until everything is read that an ended server wrote.
    fn settle(&self) {
        let start = Instant::now();
        while !self.reader.is_finished() && start.elapsed() < SETTLE_LIMIT {
            thread::sleep(PAUSE);
        }
    }

    /// The last lines, without control characters, on one line.
    fn text(&self) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = kept.iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        let printable = |line: &str| line.replace(char::is_control, " ").trim().to_owned();
        let lines: Vec<_> = text
            .lines()
            .map(printable)
            .filter(|line| !line.is_empty())
            .collect();
        let last = lines.iter().skip(lines.len().saturating_sub(5));
        last.map(String::as_str).collect::<Vec<_>>().join(" | ")
    }
}

fn spawn(command: &mut Command) -> io::Result<(Child, Output)> {
    let (reader, writer) = io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    lead_group(command);
    // Hold the lock until the group is listed, so that `end_all` misses none.
    let child = groups(|groups| {
        let child = command.spawn()?;
        groups.insert(child.id());
        io::Result::Ok(child)
    })?;
    // Close our ends of the pipe, so that reading it ends with the last process.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    Ok((child, Output::follow(reader)))
}

// ---- process groups

/// The groups that run.
static GROUPS: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

fn groups<T>(change: impl FnOnce(&mut BTreeSet<u32>) -> T) -> T {
    change(&mut GROUPS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Ends all servers, when the program is interrupted. No other can start after it.
pub(crate) fn end_all() {
    let groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
    groups.iter().copied().for_each(end);
    // A thread that starts a server waits for the lock until the program ends.
    std::mem::forget(groups);
}

#[cfg(unix)]
fn lead_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;

    command.process_group(0);
}

#[cfg(not(unix))]
fn lead_group(_: &mut Command) {}

/// Ends a group with all of its processes.
#[cfg(unix)]
fn end(leader: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};

    let leader = i32::try_from(leader).ok().and_then(Pid::from_raw);
    if let Some(leader) = leader {
        let _ = kill_process_group(leader, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn end(_: u32) {}
