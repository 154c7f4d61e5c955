//! Only `RenderedPolicy::verdict`, with an `http` request.

use super::{App, Subject, Variant, http_request};
use crate::response::Response;
use crate::scenario::Request;
use cors_core::http::Action;
use cors_core::{Config, PolicyTable, RenderedPolicy};
use http::HeaderValue;
use std::borrow::Cow;
use std::hint::black_box;

pub(super) const SUBJECT: Subject = Subject {
    name: "decision alone",
    peer: "",
    variants: &[Variant::Bare, Variant::Ours],
    start,
};

fn start(variant: Variant, config: Config) -> Option<Box<dyn App>> {
    let policy = match variant {
        Variant::Bare => None,
        _ => {
            let value = |text: Cow<'static, str>| HeaderValue::from_str(&text);
            Some(RenderedPolicy::new(config.build().unwrap(), value).unwrap())
        }
    };
    Some(Box::new(Decision {
        policy,
        waiting: http::Request::new(()),
    }))
}

struct Decision {
    policy: Option<RenderedPolicy<HeaderValue>>,
    /// A decision does not consume the request, so one is enough.
    waiting: http::Request<()>,
}

impl App for Decision {
    fn load(&mut self, request: &Request, _count: usize) {
        self.waiting = http_request(request, ());
    }

    fn send(&mut self) {
        let request = black_box(&self.waiting);
        if let Some(policy) = &self.policy {
            black_box(policy.verdict(request));
        }
    }

    /// The response of the core, without a framework.
    fn respond(&mut self, request: &Request) -> Response {
        let request = http_request(request, ());
        let mut response = http::Response::new("ok");
        if let Some(policy) = &self.policy {
            let table = PolicyTable::for_http(policy.policy().clone());
            let policy = table.find("/").unwrap();
            match policy.act(&request, request.headers()) {
                Action::Respond(early) => response = early,
                Action::Forward(cors) => cors.apply(response.headers_mut()),
            }
        }
        Response::of_http(&response)
    }
}
