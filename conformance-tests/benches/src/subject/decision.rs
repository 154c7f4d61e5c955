//! Only `PolicyTable::find_with` and `RenderedPolicy::verdict`, with an `http` request.

use super::{App, Subject, Variant, http_request};
use crate::response::Response;
use crate::scenario::{Request, Setup};
use cors_core::http::Action;
use cors_core::{Policies, PolicyTable, RenderedPolicy};
use http::HeaderValue;
use std::borrow::Cow;
use std::hint::black_box;

/// The decision without a framework.
pub const SUBJECT: Subject = Subject {
    name: "decision alone",
    peer: "",
    variants: &[Variant::Bare, Variant::Ours],
    start,
};

fn start(variant: Variant, setup: Setup) -> Option<Box<dyn App>> {
    let policies = (variant != Variant::Bare).then(|| setup.policies());
    let rendered = policies.clone().map(|policies| {
        let value = |text: Cow<'static, str>| HeaderValue::from_str(&text);
        PolicyTable::new(policies, |policy| RenderedPolicy::new(policy, value)).unwrap()
    });
    Some(Box::new(Decision {
        policies,
        rendered,
        waiting: http::Request::new(()),
    }))
}

struct Decision {
    policies: Option<Policies>,
    rendered: Option<PolicyTable<RenderedPolicy<HeaderValue>>>,
    /// A decision does not consume the request, so one is enough.
    waiting: http::Request<()>,
}

impl App for Decision {
    fn load(&mut self, request: &Request, _count: usize) {
        self.waiting = http_request(request, ());
    }

    fn send(&mut self) {
        let request = black_box(&self.waiting);
        if let Some(policies) = &self.rendered
            && let Some(policy) = policies.find_with(|| request.uri().path(), request)
        {
            black_box(policy.verdict(request));
        }
    }

    /// The response of the core, without a framework.
    fn respond(&mut self, request: &Request) -> Response {
        let request = http_request(request, ());
        let mut response = http::Response::new("ok");
        if let Some(policies) = &self.policies {
            let table = PolicyTable::for_http(policies.clone());
            let policy = table.find(request.uri().path(), &request).unwrap();
            match policy.act(&request, request.headers()) {
                Action::Respond(early) => response = early,
                Action::Forward(cors) => cors.apply(response.headers_mut()),
            }
        }
        Response::of_http(&response)
    }
}
