//! The core with the test application in memory. It does the work of an adapter on plain bytes.

use anyhow::Result;
use cors_core::{
    Echo, Policies, PolicyTable, RenderedPolicy, RequestHead, RequestHeader, ResponseHeader,
    ResponseHeaders, requested_header_names,
};

use super::{Observation, Started, Subject};
use crate::app;
use crate::response::{Reply, Response};
use crate::vector::Request;

/// The core without a framework. It also gets requests that a server would reject.
#[derive(Clone, Copy, Debug)]
pub struct Core;

impl Subject for Core {
    fn name(&self) -> &'static str {
        "core"
    }

    fn is_on_the_wire(&self) -> bool {
        false
    }

    fn start(&self, policies: Policies) -> Result<Box<dyn Started>> {
        let table = PolicyTable::new(policies, |policy| {
            RenderedPolicy::new(policy, |text| anyhow::Ok(text.into_owned()))
        })?;
        Ok(Box::new(InMemory(table)))
    }
}

struct InMemory(PolicyTable<RenderedPolicy<String>>);

impl Started for InMemory {
    fn ask(&self, request: &Request) -> Result<Observation> {
        let Some(policy) = self.0.find(request.path(), request) else {
            return Ok(Observation {
                response: without_body(app::respond(request), request),
                decision: Some(("none", Vec::new())),
            });
        };
        let verdict = policy.verdict(request);
        let mut response = match policy.early_response(verdict) {
            Some(early) => {
                let mut response = Response::new(Reply {
                    status: early.status,
                    headers: &[],
                    body: early.body,
                });
                if let Some(text) = early.content_type() {
                    response.append("content-type", text.as_bytes());
                }
                response
            }
            None => app::respond(request),
        };
        let echo = Echo {
            origin: || request.values("origin").next().map(<[u8]>::to_vec),
            requested_headers: || {
                requested_header_names(request).map(|names| names.into_owned().into_bytes())
            },
        };
        policy.apply(verdict, &mut response, echo);
        let decision = policy.policy().decide(request);
        Ok(Observation {
            response: without_body(response, request),
            decision: Some((decision.id(), decision.reasons().collect())),
        })
    }
}

/// A response to `HEAD` has no content.
fn without_body(mut response: Response, request: &Request) -> Response {
    if request.method == "HEAD" {
        response.body.clear();
    }
    response
}

impl RequestHead for Request {
    fn method(&self) -> &[u8] {
        self.method.as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        self.values(header.name())
    }

    fn host_contradicts_target(&self) -> bool {
        false
    }
}

impl ResponseHeaders<'_> for Response {
    type Rendered = String;
    type Value = Vec<u8>;

    fn to_value(rendered: &String) -> Vec<u8> {
        rendered.clone().into_bytes()
    }

    fn for_each_name(&self, mut f: impl FnMut(&str)) {
        for (name, _) in &self.headers {
            f(name);
        }
    }

    fn lines(&self, header: ResponseHeader) -> impl Iterator<Item = &[u8]> {
        self.values(header.name())
    }

    fn remove(&mut self, header: ResponseHeader) {
        self.headers.retain(|(name, _)| name != header.name());
    }

    fn set(&mut self, header: ResponseHeader, value: Vec<u8>) {
        self.append(header.name(), &value);
    }

    fn append(&mut self, header: ResponseHeader, value: Vec<u8>) {
        self.append(header.name(), &value);
    }
}
