//! `allow_methods` on the first line, `allow_headers` on the second, both comma-separated; then
//! `Access-Control-Request-Method` lines prefixed with `m`, and `Access-Control-Request-Headers`
//! lines prefixed with `h`.
//!
//! A preflight with these lines must be allowed exactly if a naive reading of BEHAVIOUR 3 and 7
//! allows it. The allowed method and headers must be in the lists that the browser compares.

#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

use cors_core::{
    Config, Decision, RenderedPolicy, RequestHead as _, RequestHeader, requested_header_names,
};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;
use support::{Request, headers, rendered};

const ORIGIN: &str = "https://example.com";

fuzz_target!(|text: &[u8]| {
    let mut lines = text.split(|&byte| byte == b'\n');
    // Entries that are not tokens are errors; the target `config` tests them.
    let [methods, names] = [(); 2].map(|()| {
        let list = elements(lines.next().into_iter()).into_iter();
        let tokens = list.filter(|token| is_token(token));
        tokens
            .filter_map(|token| String::from_utf8(token).ok())
            .collect::<Vec<_>>()
    });
    let mut request = Request {
        method: b"OPTIONS".to_vec(),
        lines: vec![(RequestHeader::Origin, ORIGIN.into())],
    };
    for line in lines {
        let (name, value) = match line {
            [b'm', value @ ..] => (RequestHeader::AccessControlRequestMethod, value),
            [b'h', value @ ..] => (RequestHeader::AccessControlRequestHeaders, value),
            _ => continue,
        };
        request.lines.push((name, value.trim_ascii().to_vec()));
    }
    let requested = Requested::of(&request);
    requested.reads_back(&request);
    for credentials in [false, true] {
        let config = Config::new()
            .allow_origins([ORIGIN])
            .allow_methods(&methods)
            .allow_headers(&names)
            .allow_credentials(credentials);
        if let Ok(policy) = config.build() {
            let policy = rendered(policy);
            requested.is_checked_correctly(&methods, &names, &policy, &request);
        }
    }
});

struct Requested {
    methods: Vec<Vec<u8>>,
    names: Vec<Vec<u8>>,
    /// The number of bytes that the lines of names count.
    bytes: usize,
    /// The number of elements, with the empty ones.
    elements: usize,
    /// The largest number of bytes of white space in a line.
    blanks_of_a_line: usize,
}

impl Requested {
    fn of(request: &Request) -> Self {
        let lines = || request.lines(RequestHeader::AccessControlRequestHeaders);
        let methods = request.lines(RequestHeader::AccessControlRequestMethod);
        Self {
            methods: methods.map(<[u8]>::to_vec).collect(),
            names: elements(lines()),
            bytes: lines().map(|line| line.len() + 16).sum(),
            elements: lines()
                .map(|line| line.split(|&byte| byte == b',').count())
                .sum(),
            blanks_of_a_line: lines()
                .map(|line| {
                    line.iter()
                        .filter(|byte| matches!(byte, b' ' | b'\t'))
                        .count()
                })
                .max()
                .unwrap_or(0),
        }
    }

    fn is_checked_correctly(
        &self,
        methods: &[String],
        names: &[String],
        policy: &RenderedPolicy<Vec<u8>>,
        request: &Request,
    ) {
        let decision = policy.policy().decide(request);
        let Decision::Preflight(verdict) = decision else {
            assert!(self.methods.is_empty());
            return;
        };
        let refusal = verdict.err();
        assert_eq!(refusal.and_then(|refusal| refusal.origin()), None);

        let method_allowed =
            matches!(self.methods.as_slice(), [one] if allows_method(methods, one));
        let method_refusal = refusal.and_then(|refusal| refusal.method());
        assert_eq!(method_refusal.is_none(), method_allowed);

        let reasons = self.reasons(names);
        match refusal.and_then(|refusal| refusal.headers()) {
            None => assert!(reasons.is_empty(), "{reasons:?}"),
            Some(refusal) => assert!(reasons.contains(refusal.id()), "{reasons:?}"),
        }

        let out = headers(policy, request).0;
        let list = |name: &str| elements(out.get(name).map(Vec::as_slice).into_iter());
        let (methods, names) = (
            list("access-control-allow-methods"),
            list("access-control-allow-headers"),
        );
        let credentials = out.contains_key("access-control-allow-credentials");
        if verdict.is_ok() {
            assert!(methods.contains(&self.methods[0]));
            for name in &self.names {
                let is_named = names.iter().any(|known| known.eq_ignore_ascii_case(name));
                // Fetch: `*` does not cover `Authorization`, and nothing at all with credentials.
                let is_covered = names.contains(&b"*".to_vec())
                    && !credentials
                    && !name.eq_ignore_ascii_case(b"authorization");
                assert!(is_named || is_covered, "{}", name.escape_ascii());
            }
        } else {
            assert!(methods.is_empty() && names.is_empty());
        }
    }

    /// The acceptable reasons to refuse the names; empty if they are allowed.
    fn reasons(&self, allowed: &[String]) -> BTreeSet<&'static str> {
        let any = allowed.iter().any(|name| name == "*");
        let mut known: BTreeSet<String> = allowed.iter().map(|name| name.to_lowercase()).collect();
        known.extend(SAFELISTED.map(str::to_owned));
        let (bytes, elements) = match any {
            true => (2048, 64),
            false => (
                256 + known.iter().map(|name| 2 * (name.len() + 2)).sum::<usize>(),
                16 + 2 * known.len(),
            ),
        };
        if self.bytes > bytes {
            return BTreeSet::from(["headers-too-long"]);
        }
        let has_many_blanks = any && self.blanks_of_a_line > 128;
        let too_long = (self.elements > elements || has_many_blanks).then_some("headers-too-long");
        let reason = |name: &Vec<u8>| {
            let lower = String::from_utf8_lossy(name).to_lowercase();
            if !is_token(name) {
                Some("headers-malformed")
            } else if !any && !known.contains(&lower) {
                Some("headers-not-allowed")
            } else {
                None
            }
        };
        self.names
            .iter()
            .filter_map(reason)
            .chain(too_long)
            .collect()
    }

    /// `requested_header_names` returns the names, and returns the same for its own output.
    fn reads_back(&self, request: &Request) {
        let list = requested_header_names(request);
        let all_tokens = self.names.iter().all(|name| is_token(name));
        assert_eq!(list.is_some(), all_tokens && !self.names.is_empty());
        if let Some(list) = list {
            assert_eq!(elements([list.as_bytes()].into_iter()), self.names);
            let line = (
                RequestHeader::AccessControlRequestHeaders,
                list.clone().into_owned().into_bytes(),
            );
            let again = Request {
                method: Vec::new(),
                lines: vec![line],
            };
            assert_eq!(requested_header_names(&again), Some(list));
        }
    }
}

const SAFELISTED: [&str; 4] = [
    "accept",
    "accept-language",
    "content-language",
    "content-type",
];

fn allows_method(methods: &[String], requested: &[u8]) -> bool {
    let standard = [
        "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY",
    ];
    let normalized = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
    methods.iter().any(|method| {
        let upper = method.to_uppercase();
        match method.as_str() {
            "*" => standard.iter().any(|known| known.as_bytes() == requested),
            _ if normalized.contains(&upper.as_str()) => upper.as_bytes() == requested,
            _ => method.as_bytes() == requested,
        }
    })
}

/// The elements of comma-separated lists, without white space and empty elements.
fn elements<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Vec<Vec<u8>> {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut elements = Vec::new();
    for element in lines.flat_map(|line| line.split(|&byte| byte == b',')) {
        let start = element.iter().position(|byte| !space(byte));
        let end = element.iter().rposition(|byte| !space(byte));
        if let (Some(start), Some(end)) = (start, end) {
            elements.push(element[start..=end].to_vec());
        }
    }
    elements
}

fn is_token(text: &[u8]) -> bool {
    let byte = |&byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.iter().all(byte)
}
