//! The core with the fixed application in memory: what an adapter does, on plain bytes.

use anyhow::Result;
use cors_core::{
    ANSWER_CONTENT_TYPE, Change, Policy, Ready, RequestHead, RequestHeader, ResponseHeader,
    requested_header_names, vary_names_origin,
};

use super::{Observation, Started, Subject};
use crate::app;
use crate::response::{Reply, Response};
use crate::vector::Request;

/// The core by itself. It sees bytes that no server would let through.
#[derive(Clone, Copy, Debug)]
pub struct Core;

impl Subject for Core {
    fn name(&self) -> &'static str {
        "core"
    }

    fn is_on_the_wire(&self) -> bool {
        false
    }

    fn start(&self, policy: Policy) -> Result<Box<dyn Started>> {
        let ready = Ready::new(policy, |text| anyhow::Ok(text.into_owned()))?;
        Ok(Box::new(InMemory(ready)))
    }
}

struct InMemory(Ready<String>);

impl Started for InMemory {
    fn ask(&self, request: &Request) -> Result<Observation> {
        let decision = self.0.policy().decide(request);
        let mut response = match self.0.answer(decision) {
            Some(cors_core::Answer { status, body, .. }) => {
                let headers: &[_] = match body {
                    "" => &[],
                    _ => &[("Content-Type", ANSWER_CONTENT_TYPE)],
                };
                Response::new(Reply {
                    status,
                    headers,
                    body,
                })
            }
            None => app::answer(request),
        };
        for header in ResponseHeader::CORS {
            response.headers.retain(|line| line.0 != header.name());
        }
        self.0.write(decision, |header, change| {
            apply(header.name(), &change, request, &mut response);
        });
        if request.method == "HEAD" {
            response.body.clear();
        }
        let verdict = Some((decision.id(), decision.reasons().collect()));
        Ok(Observation { response, verdict })
    }
}

impl RequestHead for Request {
    fn method(&self) -> &[u8] {
        self.method.as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        self.values(header.name())
    }
}

fn apply(name: &str, change: &Change<'_, String>, request: &Request, response: &mut Response) {
    if let Change::Merge(value) = change {
        if !vary_names_origin(response.values(name)) {
            response.append(name, value.as_bytes());
        }
        return;
    }
    match change {
        Change::Set(value) => response.append(name, value.as_bytes()),
        Change::SetRequestOrigin => {
            for origin in request.values("origin") {
                response.append(name, origin);
            }
        }
        Change::SetRequestedHeaders => {
            if let Some(names) = requested_header_names(request) {
                response.append(name, names.as_bytes());
            }
        }
        Change::Merge(_) => {}
    }
}
