//! `Ready::verdict` on an `http` request, and nothing else.

use super::{App, Subject, Variant, http_request};
use crate::response::Response;
use crate::scenario::Request;
use cors_core::http::Step;
use cors_core::{Config, Ready, ReadyPolicies};
use http::HeaderValue;
use std::hint::black_box;

pub(super) const SUBJECT: Subject = Subject {
    name: "decision alone",
    peer: "",
    variants: &[Variant::Bare, Variant::Ours],
    start,
};

fn start(variant: Variant, config: Config) -> Option<Box<dyn App>> {
    let ready = match variant {
        Variant::Bare => None,
        _ => {
            Some(Ready::new(config.build().unwrap(), |text| HeaderValue::from_str(&text)).unwrap())
        }
    };
    Some(Box::new(Decision {
        ready,
        waiting: http::Request::new(()),
    }))
}

struct Decision {
    ready: Option<Ready<HeaderValue>>,
    /// Deciding takes nothing from it, so that one is enough.
    waiting: http::Request<()>,
}

impl App for Decision {
    fn load(&mut self, request: &Request, _count: usize) {
        self.waiting = http_request(request, ());
    }

    fn send(&mut self) {
        let request = black_box(&self.waiting);
        if let Some(ready) = &self.ready {
            black_box(ready.verdict(request));
        }
    }

    /// What the core makes of its decision, before any framework.
    fn respond(&mut self, request: &Request) -> Response {
        let request = http_request(request, ());
        let mut response = http::Response::new("ok");
        if let Some(ready) = &self.ready {
            let policies = ReadyPolicies::for_http(ready.policy().clone());
            match policies
                .find("/")
                .unwrap()
                .step(&request, request.headers())
            {
                Step::Answer(answer) => response = answer,
                Step::Forward(forward) => forward.finish(response.headers_mut()),
            }
        }
        Response::of_http(&response)
    }
}
