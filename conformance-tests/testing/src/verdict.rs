//! The outcome of a fetch, and assertions about it.

use std::fmt;

use browser_model::{Blocked, Fetch, Outcome, Readable, Request, Response, ResponseKind};
use cors_diagnosis::{Engine, Observation, console, diagnose, standard};

use crate::advice;
use crate::report::report;

/// The outcome of a fetch: what the script can read, or why the browser blocks it.
///
/// The assertions panic at the line of the caller, with everything that is needed to correct the server:
/// what the console of the browser says, the heads of the requests and responses, the step of the Fetch
/// standard, and what to change. The other functions do not panic. `to_string()` returns the same text for
/// a fetch that is blocked.
///
/// An assertion that holds whatever the server responds also panics: it would prove nothing.
#[must_use = "it asserts nothing yet"]
#[derive(Clone, Debug)]
pub struct Verdict {
    fetch: Fetch,
    outcome: Outcome,
    /// Why the network failed, if it did.
    problem: Option<String>,
}

impl Verdict {
    pub(crate) fn new(fetch: Fetch, outcome: Outcome, problem: Option<String>) -> Self {
        Self {
            fetch,
            outcome,
            problem,
        }
    }

    fn seen(&self) -> Observation<'_> {
        Observation {
            problem: self.problem.as_deref(),
            ..Observation::new(&self.fetch, &self.outcome)
        }
    }

    /// What the script can read, or why the browser blocks the fetch.
    ///
    /// # Errors
    ///
    /// If the browser blocks the fetch. To the script, all reasons are the same `TypeError`.
    pub fn result(&self) -> Result<&Readable, &Blocked> {
        self.outcome.result.as_ref()
    }

    /// The requests in order, each with its response; `None` if there was no response.
    pub fn exchanges(&self) -> &[(Request, Option<Response>)] {
        &self.outcome.exchanges
    }

    /// What the console of Chromium says if the browser blocks the fetch; `None` if it does not.
    pub fn console(&self) -> Option<String> {
        console(&self.seen(), Engine::Chromium)
    }

    /// Asserts that the script can read the response, whatever its status.
    ///
    /// # Panics
    ///
    /// If it cannot, or if the page and the server have the same origin, so that CORS does not apply.
    #[track_caller]
    pub fn may_read(&self) -> &Self {
        self.assert(self.check_may_read())
    }

    /// Asserts that the script can read the response and that it has this status.
    ///
    /// # Panics
    ///
    /// If either does not hold.
    #[track_caller]
    pub fn may_read_status(&self, status: u16) -> &Self {
        self.assert(self.check_status(status))
    }

    /// Asserts that the script can read the response and this header of it.
    ///
    /// # Panics
    ///
    /// If it cannot, or if the response does not have the header.
    #[track_caller]
    pub fn may_read_header(&self, name: impl AsRef<str>) -> &Self {
        self.assert(self.check_header(name.as_ref(), true))
    }

    /// Asserts that the script can read the response, but not this header of it.
    ///
    /// # Panics
    ///
    /// If it can read the header, if it cannot read the response at all, or if the response does not have
    /// the header.
    #[track_caller]
    pub fn may_not_read_header(&self, name: impl AsRef<str>) -> &Self {
        self.assert(self.check_header(name.as_ref(), false))
    }

    /// Asserts that the script cannot read the response. The server may still have received the request and
    /// acted on it: see [`is_not_sent`](Self::is_not_sent).
    ///
    /// # Panics
    ///
    /// If the script can read the response, or if something other than CORS stops the fetch, such as a server
    /// that does not respond.
    #[track_caller]
    pub fn may_not_read(&self) -> &Self {
        self.assert(self.check_may_not_read())
    }

    /// Asserts that the server never receives the request, because its response to the preflight refuses it.
    ///
    /// # Panics
    ///
    /// If the server received the request, or if something other than CORS stopped the fetch.
    #[track_caller]
    pub fn is_not_sent(&self) -> &Self {
        self.assert(self.check_is_not_sent())
    }

    fn check_may_read(&self) -> Result<(), String> {
        match self.result() {
            Ok(readable) if readable.kind == ResponseKind::Cors => Ok(()),
            Ok(_) => Err(self.same_origin()),
            Err(blocked) => Err(self.explained(blocked)),
        }
    }

    fn check_status(&self, status: u16) -> Result<(), String> {
        self.check_may_read()?;
        let actual = self.result().map_or(0, |readable| readable.status);
        if actual == status {
            return Ok(());
        }
        let headline = self.headline(&format!("can read status {actual}, not {status}"));
        let change = "the test or the application: CORS is not the reason";
        Err(self.report(&headline, &standard::success(), change))
    }

    fn check_header(&self, name: &str, expected: bool) -> Result<(), String> {
        self.check_may_read()?;
        let name = name.to_ascii_lowercase();
        let step = standard::readable_headers();
        if self.seen().value(&name).is_none() {
            let headline = self.proves_nothing(&format!("the response has no header `{name}`"));
            let change = "the test: fetch a response that has the header";
            return Err(self.report(&headline, &step, change));
        }
        if !expected && advice::is_cookie(&name) {
            let headline = self.proves_nothing("no script can read cookies that a response sets");
            let change = "the test: remove the assertion";
            return Err(self.report(&headline, &step, change));
        }
        let headers = self
            .result()
            .map_or([].as_slice(), |readable| &readable.headers);
        let actual = headers.iter().any(|line| line.0 == name);
        let (headline, change) = match (actual, expected) {
            (true, false) => {
                let headline = self.headline(&format!("can read the header `{name}`"));
                (headline, advice::to_hide(&self.seen(), &name))
            }
            (false, true) => {
                let headline = self.headline(&format!(
                    "cannot read the header `{name}`: `response.headers.get('{name}')` is null"
                ));
                (headline, advice::to_expose(&self.seen(), &name))
            }
            _ => return Ok(()),
        };
        Err(self.report(&headline, &step, &change))
    }

    fn check_may_not_read(&self) -> Result<(), String> {
        match self.result() {
            Ok(readable) if readable.kind == ResponseKind::Cors => {
                let headline = self.headline("can read the response");
                let change = advice::to_block(&self.seen());
                Err(self.report(&headline, &standard::success(), &change))
            }
            Ok(_) => Err(self.same_origin()),
            Err(blocked) => self.check_blocked_by_server(blocked),
        }
    }

    fn check_is_not_sent(&self) -> Result<(), String> {
        match self.result() {
            Err(blocked) if !self.seen().is_sent() => self.check_blocked_by_server(blocked),
            Ok(readable) if readable.kind != ResponseKind::Cors => Err(self.same_origin()),
            _ => {
                let headline = self.headline("has sent the request");
                let step = match self.seen().had_preflight() {
                    true => standard::success(),
                    false => standard::no_preflight(),
                };
                Err(self.report(&headline, &step, &advice::to_stop(&self.seen())))
            }
        }
    }

    /// A fetch that no response could allow, or that only the standard blocks, proves nothing.
    fn check_blocked_by_server(&self, blocked: &Blocked) -> Result<(), String> {
        if self.seen().engines_differ() {
            let headline = self
                .headline("is not stopped by Chromium, Firefox and WebKit, only by the standard");
            let change = "list the request headers in the policy of the server instead of `*`: in the standard, `*` does \
                          not cover `authorization`, but in browsers it does";
            return Err(self.report(&headline, &standard::step(blocked), change));
        }
        match blocked {
            Blocked::Preflight(_) | Blocked::Cors(_) | Blocked::Redirect(_) => Ok(()),
            _ => {
                let headline = self.proves_nothing("something other than CORS stops this fetch");
                let change = self.fix();
                Err(self.report(&headline, &standard::step(blocked), &change))
            }
        }
    }

    fn same_origin(&self) -> String {
        let headline =
            self.proves_nothing("the page has the origin of the server and CORS does not apply");
        let change = "the test: use the origin of another page, or `Verdict::result`";
        self.report(&headline, &standard::same_origin(), change)
    }

    /// Why the script cannot read the response.
    fn explained(&self, blocked: &Blocked) -> String {
        let headline = self.headline("cannot read the response");
        let change = self.fix();
        self.report(&headline, &standard::step(blocked), &change)
    }

    /// What to change so that the script can read the response.
    fn fix(&self) -> String {
        if let (Err(Blocked::Network), Some(problem)) = (self.result(), &self.problem) {
            return problem.clone();
        }
        let mut findings = diagnose(&self.seen()).into_iter();
        findings
            .next()
            .map_or_else(String::new, |finding| finding.fix)
    }

    fn headline(&self, what: &str) -> String {
        let origin = &self.fetch.origin;
        format!("{}: a page of {origin} {what}", self.seen().request_line())
    }

    fn proves_nothing(&self, why: &str) -> String {
        let request = self.seen().request_line();
        format!("{request}: {why}, so the assertion proves nothing")
    }

    fn report(&self, headline: &str, step: &str, change: &str) -> String {
        report(headline, &self.seen(), step, change)
    }

    #[track_caller]
    #[expect(clippy::panic, reason = "a test fails by a panic")]
    fn assert(&self, check: Result<(), String>) -> &Self {
        match check {
            Ok(()) => self,
            Err(report) => panic!("{report}"),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.result() {
            Err(blocked) => f.write_str(&self.explained(blocked)),
            Ok(readable) => write!(
                f,
                "{}",
                self.headline(&format!("can read status {}", readable.status))
            ),
        }
    }
}
