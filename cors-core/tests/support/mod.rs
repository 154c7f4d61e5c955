//! What the tests of this crate share: a request, and an answer in memory.

use cors_core::{
    Change, Decision, Ready, RequestHead, RequestHeader, ResponseHeader, requested_header_names,
    vary_names_origin,
};
use std::collections::{BTreeMap, BTreeSet};

/// A request of plain bytes.
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
}

/// Header names and values.
#[allow(dead_code, reason = "not every test file looks at headers")]
pub(crate) type Headers = BTreeMap<&'static str, Vec<u8>>;

/// The headers that a decision puts on a response that has none yet.
#[allow(dead_code, reason = "not every test file looks at headers")]
pub(crate) fn headers(ready: &Ready<String>, decision: Decision, request: &Request) -> Headers {
    let mut out = Headers::new();
    apply(ready, decision, request, &mut out);
    out
}

/// Puts the headers of a decision on a response.
#[allow(dead_code, reason = "not every test file looks at headers")]
pub(crate) fn apply(
    ready: &Ready<String>,
    decision: Decision,
    request: &Request,
    out: &mut Headers,
) {
    for header in ResponseHeader::CORS {
        out.remove(header.name());
    }
    let mut seen = BTreeSet::new();
    ready.write(decision, |header, change| {
        let name = header.name();
        assert!(seen.insert(name), "{name} twice");
        let value = match change {
            Change::Set(value) => Some(value.clone().into_bytes()),
            Change::SetRequestOrigin => {
                let origin = request.lines(RequestHeader::Origin).next();
                Some(origin.unwrap().to_vec())
            }
            Change::SetRequestedHeaders => requested_header_names(request).map(String::into_bytes),
            Change::Merge(value) => match out.get(name) {
                None => Some(value.clone().into_bytes()),
                Some(own) if vary_names_origin([own.as_slice()]) => Some(own.clone()),
                Some(own) => Some([own, value.as_bytes()].join(&b", "[..])),
            },
        };
        if let Some(value) = value {
            out.insert(name, value);
        }
    });
}

/// How many cases a property runs: `PROPTEST_CASES`, or this default.
#[allow(dead_code, reason = "not every test file has properties")]
pub(crate) fn cases(default: u32) -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(default)
}
