//! "CORS-preflight cache": `cors/preflight-cache.htm`, `fetch/api/cors/cors-preflight-cache.any.js`.

use std::time::Duration;

use browser_model::{Browser, Fetch, Quirks, Response};

use super::{API, Lines, PAGE, including, lines, response, url, value, with};

/// A fetch, and the seconds that the page waits before it.
struct Step<'a> {
    after: u64,
    fetch: Fetch,
    /// Whether a preflight is sent.
    sends: bool,
    why: &'a str,
}

fn step(after: u64, fetch: Fetch, sends: bool, why: &str) -> Step<'_> {
    Step {
        after,
        fetch,
        sends,
        why,
    }
}

/// Runs the steps in one browser, with a server that sends these lines in every preflight response.
fn run(quirks: Quirks, granted: Lines<'_>, steps: &[Step<'_>]) {
    let mut browser = Browser::new(quirks);
    for step in steps {
        browser.wait(Duration::from_secs(step.after));
        let outcome = browser.fetch(&step.fetch, |request| {
            let origin = value(request, "origin").unwrap();
            Some(allowing(origin, granted))
        });
        assert!(outcome.result.is_ok(), "{}: {outcome:?}", step.why);
        let sends = outcome.exchanges.len() == 2;
        assert_eq!(
            sends, step.sends,
            "{}: {granted:?} {:?}",
            step.why, step.fetch
        );
    }
}

fn allowing(origin: &str, granted: Lines<'_>) -> Response {
    let mut response = response(200, granted);
    response.headers.extend(lines(&[
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
    ]));
    response
}

const ENGINES: [Quirks; 4] = [
    Quirks::NONE,
    Quirks::CHROMIUM,
    Quirks::FIREFOX,
    Quirks::WEBKIT,
];

const METHODS: &str = "Access-Control-Allow-Methods";
const HEADERS: &str = "Access-Control-Allow-Headers";
const MAX_AGE: &str = "Access-Control-Max-Age";

fn put() -> Fetch {
    with("PUT", &[])
}

fn set(names: &[&str]) -> Fetch {
    let headers: Vec<_> = names.iter().map(|&name| (name, "1")).collect();
    with("GET", &headers)
}

#[test]
fn max_age() {
    const NEVER: u64 = 0;
    // Lines of Access-Control-Max-Age; the seconds that a preflight is cached in the standard,
    // Chromium, Firefox and WebKit.
    let rows: [(&[&str], [u64; 4]); 22] = [
        (&[], [5; 4]),
        (&["0"], [NEVER; 4]),
        (&["00"], [NEVER; 4]),
        (&["1"], [1; 4]),
        (&[" 7\t"], [7; 4]),
        (&["007"], [7; 4]),
        (&["600"], [600; 4]),
        (&["601"], [601, 601, 601, 600]),
        (&["7201"], [7201, 7200, 7201, 600]),
        (&["86401"], [86401, 7200, 86400, 600]),
        (&["99999999999999999999999"], [u64::MAX, 7200, 86400, 600]),
        (&[""], [5; 4]),
        // A value that is not a number counts as missing, or as 0 in some engines.
        (&["-1"], [5, NEVER, NEVER, NEVER]),
        (&["-600"], [5, NEVER, NEVER, NEVER]),
        (&["-"], [5, 5, NEVER, 5]),
        (&["--1"], [5, 5, NEVER, 5]),
        (&["abc"], [5, 5, NEVER, 5]),
        (&["1.5"], [5, 5, NEVER, 5]),
        (&["60s"], [5, 5, NEVER, 5]),
        (&["6 0"], [5, 5, NEVER, 5]),
        (&["60, 60"], [5, 5, NEVER, 5]),
        (&["60", "60"], [5, 5, NEVER, 5]),
    ];
    for (values, lasting) in rows {
        let max_age = values.iter().map(|&value| (MAX_AGE, value));
        let granted: Vec<_> = max_age.chain([(METHODS, "PUT")]).collect();
        for (quirks, seconds) in ENGINES.into_iter().zip(lasting) {
            let Some(last) = seconds.checked_sub(1) else {
                let steps = [step(0, put(), true, "first"), step(0, put(), true, "never")];
                run(quirks, &granted, &steps);
                continue;
            };
            let steps = [
                step(0, put(), true, "first"),
                step(0, put(), false, "at once"),
                step(last, put(), false, "in its last second"),
                step(1, put(), true, "after its end"),
            ];
            run(quirks, &granted, &steps);
        }
    }
}

#[test]
fn everything_granted_is_cached() {
    let granted = [
        (METHODS, "PUT, patch"),
        (HEADERS, "x-a, X-B"),
        (MAX_AGE, "60"),
    ];
    let steps = [
        step(0, put(), true, "first"),
        step(0, set(&["x-a"]), false, "granted, though not requested"),
        step(0, set(&["X-B", "X-A"]), false, "in any case"),
        step(0, with("patch", &[("X-A", "1")]), false, "both granted"),
        step(
            0,
            with("POST", &[("X-A", "1")]),
            false,
            "POST needs no grant",
        ),
        step(0, forced("PUT"), false, "granted"),
        step(0, forced("POST"), true, "forced, and POST is not granted"),
    ];
    run(Quirks::NONE, &granted, &steps);
    // A method or header that the response does not list needs another preflight.
    let mut browser = Browser::new(Quirks::NONE);
    for (fetch, preflights) in [(put(), 1), (with("DELETE", &[]), 1), (set(&["x-c"]), 1)] {
        let outcome = browser.fetch(&fetch, |_| Some(allowing(PAGE, &granted)));
        let sent = outcome.exchanges.iter();
        let count = sent.filter(|(request, _)| request.is_preflight).count();
        assert_eq!(count, preflights, "{fetch:?}");
    }
}

fn forced(method: &str) -> Fetch {
    Fetch {
        forces_preflight: true,
        ..with(method, &[])
    }
}

#[test]
fn a_forced_preflight_caches_the_method_without_a_list() {
    let steps = [
        step(0, forced("POST"), true, "first"),
        step(0, forced("POST"), false, "cached, as if POST were listed"),
    ];
    run(Quirks::NONE, &[], &steps);
}

#[test]
fn wildcards() {
    let granted = [
        (METHODS, "*"),
        (HEADERS, "*, authorization"),
        (MAX_AGE, "60"),
    ];
    let steps = [
        step(0, put(), true, "first"),
        step(
            0,
            with("DELETE", &[("X-A", "1")]),
            false,
            "`*` covers every method and header",
        ),
        step(0, set(&["Authorization"]), false, "named"),
    ];
    run(Quirks::NONE, &granted, &steps);
    let granted = [(METHODS, "*"), (HEADERS, "*"), (MAX_AGE, "60")];
    let mut browser = Browser::new(Quirks::NONE);
    for (fetch, reads, sent) in [
        (put(), true, 2),
        (set(&["x-a"]), true, 1),
        (set(&["Authorization"]), false, 1),
    ] {
        let outcome = browser.fetch(&fetch, |_| Some(allowing(PAGE, &granted)));
        assert_eq!(
            (outcome.result.is_ok(), outcome.exchanges.len()),
            (reads, sent)
        );
    }
}

#[test]
fn what_engines_do_not_cache() {
    let granted = [(METHODS, "*"), (HEADERS, "*"), (MAX_AGE, "60")];
    let opaque = Fetch {
        origin: "null".to_owned(),
        ..put()
    };
    run_twice(&granted, &[(put(), [false, false, true, false])]);
    let granted = [
        (METHODS, "PUT"),
        (HEADERS, "*, x-a, if-match, if-range"),
        (MAX_AGE, "60"),
    ];
    run_twice(
        &granted,
        &[
            (set(&["x-a"]), [false; 4]),
            (set(&["if-match"]), [false, true, true, false]),
            (set(&["If-Range", "x-a"]), [false, true, true, false]),
            (set(&["x-if-match"]), [false, false, true, false]),
            (opaque, [false, true, false, false]),
        ],
    );
}

/// Runs each fetch twice. A row states whether the second fetch has a preflight, too: in the standard,
/// Chromium, Firefox and WebKit.
fn run_twice(granted: Lines<'_>, rows: &[(Fetch, [bool; 4])]) {
    for (fetch, sends_again) in rows {
        for (quirks, sends_again) in ENGINES.into_iter().zip(*sends_again) {
            let steps = [
                step(0, fetch.clone(), true, "first"),
                step(0, fetch.clone(), sends_again, "second"),
            ];
            run(quirks, granted, &steps);
        }
    }
}

#[test]
fn entries_are_per_origin_and_url() {
    let other = |change: fn(&mut Fetch)| {
        let mut fetch = put();
        change(&mut fetch);
        fetch
    };
    let steps = [
        step(0, put(), true, "first"),
        step(
            0,
            other(|fetch| fetch.url.set_query(Some("q"))),
            true,
            "query",
        ),
        step(0, other(|fetch| fetch.url.set_path("/other")), true, "path"),
        step(
            0,
            other(|fetch| fetch.url = url("http://api.example.com/items")),
            true,
            "scheme",
        ),
        step(
            0,
            other(|fetch| fetch.origin = "https://b.example.com".into()),
            true,
            "origin",
        ),
        step(
            0,
            other(|fetch| fetch.origin = "null".into()),
            true,
            "opaque",
        ),
        step(
            0,
            other(|fetch| fetch.url.set_fragment(Some("f"))),
            false,
            "fragment",
        ),
        step(0, put(), false, "the first again"),
    ];
    run(Quirks::NONE, &[(METHODS, "PUT"), (MAX_AGE, "60")], &steps);
}

#[test]
fn credentials() {
    let granted = [(METHODS, "PUT"), (MAX_AGE, "60")];
    let steps = [
        step(0, put(), true, "first"),
        step(0, including(put()), true, "made without credentials"),
        step(0, including(put()), false, "made with credentials"),
    ];
    run(Quirks::NONE, &granted, &steps);
    let steps = [
        step(0, including(put()), true, "first"),
        step(
            0,
            put(),
            false,
            "made with credentials, so also valid without",
        ),
    ];
    run(Quirks::NONE, &granted, &steps);
}

#[test]
fn each_entry_ages_separately() {
    let mut browser = Browser::new(Quirks::NONE);
    // Seconds to wait, fetch, lines of the preflight response; whether a preflight is sent.
    let rows: [(u64, Fetch, Lines<'_>, bool); 8] = [
        (0, set(&["x-a"]), &[(HEADERS, "x-a"), (MAX_AGE, "10")], true),
        (4, set(&["x-b"]), &[(HEADERS, "x-b"), (MAX_AGE, "10")], true),
        (4, set(&["x-a", "x-b"]), &[], false),
        // x-a has expired, x-b has not; the preflight response for x-c extends x-b.
        (4, set(&["x-b"]), &[], false),
        (
            0,
            set(&["x-c"]),
            &[(HEADERS, "x-b, x-c"), (MAX_AGE, "20")],
            true,
        ),
        (8, set(&["x-b"]), &[], false),
        (
            0,
            set(&["x-a"]),
            &[(HEADERS, "x-a, x-b"), (MAX_AGE, "0")],
            true,
        ),
        (0, set(&["x-b"]), &[(HEADERS, "x-b")], true),
    ];
    for (row, (after, fetch, granted, sends)) in rows.into_iter().enumerate() {
        browser.wait(Duration::from_secs(after));
        let outcome = browser.fetch(&fetch, |_| Some(allowing(PAGE, granted)));
        assert!(outcome.result.is_ok(), "{row}: {outcome:?}");
        assert_eq!(outcome.exchanges.len() == 2, sends, "{row}");
    }
}

#[test]
fn a_failure_clears_the_entries_of_the_url() {
    let granted = [(METHODS, "PUT"), (MAX_AGE, "60")];
    let fine = || Some(allowing(PAGE, &granted));
    let mut redirect = allowing(PAGE, &[("Location", "data:,")]);
    redirect.status = 307;
    let failures = [
        ("network", None),
        ("CORS check", Some(response(200, &[]))),
        ("redirect", Some(redirect)),
    ];
    for (name, failure) in failures {
        for (quirks, sends_again) in [
            (Quirks::NONE, true),
            (Quirks::CHROMIUM, false),
            (Quirks::WEBKIT, false),
        ] {
            let mut browser = Browser::new(quirks);
            let elsewhere = Fetch {
                url: url(API).join("/elsewhere").unwrap(),
                ..put()
            };
            for fetch in [&put(), &elsewhere] {
                assert!(browser.fetch(fetch, |_| fine()).result.is_ok());
            }
            // A request that needs no preflight clears nothing.
            assert!(
                browser
                    .fetch(&super::get(), |_| failure.clone())
                    .result
                    .is_err()
            );
            let outcome = browser.fetch(&put(), |_| failure.clone());
            assert!(
                outcome.result.is_err() && outcome.exchanges.len() == 1,
                "{name}"
            );
            let outcome = browser.fetch(&put(), |_| fine());
            assert_eq!(outcome.exchanges.len() == 2, sends_again, "{name}");
            assert_eq!(browser.fetch(&elsewhere, |_| fine()).exchanges.len(), 1);
        }
    }
}
