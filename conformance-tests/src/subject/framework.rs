//! A framework that serves the test application through its adapter, over a real socket.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use anyhow::{Context as _, Result};
use cors_core::Policies;
use tokio::sync::oneshot;

use super::{Observation, Started, Subject};
use crate::server::{Listening, Stop};
use crate::vector::Request;
use crate::wire;

/// A framework: a name and the function that serves the test application.
#[derive(Clone, Copy, Debug)]
pub struct Framework {
    /// The name, as in `differences.toml`.
    pub name: &'static str,
    /// Serves the test application under these policies until it must stop. Port 0 selects a free port.
    pub serve: fn(Policies, SocketAddr, Listening, Stop) -> io::Result<()>,
}

/// A server on its own thread. It stops when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// The address it listens on.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<io::Result<()>>,
}

impl Running {
    /// Starts a server on a new thread, on a free port.
    pub fn start(
        serve: impl FnOnce(SocketAddr, Listening, Stop) -> io::Result<()> + Send + 'static,
    ) -> Result<Self> {
        let (sender, receiver) = mpsc::channel();
        // The receiver may be gone by then; ignore the error.
        let listening = Box::new(move |address| {
            let _ = sender.send(address);
        });
        let free_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || serve(free_port, listening, stopped));
        let address = receiver.recv().context("the server did not start")?;
        Ok(Self {
            address,
            stop,
            thread,
        })
    }

    /// Stops the server, and waits until its thread has ended and its port is free.
    pub fn stop(self) -> io::Result<()> {
        drop(self.stop);
        let panicked = |_| io::Error::other("the server panicked");
        self.thread.join().map_err(panicked)?
    }
}

impl Framework {
    /// Starts the server on a new thread.
    pub fn spawn(self, policies: impl Into<Policies>) -> Result<Running> {
        let policies = policies.into();
        Running::start(move |at, listening, stop| (self.serve)(policies, at, listening, stop))
            .with_context(|| self.name)
    }
}

impl Subject for Framework {
    fn name(&self) -> &'static str {
        self.name
    }

    fn is_on_the_wire(&self) -> bool {
        true
    }

    fn start(&self, policies: Policies) -> Result<Box<dyn Started>> {
        Ok(Box::new(self.spawn(policies)?))
    }
}

impl Started for Running {
    fn ask(&self, request: &Request) -> Result<Observation> {
        Ok(Observation {
            response: wire::ask(self.address, request)?,
            decision: None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use std::net::{TcpListener, TcpStream};

    use cors_core::Config;

    use crate::subject::{FRAMEWORKS, NAMES};

    #[test]
    fn the_suite_has_every_framework() {
        assert_eq!(FRAMEWORKS.map(|framework| framework.name), NAMES);
    }

    #[test]
    fn a_server_that_is_stopped_frees_its_port() {
        for framework in FRAMEWORKS {
            let running = framework.spawn(Config::new().build().unwrap()).unwrap();
            let address = running.address;
            let idle = TcpStream::connect(address).unwrap();
            running.stop().unwrap();
            let again = TcpListener::bind(address);
            assert!(again.is_ok(), "{}: {again:?}", framework.name);
            drop(idle);
        }
    }
}
