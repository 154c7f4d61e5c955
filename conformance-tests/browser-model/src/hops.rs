//! One fetch from its first request over all redirects to its end. Fetch, "Main fetch", "HTTP
//! fetch" and "HTTP-redirect fetch".

use super::check::check;
use super::fields::{Lines, values};
use super::preflight::{Asked, is_authorization};
use super::quirks::Quirks;
use super::request::{Admitted, admitted, has_user_info, is_fetchable, is_http};
use super::safelist::{is_safe_method, unsafe_names};
use super::{
    Blocked, Browser, Credentials, Fetch, Readable, Redirect, RedirectFailure, Request, Response,
    Url, readable,
};

/// The network.
pub(super) type Send<'a> = dyn FnMut(Request) -> Option<Response> + 'a;

pub(super) fn follow(
    browser: &mut Browser,
    fetch: &Fetch,
    send: &mut Send<'_>,
) -> Result<Readable, Blocked> {
    let Admitted { method, headers } = admitted(fetch)?;
    let mut url = fetch.url.clone();
    // Never sent, and nothing of CORS depends on it.
    url.set_fragment(None);
    let mut hop = Hop {
        fetch,
        method,
        original_headers: headers.clone(),
        headers,
        body: fetch.body.clone(),
        url,
        redirects: 0,
        is_cors: false,
        is_tainted: false,
        asked: false,
        removed: Vec::new(),
        had_origin: false,
    };
    let result = loop {
        let response = match hop.respond(browser, send) {
            Ok(response) => response,
            Err(blocked) => break Err(blocked),
        };
        if !is_redirect(&response) {
            break Ok(hop.readable(&response));
        }
        match fetch.redirect {
            Redirect::Error => break Err(Blocked::Redirect(RedirectFailure::NotWanted)),
            Redirect::Manual => break Ok(readable::opaque_redirect()),
            Redirect::Follow => {}
        }
        match hop.redirect(&response, &browser.quirks) {
            Ok(true) => {}
            Ok(false) => break Ok(hop.readable(&response)),
            Err(failure) => break Err(Blocked::Redirect(failure)),
        }
    };
    if result.is_err() && hop.asked && !browser.quirks.remembers_after_failure {
        browser.cache.clear(hop.origin(), &hop.url);
    }
    result
}

/// Where a fetch has got to.
struct Hop<'a> {
    fetch: &'a Fetch,
    method: String,
    /// Those with which the fetch began.
    original_headers: Vec<(String, Vec<u8>)>,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
    url: Url,
    redirects: u8,
    /// The response tainting is "cors": it has left the origin of the page.
    is_cors: bool,
    /// The redirect-taint: it has gone from one other origin to the next.
    is_tainted: bool,
    /// It has needed a preflight, sent or remembered.
    asked: bool,
    /// The header names that the latest redirect has removed.
    removed: Vec<&'static str>,
    /// A request had `Origin`.
    had_origin: bool,
}

impl<'a> Hop<'a> {
    /// The answer to the request as it is now, if it passes the checks.
    fn respond(&mut self, browser: &mut Browser, send: &mut Send<'_>) -> Result<Response, Blocked> {
        if !is_fetchable(&self.url) {
            return Err(Blocked::Unfetchable);
        }
        self.is_cors |= self.url.origin().ascii_serialization() != self.fetch.origin;
        if self.is_cors {
            self.ask(browser, send)?;
        }
        let response = send(self.request(&browser.quirks)).ok_or(Blocked::Network)?;
        if self.is_cors {
            let began_at_home = self.fetch.url.origin().ascii_serialization() == self.fetch.origin;
            let credentials = match self.fetch.credentials {
                Credentials::SameOrigin
                    if browser.quirks.redirects_need_credentials
                        && began_at_home
                        && !self.asked
                        && is_redirect(&response) =>
                {
                    Credentials::Include
                }
                credentials => credentials,
            };
            check(self.origin(), credentials, &response.headers).map_err(Blocked::Cors)?;
        }
        Ok(response)
    }

    /// Sends the preflight, if one is needed.
    fn ask(&mut self, browser: &mut Browser, send: &mut Send<'_>) -> Result<(), Blocked> {
        let quirks = browser.quirks;
        let by_force =
            self.fetch.forces_preflight && !(quirks.force_needs_body && self.fetch.body.is_none());
        let original = &self.original_headers;
        let again = quirks.preflight_after_preflight
            && (self.asked || !unsafe_names(original, &quirks).is_empty());
        let is_kept = |line: &&(String, Vec<u8>)| !self.removed.contains(&line.0.as_str());
        let headers: Vec<_> = if quirks.preflight_for_removed_headers {
            original.clone()
        } else if quirks.preflight_for_headers_removed_before {
            original.iter().filter(is_kept).cloned().collect()
        } else {
            self.headers.clone()
        };
        let asked = Asked {
            origin: match quirks.preflight_with_page_origin {
                true => &self.fetch.origin,
                false => self.origin(),
            },
            url: &self.url,
            method: &self.method,
            names: &unsafe_names(&headers, &quirks),
            credentials: self.fetch.credentials,
            by_force,
        };
        let asks_for_method = by_force || !is_safe_method(&self.method);
        if !asks_for_method && !again && asked.names.is_empty() {
            return Ok(());
        }
        self.asked = true;
        let asks_again = quirks.null_asks_again && asked.origin == "null"
            || headers.iter().any(is_conditional)
                && match self.fetch.forces_preflight {
                    true => quirks.conditional_uploads_ask_again,
                    false => quirks.conditional_requests_ask_again,
                };
        if !asks_again
            && browser
                .cache
                .grants(&asked, asks_for_method || asked.names.is_empty())
        {
            return Ok(());
        }
        let answer = send(asked.request()).ok_or(Blocked::Network)?;
        let grant = asked.judge(&answer, &quirks).map_err(Blocked::Preflight)?;
        browser.cache.store(&asked, &grant);
        Ok(())
    }

    fn request(&mut self, quirks: &Quirks) -> Request {
        let mut headers = self.headers.clone();
        self.had_origin &= quirks.origin_stays;
        self.had_origin |= self.is_cors || !["GET", "HEAD"].contains(&self.method.as_str());
        if self.had_origin {
            headers.push(("origin".to_owned(), self.origin().into()));
        }
        let with_credentials = match self.fetch.credentials {
            Credentials::Include => true,
            Credentials::SameOrigin => !self.is_cors,
            Credentials::Omit => false,
        };
        Request {
            url: self.url.clone(),
            method: self.method.clone(),
            headers,
            body: self.body.clone(),
            with_credentials,
            is_preflight: false,
        }
    }

    /// Fetch, "serializing a request origin".
    fn origin(&self) -> &'a str {
        match self.is_tainted {
            true => "null",
            false => &self.fetch.origin,
        }
    }

    fn readable(&self, response: &Response) -> Readable {
        match self.is_cors {
            true => readable::cors(response, self.fetch.credentials),
            false => readable::basic(response),
        }
    }

    /// Goes where a redirect leads; `false` if it leads nowhere, which makes it an answer like others.
    fn redirect(&mut self, response: &Response, quirks: &Quirks) -> Result<bool, RedirectFailure> {
        let Some(url) = location(&response.headers, &self.url)? else {
            return Ok(false);
        };
        if !is_http(&url) {
            return Err(RedirectFailure::Scheme);
        }
        if self.redirects == 20 {
            return Err(RedirectFailure::TooMany);
        }
        self.redirects += 1;
        let is_foreign = url.origin().ascii_serialization() != self.fetch.origin;
        if has_user_info(&url) && (is_foreign || self.is_cors) {
            return Err(RedirectFailure::UserInfo);
        }
        let becomes_get = match response.status {
            301 | 302 => self.method == "POST",
            303 => !["GET", "HEAD"].contains(&self.method.as_str()),
            _ => false,
        };
        self.removed.clear();
        if becomes_get {
            self.method = "GET".to_owned();
            self.body = None;
            self.removed.extend(OF_BODY);
        }
        if url.origin() != self.url.origin() {
            if quirks.delete_becomes_get && self.method == "DELETE" {
                self.method = "GET".to_owned();
            }
            self.removed.push("authorization");
            let leaves_page = self.url.origin().ascii_serialization() == self.fetch.origin;
            self.is_tainted |= !leaves_page;
        }
        let sent = std::mem::take(&mut self.headers);
        let comes_back = |name: &str| quirks.authorization_comes_back && is_authorization(name);
        self.headers = self.original_headers.clone();
        self.headers
            .retain(|line| comes_back(&line.0) || sent.contains(line));
        self.headers
            .retain(|line| !self.removed.contains(&line.0.as_str()));
        self.url = url;
        Ok(true)
    }
}

/// Fetch, "redirect status".
fn is_redirect(response: &Response) -> bool {
    matches!(response.status, 301 | 302 | 303 | 307 | 308)
}

/// Fetch, "location URL".
fn location(headers: &Lines, base: &Url) -> Result<Option<Url>, RedirectFailure> {
    let mut lines = values(headers, "location");
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return match values(headers, "location").next() {
            None => Ok(None),
            Some(_) => Err(RedirectFailure::Malformed),
        };
    };
    let text = str::from_utf8(line).map_err(|_| RedirectFailure::Malformed)?;
    let mut url = base.join(text).map_err(|_| RedirectFailure::Malformed)?;
    url.set_fragment(None);
    Ok(Some(url))
}

/// Fetch, "HTTP-network-or-cache fetch": with these, the HTTP cache is left out.
fn is_conditional(line: &(String, Vec<u8>)) -> bool {
    let names = [
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
    ];
    names.contains(&line.0.as_str())
}

/// Fetch, "request-body-header name".
const OF_BODY: [&str; 4] = [
    "content-encoding",
    "content-language",
    "content-location",
    "content-type",
];
