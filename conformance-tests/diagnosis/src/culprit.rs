//! What can be wrong.

/// Defines [`Culprit`] with its identifiers.
macro_rules! culprits {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)*) => {
        /// Why a browser blocks a fetch, or why a readable response is a risk. Each culprit has one remedy.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Culprit {
            $($(#[$doc])* $name,)*
        }

        impl Culprit {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// A stable identifier in kebab case, such as `duplicate-allow-origin`.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }
        }
    };
}

culprits! {
    // The request.
    /// The method is CONNECT, TRACE or TRACK.
    ForbiddenMethod = "forbidden-method",
    /// The method, a header name or a header value is invalid.
    InvalidRequest = "invalid-request",
    /// GET or HEAD with a body.
    BodyOfGet = "body-of-get",
    /// Browsers do not fetch such a URL: it has another scheme, a user name, or a blocked port.
    UnfetchableUrl = "unfetchable-url",
    /// A page over HTTPS fetches a URL over HTTP.
    MixedContent = "mixed-content",
    /// A public page fetches from the local network or from the user's own computer.
    LocalNetwork = "local-network",
    /// There is no response. Browsers may report this as a CORS error.
    Unreachable = "unreachable",

    // `Access-Control-Allow-Origin`.
    /// The server sends no CORS headers.
    NoCorsHeaders = "no-cors-headers",
    /// The server sends CORS headers, but not for this origin.
    OriginNotAllowed = "origin-not-allowed",
    /// The page has the origin `null`.
    OpaqueOrigin = "opaque-origin",
    /// A redirect from another origin has changed the origin to `null`.
    RedirectedOrigin = "redirected-origin",
    /// There are several lines of the header, or a list in it.
    DuplicateAllowOrigin = "duplicate-allow-origin",
    /// The allowed origin has a slash at the end.
    OriginSlash = "origin-slash",
    /// The allowed origin is not in lower case.
    OriginCase = "origin-case",
    /// The allowed origin has another port, or writes the default port.
    OriginPort = "origin-port",
    /// The allowed origin has another scheme.
    OriginScheme = "origin-scheme",
    /// Only one of the two origins has `www.`.
    OriginWww = "origin-www",
    /// The allowed origin is not an origin, but a host, a pattern or a URL with a path.
    OriginMalformed = "origin-malformed",

    // Responses from outside of the CORS middleware.
    /// An error lacks the CORS headers, although the policy allows the request.
    ErrorWithoutHeaders = "error-without-headers",
    /// A response lacks the CORS headers, although the preflight allows the request.
    ResponseWithoutHeaders = "response-without-headers",
    /// A redirect lacks the CORS headers.
    RedirectWithoutHeaders = "redirect-without-headers",
    /// Authentication responded to the preflight.
    PreflightUnauthorized = "preflight-unauthorized",
    /// The preflight is refused with a client error.
    PreflightRefused = "preflight-refused",
    /// No route handles the preflight.
    PreflightNotRouted = "preflight-not-routed",
    /// The response to the preflight is a server error.
    PreflightServerError = "preflight-server-error",
    /// The preflight response has another status that is not a success.
    PreflightStatus = "preflight-status",
    /// The preflight is redirected.
    PreflightRedirect = "preflight-redirect",
    /// The preflight is redirected from HTTP to HTTPS.
    PreflightRedirectToHttps = "preflight-redirect-to-https",
    /// The preflight is redirected to the path with or without a slash at the end.
    PreflightRedirectSlash = "preflight-redirect-slash",

    // Credentials.
    /// `Access-Control-Allow-Origin: *` with credentials.
    WildcardOrigin = "wildcard-origin",
    /// `Access-Control-Allow-Methods: *` with credentials.
    WildcardMethods = "wildcard-methods",
    /// `Access-Control-Allow-Headers: *` with credentials.
    WildcardHeaders = "wildcard-headers",
    /// `Access-Control-Expose-Headers: *` with credentials.
    WildcardExposed = "wildcard-exposed",
    /// `Access-Control-Allow-Headers: *` does not cover `Authorization`.
    WildcardAuthorization = "wildcard-authorization",
    /// `Access-Control-Allow-Credentials` is missing.
    CredentialsNotAllowed = "credentials-not-allowed",
    /// `Access-Control-Allow-Credentials` is not exactly `true`.
    CredentialsNotTrue = "credentials-not-true",
    /// `SameSite` prevents a cookie from being sent or stored.
    CookieSameSite = "cookie-same-site",

    // Methods and headers.
    /// The method is not allowed.
    MethodNotAllowed = "method-not-allowed",
    /// The method is allowed in another case.
    MethodCase = "method-case",
    /// A request header is not allowed.
    HeaderNotAllowed = "header-not-allowed",
    /// `Access-Control-Allow-Methods` is not a list of methods.
    MalformedMethods = "malformed-methods",
    /// `Access-Control-Allow-Headers` is not a list of header names.
    MalformedHeaders = "malformed-headers",
    /// `Access-Control-Expose-Headers` is not a list of header names.
    MalformedExposed = "malformed-exposed",
    /// The script wants to read a response header that is not exposed.
    HeaderNotExposed = "header-not-exposed",
    /// The script wants to read a response header that the response does not have.
    HeaderAbsent = "header-absent",

    // Redirects.
    /// The response is a redirect, but the script does not follow redirects: `redirect: "error"`.
    RedirectNotWanted = "redirect-not-wanted",
    /// `Location` is not a URL.
    RedirectMalformed = "redirect-malformed",
    /// `Location` is neither HTTP nor HTTPS.
    RedirectScheme = "redirect-scheme",
    /// There are more than 20 redirects.
    RedirectLoop = "redirect-loop",
    /// `Location` contains a user name or a password.
    RedirectUserInfo = "redirect-user-info",

    // A readable response that is a risk.
    /// The response depends on `Origin`, but `Vary` does not say so.
    VaryMissing = "vary-missing",
    /// The server allows every origin with credentials.
    AnyOriginReflected = "any-origin-reflected",
    /// The server allows the origin `null`.
    NullAllowed = "null-allowed",
}
