//! Rules that turn Starlette's response into the expected response, one rule per difference.

use std::collections::BTreeSet;

use conformance_tests::app;
use conformance_tests::run::{cors, vary};

use crate::exchange::{
    CREDENTIALS, Case, CorsResponse, EXPOSED, HEADERS, METHODS, ORIGIN, REQUEST_HEADERS,
    REQUEST_METHOD, SAFELISTED, elements, is_serialised, is_token, normalised,
};
use crate::vocabulary::Origins;

/// One difference between Starlette and the frameworks here.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    /// The section of BEHAVIOUR.md, and the reason.
    pub(crate) reason: &'static str,
    /// Whether the rule applies to this request.
    applies: fn(&Case<'_>) -> bool,
    change: fn(&Case<'_>, &mut CorsResponse),
}

/// Applies the rules in order. Returns the names of those without which the result would differ.
pub(crate) fn apply(
    rules: &[Rule],
    case: &Case<'_>,
    response: &mut CorsResponse,
) -> Vec<&'static str> {
    let applicable: Vec<_> = rules.iter().filter(|rule| (rule.applies)(case)).collect();
    let without = |left_out: &str| {
        let mut response = response.clone();
        let others = applicable.iter().filter(|rule| rule.name != left_out);
        others.for_each(|rule| (rule.change)(case, &mut response));
        response
    };
    let all = without("");
    let names = applicable.iter().map(|rule| rule.name);
    let needed = names.filter(|name| without(name) != all).collect();
    *response = all;
    needed
}

/// The differences between Starlette and every framework, in the order of application.
pub(crate) const RULES: [Rule; 20] = [
    Rule {
        name: "unhandled exceptions",
        reason: "6: the browser hides the error if a 500 has no CORS headers",
        applies: |_| true,
        change: |case, response| {
            if let Some(handled) = &case.handled
                && (response.status, response.cors.len(), response.vary.len()) == (500, 0, 0)
            {
                response.clone_from(handled);
            }
        },
    },
    Rule {
        name: "private networks",
        reason: "6: Chrome replaced these preflights with a prompt without headers",
        applies: |case| case.is_preflight(),
        change: |_, response| {
            response.set_failing("private-network", false);
            response
                .vary
                .retain(|name| name != "access-control-request-private-network");
        },
    },
    Rule {
        name: "handler's CORS headers",
        reason: "4 and 7: the middleware owns them",
        applies: |case| !case.is_preflight(),
        change: |case, response| {
            let handlers = cors(&app::respond(case.request));
            for (name, values) in &mut response.cors {
                let handlers = handlers.get(name).map_or(&[][..], Vec::as_slice);
                values.retain(|value| !handlers.contains(value));
            }
            response.cors.retain(|_, values| !values.is_empty());
        },
    },
    // ---- the origin
    Rule {
        name: "several Origin lines",
        reason: "2: a browser sends one",
        applies: |case| !case.policy.allows_any_origin() && case.lines("origin").len() > 1,
        change: refuse_origin,
    },
    Rule {
        name: "malformed Origin",
        reason: "2: only a serialised origin matches a regex",
        applies: |case| {
            !case.policy.allows_any_origin()
                && case.origin().is_some_and(|origin| !is_serialised(origin))
        },
        change: refuse_origin,
    },
    Rule {
        name: "null by a regex",
        reason: "1: `null` is allowed by name or by `*` only",
        applies: |case| {
            let items = case.policy.allow_origins.items();
            case.origin() == Some(b"null") && !items.contains(&"null") && !items.contains(&"*")
        },
        change: refuse_origin,
    },
    Rule {
        name: "text for a list",
        reason: "6: substring searches are exploited in the wild",
        applies: |case| {
            let items = case.policy.allow_origins.items();
            let is_listed = |origin: &[u8]| items.iter().any(|item| item.as_bytes() == origin);
            matches!(case.policy.allow_origins, Origins::Text(_))
                && !case.origin().is_some_and(is_listed)
        },
        change: refuse_origin,
    },
    // ---- the method
    Rule {
        name: "methods as Fetch writes them",
        reason: "1: Fetch sends `put` as `PUT`, so that `put` would never match",
        applies: |case| {
            let is_written_so = |method: &&str| normalised(method) == *method;
            case.is_preflight() && !case.policy.allow_methods.iter().all(is_written_so)
        },
        change: |case, response| {
            let upper = |method: String| normalised(&method);
            response.change_list(METHODS, |list| list.into_iter().map(upper).collect());
            response.evaluate_method(case);
        },
    },
    Rule {
        name: "* with other methods",
        reason: "1: `*` adds the standard methods and removes none",
        applies: |case| case.is_preflight() && case.policy.allow_methods.contains(&"*"),
        change: |case, response| {
            let configured = case.policy.allow_methods.iter();
            let configured = configured.map(|method| normalised(method));
            response.change_list(METHODS, |standard| {
                let missing = |method: &String| !standard.contains(method);
                let entry = |method: String| match method.as_str() {
                    "*" => standard.clone(),
                    _ => vec![method],
                };
                configured.filter(missing).flat_map(entry).collect()
            });
            response.evaluate_method(case);
        },
    },
    Rule {
        name: "several requested methods",
        reason: "3: one line, one token",
        applies: |case| case.is_preflight() && case.lines(REQUEST_METHOD).len() > 1,
        change: |_, response| response.set_failing("method", true),
    },
    // ---- the headers
    Rule {
        name: "lines and empty elements",
        reason: "6: RFC 9110 lists, which gateways split into lines",
        applies: |case| {
            let is_empty = |element: &[u8]| element.is_empty();
            let has_empty = |line: &&[u8]| elements(line).any(is_empty);
            let lines = case.lines(REQUEST_HEADERS);
            case.is_preflight() && (lines.len() > 1 || lines.iter().any(has_empty))
        },
        change: |case, response| {
            let allowed = case.policy.allow_headers.iter().chain(&SAFELISTED);
            let allowed: Vec<_> = allowed.map(|name| name.as_bytes()).collect();
            let is_allowed = |name: &[u8]| allowed.iter().any(|it| it.eq_ignore_ascii_case(name));
            let refused = |name: &&[u8]| !is_allowed(name);
            response.set_failing(
                "headers",
                !case.any_header() && case.names().iter().any(refused),
            );
        },
    },
    Rule {
        name: "requested headers that are not tokens",
        reason: "3 and 6: nothing unparsed is echoed; a byte that is white space only in Python is not white space",
        applies: |case| case.is_preflight() && !case.names().iter().copied().all(is_token),
        change: |_, response| response.set_failing("headers", true),
    },
    Rule {
        name: "bounded requested headers",
        reason: "3 and 7: the work is bounded by the policy, not by the request",
        applies: |case| {
            let names = case.policy.allow_headers.iter().chain(&SAFELISTED);
            let names: BTreeSet<_> = names.map(|name| name.to_ascii_lowercase()).collect();
            let twice = names.iter().map(|name| 2 * (name.len() + ", ".len()));
            let (bytes, elements) = match case.any_header() {
                true => (2048, 64),
                false => (256 + twice.sum::<usize>(), 16 + 2 * names.len()),
            };
            let lines = case.lines(REQUEST_HEADERS);
            let count = |line: &[u8], counted: &[u8]| {
                line.iter().filter(|byte| counted.contains(byte)).count()
            };
            let has_many_blanks = |line: &&[u8]| count(line, b" \t") > 128;
            case.is_preflight()
                && (lines.iter().map(|line| line.len() + 16).sum::<usize>() > bytes
                    || lines
                        .iter()
                        .map(|line| count(line, b",") + 1)
                        .sum::<usize>()
                        > elements
                    || case.any_header() && lines.iter().any(has_many_blanks))
        },
        change: |_, response| response.set_failing("headers", true),
    },
    Rule {
        name: "allowed headers under *",
        reason: "6: a constant without credentials, the parsed names with them",
        applies: |case| case.is_preflight() && case.any_header(),
        change: |case, response| {
            // One line of names and single commas is repeated unchanged.
            let is_plain = match case.lines(REQUEST_HEADERS).as_slice() {
                [line] => line
                    .split(|&byte| byte == b',')
                    .eq(case.names().iter().copied()),
                _ => false,
            };
            let names = case.names().join(if is_plain { &b","[..] } else { b", " });
            if !case.policy.allow_credentials {
                response.set(HEADERS, "*, Authorization".to_owned());
            } else if names.is_empty() {
                response.cors.remove(HEADERS);
            } else {
                response.set(HEADERS, String::from_utf8_lossy(&names).into_owned());
            }
        },
    },
    // ---- the response headers
    Rule {
        name: "any origin, every response",
        reason: "6: Fetch, \"CORS protocol and HTTP caches\"",
        applies: |case| !case.is_preflight() && case.policy.allows_any_origin(),
        change: |case, response| {
            response.set(ORIGIN, "*".to_owned());
            if !case.policy.expose_headers.is_empty() && !response.cors.contains_key(EXPOSED) {
                response.set(EXPOSED, case.policy.expose_headers.join(", "));
            }
            response.drop_one_origin_from_vary();
        },
    },
    Rule {
        name: "entries once",
        reason: "1: a duplicate entry is a warning and has no effect",
        applies: |_| true,
        change: |case, response| {
            response.change_list(METHODS, |list| once(&list, &list, |a, b| a == b));
            let same = str::eq_ignore_ascii_case;
            response.change_list(EXPOSED, |list| once(&list, &list, same));
            // Keep the first in the order of configuration, not in Starlette's order.
            let configured = SAFELISTED.iter().chain(&case.policy.allow_headers);
            let configured: Vec<_> = configured.map(|name| (*name).to_owned()).collect();
            if !case.any_header() {
                response.change_list(HEADERS, |list| once(&list, &configured, same));
            }
        },
    },
    Rule {
        name: "* with other exposed headers",
        reason: "1: `*` covers all other entries",
        applies: |case| case.policy.expose_headers.contains(&"*"),
        change: |_, response| response.change_list(EXPOSED, |_| vec!["*".to_owned()]),
    },
    Rule {
        name: "refused origin",
        reason: "3, 4 and 6: it gets no CORS headers, for least disclosure",
        applies: |case| case.origin().is_some(),
        change: |case, response| {
            let refused = match case.is_preflight() {
                true => response.fails("origin"),
                false => !response.allows_origin(),
            };
            if refused {
                response.cors.clear();
            }
        },
    },
    Rule {
        name: "refused method or headers",
        reason: "3: the lists are sent only if the preflight is allowed",
        applies: |case| case.is_preflight(),
        change: |_, response| {
            if response.status == 400 {
                response
                    .cors
                    .retain(|name, _| [ORIGIN, CREDENTIALS].contains(&name.as_str()));
            }
        },
    },
    Rule {
        name: "Vary that names Origin already",
        reason: "6: merged, for caches",
        applies: |case| {
            let own = vary(&app::respond(case.request));
            let names_it = own.iter().any(|name| name == "origin" || name == "*");
            !case.is_preflight() && !case.policy.allows_any_origin() && names_it
        },
        change: |_, response| response.drop_one_origin_from_vary(),
    },
];

/// The differences between Rocket and the others.
pub(crate) const ROCKET: [Rule; 2] = [
    Rule {
        name: "Rocket's methods",
        reason: "5: it has a fixed list, and responds to other methods before any fairing",
        applies: |case| case.request.method == case.request.method.to_lowercase(),
        change: |_, response| {
            response.status = 400;
            response.cors.clear();
            response.vary.clear();
        },
    },
    Rule {
        name: "Rocket's 404 for 405",
        reason: "5: a path without a route for the method is not found",
        applies: |_| true,
        change: |_, response| {
            if response.status == 405 {
                response.status = 404;
            }
        },
    },
];

fn refuse_origin(case: &Case<'_>, response: &mut CorsResponse) {
    if case.is_preflight() {
        response.set_failing("origin", true);
    } else {
        response.cors.remove(ORIGIN);
    }
}

/// Removes duplicates. Of equal entries, keeps the one that is first in `order`.
fn once(list: &[String], order: &[String], equal: fn(&str, &str) -> bool) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for entry in list {
        let first = order.iter().find(|other| equal(other, entry));
        if first.is_none_or(|first| first == entry) && !kept.contains(entry) {
            kept.push(entry.clone());
        }
    }
    kept
}
