//! What the tests of this crate share: a request, and an answer in memory.

use cors_core::{Change, Decision, Ready, RequestHead, RequestHeader, requested_header_names};
use std::collections::BTreeMap;

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

/// The headers that a decision puts on a response that has none yet.
#[allow(dead_code, reason = "not every test file looks at headers")]
pub(crate) fn headers(
    ready: &Ready<String>,
    decision: Decision,
    request: &Request,
) -> BTreeMap<&'static str, Vec<u8>> {
    let mut out = BTreeMap::new();
    ready.write(decision, |header, change| {
        let value = match change {
            Change::Set(value) | Change::Merge(value) => value.clone().into_bytes(),
            Change::SetRequestOrigin => request
                .lines(RequestHeader::Origin)
                .next()
                .unwrap()
                .to_vec(),
            Change::SetRequestedHeaders => match requested_header_names(request) {
                Some(names) => names.into_bytes(),
                None => return,
            },
            Change::Remove => return,
        };
        assert_eq!(
            out.insert(header.name(), value),
            None,
            "{} twice",
            header.name()
        );
    });
    out
}

/// How many cases a property runs: `PROPTEST_CASES`, or this default.
#[allow(dead_code, reason = "not every test file has properties")]
pub(crate) fn cases(default: u32) -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(default)
}
