//! A framework with the fixed application behind its adapter, asked over a real socket.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
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
    /// Serves the fixed application behind a policy for ever, at an address or, for port 0, on a
    /// free port there.
    pub serve: fn(Policy, SocketAddr, Listening) -> io::Result<()>,
}

/// Is told the address once the server listens.
pub type Listening = Box<dyn FnOnce(SocketAddr) + Send + Sync>;

impl Framework {
    /// Serves it on a thread of its own.
    pub fn spawn(self, policy: Policy) -> Result<SocketAddr> {
        let (sender, receiver) = mpsc::channel();
        // Who waits for it may be gone; then it serves for nobody.
        let listening = Box::new(move |address| {
            let _ = sender.send(address);
        });
        let free_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        // Never joined: it serves until the process ends, and costs nothing while idle.
        thread::spawn(move || (self.serve)(policy, free_port, listening));
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
