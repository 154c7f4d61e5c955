//! The cases for `--url`: the requests of the vectors, moved to the policy of the server. The expected
//! responses are the decisions of the core, which must pass all vectors itself.

use anyhow::{Context as _, Result, bail};
use conformance_tests::run::{cors, vary};
use conformance_tests::subject::{Core, Started, Subject as _};
use conformance_tests::vector::{Expect, Line, Request, Suite, Vector};
use cors_core::{Policies, Policy};

use super::browser::is_preflight;
use super::case::{Application, Case, Group, allows_method};
use super::endpoint::Endpoint;
use super::move_origin::move_origin;
use super::representative::representatives;
use super::select::{file, is_selected};

/// The host of the server in most vectors.
const SERVER: &[u8] = b"api.example.com";

/// The distinct requests of all vectors for `/`.
pub(crate) fn group(
    suite: Suite,
    policy: &Policy,
    endpoint: &Endpoint,
    only: &[String],
) -> Result<Group> {
    let is_plain = |vector: &Vector| {
        vector.wire && vector.only_policy().is_some() && vector.request.target == "/"
    };
    let mut vectors = suite.vectors;
    vectors.retain(|vector| is_plain(vector) && is_selected(&vector.name, only));
    let source = Source {
        vectors,
        core: Core.start(Policies::new(policy.clone()))?,
        policy,
        endpoint,
    };
    Ok(Group {
        policy: file(policy)?,
        cases: source.cases(&representatives(policy))?,
    })
}

/// What the cases are made of.
struct Source<'a> {
    vectors: Vec<Vector>,
    core: Box<dyn Started>,
    policy: &'a Policy,
    endpoint: &'a Endpoint,
}

impl Source<'_> {
    /// All requests from the first of the allowed origins, and an allowed request of each kind from the others.
    fn cases(&self, origins: &[String]) -> Result<Vec<Case>> {
        let mut cases: Vec<Case> = Vec::new();
        let first = origins.first().map(String::as_str);
        for vector in &self.vectors {
            if let Some(request) = self.moved(&vector.request, first)?
                && !cases.iter().any(|case| is_same(&case.request, &request))
            {
                cases.push(self.case(vector, request)?);
            }
        }
        let selected = cases.len();
        for origin in origins.iter().skip(1) {
            cases.extend(self.allowed(origin, false)?);
            cases.extend(self.allowed(origin, true)?);
        }
        if selected > 0 && !cases.iter().any(is_allowed) {
            bail!(remedy(&cases));
        }
        Ok(cases)
    }

    /// The first request from this origin that the policy allows.
    fn allowed(&self, origin: &str, preflight: bool) -> Result<Option<Case>> {
        for vector in &self.vectors {
            if is_preflight(&vector.request) != preflight {
                continue;
            }
            let Some(request) = self.moved(&vector.request, Some(origin))? else {
                continue;
            };
            if !request.values("origin").eq([origin.as_bytes()]) {
                continue;
            }
            let case = self.case(vector, request)?;
            if is_allowed(&case) {
                return Ok(Some(case));
            }
        }
        Ok(None)
    }

    fn case(&self, vector: &Vector, request: Request) -> Result<Case> {
        let observed = self.core.ask(&Request {
            target: "/".to_owned(),
            ..request.clone()
        })?;
        let (decision, reasons) = observed.decision.context("the core decides")?;
        let cors = cors(&observed.response).into_iter();
        let expect = Expect {
            decision: Some(decision.to_owned()),
            reasons: reasons.into_iter().map(str::to_owned).collect(),
            status: observed.response.status,
            body: None,
            cors: cors
                .map(|(name, values)| (name, values.join(", ")))
                .collect(),
            vary: vary(&observed.response),
            headers: Default::default(),
            without: Vec::new(),
        };
        Ok(Case {
            is_method_allowed: allows_method(self.policy, &request)?,
            name: vector.name.clone(),
            why: vector.why.clone(),
            section: vector.section.clone(),
            request,
            expect,
            application: Application::Unknown,
        })
    }

    /// The request for the server, from this origin in place of the usual one. `None` if the vector is about another `Host`.
    fn moved(&self, request: &Request, origin: Option<&str>) -> Result<Option<Request>> {
        let mut lines = Vec::new();
        for line in &request.lines {
            lines.push(match line.is("host") {
                true if line.value() == SERVER => {
                    Line::new(format!("Host: {}", self.endpoint.host))?
                }
                true => return Ok(None),
                false => match (origin, std::str::from_utf8(line.as_bytes())) {
                    (Some(origin), Ok(text)) => Line::new(move_origin(text, origin))?,
                    _ => line.clone(),
                },
            });
        }
        Ok(Some(Request {
            lines,
            target: self.endpoint.target.clone(),
            ..request.clone()
        }))
    }
}

/// Whether a server without CORS fails the case.
fn is_allowed(case: &Case) -> bool {
    let decision = case.expect.decision.as_deref().unwrap_or_default();
    decision.ends_with("-allowed") && case.page().is_some()
}

/// Why no case shows that the server allows anything, and what to change.
fn remedy(cases: &[Case]) -> String {
    let is_misdirected = |case: &Case| case.expect.decision.as_deref() == Some("misdirected");
    let remedy = match cases.iter().all(is_misdirected) {
        true => "use a host in --url that `own_origins` of the policy lists",
        false => "allow an origin in the policy, or select more cases with --only",
    };
    format!(
        "no request of an allowed origin is among the cases, so a server without CORS would pass; {remedy}"
    )
}

fn is_same(one: &Request, other: &Request) -> bool {
    one.method == other.method && one.lines == other.lines && one.body == other.body
}
