//! What can be wrong with a configuration: one value a problem, and all texts that users read.

use std::fmt;

/// A key of the configuration schema.
///
/// The same names are builder methods of [`Config`](crate::Config), keys of a policy file, and, in
/// upper case behind `CORS_`, environment variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Key {
    /// `allow_origins`
    AllowOrigins,
    /// `allow_origin_regex`
    AllowOriginRegex,
    /// `allow_methods`
    AllowMethods,
    /// `allow_headers`
    AllowHeaders,
    /// `allow_credentials`
    AllowCredentials,
    /// `expose_headers`
    ExposeHeaders,
    /// `max_age`
    MaxAge,
    /// `preflight_status`
    PreflightStatus,
    /// `diagnostics`
    Diagnostics,
    /// `block_refused_origins`
    BlockRefusedOrigins,
    /// `dangerously_allow_credentials_on_public_suffixes`
    DangerouslyAllowCredentialsOnPublicSuffixes,
    /// `dangerously_allow_credentials_with_broad_regex`
    DangerouslyAllowCredentialsWithBroadRegex,
}

impl Key {
    /// Every key, in the order of the schema.
    pub const ALL: &'static [Self] = &[
        Self::AllowOrigins,
        Self::AllowOriginRegex,
        Self::AllowMethods,
        Self::AllowHeaders,
        Self::AllowCredentials,
        Self::ExposeHeaders,
        Self::MaxAge,
        Self::PreflightStatus,
        Self::Diagnostics,
        Self::BlockRefusedOrigins,
        Self::DangerouslyAllowCredentialsOnPublicSuffixes,
        Self::DangerouslyAllowCredentialsWithBroadRegex,
    ];

    /// The key as it is written in a policy file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllowOrigins => "allow_origins",
            Self::AllowOriginRegex => "allow_origin_regex",
            Self::AllowMethods => "allow_methods",
            Self::AllowHeaders => "allow_headers",
            Self::AllowCredentials => "allow_credentials",
            Self::ExposeHeaders => "expose_headers",
            Self::MaxAge => "max_age",
            Self::PreflightStatus => "preflight_status",
            Self::Diagnostics => "diagnostics",
            Self::BlockRefusedOrigins => "block_refused_origins",
            Self::DangerouslyAllowCredentialsOnPublicSuffixes => {
                "dangerously_allow_credentials_on_public_suffixes"
            }
            Self::DangerouslyAllowCredentialsWithBroadRegex => {
                "dangerously_allow_credentials_with_broad_regex"
            }
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How grave an [`Issue`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The policy cannot mean what it says, or is unsafe by construction: nothing is built.
    Error,
    /// Legal and harmless, or merely suspicious: built, and readable by the caller.
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

/// What should stand instead of the offending text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Correction {
    /// This text.
    Replace(String),
    /// These entries, each of its own.
    Split(Vec<String>),
    /// Nothing: the entry says nothing that is not said elsewhere.
    Remove,
    /// The same value under this key.
    RenameKey(String),
}

impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replace(text) => write!(f, "use {}", Quoted(text)),
            Self::Split(entries) => {
                f.write_str("use ")?;
                for (i, entry) in entries.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}{}", Quoted(entry))?;
                }
                f.write_str(" as separate entries")
            }
            Self::Remove => f.write_str("remove it"),
            Self::RenameKey(key) => write!(f, "did you mean {}?", Quoted(key)),
        }
    }
}

/// One problem of a configuration: where, what, which rule, and the correction where there is one.
///
/// `Display` gives all of it on one line:
///
/// ```
/// let error = cors_core::Config::new()
///     .allow_origins(["https://example.com/"])
///     .build()
///     .unwrap_err();
/// assert_eq!(
///     error.errors()[0].to_string(),
///     "allow_origins[0]: `https://example.com/`: an origin ends with the host or the port, \
///      without a slash; use `https://example.com`",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub(crate) key: Option<Key>,
    pub(crate) index: Option<usize>,
    pub(crate) text: String,
    pub(crate) rule: Rule,
    pub(crate) detail: Option<String>,
    pub(crate) correction: Option<Correction>,
}

impl Issue {
    pub(crate) fn new(key: Key, text: impl Into<String>, rule: Rule) -> Self {
        Self {
            key: Some(key),
            index: None,
            text: text.into(),
            rule,
            detail: None,
            correction: None,
        }
    }

    /// About a name that is no key.
    pub(crate) fn unknown(name: &str, rule: Rule) -> Self {
        Self {
            key: None,
            index: None,
            text: name.to_owned(),
            rule,
            detail: None,
            correction: None,
        }
    }

    pub(crate) fn at(mut self, index: usize) -> Self {
        self.index = Some(index);
        self
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(crate) fn corrected(mut self, correction: impl Into<Option<Correction>>) -> Self {
        self.correction = correction.into();
        self
    }

    /// The key the problem is under; `None` for a name that is no key (it is the [`text`](Self::text)).
    pub fn key(&self) -> Option<Key> {
        self.key
    }

    /// The place in the list, counted from 0; `None` if the key holds no list.
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// The offending text, as it was given. It may hold any characters: escape it before showing it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The rule that is broken.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// Whether the policy is refused for it.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// The rule in a sentence, with what is particular to this case.
    pub fn message(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{}: {detail}", self.rule),
            None => self.rule.to_string(),
        }
    }

    /// What should stand instead, where that is clear.
    pub fn correction(&self) -> Option<&Correction> {
        self.correction.as_ref()
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(key) = self.key {
            f.write_str(key.as_str())?;
            if let Some(index) = self.index {
                write!(f, "[{index}]")?;
            }
            f.write_str(": ")?;
        }
        if !self.text.is_empty() {
            write!(f, "{}: ", Quoted(&self.text))?;
        }
        f.write_str(&self.message())?;
        match &self.correction {
            Some(correction) => write!(f, "; {correction}"),
            None => Ok(()),
        }
    }
}

/// Text of unknown origin between backticks: control characters escaped, cut at 120 characters.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 120;
        f.write_str("`")?;
        for c in self.0.chars().take(SHOWN) {
            if c.is_control() || is_invisible(c) {
                write!(f, "{}", c.escape_debug())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        let more = if self.0.chars().nth(SHOWN).is_some() {
            "…"
        } else {
            ""
        };
        write!(f, "{more}`")
    }
}

/// Line breaks, and what makes text look other than it is.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

macro_rules! rules {
    ($($name:ident $severity:ident $id:literal $says:literal,)*) => {
        /// The rules that a configuration is checked against.
        ///
        /// `Display` gives the rule as a sentence, [`id`](Self::id) a stable name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = concat!("`", $id, "`: ", $says, ".")] $name,)*
        }

        impl Rule {
            /// Every rule, errors first.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// A stable name, for tools and tests.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// Whether breaking it refuses the policy.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
        }

        impl fmt::Display for Rule {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $says,)* })
            }
        }
    };
}

rules! {
    // Reading.
    EmptyItem Error "empty-item" "a list has no empty items",
    UnknownKey Error "unknown-key" "this is no key of a CORS policy",
    KeyTwice Error "key-twice" "a key is said once",
    WrongType Error "wrong-type" "the value has the wrong type",

    // Origins: what no browser ever sends.
    OriginList Error "origin-list" "one entry is one origin, not a list",
    OriginWhitespace Error "origin-whitespace" "an origin has no white space",
    OriginControlByte Error "origin-control-byte" "an origin has no control characters",
    OriginNonAscii Error "origin-non-ascii" "an origin is ASCII, its host in Punycode",
    OriginNoScheme Error "origin-no-scheme" "an origin starts with a scheme and `://`",
    OriginScheme Error "origin-scheme" "a scheme is a letter, then letters, digits, `+`, `-` or `.`, 64 bytes at most",
    OriginFile Error "origin-file" "pages opened from a file have the origin `null`, shared by every sandboxed page",
    OriginWebSocket Error "origin-websocket" "the origin of a WebSocket client is that of its page, `http` or `https`",
    OriginUserInfo Error "origin-user-info" "an origin has no user name or password",
    OriginPath Error "origin-path" "an origin has no path",
    OriginTrailingSlash Error "origin-trailing-slash" "an origin ends with the host or the port, without a slash",
    OriginQuery Error "origin-query" "an origin has no query",
    OriginFragment Error "origin-fragment" "an origin has no fragment",
    OriginUpperCase Error "origin-upper-case" "an origin is lower case",
    OriginHost Error "origin-host" "a host is a name of letters, digits, `-`, `_` and dots, an IPv4 address, or an IPv6 address in brackets",
    OriginEmptyLabel Error "origin-empty-label" "a host has no empty labels",
    OriginLongLabel Error "origin-long-label" "a label of a host has 63 bytes at most",
    OriginLongName Error "origin-long-name" "a host has 253 bytes at most",
    OriginIp Error "origin-ip" "browsers send IP addresses in their canonical form only",
    OriginDefaultPort Error "origin-default-port" "browsers leave the default port of a scheme out",
    OriginPort Error "origin-port" "a port is a number from 1 to 65535 without leading zeros, or `*`",
    OriginBlockedPort Error "origin-blocked-port" "browsers open no page on this port (Fetch, \"bad port\")",
    OriginWildcard Error "origin-wildcard" "`*` stands alone, as the whole first label before a host name (`https://*.example.com`), or as the port",
    OriginAnyWithCredentials Error "origin-any-with-credentials" "with credentials, any website could act as your users and read the answers; list the origins instead, or turn allow_credentials off",
    OriginNullWithCredentials Error "origin-null-with-credentials" "any website can send the origin `null` from a sandboxed frame, so with credentials it could act as your users",
    OriginPublicSuffixWithCredentials Error "origin-public-suffix-with-credentials" "anybody can register a name under this public suffix and, with credentials, act as your users; name your own domain, or set dangerously_allow_credentials_on_public_suffixes",

    // The regex.
    RegexInvalid Error "regex-invalid" "the regex does not compile",
    RegexTooLong Error "regex-too-long" "a regex has 1024 bytes at most",
    RegexBroadWithCredentials Error "regex-broad-with-credentials" "the regex also accepts origins of strangers who, with credentials, could act as your users; narrow it, or set dangerously_allow_credentials_with_broad_regex",

    // Methods, headers, numbers.
    MethodToken Error "method-token" "a method is a token: letters, digits and !#$%&'*+-.^_`|~",
    MethodForbidden Error "method-forbidden" "browsers never send CONNECT, TRACE or TRACK from a script",
    HeaderToken Error "header-token" "a header name is a token: letters, digits and !#$%&'*+-.^_`|~",
    ExposeAnyWithCredentials Error "expose-any-with-credentials" "with credentials, `*` is the name of a header, not a wildcard; list the headers",
    MaxAgeNegative Error "max-age-negative" "max_age is not negative; 0 means: do not cache",
    MaxAgeFraction Error "max-age-fraction" "max_age is a whole number of seconds",
    MaxAgeTooLarge Error "max-age-too-large" "max_age fits into 64 bits",
    PreflightStatus Error "preflight-status" "a granted preflight is answered with 200 or 204",

    // Legal and harmless, or merely suspicious.
    UnknownVariable Warning "unknown-variable" "this environment variable is no key of a CORS policy",
    OriginInsecureWithCredentials Warning "origin-insecure-with-credentials" "whoever can change an unencrypted page can act as its users; prefer https",
    OriginNull Warning "origin-null" "every sandboxed frame and every local file has the origin `null`, whoever made it",
    Duplicate Warning "duplicate" "the entry is there already",
    Redundant Warning "redundant" "the entry is covered by another",
    AnyBesideOthers Warning "any-beside-others" "`*` covers all other entries",
    HeaderNotSendable Warning "header-not-sendable" "no preflight asks for it: scripts cannot set it, or it is a response header",
    HeaderNotReadable Warning "header-not-readable" "exposing it has no effect: scripts may not read it, or it is no response header",
    HeaderWildcard Warning "header-wildcard" "`*` inside a name is an ordinary character, not a wildcard",
    Quoted Warning "quoted" "the quotes are a part of the name",
    MethodCase Warning "method-case" "methods are case-sensitive, and browsers keep this one as the script writes it",
    MaxAgeCapped Warning "max-age-capped" "browsers cap the time",
    RegexMissesOrigins Warning "regex-misses-origins" "the regex must match a whole origin, such as `https://example.com`, and seems to match none",
    RegexUnescapedDot Warning "regex-unescaped-dot" "an unescaped `.` between labels of a host matches any character",
    MethodsEmpty Warning "methods-empty" "no method is allowed, so every preflight is refused",
    NothingAllowed Warning "nothing-allowed" "no origin is allowed, so no other site can read an answer",
}

#[cfg(feature = "serde")]
mod serialize {
    use super::{Correction, Issue, Key, Rule, Severity};
    use serde::ser::{Serialize, SerializeMap as _, SerializeStruct as _, Serializer};

    impl Serialize for Issue {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut out = serializer.serialize_struct("Issue", 7)?;
            out.serialize_field("severity", &self.severity())?;
            out.serialize_field("key", &self.key)?;
            out.serialize_field("index", &self.index)?;
            out.serialize_field("text", &self.text)?;
            out.serialize_field("rule", &self.rule)?;
            out.serialize_field("message", &self.message())?;
            out.serialize_field("correction", &self.correction)?;
            out.end()
        }
    }

    impl Serialize for Correction {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let one = |serializer: S, key, value: &str| {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(key, value)?;
                map.end()
            };
            match self {
                Self::Replace(text) => one(serializer, "replace", text),
                Self::RenameKey(key) => one(serializer, "rename_key", key),
                Self::Remove => serializer.serialize_str("remove"),
                Self::Split(entries) => {
                    let mut map = serializer.serialize_map(Some(1))?;
                    map.serialize_entry("split", entries)?;
                    map.end()
                }
            }
        }
    }

    macro_rules! as_text {
        ($($type:ty: $text:ident,)*) => {$(
            impl Serialize for $type {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.$text())
                }
            }
        )*};
    }
    as_text! { Key: as_str, Severity: as_str, Rule: id, }
}
