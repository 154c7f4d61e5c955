//! What a difference from the expected response means.

use browser_model::Credentials;
use conformance_tests::app;
use conformance_tests::response::Response;
use conformance_tests::run::{cors, differences, vary};
use conformance_tests::subject::Observation;
use conformance_tests::vector::{Expect, Request};

use super::browser::{Got, Page, is_cors, is_preflight, responses};
use super::case::{Application, Case};
use super::finding::{Finding, Harm};

/// The mistake in a response, if there is one.
pub(crate) fn judge(case: &Case, response: &Response) -> Option<Finding> {
    let response = comparable(case, response);
    let differences = compare(&case.expect, &response);
    if differences.is_empty() {
        return None;
    }
    let (harm, meaning) = harm(case, &response).unwrap_or((Harm::Differs, meaning_of_none(case)));
    Some(Finding {
        harm,
        section: case.section.clone(),
        lines: [vec![meaning], differences].concat(),
    })
}

/// One line for each difference.
pub(crate) fn compare(expect: &Expect, response: &Response) -> Vec<String> {
    let observation = Observation {
        response: response.clone(),
        decision: None,
    };
    differences(expect, &Ok(observation))
}

/// The response without what an unknown application adds.
pub(crate) fn comparable(case: &Case, response: &Response) -> Response {
    let mut response = response.clone();
    if case.application == Application::Unknown && !case.is_early() {
        response.status = case.expect.status;
        let expected = &case.expect.vary;
        let members = vary(&response).into_iter();
        let known: Vec<_> = members
            .filter(|name| expected.contains(name) || name == "*")
            .collect();
        response.headers.retain(|line| line.0 != "vary");
        let known = match known.iter().any(|name| name == "*") {
            // It covers everything.
            true => expected.join(", "),
            false => known.join(", "),
        };
        response.append("vary", known.as_bytes());
    }
    response
}

/// What the response breaks or leaks, in words.
pub(crate) fn harm(case: &Case, response: &Response) -> Option<(Harm, String)> {
    let page = case.page();
    let seen = page.and_then(|page| seen(&page, &case.expect, response));
    seen.filter(|(harm, _)| !is_own(*harm, &case.request, response))
        .or_else(|| reached(case, response))
}

/// Whether it is the application that grants more than the policy, or replaces what the middleware has set.
fn is_own(harm: Harm, request: &Request, response: &Response) -> bool {
    const ALLOW_ORIGIN: &str = "access-control-allow-origin";
    let own = cors(&app::respond(request));
    match harm {
        Harm::Leaks => !own.is_empty(),
        _ => {
            // A server may join lines (RFC 9110, section 5.3).
            let joined = |lines: &Vec<String>| lines.join(", ");
            let lines = own.get(ALLOW_ORIGIN).map(joined);
            lines.is_some() && lines == cors(response).get(ALLOW_ORIGIN).map(joined)
        }
    }
}

/// What a page gets that it should not get, or the reverse.
fn seen(page: &Page, expect: &Expect, response: &Response) -> Option<(Harm, String)> {
    let (observed, expected) = responses(response, expect);
    let both = page.get(&observed).into_iter().zip(page.get(&expected));
    let harms = both.filter_map(|((credentials, got), (_, should))| {
        let (harm, what) = difference(page, expect, &got, &should)?;
        let fetch = match credentials {
            Credentials::Include => "a fetch with credentials",
            _ => "a fetch",
        };
        let (method, origin) = (page.method(), page.origin());
        let text = format!(
            "{}: {fetch} with method {method} from a page of {origin} {what}",
            harm.id()
        );
        Some((harm, text))
    });
    harms.max_by_key(|(harm, _)| *harm)
}

fn difference(page: &Page, expect: &Expect, got: &Got, should: &Got) -> Option<(Harm, String)> {
    match (got, should) {
        (Err(blocked), Ok(_)) => Some((
            Harm::Breaks,
            format!("is blocked, although the policy allows it: {blocked}"),
        )),
        // Fetch never asks whether these methods are listed, so no server can refuse them.
        (Ok(_), Err(_))
            if expect.reasons == ["method-not-allowed"]
                && ["GET", "HEAD", "POST"].contains(&page.method()) =>
        {
            None
        }
        (Ok(_), Err(_)) if is_own_bound(expect) => None,
        (Ok(_), Err(_)) => Some((
            Harm::Leaks,
            "is not blocked, although the policy refuses it".to_owned(),
        )),
        (Ok(got), Ok(should)) => {
            let (more, less) = (got.difference(should).next(), should.difference(got).next());
            let read = |what, name| format!("{what} read the header {name}");
            match (more, less) {
                (Some(name), _) => Some((Harm::Leaks, read("can", name))),
                (None, Some(name)) => Some((Harm::Breaks, read("cannot", name))),
                (None, None) => None,
            }
        }
        (Err(_), Err(_)) => None,
    }
}

/// Whether the refusal is for a bound or for a value that is malformed. The policy does not refuse these.
fn is_own_bound(expect: &Expect) -> bool {
    let mut reasons = expect.reasons.iter();
    !expect.reasons.is_empty() && !reasons.any(|reason| reason.ends_with("-not-allowed"))
}

/// Whether the request reaches the application only where the policy lets it.
fn reached(case: &Case, response: &Response) -> Option<(Harm, String)> {
    let (request, expect) = (&case.request, &case.expect);
    if is_preflight(request) {
        return None;
    }
    let is_ok = |status: u16| (200..300).contains(&status);
    let decision = expect.decision.as_deref().unwrap_or_default();
    if ["blocked", "misdirected"].contains(&decision) {
        let text = "leaks: the request is served, although the policy blocks it";
        return is_ok(response.status).then(|| (Harm::Leaks, text.to_owned()));
    }
    if let Some(name) = lost_vary(expect, response) {
        let text = "leaks: a cache may serve the response to another user: Vary of the application is \
                    lost";
        return Some((Harm::Leaks, format!("{text}: {name}")));
    }
    // The script reads nothing in any case if its origin is refused, and other clients send anything.
    let is_lost = is_ok(expect.status) && !is_ok(response.status);
    let is_replaced = expect
        .body
        .as_ref()
        .is_some_and(|body| body.as_bytes() != response.body);
    let is_read = request.values("origin").next().is_none()
        || case.page().is_some_and(|page| {
            let (_, expected) = responses(response, expect);
            page.get(&expected).iter().any(|(_, got)| got.is_ok())
        });
    let text = "breaks: the response of the application is lost";
    ((is_lost || is_replaced) && is_read).then(|| (Harm::Breaks, text.to_owned()))
}

/// What the application named in `Vary` and the response lacks. A response that the middleware sends in place of the
/// application, such as a 403, does not depend on it.
fn lost_vary<'a>(expect: &'a Expect, response: &Response) -> Option<&'a String> {
    let got = vary(response);
    let is_application = |name: &&String| *name != "origin" && !is_cors(name);
    let is_lost = |name: &&String| !got.contains(name) && !got.iter().any(|name| name == "*");
    let mut application = expect.vary.iter().filter(is_application);
    application.find(|name| response.status == expect.status && is_lost(name))
}

fn meaning_of_none(case: &Case) -> String {
    let request = &case.request;
    let meaning = match case.page() {
        Some(_) => "differs: a browser behaves as it should",
        None if request.values("origin").next().is_none() => "differs: no page is concerned",
        None => "differs: no browser sends this request",
    };
    meaning.to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by a panic")]
mod tests {
    use conformance_tests::vector::Line;

    use super::*;

    #[test]
    fn the_lines_of_the_application_may_be_joined() {
        let request = Request {
            method: "GET".to_owned(),
            target: "/reply".to_owned(),
            lines: ["https://a.example", "https://b.example"]
                .map(|origin| format!("X-Reply: Access-Control-Allow-Origin: {origin}"))
                .map(|line| Line::new(line).unwrap())
                .into(),
            body: String::new(),
        };
        for (value, is_application) in [
            ("https://a.example, https://b.example", true),
            ("https://a.example, https://c.example", false),
            ("https://a.example", false),
        ] {
            let mut response = app::respond(&request);
            response.headers.clear();
            response.append("access-control-allow-origin", value.as_bytes());
            assert_eq!(
                is_own(Harm::Breaks, &request, &response),
                is_application,
                "{value}"
            );
        }
    }
}
