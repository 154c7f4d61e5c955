//! The requests that `wrk` sends, and the results that it reports.

use crate::serve::Server;
use benchmark_report::Load as Kind;
use conformance_tests::vector::{self, Line};
use conformance_tests::wire;
use cors_benchmarks::response::Response;
use cors_benchmarks::scenario::{self, Request, Scenario};
use cors_benchmarks::subject::Variant;
use std::io::{self, Write as _};
use std::process::Command;
use tempfile::NamedTempFile;

/// Requests that are sent in turn.
pub(crate) struct Load {
    pub(crate) kind: Kind,
    turn: Vec<Scenario>,
    script: NamedTempFile,
}

/// The result of one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Result {
    /// Requests per second.
    pub(crate) requests: f64,
    /// The 99th percentile of the latency, in microseconds.
    pub(crate) p99: f64,
}

pub(crate) fn find_wrk() -> io::Result<()> {
    Command::new("wrk").arg("--version").output().map(drop)
}

pub(crate) fn all() -> [Load; 2] {
    let (usual, hostile) = ("one origin, allowed", "a name repeated, 16 KiB");
    [
        Load::new(Kind::Allowed, &[usual]),
        Load::new(Kind::Hostile, &[usual, usual, usual, usual, hostile]),
    ]
}

impl Load {
    fn new(kind: Kind, turn: &[&str]) -> Self {
        let all = scenario::with(None);
        let named = |name: &&str| all.iter().find(|scenario| scenario.name == **name).unwrap();
        let turn: Vec<Scenario> = turn.iter().map(named).cloned().collect();
        let mut script = NamedTempFile::new().unwrap();
        script.write_all(lua(&turn).as_bytes()).unwrap();
        Self { kind, turn, script }
    }

    /// Sends each request once: the responses of our middleware must be correct.
    pub(crate) fn check(&self, server: &Server) {
        for scenario in &self.turn {
            let response = wire::ask(server.address, &on_the_wire(&scenario.request)).unwrap();
            let headers = response.headers.iter();
            let headers = headers.map(|(name, value)| (&**name, &**value));
            let evaluation = Response::new(response.status, headers).evaluate(scenario);
            let is_right = match server.variant {
                Variant::Bare => response.status == 200,
                Variant::Peer => !evaluation.is_wrong_refusal,
                _ => evaluation.differences.is_empty(),
            };
            assert!(
                is_right,
                "{}: {:?}: {evaluation:?}",
                scenario.name, server.variant
            );
        }
    }

    pub(crate) fn run(&self, server: &Server, seconds: u64) -> Result {
        let output = Command::new("wrk")
            .args(["--threads=1", "--connections=32", "--latency"])
            .arg(format!("--duration={seconds}s"))
            .arg(format!("--script={}", self.script.path().display()))
            .arg(format!("http://{}/", server.address))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().find_map(|line| line.strip_prefix("result "));
        let figures: Vec<f64> = line
            .unwrap_or_else(|| panic!("unexpected output of wrk: {text}"))
            .split(' ')
            .map(|figure| figure.parse().unwrap())
            .collect();
        assert_eq!(
            figures[2], 0.0,
            "{:?}: requests without a response",
            self.kind
        );
        Result {
            requests: figures[0],
            p99: figures[1],
        }
    }
}

fn lua(turn: &[Scenario]) -> String {
    let texts = turn.iter().map(|scenario| {
        let Request {
            method,
            headers,
            path,
        } = &scenario.request;
        let lines = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"));
        format!(
            "{:?}",
            format!(
                "{method} {path} HTTP/1.1\r\n{}\r\n",
                lines.collect::<String>()
            )
        )
    });
    let texts = texts.collect::<Vec<_>>().join(",\n");
    format!(
        r#"
local requests = {{ {texts} }}
local turn = 0
function request()
    turn = turn % #requests + 1
    return requests[turn]
end
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("result %f %f %d\n",
        summary.requests / summary.duration * 1e6,
        latency:percentile(99),
        errors.connect + errors.read + errors.write + errors.timeout))
end
"#
    )
}

fn on_the_wire(request: &Request) -> vector::Request {
    let lines = request.headers.iter();
    let lines = lines.map(|(name, value)| Line::new(format!("{name}: {value}")).unwrap());
    vector::Request {
        method: request.method.to_owned(),
        target: request.path.clone(),
        lines: lines.collect(),
        body: String::new(),
    }
}
