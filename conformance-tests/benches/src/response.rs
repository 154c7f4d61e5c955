//! Responses, and whether they are correct: only middleware that does the same work can be compared.

use super::scenario::{Policy, Right, Scenario};

/// The parts of a response that matter to CORS.
#[derive(Clone, Debug)]
pub struct Response {
    status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
}

/// The result of comparing a response with the correct one.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// The differences from the correct response.
    pub differences: Vec<String>,
    /// Whether it refuses an allowed request: its cost cannot be compared, because it is not the same
    /// work.
    pub is_wrong_refusal: bool,
}

impl Response {
    /// Creates a response from a status and header lines.
    pub fn new<'a>(status: u16, headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Self {
        let text = |value| String::from_utf8_lossy(value).into_owned();
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), text(value)));
        Self {
            status,
            headers: headers.collect(),
        }
    }

    /// Creates a response from a response of the `http` crate.
    pub fn of_http<B>(response: &http::Response<B>) -> Self {
        let headers = response.headers().iter();
        Self::new(
            response.status().as_u16(),
            headers.map(|(name, value)| (name.as_str(), value.as_bytes())),
        )
    }

    /// Compares the response with the one that the policy of the scenario requires.
    pub fn evaluate(&self, scenario: &Scenario) -> Evaluation {
        let mut differences = Vec::new();
        let granted = self.grants(scenario);
        match (scenario.right, granted) {
            (right, false) if right.is_grant() => differences.push("refuses".to_owned()),
            (Right::Denied | Right::PreflightDenied { .. }, true) => {
                differences.push("allows".to_owned());
            }
            _ => {}
        }
        let status = match scenario.right {
            Right::PreflightDenied { .. } => 400,
            _ => 200,
        };
        if self.status != status {
            differences.push(format!("status {}", self.status));
        }
        let vary = self.list("vary");
        let missing = vary_of(scenario)
            .iter()
            .any(|name| !vary.iter().any(|member| member == name));
        if missing {
            differences.push(
                if vary.is_empty() {
                    "no Vary"
                } else {
                    "incomplete Vary"
                }
                .to_owned(),
            );
        }
        Evaluation {
            is_wrong_refusal: scenario.right.is_grant() && !granted,
            differences,
        }
    }

    /// Whether a browser that follows Fetch lets the script continue.
    fn grants(&self, scenario: &Scenario) -> bool {
        let request = &scenario.request;
        let Some(origin) = request.value("origin") else {
            return false;
        };
        let one = |name| match self.list(name).as_slice() {
            [value] => Some(value.clone()),
            _ => None,
        };
        let with_credentials = scenario.policy.has_credentials();
        let passes = match one("access-control-allow-origin") {
            Some(value) if value == "*" => !with_credentials,
            value => value.as_deref() == Some(origin),
        };
        let has_credentials = one("access-control-allow-credentials").as_deref() == Some("true");
        let exposes =
            scenario.right.is_preflight() || self.list("access-control-expose-headers").len() >= 3;
        if !passes || with_credentials && !(has_credentials && exposes) {
            return false;
        }
        if !scenario.right.is_preflight() {
            return true;
        }
        let has = |list: &[String], requested: &str| {
            list.iter()
                .any(|name| name == "*" || name.eq_ignore_ascii_case(requested))
        };
        let (methods, headers) = (
            self.list("access-control-allow-methods"),
            self.list("access-control-allow-headers"),
        );
        let requested =
            (request.headers.iter()).filter(|(name, _)| *name == "access-control-request-headers");
        let mut requested = requested
            .flat_map(|(_, line)| line.split(','))
            .map(str::trim)
            .filter(|name| !name.is_empty());
        (200..300).contains(&self.status)
            && has(
                &methods,
                request
                    .value("access-control-request-method")
                    .unwrap_or_default(),
            )
            && requested.all(|name| has(&headers, name))
    }

    /// The list elements of all lines of a header, in lower case.
    fn list(&self, name: &str) -> Vec<String> {
        let lines = self.headers.iter().filter(|(other, _)| other == name);
        lines
            .flat_map(|(_, value)| value.split(','))
            .map(|member| member.trim().to_ascii_lowercase())
            .filter(|member| !member.is_empty())
            .collect()
    }
}

/// The request headers that the correct response depends on.
fn vary_of(scenario: &Scenario) -> &'static [&'static str] {
    match scenario.policy {
        _ if scenario.right.is_preflight() => &[
            "origin",
            "access-control-request-method",
            "access-control-request-headers",
        ],
        Policy::Any => &[],
        _ => &["origin"],
    }
}
