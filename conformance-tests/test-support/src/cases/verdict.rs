//! Checks whether the result in a browser is the result that the policy implies.

use browser_model::{
    Blocked, CorsFailure, Outcome, PreflightFailure, Readable, RedirectFailure, Request, Response,
    ResponseKind,
};

use super::{Case, Cause, Expected, Names, Reads, Sent};

/// `differences.toml`: Rocket knows a fixed list of methods, and rejects others before any fairing.
pub fn as_rocket_can(mut expected: Expected, case: &Case) -> Expected {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    let is_unknown = |sent: &Sent| !KNOWN.contains(&sent.method.as_str());
    let is_elsewhere = |sent: &Sent| !sent.url.starts_with(&format!("{}/", case.page));
    if expected.sent.last().is_some_and(is_unknown) {
        expected.result = match expected.sent.iter().any(is_elsewhere) {
            true => Err(Cause::Origin),
            false => Ok(Reads::Response(Some(400), Names::Any)),
        };
    }
    expected
}

/// Describes the first difference between the expectation and the outcome.
pub fn problem(expected: &Expected, outcome: &Outcome) -> Option<String> {
    let sent: Vec<Sent> = outcome
        .exchanges
        .iter()
        .map(|(request, _)| sent(request))
        .collect();
    if sent != expected.sent {
        return Some(format!(
            "expected requests: {:#?}\nsent requests: {sent:#?}",
            expected.sent
        ));
    }
    let mut responses = outcome
        .exchanges
        .iter()
        .filter_map(|(_, response)| response.as_ref());
    if let Some(response) = responses.find(|response| !is_timing_that_of_cors(response)) {
        return Some(format!("Timing-Allow-Origin differs: {response:#?}"));
    }
    let agrees = match (&expected.result, &outcome.result) {
        (Ok(expected), Ok(got)) => {
            let last = outcome
                .exchanges
                .last()
                .and_then(|(_, response)| response.as_ref());
            last.is_some_and(|last| is_what_is_read(expected, got, last))
        }
        (Err(expected), Err(got)) => is_cause(expected, got),
        _ => false,
    };
    let (expected, got) = (&expected.result, &outcome.result);
    (!agrees).then(|| format!("the policy implies {expected:?}\nthe browser's result is {got:?}"))
}

/// BEHAVIOUR 7: `Timing-Allow-Origin`, if there is one, equals `Access-Control-Allow-Origin`.
fn is_timing_that_of_cors(response: &Response) -> bool {
    let lines = |name| {
        let lines = response.headers.iter();
        lines.filter(move |line| line.0 == name).map(|line| &line.1)
    };
    lines("timing-allow-origin").next().is_none()
        || lines("timing-allow-origin").eq(lines("access-control-allow-origin"))
}

fn sent(request: &Request) -> Sent {
    let value = |name| {
        let line = request.headers.iter().find(|line| line.0 == name)?;
        Some(String::from_utf8(line.1.clone()).unwrap())
    };
    let names = value("access-control-request-headers");
    let names = names.map_or(Vec::new(), |names| {
        names.split(',').map(str::to_owned).collect()
    });
    let method = value("access-control-request-method");
    Sent {
        url: request.url.to_string(),
        method: request.method.clone(),
        preflight: request.is_preflight.then(|| (method.unwrap(), names)),
        origin: value("origin"),
        with_credentials: request.with_credentials,
    }
}

fn is_what_is_read(expected: &Reads, got: &Readable, last: &Response) -> bool {
    let Reads::Response(status, names) = expected else {
        return got.kind == ResponseKind::OpaqueRedirect;
    };
    let status_agrees = match status {
        Some(status) => got.status == *status,
        None => matches!(got.status, 404 | 405),
    };
    let readable = last.headers.iter().filter(|(name, _)| names.contain(name));
    got.kind != ResponseKind::OpaqueRedirect && status_agrees && readable.eq(&got.headers)
}

fn is_cause(expected: &Cause, got: &Blocked) -> bool {
    use Blocked::{Cors, Preflight};
    use CorsFailure::{AllowCredentials, AnyOriginWithCredentials, NoAllowOrigin};
    match (expected, got) {
        (Cause::ForbiddenMethod, Blocked::ForbiddenMethod)
        | (Cause::Redirect, Blocked::Redirect(RedirectFailure::NotWanted)) => true,
        (_, Cors(failure) | Preflight(PreflightFailure::Cors(failure))) => match failure {
            NoAllowOrigin => *expected == Cause::Origin,
            AllowCredentials | AnyOriginWithCredentials => *expected == Cause::Credentials,
            _ => false,
        },
        (Cause::NotGranted, Preflight(PreflightFailure::Status(400)))
        | (Cause::Method, Preflight(PreflightFailure::Method(_))) => true,
        (Cause::Headers(missing), Preflight(PreflightFailure::Header(name))) => {
            missing.contains(name)
        }
        _ => false,
    }
}
