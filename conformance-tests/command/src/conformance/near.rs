//! The cases for `--url`: the requests of the vectors, moved to the policy of the server. The expected
//! responses are the decisions of the core, which must pass all vectors itself.

use anyhow::{Context as _, Result};
use conformance_tests::run::{cors, vary};
use conformance_tests::subject::{Core, Subject as _};
use conformance_tests::vector::{Expect, Line, Request, Suite};
use cors_core::{Policies, Policy};

use super::case::{Application, Case, Group};
use super::endpoint::Endpoint;
use super::select::{file, is_selected};

/// The host in the origins of most vectors.
const HOST: &str = "app.example.com";

/// The host of the server in most vectors.
const SERVER: &[u8] = b"api.example.com";

/// The distinct requests of all vectors for `/`.
pub(crate) fn group(
    suite: Suite,
    policy: &Policy,
    endpoint: &Endpoint,
    only: &[String],
) -> Result<Group> {
    let core = Core.start(Policies::new(policy.clone()))?;
    let host = allowed_host(policy);
    let mut cases: Vec<Case> = Vec::new();
    for vector in suite.vectors {
        let is_plain = vector.wire && vector.hosts.is_empty() && vector.request.target == "/";
        if !is_plain || !is_selected(&vector.name, only) {
            continue;
        }
        let Some(request) = moved(&vector.request, host.as_deref(), endpoint)? else {
            continue;
        };
        if cases.iter().any(|case| is_same(&case.request, &request)) {
            continue;
        }
        let observed = core.ask(&Request {
            target: "/".to_owned(),
            ..request.clone()
        })?;
        let (decision, reasons) = observed.decision.context("the core decides")?;
        let cors = cors(&observed.response).into_iter();
        let mut case = Case::from(vector);
        case.expect = Expect {
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
        case.request = request;
        case.application = Application::Unknown;
        cases.push(case);
    }
    Ok(Group {
        policy: file(policy)?,
        cases,
    })
}

/// The host of the first exact `https` origin that the policy lists.
fn allowed_host(policy: &Policy) -> Option<String> {
    let config = policy.to_config();
    let mut origins = config.get_allow_origins().iter();
    let host = origins.find_map(|origin| {
        let host = origin.strip_prefix("https://")?;
        (!host.contains(['*', ':'])).then_some(host)
    });
    host.map(str::to_owned)
}

/// The request for the server, with a host that it allows. `None` if the vector is about another `Host`.
fn moved(request: &Request, host: Option<&str>, endpoint: &Endpoint) -> Result<Option<Request>> {
    let mut lines = Vec::new();
    for line in &request.lines {
        lines.push(match line.is("host") {
            true if line.value() == SERVER => Line::new(format!("Host: {}", endpoint.host))?,
            true => return Ok(None),
            false => match (host, std::str::from_utf8(line.as_bytes())) {
                (Some(host), Ok(text)) => Line::new(text.replace(HOST, host))?,
                _ => line.clone(),
            },
        });
    }
    Ok(Some(Request {
        lines,
        target: endpoint.target.clone(),
        ..request.clone()
    }))
}

fn is_same(one: &Request, other: &Request) -> bool {
    one.method == other.method && one.lines == other.lines && one.body == other.body
}
