//! The rules that a configuration must follow, one line each.

use std::fmt;

/// How severe an [`Issue`](super::Issue) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// The configuration cannot work or is unsafe. No policy is built.
    Error,
    /// The configuration is valid, but probably not what was meant. The policy is built.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! rules {
    ($($name:ident $severity:ident $id:literal $text:literal,)*) => {
        /// A rule that a configuration must follow.
        ///
        /// `Display` writes the rule as a sentence. [`id`](Self::id) is a stable name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = concat!("`", $id, "`: ", $text, ".")] $name,)*
        }

        impl Rule {
            /// Every rule, errors first.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// A stable name, for tools and tests.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// Whether breaking the rule is an error or a warning.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
        }

        impl Rule {
            /// Whether the rule is a sentence that lacks its subject, the name of a variable.
            pub(crate) const fn is_about_variable(self) -> bool {
                matches!(self, Self::VariableNotSet | Self::VariableEmpty)
            }
        }

        impl fmt::Display for Rule {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)* })
            }
        }
    };
}

rules! {
    // Values that cannot be read.
    EmptyItem Error "empty-item" "empty list item",
    UnknownKey Error "unknown-key" "unknown key",
    KeyTwice Error "key-twice" "duplicate key",
    WrongType Error "wrong-type" "wrong type",
    JsonArray Error "json-array" "a list that starts with `[` is a JSON array of texts, such as `[\"https://a.com\", \"https://b.com\"]`",
    VariableNotSet Error "variable-not-set" "is not set, so no other site could read a response",

    // Origins that no browser sends.
    OriginList Error "origin-list" "an entry is one origin, not a list",
    OriginRegex Error "origin-regex" "an entry is not a regex: a regex belongs in allow_origin_regex",
    OriginWhitespace Error "origin-whitespace" "an origin must not contain white space",
    OriginControlByte Error "origin-control-byte" "an origin must not contain control characters",
    OriginNonAscii Error "origin-non-ascii" "an origin must be ASCII, with the host in Punycode",
    OriginNoScheme Error "origin-no-scheme" "an origin must start with a scheme and `://`",
    OriginScheme Error "origin-scheme" "a scheme is a letter followed by letters, digits, `+`, `-` or `.`, at most 64 bytes",
    OriginSchemeTwice Error "origin-scheme-twice" "an origin has one scheme, but two are written",
    OriginBlob Error "origin-blob" "a `blob:` URL has the origin of the page that created it",
    OriginFile Error "origin-file" "a page opened from a file has the origin `null`, or `file://` in some browsers and apps; all local files share it",
    OriginWebSocket Error "origin-websocket" "a WebSocket client sends the origin of its page, which is `http` or `https`",
    OriginUserInfo Error "origin-user-info" "an origin must not contain a user name or password",
    OriginPath Error "origin-path" "an origin must not contain a path",
    OriginTrailingSlash Error "origin-trailing-slash" "an origin ends with the host or the port, without a slash",
    OriginQuery Error "origin-query" "an origin must not contain a query",
    OriginFragment Error "origin-fragment" "an origin must not contain a fragment",
    OriginUpperCase Error "origin-upper-case" "an origin must be lower case",
    OriginHost Error "origin-host" "a host is a name of letters, digits, `-`, `_` and dots, an IPv4 address, or an IPv6 address in brackets",
    OriginEmptyLabel Error "origin-empty-label" "a host must not contain empty labels",
    OriginLongLabel Error "origin-long-label" "a label of a host must not be longer than 63 bytes",
    OriginLongName Error "origin-long-name" "a host must not be longer than 253 bytes",
    OriginIp Error "origin-ip" "browsers send IP addresses only in their canonical form",
    OriginPunycode Error "origin-punycode" "a label that starts with `xn--` must be valid Punycode",
    OriginDefaultPort Error "origin-default-port" "browsers omit the default port of a scheme",
    OriginPort Error "origin-port" "a port is a number from 1 to 65535 without leading zeros, or `*`",
    OriginBlockedPort Error "origin-blocked-port" "browsers do not load pages from this port (Fetch, \"bad port\")",
    OriginWildcard Error "origin-wildcard" "`*` is valid alone, once in the first label before a host name (`https://*.example.com`, `https://app-*.example.com`), as the port, or as the host of a scheme other than http and https",
    OriginAnyWithCredentials Error "origin-any-with-credentials" "with credentials, any website could act as your users and read the responses; list the origins instead, or turn allow_credentials off",
    OriginNullWithCredentials Error "origin-null-with-credentials" "any website can send the origin `null` from a sandboxed frame and, with credentials, act as your users",
    OriginPublicSuffixWithCredentials Error "origin-public-suffix-with-credentials" "anyone can register a name under this public suffix and, with credentials, act as your users; list your own domain, or set dangerously_allow_credentials_on_public_suffixes",
    OriginPrivateDomainWithCredentials Error "origin-private-domain-with-credentials" "every private network gives names under this domain to hosts of its own, which with credentials could act as your users; list a domain under it, or set dangerously_allow_credentials_on_public_suffixes",

    OriginAnyAppWithCredentials Error "origin-any-app-with-credentials" "anyone can publish an app or a browser extension with this scheme and, with credentials, act as the users who install it; list the hosts, or set dangerously_allow_credentials_with_any_app",
    OriginFileWithCredentials Error "origin-file-with-credentials" "every local file, from any author, can have the origin `file://` and, with credentials, act as the users who open it; use an https origin, or set dangerously_allow_credentials_with_any_app",

    // Changes of a policy.
    OriginNotExact Error "origin-not-exact" "only exact origins can be added to a policy or removed from it; change the configuration instead, and build the policy anew",

    // The origins of this server.
    OwnOriginAny Error "own-origin-any" "`*` would accept every host, as without the key; list the origins under which browsers reach this server, or remove the key",
    OwnOriginScheme Error "own-origin-scheme" "browsers reach a server under an `http` or `https` origin, such as `http://localhost:3000`",
    OwnOriginPublicSuffix Error "own-origin-public-suffix" "anyone can register a name under this public suffix, and its pages would pass as pages of this server; list each name of this server",

    // The regex.
    RegexInvalid Error "regex-invalid" "the regex does not compile",
    RegexTooLong Error "regex-too-long" "a regex must not be longer than 1024 bytes",
    RegexBroadWithCredentials Error "regex-broad-with-credentials" "the regex also matches origins of other people, who could act as your users with credentials; spell out every domain, or set dangerously_allow_credentials_with_broad_regex",
    RegexTooComplex Error "regex-too-complex" "with credentials, a regex must be simple enough to tell which sites it matches; list them in allow_origins, or set dangerously_allow_credentials_with_broad_regex",

    // Methods, headers, numbers.
    MethodToken Error "method-token" "a method is a token: letters, digits and !#$%&'*+-.^_`|~",
    MethodForbidden Error "method-forbidden" "scripts cannot send CONNECT, TRACE or TRACK",
    HeaderToken Error "header-token" "a header name is a token: letters, digits and !#$%&'*+-.^_`|~",
    ExposeAnyWithCredentials Error "expose-any-with-credentials" "with credentials, `*` is the name of a header, not a wildcard; list the headers",
    MaxAgeNegative Error "max-age-negative" "max_age must not be negative; 0 disables the cache",
    MaxAgeFraction Error "max-age-fraction" "max_age must be a whole number of seconds",
    MaxAgeTooLarge Error "max-age-too-large" "max_age must fit into 64 bits",
    PreflightStatus Error "preflight-status" "the status of an allowed preflight must be 200 or 204",

    // Valid, but probably not what was meant.
    VariableEmpty Warning "variable-empty" "is empty, so it counts as not set",
    UnknownVariable Warning "unknown-variable" "this environment variable is not a key of a CORS policy",
    OriginInsecureWithCredentials Warning "origin-insecure-with-credentials" "an attacker in the network can change an unencrypted page and act as its users; use https",
    OriginUnjudgedWithCredentials Warning "origin-unjudged-with-credentials" "without the feature `public-suffix` it is unknown whether anyone can register a name under this domain and, with credentials, act as your users; enable the feature, or set dangerously_allow_credentials_on_public_suffixes if the domain is yours",
    OwnOriginPrivateDomain Warning "own-origin-private-domain" "every private network gives names under this domain to hosts of its own, whose pages would pass as pages of this server; list each name of this server",
    OwnOriginUnjudged Warning "own-origin-unjudged" "without the feature `public-suffix` it is unknown whether anyone can register a name under this domain, and pages under it would pass as pages of this server; enable the feature, or list each name of this server",
    OriginNull Warning "origin-null" "every sandboxed frame and every local file, from any author, has the origin `null`",
    Typo Warning "typo" "this is probably a typo",
    OriginAnyFile Warning "origin-any-file" "every local file, from any author, has the origin `file://` in browsers and apps that do not send `null`",
    Duplicate Warning "duplicate" "duplicate entry",
    Redundant Warning "redundant" "redundant entry",
    AnyBesideOthers Warning "any-beside-others" "`*` covers all other entries",
    HeaderNotSendable Warning "header-not-sendable" "no preflight requests this header, because scripts cannot set it",
    HeaderOfResponse Warning "header-of-response" "this is a response header, which belongs in no request; if a front end sends it, remove it there",
    HeaderNotReadable Warning "header-not-readable" "exposing this header has no effect, because scripts may not read it or it is not a response header",
    HeaderWildcard Warning "header-wildcard" "`*` inside a name is an ordinary character, not a wildcard",
    NotWildcard Warning "not-wildcard" "this is a name like any other, not a wildcard",
    Quoted Warning "quoted" "the quotes are part of the name",
    MethodCase Warning "method-case" "methods are case-sensitive, and browsers do not change the case of this one",
    MaxAgeCapped Warning "max-age-capped" "browsers cap the time",
    RegexMissesOrigins Warning "regex-misses-origins" "the regex must match a whole origin, such as `https://example.com`, but matches no origin",
    RegexGlob Warning "regex-glob" "this is a pattern for allow_origins; in a regex, `*` repeats what is before it, and `.` is any character",
    RegexAnyScheme Warning "regex-any-scheme" "the regex also matches origins of apps and extensions, whose schemes are not https or http",
    RegexUnescapedDot Warning "regex-unescaped-dot" "an unescaped `.` between labels of a host matches any character",
    MethodsEmpty Warning "methods-empty" "no method is allowed, so every preflight is refused",
    OriginStillAllowed Warning "origin-still-allowed" "the origin was removed, but another entry still allows it",
    NothingAllowed Warning "nothing-allowed" "no origin is allowed, so no other site can read a response",
}
