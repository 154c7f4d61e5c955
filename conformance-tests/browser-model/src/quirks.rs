//! Deviations of the browser engines from the standard, each with its effect and its reason.
//!
//! They were measured with Chromium 156, Firefox 153 and WebKitGTK 2.50. The limits on max-age are
//! taken from the source code of the engines.

use std::time::Duration;

/// The deviations of an engine from the Fetch standard. [`Quirks::NONE`] is the standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// `Access-Control-Allow-Headers: *` covers `Authorization`. Fetch requires `Authorization` to be
    /// listed by name, but no engine enforces that;
    /// <https://github.com/whatwg/fetch/issues/1919> discusses dropping the requirement.
    pub authorization_under_any: bool,
    /// Client hints and `User-Agent` need no preflight, because Chromium also sends them on its own.
    pub client_hints_are_safe: bool,
    /// A byte of 0x80 or above in `Accept` or `Content-Type` needs a preflight. Firefox compares
    /// bytes as signed numbers, so these bytes are less than the space character.
    pub non_ascii_is_unsafe: bool,
    /// A `Content-Type` that ends with an empty parameter after another parameter, such as
    /// `text/plain;;`, needs a preflight. Firefox parses this header more strictly than MIME Sniffing
    /// does.
    pub empty_last_parameter_is_unsafe: bool,
    /// `Range: BYTES=0-5` needs no preflight: WebKit compares the unit case-insensitively.
    pub range_unit_in_any_case: bool,
    /// After a redirect from another origin to a different origin, the preflight has the origin of the
    /// page, and only the request after it has `Origin: null`. Firefox always sends preflights with
    /// the origin of the page.
    pub preflight_with_page_origin: bool,
    /// A redirected request has a preflight if the request before it had one, or if the original
    /// headers need one. That holds even if the redirected request itself needs none: Firefox and
    /// WebKit decide once per fetch.
    pub preflight_after_preflight: bool,
    /// After a redirect, the preflight requests all headers that the script has set, including those
    /// that the redirect removed: WebKit uses the original headers.
    pub preflight_for_removed_headers: bool,
    /// After a redirect, the preflight also requests headers that an earlier redirect removed: Firefox
    /// uses the original headers without those that the latest redirect removed.
    pub preflight_for_headers_removed_before: bool,
    /// If a redirect removes `Authorization`, a second redirect within the same origin restores it. As
    /// a result, Firefox sends it to an origin that it was not meant for.
    pub authorization_comes_back: bool,
    /// A redirect to another origin changes DELETE to GET. The HTTP library of WebKitGTK, which Safari
    /// does not use, does so.
    pub delete_becomes_get: bool,
    /// If a redirect changes a method such as POST to GET, the request has `Origin` even within the
    /// page's own origin: WebKit never removes the header.
    pub origin_stays: bool,
    /// An upload listener forces a preflight only if the request has a body, as in Chromium.
    pub force_needs_body: bool,
    /// The maximum time that a preflight is cached; Fetch leaves it to the browser.
    pub max_age_cap: Option<Duration>,
    /// A negative `Access-Control-Max-Age` counts as 0, not as missing (5 seconds).
    pub negative_max_age_is_zero: bool,
    /// Any `Access-Control-Max-Age` that is neither empty nor a number counts as 0.
    pub malformed_max_age_is_zero: bool,
    /// A failed fetch does not remove the preflight cache entries of its URL.
    pub remembers_after_failure: bool,
    /// `*` in a preflight response covers only the request that the preflight is for. Firefox caches
    /// `*` as a literal name.
    pub any_is_not_remembered: bool,
    /// Conditional requests, such as those with `If-Match`, do not use the preflight cache: in Chromium
    /// and Firefox, they bypass every cache.
    pub conditional_requests_ask_again: bool,
    /// Conditional requests of an `XMLHttpRequest` with an upload listener do not use the preflight
    /// cache either. In Firefox, this applies only to `fetch`.
    pub conditional_uploads_ask_again: bool,
    /// If a fetch with `credentials: "same-origin"` starts at the page's own origin and had no
    /// preflight, a redirect response of another origin must allow credentials, although none were
    /// sent. WebKit does this.
    pub redirects_need_credentials: bool,
    /// Preflights of the origin `null` are not cached: to Chromium, no two opaque origins are equal.
    pub null_asks_again: bool,
    /// If a header has several lines, the CORS check ignores those without a value. Firefox leaves them
    /// out when it joins lines.
    pub empty_lines_are_ignored: bool,
    /// A redirect to a URL with a user name or password fails even within the page's own origin: Chromium
    /// blocks such a URL unless the URL of the page contains them, too.
    pub user_info_is_blocked: bool,
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
        empty_lines_are_ignored: false,
        user_info_is_blocked: false,
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
        user_info_is_blocked: true,
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
        empty_lines_are_ignored: true,
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
