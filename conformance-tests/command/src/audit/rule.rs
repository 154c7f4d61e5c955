//! What the audit looks for.

use clap::ValueEnum;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Severity {
    /// It may be intended.
    Note,
    /// It breaks pages, or helps an attacker only together with another problem.
    Low,
    /// The attack also depends on something else, such as the local network, or the data is not private to the user.
    Medium,
    /// A page of an attacker can read the data of a user.
    High,
}

impl Severity {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Defines the rules: variant, stable name, two severities (see `Rule::severity`), what is wrong, and what to do.
macro_rules! rules {
    ($($rule:ident = $id:literal, $with:ident / $without:ident, $what:literal, $fix:literal;)*) => {
        /// What can be wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Rule { $($rule,)* }

        impl Rule {
            pub(super) const ALL: &[Self] = &[$(Self::$rule,)*];

            /// A stable name.
            pub(super) fn id(self) -> &'static str {
                match self { $(Self::$rule => $id,)* }
            }

            /// How bad it is. The first severity is that with credentials or, for a cache, of a response that allows an origin.
            pub(super) fn severity(self, is_first: bool) -> Severity {
                let (first, second) = match self {
                    $(Self::$rule => (Severity::$with, Severity::$without),)*
                };
                if is_first { first } else { second }
            }

            /// What is wrong, in one sentence.
            pub(super) fn what(self) -> &'static str {
                match self { $(Self::$rule => $what,)* }
            }

            /// What to do, in one sentence.
            pub(super) fn fix(self) -> &'static str {
                match self { $(Self::$rule => $fix,)* }
            }
        }
    };
}

rules! {
    ReflectsAnyOrigin = "reflects-any-origin", High / Low,
        "the server allows every origin, because it sends back the `Origin` of the request",
        "list the origins that may read the responses; for public data, send `*` without credentials";
    TrustsNull = "trusts-null", High / Low,
        "the server allows the origin `null`, which every page can get with a sandboxed frame",
        "remove `null` from the allowed origins";
    TrustsSharedHosting = "trusts-shared-hosting", High / Medium,
        "the server allows hosts on which anybody can publish a page",
        "list your own hosts instead of a whole service";
    PrefixMatch = "prefix-match", High / Medium,
        "the server compares only the beginning of an origin, so a longer host of an attacker is allowed",
        "compare whole origins, and end a regular expression with `$`";
    SuffixMatch = "suffix-match", High / Medium,
        "the server compares only the end of an origin, so a longer domain of an attacker is allowed",
        "compare whole origins, or require a dot before the domain";
    UnescapedDot = "unescaped-dot", High / Medium,
        "a dot in a regular expression stands for any character, so another domain is allowed",
        "write `\\.` for a dot in a regular expression, or list whole origins";
    PartialMatch = "partial-match", High / Medium,
        "the server allows an origin that is only a part of an allowed one",
        "compare whole origins instead of looking for one text in another";
    SeveralOrigins = "several-origins", High / Medium,
        "with several origins in the request, the server allows one that it should not",
        "refuse a request with more than one `Origin`";
    SpecialCharacters = "special-characters", Medium / Low,
        "the server treats a special character as the end of the host; some browsers load hosts with such characters",
        "compare whole origins instead of splitting them";
    TrustsHttp = "trusts-http", Medium / Low,
        "the server allows the same host over http, whose pages anyone on the network can change",
        "allow only `https` origins";
    TrustsLocalhost = "trusts-localhost", Medium / Note,
        "the server allows pages of this machine, so any local program can read the responses",
        "remove `localhost` and `127.0.0.1` from the allowed origins in production";
    TrustsSubdomains = "trusts-subdomains", Medium / Note,
        "the server allows every subdomain, so one that is taken over can read the responses",
        "list the subdomains that need access, if it is not intended";
    TrustsAnyPort = "trusts-any-port", Low / Note,
        "the server allows other ports of the host, so other programs there can read the responses",
        "list the port, if it is not intended";
    NotAnOrigin = "not-an-origin", Low / Low,
        "the server allows a value that is not an origin, so it does not compare whole origins",
        "compare `Origin` byte by byte with the allowed origins";
    PathIsLaxer = "path-is-laxer", High / Medium,
        "another spelling of the path is served with a laxer policy",
        "apply one policy to all spellings of a path, or refuse unusual spellings";
    ErrorIsLaxer = "error-is-laxer", High / Medium,
        "error responses allow an origin that other responses refuse",
        "apply one policy to all responses, errors included";
    PreflightIsLaxer = "preflight-is-laxer", Medium / Medium,
        "preflights allow an origin that other responses refuse, so browsers send its requests",
        "apply one policy to preflights and to all other requests";
    MissingVary = "missing-vary", Medium / Low,
        "the response depends on `Origin`, but has no `Vary: Origin`, so a cache can serve it to another origin",
        "send `Vary: Origin` with every response, also if there is no `Origin` or it is refused";
    AnyOriginWithCredentials = "any-origin-with-credentials", Low / Low,
        "`Access-Control-Allow-Origin: *` and `Access-Control-Allow-Credentials: true` together, which browsers refuse",
        "list the origins, or do not allow credentials";
    SeveralAllowOrigin = "several-allow-origin", Low / Low,
        "the response has more than one `Access-Control-Allow-Origin`, which browsers refuse",
        "add CORS headers in one place: in the application or in the proxy, not in both";
    ErrorLacksHeaders = "error-lacks-headers", Low / Low,
        "error responses have no CORS headers, so pages see a network error instead of the status",
        "put the CORS middleware around everything that can respond, and in nginx write `always`";
    ServerError = "server-error", Low / Low,
        "the server fails on a request with an unusual `Origin`",
        "refuse a malformed `Origin` without an error";
    AnyMethod = "any-method", Note / Note,
        "preflights allow every method",
        "list the methods that the API has";
    AnyHeader = "any-header", Note / Note,
        "preflights allow every request header",
        "list the request headers that the API reads";
    RefusedPreflightLeaks = "refused-preflight-leaks", Note / Note,
        "a refused preflight still says what is allowed",
        "send no `Access-Control-*` header with a refused preflight";
    LongMaxAge = "long-max-age", Note / Note,
        "`Access-Control-Max-Age` is longer than a day, or not a number; no browser keeps a preflight for longer",
        "send at most 86400 seconds";
    AllowedOriginRefused = "allowed-origin-refused", Note / Note,
        "the server does not allow the origin of `--origin`, so the audit finds little",
        "name an origin that the server allows";
}

impl Rule {
    /// Whether a finding for `other` makes a finding for this rule redundant.
    pub(super) fn follows_from(self, other: Self) -> bool {
        match other {
            Self::ReflectsAnyOrigin => matches!(
                self,
                Self::TrustsNull
                    | Self::TrustsSharedHosting
                    | Self::PrefixMatch
                    | Self::SuffixMatch
                    | Self::UnescapedDot
                    | Self::PartialMatch
                    | Self::SeveralOrigins
                    | Self::SpecialCharacters
                    | Self::TrustsHttp
                    | Self::TrustsLocalhost
                    | Self::TrustsSubdomains
                    | Self::TrustsAnyPort
                    | Self::NotAnOrigin
            ),
            Self::PrefixMatch => matches!(
                self,
                Self::SpecialCharacters
                    | Self::TrustsAnyPort
                    | Self::NotAnOrigin
                    | Self::SeveralOrigins
            ),
            Self::SuffixMatch => matches!(
                self,
                Self::UnescapedDot
                    | Self::TrustsSubdomains
                    | Self::NotAnOrigin
                    | Self::SeveralOrigins
            ),
            Self::SeveralAllowOrigin => self == Self::AllowedOriginRefused,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;

    #[test]
    fn the_readme_has_every_rule() {
        let readme = include_str!("../../README.md");
        for rule in Rule::ALL {
            let (first, second) = (rule.severity(true).name(), rule.severity(false).name());
            let severity = match first == second {
                true => first.to_owned(),
                false => format!("{first}, or {second}"),
            };
            let row = format!("| `{}` | {severity} | {} |", rule.id(), rule.what());
            assert!(readme.contains(&row), "{row}");
        }
    }
}
