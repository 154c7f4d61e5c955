//! The vectors as values: what is asked, under which policy, and what must come back.

mod file;
mod line;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde::Deserialize;

#[cfg(test)]
pub(crate) use file::parse;
pub use line::Line;

/// Everything under `vectors/`, and the listed differences of frameworks.
#[derive(Debug)]
pub struct Suite {
    /// Requests, in the order of the files.
    pub vectors: Vec<Vector>,
    /// Configurations, in the order of the files.
    pub configs: Vec<ConfigVector>,
    /// Where a framework answers otherwise.
    pub differences: Vec<Difference>,
}

impl Suite {
    /// Reads a folder with `vectors/*.toml` and `differences.toml`.
    pub fn load(folder: &Path) -> Result<Self> {
        file::load(folder)
    }

    /// Drops every vector whose full name does not contain `part`.
    pub fn retain(&mut self, part: &str) {
        self.vectors.retain(|vector| vector.name.contains(part));
        self.configs.retain(|config| config.name.contains(part));
    }

    /// Whether there is nothing to run.
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty() && self.configs.is_empty()
    }
}

/// One request and its answer.
#[derive(Debug)]
pub struct Vector {
    /// `file/name`, or `file/name/1` if it was written with `for_each`.
    pub name: String,
    /// The rule or the issue it proves.
    pub why: String,
    /// The configuration, as written.
    pub policy: toml::Table,
    /// Whether the request can be sent over HTTP/1 at all.
    pub wire: bool,
    /// What is asked.
    pub request: Request,
    /// What must come back.
    pub expect: Expect,
}

/// One request, byte for byte.
#[derive(Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The request target, as in the request line.
    pub target: String,
    /// Header lines in order, a `Host` among them.
    pub lines: Vec<Line>,
    /// The content; empty for none.
    pub body: String,
}

impl Request {
    /// The values of all lines of one header, in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.lines
            .iter()
            .filter(move |line| line.is(name))
            .map(Line::value)
    }
}

/// What must come back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// `Decision::id`; `None` only for a listed difference, since the wire does not show it.
    pub decision: Option<String>,
    /// `Decision::reasons`, all of them in order.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// The status.
    pub status: u16,
    /// The content; `None`: whatever the framework says.
    pub body: Option<String>,
    /// All `access-control-*` headers of the response, one line each.
    pub cors: BTreeMap<String, String>,
    /// All members of all `Vary` lines, in lower case and sorted.
    pub vary: Vec<String>,
    /// Other headers that must be there, one line each.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Other headers that must not be there.
    #[serde(default)]
    pub without: Vec<String>,
}

/// One configuration and the verdict on it.
#[derive(Debug)]
pub struct ConfigVector {
    /// `file/name`, or `file/name/1` if it was written with `for_each`.
    pub name: String,
    /// The rule or the issue it proves.
    pub why: String,
    /// The configuration, as written.
    pub source: Source,
    /// The verdict.
    pub expect: ExpectedIssues,
}

/// Where a configuration comes from.
#[derive(Debug)]
pub enum Source {
    /// A policy file.
    Policy(toml::Table),
    /// Environment variables.
    Env(BTreeMap<String, String>),
}

/// The verdict on a configuration: complete lists, in order, in the notation of README.md.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedIssues {
    /// What refuses it.
    pub errors: Vec<String>,
    /// What is merely suspicious.
    pub warnings: Vec<String>,
    /// Origins that the built policy allows.
    #[serde(default)]
    pub allows: Vec<String>,
    /// Origins that the built policy refuses.
    #[serde(default)]
    pub refuses: Vec<String>,
}

/// An answer of frameworks that is known to differ, with the reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The names of the subjects.
    pub subjects: Vec<String>,
    /// Full names of vectors; a name written with `for_each` stands for all of its vectors.
    pub vectors: Vec<String>,
    /// Why they cannot do otherwise.
    pub reason: String,
    /// What they answer instead.
    pub expect: Instead,
}

/// The answer of a framework that differs; status, CORS headers and `Vary` are those of the vector
/// unless they are told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instead {
    status: Option<u16>,
    body: Option<String>,
    cors: Option<BTreeMap<String, String>>,
    vary: Option<Vec<String>>,
}

impl Difference {
    /// Whether it is about this vector.
    pub fn covers(&self, vector: &str) -> bool {
        let group = vector.rsplit_once('/').map(|(group, _)| group);
        self.vectors
            .iter()
            .any(|name| name == vector || Some(name.as_str()) == group)
    }

    /// What must come back for a vector that expects this.
    pub fn instead_of(&self, expect: &Expect) -> Expect {
        let Instead {
            status,
            body,
            cors,
            vary,
        } = &self.expect;
        Expect {
            decision: None,
            reasons: Vec::new(),
            status: status.unwrap_or(expect.status),
            body: body.clone(),
            cors: cors.as_ref().unwrap_or(&expect.cors).clone(),
            vary: vary.as_ref().unwrap_or(&expect.vary).clone(),
            headers: BTreeMap::new(),
            without: Vec::new(),
        }
    }
}
