//! What engines do differently, each switch with what and why.
//!
//! Measured with Chromium 156, Firefox 153 and WebKitGTK 2.50; the caps of max-age are from their
//! sources.

use std::time::Duration;

/// Where an engine does not do what Fetch says. The standard is [`Quirks::NONE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// `Access-Control-Allow-Headers: *` covers `Authorization`. Fetch demands its name, which no
    /// engine has put into force; <https://github.com/whatwg/fetch/issues/1919> discusses to drop it.
    pub authorization_under_any: bool,
    /// Client hints and `User-Agent` need no preflight: Chromium sends them by itself.
    pub client_hints_are_safe: bool,
    /// A byte from 0x80 on in `Accept` or `Content-Type` needs a preflight. Firefox compares bytes
    /// as signed numbers, so these are below the blank.
    pub non_ascii_is_unsafe: bool,
    /// An empty parameter after another in `Content-Type`, as at the end of `text/plain;;`, needs a
    /// preflight: Firefox parses that header more strictly than MIME Sniffing does.
    pub empty_last_parameter_is_unsafe: bool,
    /// `Range: BYTES=0-5` needs no preflight: WebKit compares the unit without case.
    pub range_unit_in_any_case: bool,
    /// After a redirect from one other origin to the next, the preflight has the origin of the page,
    /// and only the request after it `null`: Firefox makes preflights in the name of the page.
    pub preflight_with_page_origin: bool,
    /// When a request that had a preflight, or has headers for which it would have had one at another
    /// origin, is redirected, the next one has a preflight, too, even if there is nothing left to ask
    /// for: Firefox and WebKit decide that once.
    pub preflight_after_preflight: bool,
    /// After a redirect, the preflight asks for all headers that the script had set, also for those
    /// that the redirect has removed: WebKit looks at the original ones.
    pub preflight_for_removed_headers: bool,
    /// So it is with headers that an earlier redirect has removed: Firefox looks at the original ones
    /// without those that the latest redirect removes.
    pub preflight_for_headers_removed_before: bool,
    /// If a redirect removes `Authorization`, a second one within the same origin brings it back. So
    /// Firefox gives it to an origin that it was not meant for.
    pub authorization_comes_back: bool,
    /// A redirect to another origin makes a GET of a DELETE: so does what speaks HTTP for WebKitGTK,
    /// which is not in Safari.
    pub delete_becomes_get: bool,
    /// The page's own origin gets `Origin` also with a GET, if a redirect made it of a POST or the
    /// like: WebKit never removes it.
    pub origin_stays: bool,
    /// An upload listener makes no preflight where there is nothing to upload, in Chromium.
    pub force_needs_body: bool,
    /// The longest time that a preflight is remembered; Fetch leaves it to the browser.
    pub max_age_cap: Option<Duration>,
    /// A negative `Access-Control-Max-Age` counts as 0, not as missing (5 seconds).
    pub negative_max_age_is_zero: bool,
    /// Any `Access-Control-Max-Age` that is not empty and no number counts as 0.
    pub malformed_max_age_is_zero: bool,
    /// A failure does not make the browser forget what preflights of this URL have granted.
    pub remembers_after_failure: bool,
    /// `*` in the answer to a preflight covers this one request only: Firefox remembers it as a name.
    pub any_is_not_remembered: bool,
    /// Requests with `If-Match` and the like make no use of what is remembered: for Chromium and
    /// Firefox, they circumvent every cache.
    pub conditional_requests_ask_again: bool,
    /// Those of an `XMLHttpRequest` with an upload listener as well. In Firefox only `fetch` does so.
    pub conditional_uploads_ask_again: bool,
    /// If a fetch with credentials for the page's own origin only begins there, and has no preflight,
    /// a redirect at another origin must allow credentials, though none are sent: so does WebKit.
    pub redirects_need_credentials: bool,
    /// Nothing is remembered for the origin `null`: to Chromium, no two of them are the same.
    pub null_asks_again: bool,
}

impl Quirks {
    /// The standard.
    pub const NONE: Self = Self {
        authorization_under_any: false,
        client_hints_are_safe: false,
        non_ascii_is_unsafe: false,
        empty_last_parameter_is_unsafe: false,
        range_unit_in_any_case: false,
        preflight_with_page_origin: false,
        preflight_after_preflight: false,
        preflight_for_removed_headers: false,
        preflight_for_headers_removed_before: false,
        authorization_comes_back: false,
        delete_becomes_get: false,
        origin_stays: false,
        force_needs_body: false,
        max_age_cap: None,
        negative_max_age_is_zero: false,
        malformed_max_age_is_zero: false,
        remembers_after_failure: false,
        any_is_not_remembered: false,
        conditional_requests_ask_again: false,
        conditional_uploads_ask_again: false,
        redirects_need_credentials: false,
        null_asks_again: false,
    };

    /// Chrome, Edge, Opera and others.
    pub const CHROMIUM: Self = Self {
        authorization_under_any: true,
        client_hints_are_safe: true,
        force_needs_body: true,
        max_age_cap: Some(Duration::from_secs(7_200)),
        negative_max_age_is_zero: true,
        remembers_after_failure: true,
        conditional_requests_ask_again: true,
        conditional_uploads_ask_again: true,
        null_asks_again: true,
        ..Self::NONE
    };

    /// Firefox.
    pub const FIREFOX: Self = Self {
        authorization_under_any: true,
        non_ascii_is_unsafe: true,
        empty_last_parameter_is_unsafe: true,
        preflight_with_page_origin: true,
        preflight_after_preflight: true,
        preflight_for_headers_removed_before: true,
        authorization_comes_back: true,
        max_age_cap: Some(Duration::from_secs(86_400)),
        malformed_max_age_is_zero: true,
        any_is_not_remembered: true,
        conditional_requests_ask_again: true,
        ..Self::NONE
    };

    /// Safari and others.
    pub const WEBKIT: Self = Self {
        authorization_under_any: true,
        range_unit_in_any_case: true,
        preflight_after_preflight: true,
        preflight_for_removed_headers: true,
        delete_becomes_get: true,
        redirects_need_credentials: true,
        origin_stays: true,
        max_age_cap: Some(Duration::from_secs(600)),
        negative_max_age_is_zero: true,
        remembers_after_failure: true,
        ..Self::NONE
    };
}
