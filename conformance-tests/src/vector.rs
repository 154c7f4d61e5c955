//! The vectors as values: the request, the policy, and the expected response.

mod built_in;
mod file;
mod line;
mod policies;
mod section;
mod text;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde::Deserialize;

#[cfg(test)]
pub(crate) use file::parse;
pub use line::Line;
pub use policies::PathPolicies;
pub use section::Section;

/// All vectors under `vectors/`, and the listed differences of frameworks.
#[derive(Debug)]
pub struct Suite {
    /// Requests, in the order of the files.
    pub vectors: Vec<Vector>,
    /// Configurations, in the order of the files.
    pub configs: Vec<ConfigVector>,
    /// The listed differences of frameworks.
    pub differences: Vec<Difference>,
}

impl Suite {
    /// Reads a folder with `vectors/*.toml` and `differences.toml`.
    pub fn load(folder: &Path) -> Result<Self> {
        file::load(folder)
    }

    /// The vectors of this package, from when it was compiled: those in files whose name `is_wanted`.
    pub fn built_in(is_wanted: impl Fn(&str) -> bool) -> Result<Self> {
        let files = built_in::FILES.into_iter();
        file::assemble(files.filter(|(name, _)| *name == file::SHARED || is_wanted(name)))
    }

    /// Keeps only the vectors whose full name contains `part`.
    pub fn retain(&mut self, part: &str) {
        self.vectors.retain(|vector| vector.name.contains(part));
        self.configs.retain(|config| config.name.contains(part));
    }

    /// Whether there is nothing to run.
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty() && self.configs.is_empty()
    }
}

/// One request and the expected response.
#[derive(Debug)]
pub struct Vector {
    /// `file/name`, or `file/name/1` if it was written with `for_each`.
    pub name: String,
    /// The rule that it tests.
    pub why: String,
    /// The section of a standard that the rule is based on.
    pub section: Section,
    /// The configurations of all hosts without their own.
    pub policies: PathPolicies,
    /// The configurations of hosts that have their own.
    pub hosts: BTreeMap<String, PathPolicies>,
    /// Whether the request can be sent over HTTP/1 at all.
    pub wire: bool,
    /// The request.
    pub request: Request,
    /// The expected response.
    pub expect: Expect,
}

impl Vector {
    /// The configuration that applies to every request. `None` if it depends on the host or the path, and if there
    /// is no CORS.
    pub fn only_policy(&self) -> Option<&toml::Table> {
        let is_only = self.hosts.is_empty() && self.policies.paths.is_empty();
        self.policies.default.as_ref().filter(|_| is_only)
    }
}

/// One request, byte for byte.
#[derive(Clone, Debug)]
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
    /// The path of the target, without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The values of all lines of one header, in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.lines
            .iter()
            .filter(move |line| line.is(name))
            .map(Line::value)
    }
}

/// The expected response.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// `Decision::id`, or `none` where no CORS applies. `None` only for a listed difference, since the wire does not
    /// show it.
    pub decision: Option<String>,
    /// `Decision::reasons`, all of them in order.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// The status.
    pub status: u16,
    /// The content; `None` accepts any content.
    pub body: Option<String>,
    /// All `access-control-*` headers of the response, each in a single line.
    pub cors: BTreeMap<String, String>,
    /// All members of all `Vary` lines, in lower case and sorted.
    pub vary: Vec<String>,
    /// Other headers that must be present, each in a single line.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Other headers that must be absent.
    #[serde(default)]
    pub without: Vec<String>,
}

/// One configuration and its expected issues.
#[derive(Debug)]
pub struct ConfigVector {
    /// `file/name`, or `file/name/1` if it was written with `for_each`.
    pub name: String,
    /// The rule that it tests.
    pub why: String,
    /// The configuration, as written.
    pub source: Source,
    /// The expected issues.
    pub expect: ExpectedIssues,
}

/// Where a configuration comes from.
#[derive(Debug)]
pub enum Source {
    /// A policy file.
    Policy(toml::Table),
    /// Environment variables.
    Env(BTreeMap<String, String>),
    /// Path prefixes, each added to those before it.
    Prefixes(Vec<String>),
}

/// The expected issues of a configuration: complete lists, in order, in the notation of README.md.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedIssues {
    /// Issues that make the build fail.
    pub errors: Vec<String>,
    /// Issues that are merely suspicious.
    pub warnings: Vec<String>,
    /// Origins that the built policy allows.
    #[serde(default)]
    pub allows: Vec<String>,
    /// Origins that the built policy refuses.
    #[serde(default)]
    pub refuses: Vec<String>,
}

/// A known difference in the response of some frameworks, with the reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The names of the subjects.
    pub subjects: Vec<String>,
    /// Full names of vectors; a name written with `for_each` covers all of its vectors.
    pub vectors: Vec<String>,
    /// Why these frameworks cannot behave differently.
    pub reason: String,
    /// The response they give instead.
    pub expect: Instead,
}

/// The differing response of a framework. Status, CORS headers and `Vary` default to those of the
/// vector.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instead {
    status: Option<u16>,
    body: Option<String>,
    cors: Option<BTreeMap<String, String>>,
    vary: Option<Vec<String>>,
}

impl Difference {
    /// Parses a file like `differences.toml`.
    pub fn parse(text: &str) -> Result<Vec<Self>> {
        file::differences(text)
    }

    /// Whether it covers this vector.
    pub fn covers(&self, vector: &str) -> bool {
        let group = vector.rsplit_once('/').map(|(group, _)| group);
        self.vectors
            .iter()
            .any(|name| name == vector || Some(name.as_str()) == group)
    }

    /// The expected response for a vector that otherwise expects `expect`.
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
