//! The cases of a run, by policy.

use conformance_tests::vector::{Expect, Request, Section, Vector};

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

impl From<Vector> for Case {
    fn from(vector: Vector) -> Self {
        Self {
            name: vector.name,
            why: vector.why,
            section: vector.section,
            request: vector.request,
            expect: vector.expect,
            application: Application::Test,
        }
    }
}

impl Case {
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
