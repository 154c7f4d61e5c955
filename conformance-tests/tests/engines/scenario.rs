//! A sequence of fetches from one server.

use anyhow::{Result, bail};
use browser_model::{Request, Response, Url};
use conformance_tests::subject::FRAMEWORKS;
use cors_core::Config;
use serde_json::Value;

use crate::engine::Engine;
use crate::network::{Exchange, Server};
use crate::session::{Script, Session};

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// The scheme of the pages and of the server.
    pub(crate) scheme: &'static str,
    pub(crate) served: Served,
    /// The hosts, each of which redirects to the next; `app` is the host of the page.
    pub(crate) hops: &'static [&'static str],
    /// The `X-Reply` lines for the last host.
    pub(crate) reply: &'static [&'static str],
    /// The fetches, made in sequence with the same URL.
    pub(crate) steps: &'static [Step],
    /// Whether a step needs a response that the browser has stored. A busy browser may store it too late,
    /// so the scenario is then repeated with another URL.
    pub(crate) needs_stored: bool,
}

/// How often a scenario that needs a stored response is played.
const ATTEMPTS: usize = 5;

pub(crate) enum Served {
    Frameworks(fn() -> Config),
    Made(fn(&Request) -> Response),
}

pub(crate) struct Step {
    /// The host of the page.
    pub(crate) page: &'static str,
    /// The second argument of `fetch()`, in JavaScript.
    pub(crate) init: &'static str,
    /// The expected [`summary`].
    pub(crate) expected: &'static str,
    /// The engines that differ, with their expected summaries.
    pub(crate) others: &'static [(Engine, &'static str)],
}

impl Scenario {
    /// Plays the scenario on every framework and returns the number of steps.
    pub(crate) fn play(&self, session: &Session) -> Result<usize> {
        let attempts = if self.needs_stored { ATTEMPTS } else { 1 };
        let mut problem = String::new();
        for attempt in 0..attempts {
            match self.attempt(session, attempt)? {
                Ok(steps) => return Ok(steps),
                Err(found) => problem = found,
            }
        }
        bail!("{problem}")
    }

    /// The number of steps, or what is different from the expectation.
    fn attempt(&self, session: &Session, attempt: usize) -> Result<Result<usize, String>> {
        let names: Vec<&str> = match self.served {
            Served::Frameworks(_) => FRAMEWORKS.iter().map(|framework| framework.name).collect(),
            Served::Made(_) => vec!["made"],
        };
        let mut running = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let urls = self.urls(name, attempt);
            for (hop, url) in urls.iter().enumerate() {
                let reply = match urls.get(hop + 1) {
                    Some(next) => vec!["Status: 302".to_owned(), format!("Location: {next}")],
                    None => self.reply.iter().map(|line| (*line).to_owned()).collect(),
                };
                let server = match self.served {
                    Served::Made(made) => Server::Made(made),
                    Served::Frameworks(config) => {
                        let server = FRAMEWORKS[place].spawn(config().build().unwrap()).unwrap();
                        let address = server.address;
                        running.push(server);
                        Server::Framework(address, reply)
                    }
                };
                session
                    .network
                    .route(&self.case(name, attempt), url, server);
            }
        }
        for step in self.steps {
            let scripts: Vec<Script> = names
                .iter()
                .map(|name| step.script(self.scheme, &self.urls(name, attempt)[0]))
                .collect();
            let results = session.run(&scripts)?;
            for (name, seen) in names.iter().zip(results) {
                let exchanges = session.network.taken(&self.case(name, attempt));
                let got = summary(&exchanges, &seen);
                let expected = step.expected_in(session.engine);
                if got != expected {
                    return Ok(Err(format!(
                        "{} on {name}: {}, fetch from {}: {}\n{got}, not {expected}\n{exchanges:#?}",
                        session.version, self.name, step.page, step.init
                    )));
                }
            }
        }
        names
            .iter()
            .for_each(|name| drop(session.network.close(&self.case(name, attempt))));
        Ok(Ok(self.steps.len() * names.len()))
    }

    fn case(&self, name: &str, attempt: usize) -> String {
        format!("{}-{attempt}-{name}", self.name)
    }

    fn urls(&self, name: &str, attempt: usize) -> Vec<Url> {
        let case = self.case(name, attempt);
        let url = |(place, host): (usize, &&str)| {
            let host = match *host {
                "app" => "app".to_owned(),
                host => format!("{host}-{case}"),
            };
            let scheme = self.scheme;
            format!("{scheme}://{host}.example.com/reply?{case}-{place}")
                .parse()
                .unwrap()
        };
        self.hops.iter().enumerate().map(url).collect()
    }
}

impl Step {
    fn script(&self, scheme: &str, url: &Url) -> Script {
        let defaults = "method: 'GET', headers: []";
        Script {
            page: format!("{scheme}://{}.example.com", self.page),
            text: format!(
                "return run({{ url: '{url}', {defaults}, ...{} }})",
                self.init
            ),
        }
    }

    fn expected_in(&self, engine: Engine) -> &'static str {
        let mut others = self.others.iter();
        others
            .find(|other| other.0 == engine)
            .map_or(self.expected, |other| other.1)
    }
}

/// Summarizes the requests and the result of the script.
fn summary(exchanges: &[Exchange], seen: &Value) -> String {
    let requests = exchanges.iter().map(|exchange| {
        let request = &exchange.request;
        let value = |name: &str| {
            let line = request.headers.iter().find(|line| line.0 == name);
            line.map(|line| String::from_utf8_lossy(&line.1).into_owned())
        };
        let asked = match (request.is_preflight, value("access-control-request-method")) {
            (true, Some(method)) => {
                let names = value("access-control-request-headers").unwrap_or_default();
                format!("?{method}({names})")
            }
            _ => request.method.clone(),
        };
        let page = value("origin").map_or(String::new(), |origin| {
            let host = origin.split('/').next_back().unwrap();
            format!(" {}", host.trim_end_matches(".example.com"))
        });
        let is_set = value("cookie").is_some_and(|cookies| cookies.contains("a=1"));
        let cookie = if is_set { " with cookie" } else { "" };
        format!("{asked}{page}{cookie}")
    });
    let requests: Vec<String> = requests.collect();
    // Other headers are left out, since they depend on the framework.
    let names = ["expires", "set-cookie", "x-secret", "x-total"];
    let headers = seen["headers"].as_array().into_iter().flatten();
    let headers = headers.filter_map(|line| line[0].as_str());
    let headers: Vec<&str> = headers.filter(|name| names.contains(name)).collect();
    let got = match (&seen["error"], seen["type"].as_str()) {
        (Value::Null, Some("opaque")) => "opaque",
        (Value::Null, _) => "readable",
        _ => "blocked",
    };
    let summary = [&[got], &headers[..]].concat().join(", ");
    match requests.is_empty() {
        true => summary,
        false => format!("{}: {summary}", requests.join(", ")),
    }
}
