//! The cases of a run, by policy.

use anyhow::Result;
use conformance_tests::vector::{Expect, Line, Request, Section, Vector};
use cors_core::Policy;

use super::browser::Page;

/// Cases that one server runs.
pub(crate) struct Group {
    /// The text of the policy file.
    pub(crate) policy: String,
    pub(crate) cases: Vec<Case>,
}

/// A request, and the response that the contract states.
pub(crate) struct Case {
    /// The name of its vector.
    pub(crate) name: String,
    pub(crate) why: String,
    pub(crate) section: Section,
    pub(crate) request: Request,
    pub(crate) expect: Expect,
    /// Whether the policy allows the method of the request.
    pub(crate) is_method_allowed: bool,
    pub(crate) application: Application,
}

/// What is behind the CORS middleware of the server under test.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Application {
    /// The test application, whose responses are known.
    Test,
    /// Any application: its status, its body and its own `Vary` are not judged.
    Unknown,
}

impl Case {
    pub(crate) fn new(vector: Vector, policy: &Policy) -> Result<Self> {
        Ok(Self {
            is_method_allowed: allows_method(policy, &vector.request)?,
            name: vector.name,
            why: vector.why,
            section: vector.section,
            request: vector.request,
            expect: vector.expect,
            application: Application::Test,
        })
    }

    /// The page whose browser sends the request.
    pub(crate) fn page(&self) -> Option<Page> {
        Page::of(&self.request, self.is_method_allowed)
    }

    /// Whether the middleware responds in place of the application.
    pub(crate) fn is_early(&self) -> bool {
        let decision = self.expect.decision.as_deref().unwrap_or_default();
        decision.starts_with("preflight-") || ["blocked", "misdirected"].contains(&decision)
    }

    /// The path of the request.
    pub(crate) fn path(&self) -> &str {
        self.request.target.split('?').next().unwrap_or_default()
    }
}

/// Whether a preflight for this request is not refused because of the method.
pub(crate) fn allows_method(policy: &Policy, request: &Request) -> Result<bool> {
    // A request for a host that is not one of `own_origins` is refused whatever its method is.
    let host = request.lines.iter().filter(|line| line.is("host"));
    let mut lines: Vec<Line> = host.cloned().collect();
    lines.push(Line::new("Origin: https://app.example.com")?);
    let method = &request.method;
    lines.push(Line::new(format!(
        "Access-Control-Request-Method: {method}"
    ))?);
    let preflight = Request {
        method: "OPTIONS".to_owned(),
        target: "/".to_owned(),
        lines,
        body: String::new(),
    };
    let decision = policy.decide(&preflight);
    Ok(!decision
        .reasons()
        .any(|reason| reason == "method-not-allowed"))
}
