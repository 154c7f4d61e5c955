//! One fetch, from its first request through all redirects. Fetch, "Main fetch", "HTTP
//! fetch" and "HTTP-redirect fetch".

use super::check::check;
use super::fields::{Lines, values};
use super::preflight::{Preflight, is_authorization};
use super::quirks::Quirks;
use super::request::{Admitted, admitted, has_user_info, is_fetchable, is_http};
use super::safelist::{is_safe_method, unsafe_names};
use super::{
    Blocked, Browser, Credentials, Fetch, Readable, Redirect, RedirectFailure, Request, Response,
    Url, readable,
};

/// The network.
pub(super) trait Send: AsyncFnMut(Request) -> Option<Response> {}

impl<S: AsyncFnMut(Request) -> Option<Response>> Send for S {}

pub(super) async fn follow(
    browser: &mut Browser,
    fetch: &Fetch,
    mut send: impl Send,
) -> Result<Readable, Blocked> {
    let Admitted { method, headers } = admitted(fetch)?;
    let mut url = fetch.url.clone();
    // The fragment is never sent and does not affect CORS.
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
        had_preflight: false,
        removed: Vec::new(),
        had_origin: false,
    };
    let result = loop {
        let response = match hop.respond(browser, &mut send).await {
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
    if result.is_err() && hop.had_preflight && !browser.quirks.remembers_after_failure {
        browser.cache.clear(hop.origin(), &hop.url);
    }
    result
}

/// The state of a fetch after the redirects so far.
struct Hop<'a> {
    fetch: &'a Fetch,
    method: String,
    /// The headers at the start of the fetch.
    original_headers: Vec<(String, Vec<u8>)>,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
    url: Url,
    redirects: u8,
    /// The response tainting is "cors": the fetch has left the origin of the page.
    is_cors: bool,
    /// The redirect-taint: the fetch was redirected from another origin to a different origin.
    is_tainted: bool,
    /// The fetch has needed a preflight, whether sent or cached.
    had_preflight: bool,
    /// The header names that the latest redirect removed.
    removed: Vec<&'static str>,
    /// The latest request had an `Origin` header.
    had_origin: bool,
}

impl<'a> Hop<'a> {
    /// Sends the current request, and returns the response if it passes the checks.
    async fn respond(
        &mut self,
        browser: &mut Browser,
        send: &mut impl Send,
    ) -> Result<Response, Blocked> {
        if !is_fetchable(&self.url) {
            return Err(Blocked::Unfetchable);
        }
        self.is_cors |= self.url.origin().ascii_serialization() != self.fetch.origin;
        if self.is_cors {
            self.preflight(browser, send).await?;
        }
        let response = send(self.request(&browser.quirks)).await;
        let response = response.ok_or(Blocked::Network)?;
        if self.is_cors {
            let starts_at_page = self.fetch.url.origin().ascii_serialization() == self.fetch.origin;
            let credentials = match self.fetch.credentials {
                Credentials::SameOrigin
                    if browser.quirks.redirects_need_credentials
                        && starts_at_page
                        && !self.had_preflight
                        && is_redirect(&response) =>
                {
                    Credentials::Include
                }
                credentials => credentials,
            };
            check(
                self.origin(),
                credentials,
                &response.headers,
                &browser.quirks,
            )
            .map_err(Blocked::Cors)?;
        }
        Ok(response)
    }

    /// Sends the preflight if one is needed and not cached.
    async fn preflight(
        &mut self,
        browser: &mut Browser,
        send: &mut impl Send,
    ) -> Result<(), Blocked> {
        let quirks = browser.quirks;
        let is_forced =
            self.fetch.forces_preflight && !(quirks.force_needs_body && self.fetch.body.is_none());
        let original = &self.original_headers;
        let again = quirks.preflight_after_preflight
            && (self.had_preflight || !unsafe_names(original, &quirks).is_empty());
        let is_kept = |line: &&(String, Vec<u8>)| !self.removed.contains(&line.0.as_str());
        let headers: Vec<_> = if quirks.preflight_for_removed_headers {
            original.clone()
        } else if quirks.preflight_for_headers_removed_before {
            original.iter().filter(is_kept).cloned().collect()
        } else {
            self.headers.clone()
        };
        let preflight = Preflight {
            origin: match quirks.preflight_with_page_origin {
                true => &self.fetch.origin,
                false => self.origin(),
            },
            url: &self.url,
            method: &self.method,
            names: &unsafe_names(&headers, &quirks),
            credentials: self.fetch.credentials,
            is_forced,
        };
        let needs_method = is_forced || !is_safe_method(&self.method);
        if !needs_method && !again && preflight.names.is_empty() {
            return Ok(());
        }
        self.had_preflight = true;
        let bypasses_cache = quirks.null_asks_again && preflight.origin == "null"
            || headers.iter().any(is_conditional)
                && match self.fetch.forces_preflight {
                    true => quirks.conditional_uploads_ask_again,
                    false => quirks.conditional_requests_ask_again,
                };
        if !bypasses_cache
            && browser
                .cache
                .grants(&preflight, needs_method || preflight.names.is_empty())
        {
            return Ok(());
        }
        let response = send(preflight.request()).await;
        let response = response.ok_or(Blocked::Network)?;
        let grant = preflight
            .evaluate(&response, &quirks)
            .map_err(Blocked::Preflight)?;
        browser.cache.store(&preflight, &grant);
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

    /// Follows a redirect. Returns `false` if it has no `Location`: then it is an ordinary response.
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
        let is_cross_origin = url.origin().ascii_serialization() != self.fetch.origin;
        if has_user_info(&url) && (is_cross_origin || self.is_cors || quirks.user_info_is_blocked) {
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

/// Fetch, "HTTP-network-or-cache fetch": a request with one of these headers bypasses the HTTP cache.
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
