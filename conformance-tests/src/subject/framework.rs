//! A framework with the fixed application behind its adapter, asked over a real socket.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Sender};
use std::thread;

use anyhow::{Context as _, Result};
use cors_core::Policy;

use super::{Answer, Started, Subject};
use crate::vector::Request;
use crate::wire;

/// All that a framework brings is one function.
#[derive(Clone, Copy, Debug)]
pub struct Framework {
    /// The name, as in `differences.toml`.
    pub name: &'static str,
    /// Serves on a free port for ever, and sends the address once it listens.
    pub serve: fn(Policy, &Sender<SocketAddr>) -> io::Result<()>,
}

impl Framework {
    /// Serves the fixed application behind `policy` on a thread of its own.
    pub fn spawn(self, policy: Policy) -> Result<SocketAddr> {
        let (sender, receiver) = mpsc::channel();
        // Never joined: it serves until the process ends, and costs nothing while idle.
        thread::spawn(move || (self.serve)(policy, &sender));
        receiver
            .recv()
            .with_context(|| format!("{} does not start", self.name))
    }
}

impl Subject for Framework {
    fn name(&self) -> &'static str {
        self.name
    }

    fn is_on_the_wire(&self) -> bool {
        true
    }

    fn start(&self, policy: Policy) -> Result<Box<dyn Started>> {
        Ok(Box::new(Server(self.spawn(policy)?)))
    }
}

struct Server(SocketAddr);

impl Started for Server {
    fn ask(&self, request: &Request) -> Result<Answer> {
        Ok(Answer {
            response: wire::ask(self.0, request)?,
            verdict: None,
        })
    }
}
