//! A server in this process: the policy in front of an application that sends `200` without headers.

use browser_model::{Request as Sent, Response};
use cors_core::http::{Action, HttpPolicy};
use cors_core::{Decision, Policy, PolicyTable};
use http::{HeaderMap, HeaderValue, Request, Uri, header};

pub(crate) struct Server<'a> {
    pub(crate) policy: &'a Policy,
    table: PolicyTable<HttpPolicy>,
}

impl<'a> Server<'a> {
    pub(crate) fn new(policy: &'a Policy) -> Self {
        Self {
            policy,
            table: PolicyTable::for_http(policy.clone()),
        }
    }

    /// The response, as the adapter of a framework sends it.
    pub(crate) fn respond(&self, sent: &Sent) -> Option<Response> {
        let request = received(sent)?;
        let policy = self.table.find(sent.url.path(), &request)?;
        Some(match policy.act(&request, request.headers()) {
            Action::Respond(response) => Response {
                status: response.status().as_u16(),
                headers: lines(response.headers()),
            },
            Action::Forward(cors) => {
                let mut headers = HeaderMap::new();
                cors.apply(&mut headers);
                Response {
                    status: 200,
                    headers: lines(&headers),
                }
            }
        })
    }

    /// The decision about a request, and the sentence that explains it.
    pub(crate) fn explain(&self, sent: &Sent) -> Option<(Decision, String)> {
        let request = received(sent)?;
        let decision = self.policy.decide(&request);
        Some((decision, self.policy.explain(decision, &request)))
    }
}

/// The request as the server receives it, with the headers that browsers add and decisions depend on.
fn received(sent: &Sent) -> Option<Request<()>> {
    let url = &sent.url;
    let query = url.query().map(|query| format!("?{query}"));
    let target = format!("{}{}", url.path(), query.unwrap_or_default());
    let mut request = Request::builder()
        .method(sent.method.as_bytes())
        .uri(target.parse::<Uri>().ok()?)
        .header(header::HOST, url.authority());
    for (name, value) in &sent.headers {
        // The model allows bytes in a value that `http` does not. No decision depends on them.
        if let Ok(value) = HeaderValue::from_bytes(value) {
            request = request.header(name, value);
        }
    }
    request.body(()).ok()
}

fn lines(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    let lines = headers.iter();
    let lines = lines.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    lines.collect()
}
