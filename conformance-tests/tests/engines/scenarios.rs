//! Scenarios beyond a single fetch: cookies, caches, redirects, uploads. Each scenario has a new
//! server, for which all caches and cookie jars are empty.

use anyhow::Result;
use browser_model::{Request, Response};
use cors_core::Config;

use crate::engine::Engine::{Firefox, WebKit};
use crate::scenario::{Scenario, Served, Step};
use crate::session::Session;

/// Plays all scenarios on every framework and returns the number of steps.
pub(crate) fn play(session: &Session) -> Result<usize> {
    let steps = SCENARIOS.iter().map(|scenario| scenario.play(session));
    steps.sum()
}

const ONE: Scenario = Scenario {
    name: "",
    scheme: "http",
    served: Served::Frameworks(app),
    hops: &["a"],
    reply: &[],
    steps: &[],
    needs_stored: false,
};

const fn step(page: &'static str, init: &'static str, expected: &'static str) -> Step {
    Step {
        page,
        init,
        expected,
        others: &[],
    }
}

const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "cookies",
        served: Served::Frameworks(|| app().allow_credentials(true)),
        reply: &["Set-Cookie: a=1"],
        steps: &[
            // The cookie is set although the page cannot read the response.
            step("evil", "{ credentials: 'include' }", "GET evil: blocked"),
            step("app", "{}", "GET app: readable"),
            step("app", "{ credentials: 'omit' }", "GET app: readable"),
            step(
                "app",
                "{ credentials: 'include' }",
                "GET app with cookie: readable",
            ),
            step(
                "app",
                "{ method: 'PUT', credentials: 'include' }",
                "?PUT() app, PUT app with cookie: readable",
            ),
            step(
                "evil",
                "{ credentials: 'include' }",
                "GET evil with cookie: blocked",
            ),
        ],
        ..ONE
    },
    Scenario {
        name: "no-credentials",
        reply: &["Set-Cookie: a=1"],
        steps: &[
            step("app", "{ credentials: 'include' }", "GET app: blocked"),
            step(
                "app",
                "{ credentials: 'include' }",
                "GET app with cookie: blocked",
            ),
            step(
                "app",
                "{ method: 'PUT', credentials: 'include' }",
                "?PUT() app: blocked",
            ),
            step("app", "{}", "GET app: readable"),
        ],
        ..ONE
    },
    Scenario {
        name: "exposed",
        served: Served::Frameworks(|| app().expose_headers(["X-Total"])),
        reply: &["X-Total: 1", "X-Secret: 1", "Expires: 0", "Set-Cookie: a=1"],
        steps: &[step("app", "{}", "GET app: readable, expires, x-total")],
        ..ONE
    },
    Scenario {
        name: "all-exposed",
        served: Served::Frameworks(|| app().expose_headers(["*"])),
        reply: &["X-Total: 1", "X-Secret: 1", "Expires: 0", "Set-Cookie: a=1"],
        steps: &[step(
            "app",
            "{}",
            "GET app: readable, expires, x-secret, x-total",
        )],
        ..ONE
    },
    Scenario {
        name: "upload",
        steps: &[
            step(
                "app",
                "{ method: 'POST', body: 'content', upload: true }",
                "?POST() app, POST app: readable",
            ),
            step(
                "evil",
                "{ method: 'POST', body: 'content', upload: true }",
                "?POST() evil: blocked",
            ),
        ],
        ..ONE
    },
    // Chromium requires HTTP/2 for a stream body. Firefox sends it as text, WebKit rejects it.
    Scenario {
        name: "stream",
        scheme: "https",
        steps: &[Step {
            others: &[(Firefox, "POST app: readable"), (WebKit, "blocked")],
            ..step(
                "app",
                "{ method: 'POST', body: new Blob(['content']).stream(), duplex: 'half' }",
                "?POST() app, POST app: readable",
            )
        }],
        ..ONE
    },
    Scenario {
        name: "max-age-0",
        served: Served::Frameworks(|| app().max_age(0)),
        steps: &[
            step("app", "{ method: 'PUT' }", "?PUT() app, PUT app: readable"),
            step("app", "{ method: 'PUT' }", "?PUT() app, PUT app: readable"),
        ],
        ..ONE
    },
    Scenario {
        name: "max-age-600",
        steps: &[
            step("app", "{ method: 'PUT' }", "?PUT() app, PUT app: readable"),
            step("app", "{ method: 'PUT' }", "PUT app: readable"),
            step(
                "app",
                "{ method: 'PUT', headers: [['X-A', '1']] }",
                "PUT app: readable",
            ),
            // The cached preflight was without credentials and from another page.
            step(
                "app",
                "{ method: 'PUT', credentials: 'include' }",
                "?PUT() app: blocked",
            ),
            step("b", "{ method: 'PUT' }", "?PUT() b, PUT b: readable"),
        ],
        needs_stored: true,
        ..ONE
    },
    Scenario {
        name: "redirect-to-third",
        served: Served::Frameworks(any),
        hops: &["a", "b"],
        steps: &[step("app", "{}", "GET app, GET null: readable")],
        ..ONE
    },
    Scenario {
        name: "redirect-home",
        served: Served::Frameworks(any),
        hops: &["a", "app"],
        steps: &[step("app", "{}", "GET app, GET null: readable")],
        ..ONE
    },
    Scenario {
        name: "redirect-within",
        served: Served::Frameworks(any),
        hops: &["a", "a"],
        steps: &[step("app", "{}", "GET app, GET app: readable")],
        ..ONE
    },
    Scenario {
        name: "redirect-from-home",
        served: Served::Frameworks(any),
        hops: &["app", "a"],
        steps: &[step("app", "{}", "GET, GET app: readable")],
        ..ONE
    },
    Scenario {
        name: "redirect-refused",
        hops: &["a", "b"],
        steps: &[
            step("app", "{}", "GET app, GET null: blocked"),
            step("evil", "{}", "GET evil: blocked"),
        ],
        ..ONE
    },
    // The first request fills the browser cache with a response for a request without `Origin`, for
    // a refused page, or for another page. The second request must not get that response.
    Scenario {
        name: "cached",
        reply: &["Cache-Control: max-age=600"],
        steps: &[
            step("app", "{ mode: 'no-cors' }", "GET: opaque"),
            step("app", "{}", "GET app: readable"),
            step("b", "{}", "GET b: readable"),
        ],
        needs_stored: true,
        ..ONE
    },
    Scenario {
        name: "cached-refused",
        reply: &["Cache-Control: max-age=600"],
        steps: &[
            step("evil", "{}", "GET evil: blocked"),
            step("app", "{}", "GET app: readable"),
        ],
        needs_stored: true,
        ..ONE
    },
    // A response with `*` is fetched only once.
    Scenario {
        name: "cached-for-all",
        served: Served::Frameworks(any),
        reply: &["Cache-Control: max-age=600"],
        steps: &[
            step("app", "{ mode: 'no-cors' }", "GET: opaque"),
            step("app", "{}", "readable"),
            step("b", "{}", "readable"),
        ],
        needs_stored: true,
        ..ONE
    },
    // A server without `Vary`, to show that the cache is in use.
    Scenario {
        name: "cached-without-vary",
        served: Served::Made(without_vary),
        steps: &[
            step("app", "{ mode: 'no-cors' }", "GET: opaque"),
            step("app", "{}", "blocked"),
        ],
        needs_stored: true,
        ..ONE
    },
];

fn app() -> Config {
    Config::new()
        .allow_origins([
            "http://app.example.com",
            "https://app.example.com",
            "http://b.example.com",
        ])
        .allow_methods(["GET", "POST", "PUT"])
        .allow_headers(["X-A"])
}

fn any() -> Config {
    Config::new().allow_origins(["*"])
}

fn without_vary(request: &Request) -> Response {
    let origin = request.headers.iter().find(|line| line.0 == "origin");
    let allowed = origin.map(|line| ("access-control-allow-origin".to_owned(), line.1.clone()));
    let cached = ("cache-control".to_owned(), b"max-age=600".to_vec());
    Response {
        status: 200,
        headers: [cached].into_iter().chain(allowed).collect(),
    }
}
