//! Code shared by the tests of this crate: a request and the headers of a response in memory.

use cors_core::{
    Echo, Policy, RenderedPolicy, RequestHead, RequestHeader, ResponseHeader, ResponseHeaders,
    requested_header_names,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A request made of plain bytes.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Vec<u8>,
    pub(crate) lines: Vec<(RequestHeader, Vec<u8>)>,
}

impl RequestHead for Request {
    fn method(&self) -> &[u8] {
        &self.method
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        self.lines
            .iter()
            .filter(move |(name, _)| *name == header)
            .map(|(_, value)| value.as_slice())
    }

    fn host_contradicts_target(&self) -> bool {
        false
    }
}

/// Header names and values. The value contains all lines of the header, joined with `, `.
#[allow(dead_code, reason = "not every test file looks at headers")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Headers(pub(crate) BTreeMap<&'static str, Vec<u8>>);

impl ResponseHeaders<'_> for Headers {
    type Rendered = Vec<u8>;
    type Value = Vec<u8>;

    fn to_value(rendered: &Vec<u8>) -> Vec<u8> {
        rendered.clone()
    }

    fn for_each_name(&self, f: impl FnMut(&str)) {
        self.0.keys().copied().for_each(f);
    }

    fn lines(&self, header: ResponseHeader) -> impl Iterator<Item = &[u8]> {
        self.0.get(header.name()).into_iter().map(Vec::as_slice)
    }

    fn remove(&mut self, header: ResponseHeader) {
        self.0.remove(header.name());
    }

    fn set(&mut self, header: ResponseHeader, value: Vec<u8>) {
        let old = self.0.insert(header.name(), value);
        assert_eq!(old, None, "{} was not removed first", header.name());
    }

    fn append(&mut self, header: ResponseHeader, value: Vec<u8>) {
        let lines = self.0.entry(header.name()).or_default();
        if !lines.is_empty() {
            lines.extend(b", ");
        }
        lines.extend(value);
    }
}

#[allow(dead_code, reason = "not every test file looks at headers")]
pub(crate) fn rendered(policy: impl Into<Arc<Policy>>) -> RenderedPolicy<Vec<u8>> {
    let value = |text: Cow<'static, str>| Ok::<_, ()>(text.into_owned().into_bytes());
    RenderedPolicy::new(policy, value).unwrap()
}

/// The CORS headers of a response to `request` that has no other headers.
#[allow(dead_code, reason = "not every test file looks at headers")]
pub(crate) fn headers(policy: &RenderedPolicy<Vec<u8>>, request: &Request) -> Headers {
    let mut headers = Headers::default();
    apply(policy, request, &mut headers);
    headers
}

/// Sets the CORS headers on a response to `request`.
#[allow(dead_code, reason = "not every test file looks at headers")]
pub(crate) fn apply(policy: &RenderedPolicy<Vec<u8>>, request: &Request, headers: &mut Headers) {
    let verdict = policy.verdict(request);
    let origin = || {
        request
            .lines(RequestHeader::Origin)
            .next()
            .map(<[u8]>::to_vec)
    };
    let echo = Echo {
        origin,
        requested_headers: || {
            requested_header_names(request).map(|names| names.into_owned().into_bytes())
        },
    };
    policy.apply(verdict, headers, echo);
}

/// How many cases a property runs: `PROPTEST_CASES`, or this default.
#[allow(dead_code, reason = "not every test file has properties")]
pub(crate) fn cases(default: u32) -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(default)
}
