//! What the benchmark `end_to_end` measured.

use crate::records;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// The results of one run of `end_to_end`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndToEnd {
    /// The machine and the versions.
    pub machine: String,
    /// The rounds of each server.
    pub rounds: usize,
    /// The duration of one round.
    pub seconds: u64,
    /// The servers under load.
    pub served: Vec<Served>,
}

/// A server under load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Served {
    /// The framework, and how the middleware is attached.
    pub framework: String,
    /// The requests.
    pub load: Load,
    /// The middleware, or `bare`.
    pub with: String,
    /// Requests per second.
    pub requests: f64,
    /// The same as a share of those of the server without CORS.
    pub share_of_requests: f64,
    /// The 99th percentile of the latency in microseconds.
    pub p99: f64,
    /// The same as a share of that of the server without CORS.
    pub share_of_p99: f64,
}

/// The requests that the servers get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Load {
    /// `GET` of an allowed origin.
    Allowed,
    /// The same, but every fifth request is a hostile preflight.
    Hostile,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Record {
    Run {
        machine: String,
        rounds: usize,
        seconds: u64,
    },
    Served(Served),
}

impl EndToEnd {
    pub(crate) fn write(&self) -> io::Result<String> {
        let run = Record::Run {
            machine: self.machine.clone(),
            rounds: self.rounds,
            seconds: self.seconds,
        };
        let served = self.served.iter().cloned().map(Record::Served);
        let records: Vec<_> = std::iter::once(run).chain(served).collect();
        records::write(&records)
    }

    pub(crate) fn read(text: &str, path: &Path) -> io::Result<Self> {
        let mut all = Self::default();
        for record in records::read(text, path)? {
            match record {
                Record::Run {
                    machine,
                    rounds,
                    seconds,
                } => (all.machine, all.rounds, all.seconds) = (machine, rounds, seconds),
                Record::Served(served) => all.served.push(served),
            }
        }
        Ok(all)
    }

    /// The server with this middleware under this load.
    pub fn find(&self, framework: &str, load: Load, with: &str) -> Option<&Served> {
        let mut served = self.served.iter();
        served.find(|it| it.framework == framework && it.load == load && it.with == with)
    }

    /// The frameworks, in the order of the run.
    pub(crate) fn frameworks(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.served.iter().map(|it| &*it.framework).collect();
        names.dedup();
        names
    }
}
