//! A fetch with the responses of a scripted server.

use std::collections::HashMap;
use std::net::IpAddr;

use browser_model::{
    Browser, Credentials, Fetch, Outcome, Quirks, Redirect, Request, Response, Url,
};
use cors_diagnosis::Observation;

pub(crate) const PAGE: &str = "https://app.example.com";
pub(crate) const URL: &str = "https://api.test/items";

/// A fetch, and what the server sends for it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) fetch: Fetch,
    preflight: Option<Response>,
    response: Option<Response>,
    /// The responses of other URLs.
    others: HashMap<Url, Response>,
    /// The responses of probes with another origin, and without one.
    probes: Vec<Option<Response>>,
    reads: Vec<String>,
    problem: Option<&'static str>,
    server: Option<IpAddr>,
}

/// A fetch of a page of [`PAGE`] that no server responds to.
pub(crate) fn fetch(method: &str, url: &str) -> Case {
    let mut fetch = Fetch::new(PAGE, Url::parse(url).unwrap());
    fetch.method = method.to_owned();
    Case {
        fetch,
        preflight: None,
        response: None,
        others: HashMap::new(),
        probes: Vec::new(),
        reads: Vec::new(),
        problem: None,
        server: None,
    }
}

pub(crate) fn get() -> Case {
    fetch("GET", URL)
}

pub(crate) fn put() -> Case {
    fetch("PUT", URL)
}

/// A response with the header lines of a text, one in each line.
pub(crate) fn response(status: u16, lines: &str) -> Response {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_owned(), value.trim().as_bytes().to_vec())
    });
    Response {
        status,
        headers: headers.collect(),
    }
}

impl Case {
    pub(crate) fn page(mut self, origin: &str) -> Self {
        self.fetch.origin = origin.to_owned();
        self
    }

    pub(crate) fn header(mut self, name: &str) -> Self {
        self.fetch.headers.push((name.to_owned(), b"1".to_vec()));
        self
    }

    pub(crate) fn credentials(mut self) -> Self {
        self.fetch.credentials = Credentials::Include;
        self
    }

    pub(crate) fn redirect(mut self, redirect: Redirect) -> Self {
        self.fetch.redirect = redirect;
        self
    }

    pub(crate) fn body(mut self) -> Self {
        self.fetch.body = Some(b"text".to_vec());
        self
    }

    /// The response to the preflight.
    pub(crate) fn preflight(mut self, status: u16, lines: &str) -> Self {
        self.preflight = Some(response(status, lines));
        self
    }

    /// The response to the request itself.
    pub(crate) fn response(mut self, status: u16, lines: &str) -> Self {
        self.response = Some(response(status, lines));
        self
    }

    /// The response of another URL, which the first one redirects to.
    pub(crate) fn at(mut self, url: &str, status: u16, lines: &str) -> Self {
        let url = self.fetch.url.join(url).unwrap();
        self.others.insert(url, response(status, lines));
        self
    }

    /// The response to a probe: first the one with another origin, then the one without.
    pub(crate) fn probe(mut self, status: u16, lines: &str) -> Self {
        self.probes.push(Some(response(status, lines)));
        self
    }

    /// Sets the responses to the preflight and to the request, of another URL, and to the probes.
    pub(crate) fn with(
        mut self,
        preflight: Option<Response>,
        response: Option<Response>,
        other: Option<(&str, Response)>,
        probes: Vec<Option<Response>>,
    ) -> Self {
        self.preflight = preflight;
        self.response = response;
        self.others =
            HashMap::from_iter(other.map(|(url, response)| (Url::parse(url).unwrap(), response)));
        self.probes = probes;
        self
    }

    pub(crate) fn reads(mut self, name: &str) -> Self {
        self.reads.push(name.to_owned());
        self
    }

    /// The address of the server.
    pub(crate) fn server(mut self, address: &str) -> Self {
        self.server = Some(address.parse().unwrap());
        self
    }

    /// Why there is no response.
    pub(crate) fn problem(mut self, problem: &'static str) -> Self {
        self.problem = Some(problem);
        self
    }

    /// What the server sends for a request.
    pub(crate) fn respond(&self, request: &Request) -> Option<Response> {
        if let Some(response) = self.others.get(&request.url) {
            return Some(response.clone());
        }
        match request.is_preflight {
            true => self.preflight.clone(),
            false => self.response.clone(),
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        Browser::new(Quirks::NONE).fetch(&self.fetch, |request| self.respond(request))
    }

    /// Calls a function with what a browser sees.
    pub(crate) fn observe<T>(&self, look: impl FnOnce(&Observation<'_>) -> T) -> T {
        let outcome = self.outcome();
        let requests = match self.probes.is_empty() {
            true => Vec::new(),
            false => cors_diagnosis::probes(&outcome),
        };
        let probes: Vec<_> = requests.into_iter().zip(self.probes.clone()).collect();
        look(&Observation {
            problem: self.problem,
            server: self.server,
            probes: &probes,
            reads: &self.reads,
            ..Observation::new(&self.fetch, &outcome)
        })
    }
}
