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
            let port = Port::take().map_err(unstartable)?;
            match Self::attempt(template, policy, port, limit)? {
                Ok(process) => return Ok(process),
                Err(exited) => last = exited,
            }
        }
        Err(Refusal::Failed(last))
    }

    /// Starts a server once. The inner error is an early exit, or a port that is in use.
    fn attempt(
        template: &Template,
        policy: &str,
        port: Port,
        limit: Duration,
    ) -> Result<Result<Self, String>, Refusal> {
        let folder = tempfile::tempdir().map_err(unstartable)?;
        let file = folder.path().join("policy.json");
        fs::write(&file, policy).map_err(unstartable)?;
        // Its responses would pass for those of the server.
        if port.is_open(limit) {
            return Ok(Err(format!(
                "another program accepts connections at {}, where the server was to listen",
                port.address()
            )));
        }
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

    /// Why responses may not be from the server: it has ended, but its port is open.
    pub(crate) fn other_program(&mut self, limit: Duration) -> Option<String> {
        let status = self.exit_status()?;
        self.port.is_open(limit).then(|| {
            format!(
                "the server ended, and another program accepts connections at {}: {status}{}",
                self.address(),
                self.last_output()
            )
        })
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

fn unstartable(error: io::Error) -> Refusal {
    Refusal::Failed(format!("cannot start the server: {error}"))
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

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by a panic")]
mod tests {
    use std::net::TcpListener;

    use tokio::net::TcpSocket;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    #[test]
    fn a_port_in_use_is_not_that_of_the_server() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = other.local_addr().unwrap();
        let template = Template::parse("/no/such/program {policy} {port}").unwrap();
        let attempt = Process::attempt(&template, "{}", Port::of(address), LIMIT);
        let expected = format!(
            "another program accepts connections at {address}, where the server was to listen"
        );
        // The program was not even started.
        assert!(matches!(attempt, Ok(Err(problem)) if problem == expected));
    }

    #[cfg(unix)]
    #[test]
    fn another_program_at_the_port_of_a_server_that_ended() {
        let start = |program: &str, address| {
            let (child, output) = spawn(Command::new(program).arg("600")).unwrap();
            Process {
                child,
                output,
                port: Port::of(address),
                _folder: tempfile::tempdir().unwrap(),
            }
        };
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = other.local_addr().unwrap();
        assert_eq!(start("sleep", address).other_program(LIMIT), None);

        let mut ended = start("false", address);
        ended.ends_within(LIMIT).unwrap();
        let problem = ended.other_program(LIMIT).unwrap();
        let expected = format!("another program accepts connections at {address}: exit status: 1");
        assert!(problem.ends_with(&expected), "{problem}");

        // The port is taken, but no program listens.
        let silent = TcpSocket::new_v4().unwrap();
        silent.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let mut ended = start("false", silent.local_addr().unwrap());
        ended.ends_within(LIMIT).unwrap();
        assert_eq!(ended.other_program(LIMIT), None);
    }
}
