//! The exact messages about a wrong configuration.

use cors_core::issue::{Correction, Issue, Key, Rule, Severity};
use cors_core::{Config, ConfigError, Policies};
use std::collections::BTreeSet;

fn origins<const N: usize>(list: [&str; N]) -> Config {
    Config::new().allow_origins(list)
}

fn with_credentials<const N: usize>(list: [&str; N]) -> Config {
    origins(list).allow_credentials(true)
}

fn own<const N: usize>(list: [&str; N]) -> Config {
    fine().own_origins(list)
}

fn fine() -> Config {
    origins(["https://example.com"])
}

/// Errors and warnings, in the order of the schema.
fn issues(config: Config) -> Vec<Issue> {
    match config.build() {
        Ok(policy) => policy.warnings().to_vec(),
        Err(error) => error
            .errors()
            .iter()
            .chain(error.warnings())
            .cloned()
            .collect(),
    }
}

/// One configuration per row, with all of its messages.
#[rustfmt::skip]
fn rows() -> Vec<(Config, &'static [&'static str])> {
    let env = |name: &str, value: &str| Config::from_vars("CORS_", [
        ("CORS_ALLOW_ORIGINS".to_owned(), "https://example.com".to_owned()),
        (name.to_owned(), value.to_owned()),
    ]);
    let unjudged: &[&str] = if cfg!(feature = "public-suffix") {
        &[]
    } else {
        &["allow_origins[0]: `https://*.a.com`: without the feature `public-suffix` it is unknown whether anyone can register a name under this domain and, with credentials, act as your users; enable the feature, or set dangerously_allow_credentials_on_public_suffixes if the domain is yours"]
    };
    let own_unjudged: &[&str] = if cfg!(feature = "public-suffix") {
        &[]
    } else {
        &[
            "own_origins[3]: `https://*.example.com`: without the feature `public-suffix` it is unknown whether anyone can register a name under this domain, and pages under it would pass as pages of this server; enable the feature, or list each name of this server",
            "own_origins[5]: `https://app-*.example.org`: without the feature `public-suffix` it is unknown whether anyone can register a name under this domain, and pages under it would pass as pages of this server; enable the feature, or list each name of this server",
        ]
    };
    vec![
        (env("CORS_ALLOW_HEADERS", "X-A,,X-B"), &["CORS_ALLOW_HEADERS, entry 2: empty list item; remove it"]),
        (env("CORS_ALLOW_HEADERS", "true"), &[]),
        (env("CORS_ALLOW_HEADERS", ""), &["CORS_ALLOW_HEADERS is empty, so it counts as not set"]),
        (env("CORS_ALLOW_HEADERS", " \t"), &["CORS_ALLOW_HEADERS is empty, so it counts as not set"]),
        (env("CORS_ALLOW_HEADERS", r#"["X-A", "X-B"]"#), &[]),
        (env("CORS_ALLOW_HEADERS", "[]"), &[]),
        (env("CORS_ALLOW_HEADERS", r#"["X-A", ""]"#), &["CORS_ALLOW_HEADERS, entry 2: empty list item; remove it"]),
        (env("CORS_ALLOW_HEADERS", r#"["X-A", "X-B"#), &["CORS_ALLOW_HEADERS: `[\"X-A\", \"X-B`: a list that starts with `[` is a JSON array of texts, such as `[\"https://a.com\", \"https://b.com\"]`: expected `\"` at character 13"]),
        (env("CORS_ALLOW_ORIGINS_", "x"), &["`CORS_ALLOW_ORIGINS_`: unknown key; did you mean `CORS_ALLOW_ORIGINS`?"]),
        (Config::from_vars("CORS_", []), &["CORS_ALLOW_ORIGINS is not set, so no other site could read a response: list the origins in it, or `[]` for none, or set CORS_ALLOW_ORIGIN_REGEX"]),
        (Config::from_vars("CORS_", [("CORS_MAX_AGE".to_owned(), "-1".to_owned()), ("CORS_ALLOW_ORIGINS".to_owned(), " ".to_owned())]), &[
            "CORS_ALLOW_ORIGINS is not set, so no other site could read a response: its value is empty; list the origins in it, or `[]` for none, or set CORS_ALLOW_ORIGIN_REGEX",
            "CORS_MAX_AGE: `-1`: max_age must not be negative; 0 disables the cache; use `0`",
            "CORS_ALLOW_ORIGINS is empty, so it counts as not set",
        ]),
        (Config::from_vars("CORS_", [("CORS_ALLOW_ORIGINS".to_owned(), "[]".to_owned())]), &["CORS_ALLOW_ORIGINS: no origin is allowed, so no other site can read a response"]),
        (Config::from_vars("CORS_", [("CORS_ALLOW_ORIGINS".to_owned(), "https://a.com, https://b.com/".to_owned())]), &["CORS_ALLOW_ORIGINS, entry 2: `https://b.com/`: an origin ends with the host or the port, without a slash; use `https://b.com`"]),
        (fine().with_vars("APP_CORS", [("APP_CORS_ALLOW_ORIGINS".to_owned(), "*,b.com".to_owned()), ("CORS_MAX_AGE".to_owned(), "x".to_owned())]), &["APP_CORS_ALLOW_ORIGINS, entry 2: `b.com`: an origin must start with a scheme and `://`; use `https://b.com`", "APP_CORS_ALLOW_ORIGINS, entry 1: `*`: `*` covers all other entries"]),
        (env("CORS_ALLOW_ORIGIN", "*"), &["`CORS_ALLOW_ORIGIN`: unknown key; did you mean `CORS_ALLOW_ORIGINS`?"]),
        (env("cors_max_age", "60"), &["`cors_max_age`: unknown key; did you mean `CORS_MAX_AGE`?"]),
        (env("Cors_port", "60"), &[]),
        (Config::from_vars("CORS_", [("cors_allow_origins".to_owned(), "*".to_owned())]), &["`cors_allow_origins`: unknown key; did you mean `CORS_ALLOW_ORIGINS`?"]),
        (fine().with_vars("App", [("App_MAX_AGE".to_owned(), "60".to_owned()), ("APP_DIAGNOSTICS".to_owned(), "x".to_owned()), ("APP_PORT".to_owned(), "x".to_owned())]), &["`APP_DIAGNOSTICS`: unknown key; did you mean `App_DIAGNOSTICS`?"]),
        (env("CORS_PORT_80_TCP", "tcp://10.0.0.1"), &["`CORS_PORT_80_TCP`: this environment variable is not a key of a CORS policy"]),
        (Config::from_vars("CORS_", ["CORS_PORT", "CORS_HOST"].map(|name| (name.to_owned(), "80".to_owned()))).allow_origins(["*"]), &["`CORS_HOST`: this environment variable is not a key of a CORS policy", "`CORS_PORT`: this environment variable is not a key of a CORS policy"]),
        (Config::from_vars("CORS_", [("CORS_ALLOW_ORIGIN".to_owned(), "*".to_owned())]), &["`CORS_ALLOW_ORIGIN`: unknown key; did you mean `CORS_ALLOW_ORIGINS`?"]),
        (Config::from_vars("CORS_", [("CORS_PORT".to_owned(), "80".to_owned())]), &["CORS_ALLOW_ORIGINS is not set, so no other site could read a response: list the origins in it, or `[]` for none, or set CORS_ALLOW_ORIGIN_REGEX", "`CORS_PORT`: this environment variable is not a key of a CORS policy"]),
        (env("CORS_ALLOW_CREDENTIALS", "yes"), &["CORS_ALLOW_CREDENTIALS: `yes`: wrong type: expected true or false"]),
        (env("CORS_ALLOW_CREDENTIALS", " true "), &[]),
        (env("CORS_MAX_AGE", "10m"), &["CORS_MAX_AGE: `10m`: wrong type: expected a whole number of seconds"]),
        (env("CORS_MAX_AGE", "-5"), &["CORS_MAX_AGE: `-5`: max_age must not be negative; 0 disables the cache; use `0`"]),
        (env("CORS_MAX_AGE", "-1.5"), &["CORS_MAX_AGE: `-1.5`: max_age must not be negative; 0 disables the cache; use `0`"]),
        (env("CORS_MAX_AGE", "1e3"), &["CORS_MAX_AGE: `1e3`: wrong type: expected a whole number of seconds"]),
        (env("CORS_MAX_AGE", "1.5"), &["CORS_MAX_AGE: `1.5`: max_age must be a whole number of seconds; use `1`"]),
        (env("CORS_MAX_AGE", "600.0"), &["CORS_MAX_AGE: `600.0`: max_age must be a whole number of seconds; use `600`"]),
        (env("CORS_MAX_AGE", "1234567890123456789012345678901234567890"), &["CORS_MAX_AGE: `1234567890123456789012345678901234567890`: max_age must fit into 64 bits"]),
        (env("CORS_PREFLIGHT_STATUS", "200.0"), &["CORS_PREFLIGHT_STATUS: `200.0`: wrong type: expected 200 or 204"]),
        (env("CORS_MAX_AGE", "18446744073709551616"), &["CORS_MAX_AGE: `18446744073709551616`: max_age must fit into 64 bits"]),
        (env("CORS_PREFLIGHT_STATUS", "99999"), &["CORS_PREFLIGHT_STATUS: `99999`: the status of an allowed preflight must be 200 or 204"]),

        (origins(["https://a.com,https://b.com/"]), &["allow_origins[0]: `https://a.com,https://b.com/`: an entry is one origin, not a list; use `https://a.com`, `https://b.com` as separate entries"]),
        (origins([" https://a.com"]), &["allow_origins[0]: ` https://a.com`: an origin must not contain white space; use `https://a.com`"]),
        (origins(["https://a.com\0"]), &["allow_origins[0]: `https://a.com\\0`: an origin must not contain control characters; use `https://a.com`"]),
        (origins(["https://bücher.example"]), &["allow_origins[0]: `https://bücher.example`: an origin must be ASCII, with the host in Punycode; use `https://xn--bcher-kva.example`"]),
        (origins(["example.com"]), &["allow_origins[0]: `example.com`: an origin must start with a scheme and `://`; use `https://example.com`"]),
        (origins(["ht_tp://a.com"]), &["allow_origins[0]: `ht_tp://a.com`: a scheme is a letter followed by letters, digits, `+`, `-` or `.`, at most 64 bytes"]),
        (origins(["file:///home"]), &["allow_origins[0]: `file:///home`: a page opened from a file has the origin `null`, or `file://` in some browsers and apps; all local files share it"]),
        (origins(["wss://a.com"]), &["allow_origins[0]: `wss://a.com`: a WebSocket client sends the origin of its page, which is `http` or `https`; use `https://a.com`"]),
        (origins(["https://me:pw@a.com"]), &["allow_origins[0]: `https://me:***@a.com`: an origin must not contain a user name or password; use `https://a.com`"]),
        (origins(["https://a.com/api"]), &["allow_origins[0]: `https://a.com/api`: an origin must not contain a path; use `https://a.com`"]),
        (origins(["https://a.com/"]), &["allow_origins[0]: `https://a.com/`: an origin ends with the host or the port, without a slash; use `https://a.com`"]),
        (origins(["https://a.com?x"]), &["allow_origins[0]: `https://a.com?x`: an origin must not contain a query; use `https://a.com`"]),
        (origins(["https://a.com#x"]), &["allow_origins[0]: `https://a.com#x`: an origin must not contain a fragment; use `https://a.com`"]),
        (origins(["https://A.com"]), &["allow_origins[0]: `https://A.com`: an origin must be lower case; use `https://a.com`"]),
        (origins(["https://a!b.com"]), &["allow_origins[0]: `https://a!b.com`: a host is a name of letters, digits, `-`, `_` and dots, an IPv4 address, or an IPv6 address in brackets"]),
        (origins(["https://a..com"]), &["allow_origins[0]: `https://a..com`: a host must not contain empty labels"]),
        (origins([concat!("https://", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ".com")]), &[concat!("allow_origins[0]: `https://", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ".com`: a label of a host must not be longer than 63 bytes")]),
        (origins(["http://127.1:3000"]), &["allow_origins[0]: `http://127.1:3000`: browsers send IP addresses only in their canonical form; use `http://127.0.0.1:3000`"]),
        (origins(["https://a.com:443"]), &["allow_origins[0]: `https://a.com:443`: browsers omit the default port of a scheme; use `https://a.com`"]),
        (origins(["https://a.com:99999"]), &["allow_origins[0]: `https://a.com:99999`: a port is a number from 1 to 65535 without leading zeros, or `*`"]),
        (origins(["http://a.com:6000"]), &["allow_origins[0]: `http://a.com:6000`: browsers do not load pages from this port (Fetch, \"bad port\")"]),
        (origins(["*.a.com"]), &["allow_origins[0]: `*.a.com`: `*` is valid alone, once in the first label before a host name (`https://*.example.com`, `https://app-*.example.com`), as the port, or as the host of a scheme other than http and https: the scheme and `://` are missing; use `https://*.a.com`"]),
        (origins(["\"https://a.com\""]), &["allow_origins[0]: `\"https://a.com\"`: a scheme is a letter followed by letters, digits, `+`, `-` or `.`, at most 64 bytes: there are quotes or brackets around it; use `https://a.com`"]),
        (origins([r"https://.*\.a\.com"]), &[r"allow_origins[0]: `https://.*\.a\.com`: an entry is not a regex: a regex belongs in allow_origin_regex"]),
        (origins(["https://https://a.com"]), &["allow_origins[0]: `https://https://a.com`: an origin has one scheme, but two are written"]),
        (origins(["blob:https://a.com/1"]), &["allow_origins[0]: `blob:https://a.com/1`: a `blob:` URL has the origin of the page that created it; use `https://a.com`"]),
        (origins(["about:blank"]), &["allow_origins[0]: `about:blank`: an origin must start with a scheme and `://`: pages of such URLs have the origin `null`, or that of the page that opened them"]),
        (origins(["https:///a.com"]), &["allow_origins[0]: `https:///a.com`: a host is a name of letters, digits, `-`, `_` and dots, an IPv4 address, or an IPv6 address in brackets: it is missing, or does not follow `://` directly; use `https://a.com`"]),
        (origins(["https://"]), &["allow_origins[0]: `https://`: a host is a name of letters, digits, `-`, `_` and dots, an IPv4 address, or an IPv6 address in brackets: it is missing, or does not follow `://` directly"]),
        (origins(["https://a.com|b.com"]), &["allow_origins[0]: `https://a.com|b.com`: a host is a name of letters, digits, `-`, `_` and dots, an IPv4 address, or an IPv6 address in brackets: `|` does not separate origins: each is an entry"]),
        (origins(["localhost:*"]), &["allow_origins[0]: `localhost:*`: `*` is valid alone, once in the first label before a host name (`https://*.example.com`, `https://app-*.example.com`), as the port, or as the host of a scheme other than http and https: the scheme and `://` are missing; use `http://localhost:*`"]),
        (origins(["http://256.0.0.1"]), &["allow_origins[0]: `http://256.0.0.1`: a host is a name of letters, digits, `-`, `_` and dots, an IPv4 address, or an IPv6 address in brackets: this one ends in a number, but is not an IPv4 address"]),
        (origins(["http://[a]"]), &["allow_origins[0]: `http://[a]`: a host is a name of letters, digits, `-`, `_` and dots, an IPv4 address, or an IPv6 address in brackets: this one is not an IPv6 address"]),
        (origins(["http://[fe80::1%eth0]"]), &["allow_origins[0]: `http://[fe80::1%eth0]`: a host is a name of letters, digits, `-`, `_` and dots, an IPv4 address, or an IPv6 address in brackets: the zone of an IPv6 address, which follows `%`, is not part of an origin"]),
        (origins(["https://a.xn--f.com"]), &["allow_origins[0]: `https://a.xn--f.com`: a label that starts with `xn--` must be valid Punycode: `xn--f` is not"]),
        (origins(["https://exámple.com:99999"]), &["allow_origins[0]: `https://exámple.com:99999`: an origin must be ASCII, with the host in Punycode", "allow_origins[0]: `https://exámple.com:99999`: a port is a number from 1 to 65535 without leading zeros, or `*`"]),
        (with_credentials(["*"]), &["allow_origins[0]: `*`: with credentials, any website could act as your users and read the responses; list the origins instead, or turn allow_credentials off"]),
        (with_credentials(["null"]), &["allow_origins[0]: `null`: any website can send the origin `null` from a sandboxed frame and, with credentials, act as your users"]),
        (origins(["a-*.b.com"]), &["allow_origins[0]: `a-*.b.com`: `*` is valid alone, once in the first label before a host name (`https://*.example.com`, `https://app-*.example.com`), as the port, or as the host of a scheme other than http and https: the scheme and `://` are missing; use `https://a-*.b.com`"]),
        (with_credentials(["app://*"]), &["allow_origins[0]: `app://*`: anyone can publish an app or a browser extension with this scheme and, with credentials, act as the users who install it; list the hosts, or set dangerously_allow_credentials_with_any_app"]),
        (with_credentials(["file://"]), &["allow_origins[0]: `file://`: every local file, from any author, can have the origin `file://` and, with credentials, act as the users who open it; use an https origin, or set dangerously_allow_credentials_with_any_app"]),
        (with_credentials(["app://*", "file://"]).dangerously_allow_credentials_with_any_app(true), &["allow_origins[1]: `file://`: every local file, from any author, has the origin `file://` in browsers and apps that do not send `null`"]),
        (with_credentials(["https://a-*.com"]), &["allow_origins[0]: `https://a-*.com`: anyone can register a name under this public suffix and, with credentials, act as your users; list your own domain, or set dangerously_allow_credentials_on_public_suffixes"]),
        (with_credentials(["https://*.com"]), &["allow_origins[0]: `https://*.com`: anyone can register a name under this public suffix and, with credentials, act as your users; list your own domain, or set dangerously_allow_credentials_on_public_suffixes"]),
        (with_credentials(["https://*.internal"]), &["allow_origins[0]: `https://*.internal`: every private network gives names under this domain to hosts of its own, which with credentials could act as your users; list a domain under it, or set dangerously_allow_credentials_on_public_suffixes"]),

        (fine().allow_origin_regex("a)|(b"), &["allow_origin_regex: `a)|(b`: the regex does not compile: unopened group"]),
        (fine().allow_origin_regex(r"(?=a)"), &["allow_origin_regex: `(?=a)`: the regex does not compile: look-around, including look-ahead and look-behind, is not supported"]),
        (with_credentials(["https://*.a.com", "https://a.com", "https://*.a.localhost"]), unjudged),
        (with_credentials(["https://*.a.com"]).dangerously_allow_credentials_on_public_suffixes(true), &[]),
        (origins(["https://*.a.com"]), &[]),
        (fine().allow_origin_regex(""), &["allow_origin_regex: the regex does not compile: it is empty"]),
        (fine().allow_origin_regex("https://.*a.{100}b"), &["allow_origin_regex: `https://.*a.{100}b`: the regex does not compile: it is too large when compiled"]),
        (fine().allow_origin_regex(r"https://.*\.a\.com").allow_credentials(true).dangerously_allow_credentials_on_public_suffixes(true), &[]),
        (fine().allow_origin_regex(r"https://.*a\.com").allow_credentials(true), &["allow_origin_regex: `https://.*a\\.com`: the regex also matches origins of other people, who could act as your users with credentials; spell out every domain, or set dangerously_allow_credentials_with_broad_regex: it matches `https://aa.com`"]),
        (fine().allow_origin_regex("https://*.a.com").allow_credentials(true), &[
            "allow_origin_regex: `https://*.a.com`: the regex also matches origins of other people, who could act as your users with credentials; spell out every domain, or set dangerously_allow_credentials_with_broad_regex: it matches `https://aa.com`; use `https://*.a.com` in allow_origins",
            "allow_origin_regex: `https://*.a.com`: this is a pattern for allow_origins; in a regex, `*` repeats what is before it, and `.` is any character; use `https://*.a.com` in allow_origins",
        ]),
        (origins(["https://x.b.com", "http://x.b.com", "https://*.c.b.com", "https://b.com"]).allow_origin_regex(r"https://.*\.b\.com"), &[
            "allow_origins[0]: `https://x.b.com`: redundant entry: covered by allow_origin_regex; remove it",
            "allow_origins[2]: `https://*.c.b.com`: redundant entry: covered by allow_origin_regex; remove it",
        ]),
        (origins(["https://*.b.com", "https://b.com"]).allow_origin_regex(r"https://([a-z]+\.)?b\.com"), &[
            "allow_origins[1]: `https://b.com`: redundant entry: covered by allow_origin_regex; remove it",
            r"allow_origin_regex: `https://([a-z]+\.)?b\.com`: redundant entry: covered by allow_origins; remove it",
        ]),
        (origins(["file://"]).allow_origin_regex(".*"), &["allow_origins[0]: `file://`: every local file, from any author, has the origin `file://` in browsers and apps that do not send `null`"]),
        (origins([""]).allow_origin_regex(r"https://b\.com"), &["allow_origins[0]: empty list item; remove it"]),
        (fine().allow_origin_regex("https://(a|b){14}\\.com").allow_credentials(true), &["allow_origin_regex: `https://(a|b){14}\\.com`: with credentials, a regex must be simple enough to tell which sites it matches; list them in allow_origins, or set dangerously_allow_credentials_with_broad_regex: the regex spells out more than 256 sites or 10,000 texts, or takes more than 100,000 steps to spell out"]),
        (fine().allow_origin_regex("[^:]+s?://a\\.com").allow_credentials(true), &[
            "allow_origin_regex: `[^:]+s?://a\\.com`: an attacker in the network can change an unencrypted page and act as its users; use https: it matches `http://a.com`",
            "allow_origin_regex: `[^:]+s?://a\\.com`: the regex also matches origins of apps and extensions, whose schemes are not https or http: it matches `a://a.com`",
        ]),
        (fine().allow_origin_regex(r"a\.com"), &[r"allow_origin_regex: `a\.com`: the regex must match a whole origin, such as `https://example.com`, but matches no origin: an origin starts with a scheme; use `https://(?:a\.com)`"]),
        (fine().allow_methods(["'PUT'"]), &["allow_methods[0]: `'PUT'`: the quotes are part of the name; use `PUT`"]),
        (fine().allow_methods(["'trace'"]), &["allow_methods[0]: `'trace'`: the quotes are part of the name; remove it"]),
        (fine().allow_origin_regex("https://www.a.com"), &[r"allow_origin_regex: `https://www.a.com`: an unescaped `.` between labels of a host matches any character; use `https://www\.a\.com`"]),

        (fine().allow_methods(["GET POST"]), &["allow_methods[0]: `GET POST`: a method is a token: letters, digits and !#$%&'*+-.^_`|~; use `GET`, `POST` as separate entries"]),
        (fine().allow_methods(["\"PUT\""]), &["allow_methods[0]: `\"PUT\"`: a method is a token: letters, digits and !#$%&'*+-.^_`|~; use `PUT`"]),
        (fine().allow_methods(["\"trace\""]), &["allow_methods[0]: `\"trace\"`: a method is a token: letters, digits and !#$%&'*+-.^_`|~; remove it"]),
        (fine().allow_methods(["TRACE, PUT"]), &["allow_methods[0]: `TRACE, PUT`: a method is a token: letters, digits and !#$%&'*+-.^_`|~; use `PUT`"]),
        (fine().allow_methods(["PUT, TRACK, GET"]), &["allow_methods[0]: `PUT, TRACK, GET`: a method is a token: letters, digits and !#$%&'*+-.^_`|~; use `PUT`, `GET` as separate entries"]),
        (fine().allow_methods(["trace"]), &["allow_methods[0]: `trace`: scripts cannot send CONNECT, TRACE or TRACK; remove it"]),
        (fine().allow_methods(["GTE"]), &["allow_methods[0]: `GTE`: this is probably a typo; use `GET`"]),
        (fine().allow_methods(["patch"]), &["allow_methods[0]: `patch`: methods are case-sensitive, and browsers do not change the case of this one; use `PATCH`"]),
        (fine().allow_methods([""; 0]), &["allow_methods: no method is allowed, so every preflight is refused"]),
        (fine().allow_methods(["*", "PUT"]), &["allow_methods[1]: `PUT`: redundant entry: covered by `*`; remove it"]),
        (fine().allow_methods(["*", "PROPFIND"]), &[]),
        (fine().allow_methods(["put", "PUT"]), &["allow_methods[1]: `PUT`: duplicate entry; remove it"]),
        (fine().allow_headers(["X A"]), &["allow_headers[0]: `X A`: a header name is a token: letters, digits and !#$%&'*+-.^_`|~; use `X`, `A` as separate entries"]),
        (fine().allow_headers(["X Custom"]), &["allow_headers[0]: `X Custom`: a header name is a token: letters, digits and !#$%&'*+-.^_`|~"]),
        (fine().allow_headers(["X-A X-B"]), &["allow_headers[0]: `X-A X-B`: a header name is a token: letters, digits and !#$%&'*+-.^_`|~; use `X-A`, `X-B` as separate entries"]),
        (fine().allow_headers(["Content Type"]), &["allow_headers[0]: `Content Type`: a header name is a token: letters, digits and !#$%&'*+-.^_`|~; use `Content-Type`"]),
        (fine().allow_headers(["Authorisation"]), &["allow_headers[0]: `Authorisation`: this is probably a typo; use `Authorization`"]),
        (origins(["htps://a.com"]), &["allow_origins[0]: `htps://a.com`: this is probably a typo; use `https://a.com`"]),
        (fine().allow_headers(["X-*: A"]), &["allow_headers[0]: `X-*: A`: a header name is a token: letters, digits and !#$%&'*+-.^_`|~"]),
        (fine().allow_headers(["\tX-A"]), &["allow_headers[0]: `\\tX-A`: a header name is a token: letters, digits and !#$%&'*+-.^_`|~; use `X-A`"]),
        (fine().allow_headers(["'X-A'", "'"]), &["allow_headers[0]: `'X-A'`: the quotes are part of the name; use `X-A`"]),
        (fine().allow_headers(["Cookie"]), &["allow_headers[0]: `Cookie`: no preflight requests this header, because scripts cannot set it; remove it"]),
        (fine().allow_headers(["Sec-Fetch-Site"]), &["allow_headers[0]: `Sec-Fetch-Site`: no preflight requests this header, because scripts cannot set it; remove it"]),
        (fine().allow_headers(["Access-Control-Allow-Origin"]), &["allow_headers[0]: `Access-Control-Allow-Origin`: this is a response header, which belongs in no request; if a front end sends it, remove it there"]),
        (fine().allow_methods(["any"]), &["allow_methods[0]: `any`: this is a name like any other, not a wildcard; use `*`"]),
        (fine().allow_headers(["All"]), &["allow_headers[0]: `All`: this is a name like any other, not a wildcard; use `*`"]),
        (fine().expose_headers(["ALL"]).allow_credentials(true), &["expose_headers[0]: `ALL`: this is a name like any other, not a wildcard"]),
        (origins(["https://*", "http://*:3000"]), &[
            "allow_origins[0]: `https://*`: `*` is valid alone, once in the first label before a host name (`https://*.example.com`, `https://app-*.example.com`), as the port, or as the host of a scheme other than http and https: to allow every site, use `*`, which excludes credentials; to allow the subdomains of one, `https://*.example.com`; otherwise list the origins, or use allow_origin_regex",
            "allow_origins[1]: `http://*:3000`: `*` is valid alone, once in the first label before a host name (`https://*.example.com`, `https://app-*.example.com`), as the port, or as the host of a scheme other than http and https: to allow every site, use `*`, which excludes credentials; to allow the subdomains of one, `https://*.example.com`; otherwise list the origins, or use allow_origin_regex",
        ]),
        (origins(["https://a*"]), &["allow_origins[0]: `https://a*`: `*` is valid alone, once in the first label before a host name (`https://*.example.com`, `https://app-*.example.com`), as the port, or as the host of a scheme other than http and https"]),
        (fine().allow_headers(["X-*"]), &["allow_headers[0]: `X-*`: `*` inside a name is an ordinary character, not a wildcard"]),
        (fine().allow_headers(["X-A", "x-a"]), &["allow_headers[1]: `x-a`: duplicate entry; remove it"]),
        (fine().allow_headers(["*", "X-A"]), &["allow_headers[0]: `*`: `*` covers all other entries"]),
        (fine().allow_headers(["*", ""]), &["allow_headers[1]: empty list item; remove it"]),
        (fine().allow_headers(["*", "*", "X-A"]), &["allow_headers[0]: `*`: `*` covers all other entries", "allow_headers[1]: `*`: duplicate entry; remove it"]),
        (fine().allow_headers(["*", "X-A"]).allow_credentials(true), &["allow_headers[0]: `*`: `*` covers all other entries"]),
        (fine().allow_headers(["accept"]), &["allow_headers[0]: `accept`: redundant entry: it is always allowed; remove it"]),
        (fine().allow_headers(["accept", "Accept"]), &["allow_headers[0]: `accept`: redundant entry: it is always allowed; remove it", "allow_headers[1]: `Accept`: duplicate entry; remove it"]),
        (fine().expose_headers(["*"]).allow_credentials(true), &["expose_headers[0]: `*`: with credentials, `*` is the name of a header, not a wildcard; list the headers"]),
        (fine().expose_headers(["*", "X-A"]).allow_credentials(true), &["expose_headers[0]: `*`: with credentials, `*` is the name of a header, not a wildcard; list the headers"]),
        (fine().expose_headers(["*", "X-A"]), &["expose_headers[0]: `*`: `*` covers all other entries"]),
        (fine().expose_headers(["Content-Type"]), &["expose_headers[0]: `Content-Type`: redundant entry: it is always readable; remove it"]),
        (fine().expose_headers(["Access-Control-Max-Age"]), &["expose_headers[0]: `Access-Control-Max-Age`: exposing this header has no effect, because scripts may not read it or it is not a response header; remove it"]),
        (fine().expose_headers(["Set-Cookie"]), &["expose_headers[0]: `Set-Cookie`: exposing this header has no effect, because scripts may not read it or it is not a response header; remove it"]),
        (fine().max_age(86_400), &["max_age: `86400`: browsers cap the time: WebKit at 600 seconds, Chromium at 7200, Firefox at 86400"]),
        (fine().max_age(601), &["max_age: `601`: browsers cap the time: WebKit at 600 seconds, Chromium at 7200, Firefox at 86400"]),
        (fine().max_age(600), &[]),
        (fine().preflight_status(202), &["preflight_status: `202`: the status of an allowed preflight must be 200 or 204; use `200`"]),

        (origins(["null"]), &["allow_origins[0]: `null`: every sandboxed frame and every local file, from any author, has the origin `null`"]),
        (origins(["file://"]), &["allow_origins[0]: `file://`: every local file, from any author, has the origin `file://` in browsers and apps that do not send `null`"]),
        (origins(["app://x", "app://*"]), &["allow_origins[0]: `app://x`: redundant entry: covered by `app://*`; remove it"]),
        (origins(["null", "null"]), &["allow_origins[0]: `null`: every sandboxed frame and every local file, from any author, has the origin `null`", "allow_origins[1]: `null`: duplicate entry; remove it"]),
        (with_credentials(["http://a.com", "http://localhost:8080"]), &["allow_origins[0]: `http://a.com`: an attacker in the network can change an unencrypted page and act as its users; use https"]),
        (origins(["http://a.com", "https://*.com"]), &[]),
        (with_credentials(["https://com"]), &[]),
        (fine().allow_origin_regex(r"http://a\.com").allow_credentials(true), &[r"allow_origin_regex: `http://a\.com`: an attacker in the network can change an unencrypted page and act as its users; use https: it matches `http://a.com`"]),
        (fine().allow_origin_regex("https?://.*"), &["allow_origins[0]: `https://example.com`: redundant entry: covered by allow_origin_regex; remove it"]),
        (origins(["https://a.com", "https://a.com"]), &["allow_origins[1]: `https://a.com`: duplicate entry; remove it"]),
        (origins(["https://x.a.com", "https://*.a.com"]), &["allow_origins[0]: `https://x.a.com`: redundant entry: covered by `https://*.a.com`; remove it"]),
        (origins(["*"]), &[]),
        (origins(["*", "*"]), &["allow_origins[1]: `*`: duplicate entry; remove it"]),
        (origins(["*", "https://a.com"]), &["allow_origins[0]: `*`: `*` covers all other entries"]),
        (origins(["*"]).allow_origin_regex(r"https://a\.com"), &["allow_origins[0]: `*`: `*` covers all other entries"]),
        (Config::new().allow_origin_regex(r"https://a\.com"), &[]),

        (Config::new().own_origins(["http://localhost:3000", "http://127.0.0.1:*", "http://[::1]:3000", "https://*.example.com", "http://*.localhost:*", "https://app-*.example.org"]), own_unjudged),
        (own(["*", "*"]), &["own_origins[0]: `*`: `*` would accept every host, as without the key; list the origins under which browsers reach this server, or remove the key", "own_origins[1]: `*`: duplicate entry; remove it"]),
        (own(["null"]), &["own_origins[0]: `null`: browsers reach a server under an `http` or `https` origin, such as `http://localhost:3000`"]),
        (own(["file://"]), &["own_origins[0]: `file://`: browsers reach a server under an `http` or `https` origin, such as `http://localhost:3000`"]),
        (own(["tauri://localhost"]), &["own_origins[0]: `tauri://localhost`: browsers reach a server under an `http` or `https` origin, such as `http://localhost:3000`; use `tauri://localhost` in allow_origins"]),
        (own(["app://*"]), &["own_origins[0]: `app://*`: browsers reach a server under an `http` or `https` origin, such as `http://localhost:3000`; use `app://*` in allow_origins"]),
        (own(["https://*.com"]), &["own_origins[0]: `https://*.com`: anyone can register a name under this public suffix, and its pages would pass as pages of this server; list each name of this server"]),
        (own(["https://app-*.com:*"]).dangerously_allow_credentials_on_public_suffixes(true), &["own_origins[0]: `https://app-*.com:*`: anyone can register a name under this public suffix, and its pages would pass as pages of this server; list each name of this server"]),
        (own(["http://*.local"]), &["own_origins[0]: `http://*.local`: every private network gives names under this domain to hosts of its own, whose pages would pass as pages of this server; list each name of this server"]),
        (own(["localhost:3000"]), &["own_origins[0]: `localhost:3000`: an origin must start with a scheme and `://`; use `http://localhost:3000`"]),
        (own(["http://localhost:3000/"]), &["own_origins[0]: `http://localhost:3000/`: an origin ends with the host or the port, without a slash; use `http://localhost:3000`"]),
        (own(["http://localhost:80"]), &["own_origins[0]: `http://localhost:80`: browsers omit the default port of a scheme; use `http://localhost`"]),
        (own(["ws://localhost:3000"]), &["own_origins[0]: `ws://localhost:3000`: a WebSocket client sends the origin of its page, which is `http` or `https`; use `http://localhost:3000`"]),
        (own(["http://a.com,http://b.com"]), &["own_origins[0]: `http://a.com,http://b.com`: an entry is one origin, not a list; use `http://a.com`, `http://b.com` as separate entries"]),
        (own([r"http://localhost:\d+"]), &[r"own_origins[0]: `http://localhost:\d+`: an entry is not a regex: a regex belongs in allow_origin_regex: own_origins takes none"]),
        (own([""]), &["own_origins[0]: empty list item; remove it"]),
        (own(["http://locahost:3000"]), &["own_origins[0]: `http://locahost:3000`: this is probably a typo: `localhost` may be meant"]),
        (own(["http://a.com", "http://a.com"]), &["own_origins[1]: `http://a.com`: duplicate entry; remove it"]),
        (own(["http://localhost:3000", "http://localhost:*"]), &["own_origins[0]: `http://localhost:3000`: redundant entry: covered by `http://localhost:*`; remove it"]),
        (env("CORS_OWN_ORIGINS", "http://localhost:3000, http://127.0.0.1:3000"), &[]),
        (env("CORS_OWN_ORIGIN", "http://localhost:3000"), &["`CORS_OWN_ORIGIN`: unknown key; did you mean `CORS_OWN_ORIGINS`?"]),
        (env("CORS_TIMING_ALLOW_ORIGIN", "*"), &["CORS_TIMING_ALLOW_ORIGIN: `*`: wrong type: expected true or false"]),
        (Config::new(), &["allow_origins: no origin is allowed, so no other site can read a response"]),
    ]
}

#[test]
fn every_message_is_exact() {
    for (config, lines) in rows() {
        let messages: Vec<String> = issues(config.clone())
            .iter()
            .map(Issue::to_string)
            .collect();
        assert_eq!(messages, lines, "{config:?}");
    }
}

#[test]
fn every_rule_has_a_row() {
    let shown: BTreeSet<&str> = rows()
        .into_iter()
        .flat_map(|(config, _)| issues(config))
        .map(|issue| issue.rule().id())
        .collect();
    let long_name = format!("https://{}com", "a.".repeat(126));
    let elsewhere = [
        issues(origins([long_name.as_str()])),
        issues(fine().allow_origin_regex("a".repeat(1025))),
    ];
    let elsewhere = elsewhere.iter().flatten().map(|issue| issue.rule().id());
    let all: BTreeSet<&str> = shown.into_iter().chain(elsewhere).collect();
    let missing: Vec<&str> = Rule::ALL
        .iter()
        .map(|rule| rule.id())
        .filter(|id| !all.contains(id))
        .collect();
    // Only files can break the first rule, and only changes of a policy those about changes: see the tests with
    // `serde` and `changes.rs`.
    let elsewhere: &[&str] = if cfg!(feature = "public-suffix") {
        &[
            "key-twice",
            "origin-not-exact",
            "origin-unjudged-with-credentials",
            "own-origin-unjudged",
            "origin-still-allowed",
        ]
    } else {
        &["key-twice", "origin-not-exact", "origin-still-allowed"]
    };
    assert_eq!(missing, elsewhere);
}

#[test]
fn ten_mistakes_are_ten_errors() {
    let error = Config::new()
        .allow_origins([
            "https://a.com",
            "https://b.com/",
            "c.com",
            "https://d.com:443",
            "https://*",
        ])
        .allow_origin_regex("(")
        .allow_methods(["GET", "TRACE", "P T"])
        .allow_headers(["X-A", "X:B"])
        .allow_credentials(true)
        .expose_headers(["*"])
        .preflight_status(500)
        .build()
        .unwrap_err();
    let places: Vec<String> = error
        .errors()
        .iter()
        .map(|issue| match (issue.key(), issue.index()) {
            (Some(key), Some(index)) => format!("{key}[{index}]"),
            (Some(key), None) => key.to_string(),
            (None, _) => issue.text().to_owned(),
        })
        .collect();
    assert_eq!(
        places,
        [
            "allow_origins[1]",
            "allow_origins[2]",
            "allow_origins[3]",
            "allow_origins[4]",
            "allow_origin_regex",
            "allow_methods[1]",
            "allow_methods[2]",
            "allow_headers[1]",
            "expose_headers[0]",
            "preflight_status",
        ]
    );
    assert!(
        error
            .to_string()
            .starts_with("invalid CORS policy, 10 errors:\nallow_origins[1]: ")
    );
    assert_eq!(error.to_string().lines().count(), 11);
    assert_eq!(format!("{error:?}"), error.to_string());
}

/// `main` prints an error with `Debug`.
#[test]
fn errors_are_as_readable_with_debug() {
    let policy = || Config::new().build().unwrap();
    let error = Policies::new(policy()).at("admin", policy()).unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
    let error = Policies::new(policy())
        .for_host("https://a.com", policy())
        .unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
}

/// A log of a policy shows the configuration, and not the tables for look-ups.
#[test]
fn a_policy_shows_its_configuration_with_debug() {
    let config = Config::new().allow_origins(["https://*.example.com", "null"]);
    let policy = config.build().unwrap();
    let text = format!("{policy:?}");
    assert!(text.starts_with(
        "Policy { config: Config { allow_origins: [\"https://*.example.com\", \"null\"], "
    ));
    assert!(text.contains("OriginNull"), "{text}");
    assert!(text.len() < 1_000, "{text}");
}

/// The value that a correction offers is accepted in place of the original.
#[test]
fn corrections_are_accepted() {
    let mut tried = 0;
    for (config, _) in rows() {
        for issue in issues(config) {
            let entries = match issue.correction() {
                Some(Correction::Replace(text)) => vec![text.clone()],
                Some(Correction::Split(entries)) => entries.clone(),
                _ => continue,
            };
            let config = match issue.key().unwrap().as_str() {
                "allow_origins" => Config::new().allow_origins(entries),
                "own_origins" => Config::new().own_origins(entries),
                "allow_origin_regex" => Config::new().allow_origin_regex(&entries[0]),
                "allow_methods" => Config::new().allow_methods(entries),
                "allow_headers" => Config::new().allow_headers(entries),
                key => Config::new().with_vars("", [(key.to_uppercase(), entries[0].clone())]),
            };
            assert_eq!(config.build().err(), None, "{issue}");
            tried += 1;
        }
    }
    println!("{tried} corrections");
    assert!(tried >= 20, "{tried}");
}

#[test]
fn an_issue_has_typed_parts() {
    let issues = issues(origins(["https://a.com", "https://b.com/"]));
    let [issue] = issues.as_slice() else {
        panic!("{issues:?}");
    };
    assert_eq!(issue.key(), Some(Key::AllowOrigins));
    assert_eq!(issue.index(), Some(1));
    assert_eq!(issue.text(), "https://b.com/");
    assert_eq!(issue.rule(), Rule::OriginTrailingSlash);
    assert_eq!(issue.severity(), Severity::Error);
    assert_eq!(issue.severity().to_string(), "error");
    assert_eq!(Severity::Warning.to_string(), "warning");
    assert_eq!(issue.message(), issue.rule().to_string());
    let meant = Correction::Replace("https://b.com".to_owned());
    assert_eq!(issue.correction(), Some(&meant));
}

#[test]
fn equivalent_policies_are_equal() {
    let policy = |config: Config| config.build().unwrap();
    let one = policy(origins(["https://a.com", "https://b.com"]));
    assert_eq!(
        one,
        policy(origins(["https://b.com", "https://a.com", "https://b.com"]))
    );
    assert_ne!(one, policy(origins(["https://a.com"])));
    let different = [
        fine(),
        origins(["https://a.com"]),
        fine().allow_credentials(true),
        fine().allow_methods(["PUT"]),
        fine().allow_headers(["X-A"]),
        fine().expose_headers(["X-A"]),
        fine().max_age(1),
        fine().preflight_status(204),
        fine().diagnostics(true),
        fine().block_refused_origins(true),
        own(["http://localhost:3000"]),
        own(["http://localhost:3001"]),
        fine().timing_allow_origin(true),
        fine().dangerously_allow_credentials_on_public_suffixes(true),
        fine().dangerously_allow_credentials_with_broad_regex(true),
    ]
    .map(policy);
    for (index, policy) in different.iter().enumerate() {
        let position = different.iter().position(|other| other == policy);
        assert_eq!(position, Some(index));
    }
}

#[test]
fn fastapi_tutorial() {
    let config = Config::new()
        .allow_origins([
            "http://localhost.tiangolo.com",
            "https://localhost.tiangolo.com",
            "http://localhost",
            "http://localhost:8080",
        ])
        .allow_credentials(true)
        .allow_methods(["*"])
        .allow_headers(["*"]);
    let policy = config.clone().build().unwrap();
    let rules: Vec<&str> = policy
        .warnings()
        .iter()
        .map(|issue| issue.rule().id())
        .collect();
    assert_eq!(rules, ["origin-insecure-with-credentials"]);
    assert!(policy.is_origin_allowed(b"http://localhost:8080"));

    let strict = config.build_strict().unwrap_err();
    assert_eq!(strict.errors(), []);
    assert_eq!(strict.warnings()[0].severity(), Severity::Warning);
    assert!(
        strict
            .to_string()
            .starts_with("invalid CORS policy, 1 warning:\nallow_origins[0]: ")
    );
}

#[test]
fn the_dangerous_keys_allow_unsafe_policies() {
    let patterns = with_credentials(["https://*.com"]);
    assert!(patterns.clone().build().is_err());
    assert!(
        patterns
            .dangerously_allow_credentials_on_public_suffixes(true)
            .build_strict()
            .is_ok()
    );
    let regex = Config::new()
        .allow_origin_regex("https://.*")
        .allow_credentials(true);
    assert!(regex.clone().build().is_err());
    assert!(
        regex
            .dangerously_allow_credentials_with_broad_regex(true)
            .build_strict()
            .is_ok()
    );
    // There is no such key for `*`.
    let any = with_credentials(["*"])
        .dangerously_allow_credentials_on_public_suffixes(true)
        .dangerously_allow_credentials_with_broad_regex(true);
    assert!(any.build().is_err());
}

#[test]
fn from_the_environment() {
    let vars = [
        (
            "CORS_ALLOW_ORIGINS",
            "https://a.com, https://*.b.com ,http://localhost:*",
        ),
        ("CORS_ALLOW_ORIGIN_REGEX", r"https://[a-z]{1,3}\.c\.com"),
        ("CORS_ALLOW_METHODS", "get,PATCH"),
        ("CORS_ALLOW_HEADERS", "X-A"),
        ("CORS_ALLOW_CREDENTIALS", "True"),
        ("CORS_EXPOSE_HEADERS", "X-E"),
        ("CORS_MAX_AGE", "0"),
        ("CORS_PREFLIGHT_STATUS", "204"),
        ("CORS_DIAGNOSTICS", "1"),
        ("CORS_BLOCK_REFUSED_ORIGINS", "false"),
        ("CORS_DANGEROUSLY_ALLOW_CREDENTIALS_ON_PUBLIC_SUFFIXES", "1"),
        ("PATH", "/bin"),
    ];
    let config = Config::from_vars(
        "CORS_",
        vars.map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let expected = Config::new()
        .allow_origins(["https://a.com", "https://*.b.com", "http://localhost:*"])
        .allow_origin_regex(r"https://[a-z]{1,3}\.c\.com")
        .allow_methods(["get", "PATCH"])
        .allow_headers(["X-A"])
        .allow_credentials(true)
        .expose_headers(["X-E"])
        .max_age(0)
        .preflight_status(204)
        .diagnostics(true)
        .dangerously_allow_credentials_on_public_suffixes(true);
    assert_eq!(config, expected);
    assert_eq!(config.build_strict().err(), None);
}

/// Safe code cannot change the environment of its process, so this test runs itself again with one.
#[test]
fn from_the_environment_of_the_process() {
    if std::env::var_os("CORS_MAX_AGE").is_some_and(|value| value == "7") {
        let expected = Config::new().max_age(7).allow_origins(["*"]);
        assert_eq!(Config::from_env().allow_origins(["*"]), expected);
        assert_eq!(
            Config::new().max_age(9).allow_origins(["*"]).with_env(),
            expected
        );
        assert!(Config::from_env().build().is_err());
        assert_eq!(Config::from_env_prefix("APP_CORS").get_max_age(), 8);
        return;
    }
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "from_the_environment_of_the_process"])
        .env_clear()
        .envs([
            ("CORS_MAX_AGE", "7"),
            ("APP_CORS_MAX_AGE", "8"),
            ("PATH", "/bin"),
        ])
        .status();
    assert!(status.unwrap().success());
}

fn vars<const N: usize>(vars: [(&str, &str); N]) -> Vec<(String, String)> {
    vars.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

#[test]
fn the_environment_over_the_code() {
    let code = || {
        Config::new()
            .allow_origins(["http://localhost:3000", "http://localhost:3001"])
            .allow_methods(["PUT"])
            .max_age(5)
    };
    assert_eq!(code().with_vars("CORS_", []), code());
    assert_eq!(code().build_strict().err(), None);

    let set = vars([
        ("CORS_ALLOW_ORIGINS", "https://a.com"),
        ("CORS_MAX_AGE", "0"),
    ]);
    let expected = code().allow_origins(["https://a.com"]).max_age(0);
    assert_eq!(code().with_vars("CORS_", set), expected);

    // An empty variable keeps what the code says.
    let empty = code().with_vars("CORS_", vars([("CORS_ALLOW_ORIGINS", "")]));
    let policy = empty.build().unwrap();
    assert!(policy.is_origin_allowed(b"http://localhost:3000"));
    assert_eq!(policy.warnings()[0].rule(), Rule::VariableEmpty);
    assert_eq!(policy.warnings()[0].variable(), Some("CORS_ALLOW_ORIGINS"));

    // A wrong value does not.
    let wrong = code().with_vars("CORS_", vars([("CORS_MAX_AGE", "soon")]));
    assert!(wrong.clone().build().is_err());
    // The last one to set a key is right.
    assert_eq!(wrong.max_age(1).build_strict().err(), None);
    let wrong = code().allow_origins(["a.com"]);
    let right = vars([("CORS_ALLOW_ORIGINS", "https://a.com")]);
    assert_eq!(wrong.with_vars("CORS_", right).build_strict().err(), None);
}

#[test]
fn the_name_of_a_variable_is_not_kept_for_a_value_of_the_code() {
    let config = Config::from_vars("CORS_", vars([("CORS_ALLOW_ORIGINS", "https://a.com")]));
    let issues = issues(config.allow_origins(["b.com"]));
    assert_eq!(issues[0].variable(), None);
    assert!(issues[0].to_string().starts_with("allow_origins[0]: "));
}

#[test]
fn an_empty_prefix_ignores_other_variables() {
    let config = Config::new().with_vars(
        "",
        vars([("PATH", "/bin"), ("ALLOW_ORIGINS", "*"), ("max_age", "x")]),
    );
    let issues = issues(config);
    assert_eq!(issues.len(), 1);
    assert_eq!(
        issues[0].to_string(),
        "`max_age`: unknown key; did you mean `MAX_AGE`?"
    );
}

#[test]
fn origins_of_the_code_are_enough() {
    let nothing = || Config::from_vars("CORS_", []);
    assert!(nothing().build().is_err());
    assert!(
        nothing()
            .allow_origins(["https://a.com"])
            .build_strict()
            .is_ok()
    );
    assert!(
        nothing()
            .allow_origin_regex(r"https://a\.com")
            .build_strict()
            .is_ok()
    );
    assert!(
        nothing()
            .own_origins(["http://localhost:3000"])
            .build_strict()
            .is_ok()
    );
    let own = ("CORS_OWN_ORIGINS", "http://localhost:3000");
    let own = [own].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert!(Config::from_vars("CORS_", own).build_strict().is_ok());
    assert!(nothing().max_age(5).build().is_err());
    let regex = vars([("CORS_ALLOW_ORIGIN_REGEX", r"https://a\.com")]);
    assert!(Config::from_vars("CORS_", regex).build_strict().is_ok());
    let none = Config::from_vars("CORS_", vars([("CORS_ALLOW_ORIGINS", "[]")]));
    assert!(none.build().is_ok());
    let others = vars([("CORS_ALLOW_ORIGINS", "*"), ("APP_MAX_AGE", "5")]);
    let error = Config::from_vars("APP", others).build().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("APP_ALLOW_ORIGINS is not set, so no other site"),
        "{error}"
    );
}

/// A build keeps 1000 errors and 1000 warnings, and counts the others.
#[test]
fn many_issues_are_counted() {
    let origins = (0..3_000).map(|n| format!("https://{n}.example.com/"));
    let methods = vec!["PUT"; 2_500];
    let error = Config::new()
        .allow_origins(origins)
        .allow_methods(methods.clone())
        .build()
        .unwrap_err();
    assert_eq!((error.errors().len(), error.more_errors()), (1_000, 2_000));
    assert_eq!(
        (error.warnings().len(), error.more_warnings()),
        (1_000, 1_499)
    );
    let text = error.to_string();
    assert!(
        text.starts_with("invalid CORS policy, 3000 errors:\nallow_origins[0]: "),
        "{text}"
    );
    assert!(text.ends_with("\nand 2000 more errors"), "{text}");
    assert_eq!(text.lines().count(), 1_002);

    let policy = fine().allow_methods(methods.clone()).build().unwrap();
    assert_eq!(
        (policy.warnings().len(), policy.more_warnings()),
        (1_000, 1_499)
    );
    let strict = fine().allow_methods(methods).build_strict().unwrap_err();
    assert!(strict.to_string().ends_with("\nand 1499 more warnings"));

    let unknown = (0..100_000).map(|n| (format!("CORS_X_{n}"), String::new()));
    let config = fine().with_vars("CORS_", unknown);
    let policy = config.build().unwrap();
    assert_eq!(
        (policy.warnings().len(), policy.more_warnings()),
        (1_000, 99_000)
    );
}

/// Issues beyond the limit of a value that is then replaced do not count.
#[test]
fn issues_that_are_only_counted_are_discarded_too() {
    let many = vec![""; 2_000].join(",");
    let config = Config::from_vars(
        "CORS_",
        vars([("CORS_ALLOW_ORIGINS", "x"), ("CORS_ALLOW_HEADERS", &many)]),
    );
    let error = config.clone().build().unwrap_err();
    assert_eq!((error.errors().len(), error.more_errors()), (1_000, 1_001));
    let config = config
        .allow_origins(["https://a.com"])
        .allow_headers(["X-A"]);
    assert_eq!(config.build_strict().err(), None);
}

/// A setter discards the problems of the value that it replaces.
#[test]
fn a_setter_replaces_what_could_not_be_read() {
    let config = Config::from_vars(
        "CORS_",
        [
            ("CORS_MAX_AGE".to_owned(), "soon".to_owned()),
            ("CORS_ALLOW_ORIGINS".to_owned(), "https://a.com".to_owned()),
        ],
    );
    assert!(config.clone().build().is_err());
    assert_eq!(config.max_age(60).build_strict().err(), None);
}

/// Whatever is wrong with an entry, no password in it is written anywhere.
#[test]
fn passwords_are_not_quoted() {
    const USER_INFO: [&str; 6] = [
        "user:s3cr3t@",
        "s3cr3t@",
        "s3cr3t:@",
        "user:0/s3cr3t@",
        "user:s3cr3t,@",
        "user:s3cr3t @",
    ];
    // With a user name in each place of each text of the other tests.
    let with = |user_info: &str, text: &str| {
        let after_scheme = text.replace("://", &format!("://{user_info}"));
        [after_scheme, format!("{user_info}{text}")]
    };
    let list = |user_info: &str, list: &[String]| -> Vec<String> {
        let without = list.iter().filter(|text| !text.contains('@'));
        without.flat_map(|text| with(user_info, text)).collect()
    };
    let mut configs = Vec::new();
    for user_info in USER_INFO {
        for (config, _) in rows() {
            let changed = config
                .clone()
                .allow_origins(list(user_info, config.get_allow_origins()))
                .allow_methods(list(user_info, config.get_allow_methods()))
                .allow_headers(list(user_info, config.get_allow_headers()))
                .expose_headers(list(user_info, config.get_expose_headers()));
            match config.get_allow_origin_regex() {
                // In a regex, `token@*` is also a part of a host.
                Some(regex) if user_info.starts_with("user:") => configs.extend(
                    with(user_info, regex).map(|regex| changed.clone().allow_origin_regex(regex)),
                ),
                _ => configs.push(changed),
            }
        }
        let names = Key::ALL.iter().map(|key| key.as_str().to_uppercase());
        let names = names.chain([user_info.to_owned()]);
        configs.push(Config::from_vars(
            "CORS_",
            names.map(|name| (format!("CORS_{name}"), format!("{user_info}x"))),
        ));
    }
    let mut rules = BTreeSet::new();
    for config in configs {
        assert_no_password(&format!("{config:?}"));
        for issue in issues(config.clone()) {
            assert_no_password(&issue.to_string());
            assert_no_password(&format!("{issue:?}"));
            #[cfg(feature = "serde")]
            assert_no_password(&serde_json::to_string(&issue).unwrap());
            rules.insert(issue.rule().id());
        }
        if let Err(error) = config.build() {
            assert_no_password(&error.to_string());
        }
    }
    assert!(rules.len() >= 55, "{rules:?}");
}

fn assert_no_password(text: &str) {
    assert!(!text.contains("s3cr3t"), "{text}");
}

#[test]
fn a_long_list_in_one_entry_is_cut() {
    let split = |count| {
        let list = vec!["https://a.com"; count].join(",");
        issues(origins([list.as_str()]))[0].to_string()
    };
    assert!(split(20).ends_with("`, `https://a.com` as separate entries"));
    assert!(split(21).ends_with("`, `https://a.com` and 1 more as separate entries"));
    assert!(split(2_020).ends_with(" and 2000 more as separate entries"));
    assert!(split(2_020).len() < 1_000);
}

#[test]
fn long_and_odd_text_stays_on_one_line() {
    let odd = format!("https://a\u{202e}\n{}", "b".repeat(500));
    let error: ConfigError = origins([odd.as_str()]).build().unwrap_err();
    let line = error.errors()[0].to_string();
    assert!(line.contains(r"`https://a\u{202e}\nbbb"), "{line}");
    assert!(line.contains("bbb…`: ") && line.len() < 300, "{line}");
}

/// What a list and a number of seconds can be written as.
mod arguments {
    use super::*;
    use std::borrow::Cow;
    use std::time::Duration;

    /// As `http::Method` and `http::HeaderName`.
    struct Typed;

    impl AsRef<str> for Typed {
        fn as_ref(&self) -> &str {
            "X-Total"
        }
    }

    #[test]
    fn one_text_is_a_list_of_one() {
        let list = Config::new().expose_headers(["X-Total"]);
        let text = String::from("X-Total");
        assert_eq!(list, Config::new().expose_headers("X-Total"));
        assert_eq!(list, Config::new().expose_headers(&text));
        assert_eq!(list, Config::new().expose_headers(text));
        assert_eq!(list, Config::new().expose_headers(Typed));
        assert_eq!(list, Config::new().expose_headers(&Typed));
    }

    #[test]
    fn a_list_is_anything_that_yields_texts() {
        let list = Config::new().expose_headers(["X-A", "X-B"]);
        let texts = ["X-A".to_owned(), "X-B".to_owned()];
        assert_eq!(list, Config::new().expose_headers(&texts));
        assert_eq!(list, Config::new().expose_headers(texts.to_vec()));
        assert_eq!(list, Config::new().expose_headers(&texts[..]));
        assert_eq!(list, Config::new().expose_headers("X-A X-B".split(' ')));
        assert_eq!(
            list,
            Config::new().expose_headers(texts.map(Cow::Owned::<str>))
        );
        assert_eq!(
            list,
            Config::new().expose_headers(list.get_expose_headers())
        );
        let typed = Config::new().expose_headers([Typed, Typed]);
        assert_eq!(typed.get_expose_headers(), ["X-Total", "X-Total"]);
    }

    #[test]
    fn seconds_are_a_number_or_a_duration() {
        let number = Config::new().max_age(90);
        assert_eq!(number, Config::new().max_age(Duration::from_secs(90)));
    }

    /// As in a file or a variable: `max_age = 0.9` must not turn into 0, which disables caching. So 0 is not proposed.
    #[test]
    fn a_fraction_of_a_second_is_an_error() {
        for (time, text, correction) in [
            (Duration::from_millis(900), "0.9", ""),
            (Duration::from_millis(90_999), "90.999", "; use `90`"),
            (Duration::from_nanos(1), "0.000000001", ""),
        ] {
            let config = Config::new()
                .allow_origins("https://example.com")
                .max_age(time);
            let error = config.clone().build().unwrap_err();
            assert_eq!(
                error.errors()[0].to_string(),
                format!("max_age: `{text}`: max_age must be a whole number of seconds{correction}")
            );
            assert!(config.max_age(600).build().is_ok(), "it is replaced");
        }
    }
}
