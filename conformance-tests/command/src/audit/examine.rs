//! Reads the responses: what is wrong.

use std::collections::BTreeMap;

use browser_model::{Request, Response};

use super::catalogue::{ODD_HEADER, ODD_METHOD, Probe, Question};
use super::grant::{Grant, passes, values};
use super::rule::{Rule, Severity};
use super::target::FOREIGN;

/// A request with its response; `None` if the server sent none.
pub(super) struct Exchange {
    pub(super) probe: Probe,
    pub(super) response: Option<Response>,
}

/// Something that is wrong.
pub(super) struct Finding<'a> {
    pub(super) rule: Rule,
    pub(super) severity: Severity,
    /// The first response that shows it.
    pub(super) evidence: &'a Exchange,
    /// How many responses show it.
    pub(super) count: usize,
}

/// What is wrong: the worst first. A finding that follows from another one is left out.
pub(super) fn examine(exchanges: &[Exchange]) -> Vec<Finding<'_>> {
    let mut examination = Examination {
        exchanges,
        findings: BTreeMap::new(),
    };
    examination.origins();
    examination.errors();
    examination.paths();
    examination.preflights();
    examination.caches();
    examination.responses();
    let found: Vec<Rule> = examination.findings.keys().copied().collect();
    let is_news = |rule: Rule| !found.iter().any(|other| rule.follows_from(*other));
    let findings = examination.findings.into_values();
    let mut findings: Vec<_> = findings.filter(|finding| is_news(finding.rule)).collect();
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.rule.cmp(&b.rule)));
    findings
}

struct Examination<'a> {
    exchanges: &'a [Exchange],
    findings: BTreeMap<Rule, Finding<'a>>,
}

impl<'a> Examination<'a> {
    fn add_with(&mut self, rule: Rule, severity: Severity, evidence: &'a Exchange) {
        let new = Finding {
            rule,
            severity,
            evidence,
            count: 0,
        };
        let finding = self.findings.entry(rule).or_insert(new);
        finding.count += 1;
        if severity > finding.severity {
            (finding.severity, finding.evidence) = (severity, evidence);
        }
    }

    /// Adds a finding whose severity does not depend on what is allowed.
    fn add(&mut self, rule: Rule, evidence: &'a Exchange) {
        self.add_with(rule, rule.severity(false), evidence);
    }

    /// Adds a finding if the origin is allowed by name.
    fn add_if_allowed(&mut self, rule: Rule, origin: &str, evidence: &'a Exchange) {
        let grant = evidence.grant(origin);
        if grant.is_by_name() {
            self.add_with(rule, rule.severity(grant == Grant::Credentials), evidence);
        }
    }

    /// The response to a request without an attack, for this origin.
    fn plain(&self, origin: &str) -> Option<&'a Exchange> {
        let is_it =
            |question: &Question| matches!(question, Question::Plain(Some(it)) if it == origin);
        self.exchanges.iter().find(|it| is_it(&it.probe.question))
    }

    fn grant(&self, origin: &str) -> Grant {
        self.plain(origin)
            .map_or(Grant::None, |exchange| exchange.grant(origin))
    }

    fn origins(&mut self) {
        for exchange in self.exchanges {
            match &exchange.probe.question {
                Question::Plain(Some(origin)) if origin == FOREIGN => {
                    self.add_if_allowed(Rule::ReflectsAnyOrigin, FOREIGN, exchange);
                }
                Question::Plain(Some(origin)) if exchange.is_refused(origin) => {
                    self.add(Rule::AllowedOriginRefused, exchange);
                }
                Question::Origin(rule, origin) => self.add_if_allowed(*rule, origin, exchange),
                Question::SeveralOrigins => {
                    self.add_if_allowed(Rule::SeveralOrigins, FOREIGN, exchange)
                }
                _ => {}
            }
        }
    }

    fn errors(&mut self) {
        for exchange in self.exchanges {
            let Question::Error(origin) = &exchange.probe.question else {
                continue;
            };
            let plain = self.grant(origin);
            if origin == FOREIGN {
                if plain == Grant::None {
                    self.add_if_allowed(Rule::ErrorIsLaxer, FOREIGN, exchange);
                }
            } else if plain != Grant::None && exchange.is_error() && exchange.is_refused(origin) {
                self.add(Rule::ErrorLacksHeaders, exchange);
            }
        }
    }

    fn paths(&mut self) {
        let Some(plain) = self.plain(FOREIGN) else {
            return;
        };
        let is_refused = plain.is_refused(FOREIGN);
        for exchange in self.exchanges {
            let is_same = exchange.status() == plain.status() && !exchange.is_error();
            if exchange.probe.question == Question::Path && is_refused && is_same {
                self.add_if_allowed(Rule::PathIsLaxer, FOREIGN, exchange);
            }
        }
    }

    fn preflights(&mut self) {
        for exchange in self.exchanges {
            let Question::Preflight(origin, method, header) = &exchange.probe.question else {
                continue;
            };
            let Some(response) = &exchange.response else {
                continue;
            };
            let passes = passes(
                &exchange.probe.request,
                origin,
                method,
                header.as_deref(),
                response,
            );
            let is_refused = self.grant(origin) == Grant::None;
            let mut add = |rule| self.add(rule, exchange);
            if origin == FOREIGN && is_refused {
                if passes {
                    add(Rule::PreflightIsLaxer);
                } else if says_what_is_allowed(response) {
                    add(Rule::RefusedPreflightLeaks);
                }
            } else if passes && method == ODD_METHOD {
                add(Rule::AnyMethod);
            } else if passes && header.as_deref() == Some(ODD_HEADER) {
                add(Rule::AnyHeader);
            }
            if values(response, "access-control-max-age").any(is_too_long) {
                add(Rule::LongMaxAge);
            }
        }
    }

    /// Responses that depend on `Origin` must say so, all of them.
    fn caches(&mut self) {
        let plain = |it: &&Exchange| matches!(it.probe.question, Question::Plain(_));
        let plain = self.exchanges.iter().filter(plain);
        let responses: Vec<(&Exchange, &Response)> = plain
            .filter_map(|exchange| Some((exchange, exchange.response.as_ref()?)))
            .collect();
        let depends_on_origin = responses.windows(2).any(|pair| match pair {
            [(_, one), (_, other)] => cors_lines(one) != cors_lines(other),
            _ => false,
        });
        if depends_on_origin {
            for (exchange, response) in responses {
                if !varies_by_origin(response) {
                    // Served to another origin, a response that allows none only breaks a page.
                    let allows = values(response, "access-control-allow-origin")
                        .next()
                        .is_some();
                    let severity = Rule::MissingVary.severity(allows);
                    self.add_with(Rule::MissingVary, severity, exchange);
                }
            }
        }
    }

    /// What is wrong with a single response.
    fn responses(&mut self) {
        let usual = self.plain(FOREIGN).map(Exchange::status);
        let fails = |status: Option<u16>| status.is_none_or(|status| status >= 500);
        for exchange in self.exchanges {
            let is_odd = matches!(
                exchange.probe.question,
                Question::Origin(..) | Question::SeveralOrigins
            );
            if is_odd && fails(exchange.status()) && !usual.is_some_and(fails) {
                self.add(Rule::ServerError, exchange);
            }
            let Some(response) = &exchange.response else {
                continue;
            };
            let mut add = |rule| self.add(rule, exchange);
            let allowed: Vec<_> = values(response, "access-control-allow-origin").collect();
            let has_credentials =
                values(response, "access-control-allow-credentials").any(|it| it == b"true");
            if allowed.len() > 1 {
                add(Rule::SeveralAllowOrigin);
            } else if allowed == [b"*"] && has_credentials {
                add(Rule::AnyOriginWithCredentials);
            }
        }
    }
}

impl Exchange {
    pub(super) fn status(&self) -> Option<u16> {
        self.response.as_ref().map(|response| response.status)
    }

    fn is_error(&self) -> bool {
        self.status().is_some_and(|status| status >= 400)
    }

    fn request(&self) -> &Request {
        &self.probe.request
    }

    fn grant(&self, origin: &str) -> Grant {
        let response = self.response.as_ref();
        response.map_or(Grant::None, |it| Grant::of(&self.request().url, origin, it))
    }

    /// Whether there is a response, and scripts of this origin cannot read it.
    fn is_refused(&self, origin: &str) -> bool {
        self.response.is_some() && self.grant(origin) == Grant::None
    }
}

/// The CORS headers, in a fixed order.
fn cors_lines(response: &Response) -> Vec<(&str, &[u8])> {
    let lines = response
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_slice()));
    let mut lines: Vec<_> = lines
        .filter(|(name, _)| name.starts_with("access-control-"))
        .collect();
    lines.sort_unstable();
    lines
}

fn varies_by_origin(response: &Response) -> bool {
    let items = values(response, "vary").flat_map(|value| value.split(|byte| *byte == b','));
    items
        .map(<[u8]>::trim_ascii)
        .any(|item| item == b"*" || item.eq_ignore_ascii_case(b"origin"))
}

fn says_what_is_allowed(response: &Response) -> bool {
    let mut lines = response.headers.iter();
    lines.any(|(name, _)| {
        name.starts_with("access-control-") && name != "access-control-allow-origin"
    })
}

/// Whether a browser reads something else than it says.
fn is_too_long(max_age: &[u8]) -> bool {
    let seconds = std::str::from_utf8(max_age)
        .ok()
        .and_then(|text| text.parse::<u32>().ok());
    seconds.is_none_or(|seconds| seconds > 86_400)
}
