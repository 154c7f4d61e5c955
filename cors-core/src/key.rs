//! The configuration keys, in one table.
//!
//! A row has the documentation of a key, its [`Key`] variant, its name, its getter, the kind of its
//! value, its default, and whether it is always written to a policy file. [`Key`],
//! [`Config`](crate::Config) with its builder methods and getters, policy files and environment
//! variables are generated from this table. The build and `Policy::to_config` are not generated. They
//! name every field of `Config`, so they do not compile until they handle a new key.

/// Calls the macro `$define` with the rows of the table.
macro_rules! keys {
    ($define:ident) => {
        $define! {
            /// The origins whose pages may read the responses. Default: none.
            ///
            /// | entry | allows |
            /// |---|---|
            /// | `https://example.com`, `http://localhost:8080` | this origin |
            /// | `tauri://localhost`, `chrome-extension://<id>`, `app://.`, `app://` | this origin, with a scheme other than http and https |
            /// | `https://*.example.com` | one or more labels before `example.com`, but not `example.com` itself |
            /// | `https://app-*.example.com`, `https://pr-*-web.example.com` | such a label before `example.com`: `*` is one or more letters, digits and hyphens |
            /// | `http://localhost:*` | this host with any port or none |
            /// | `https://*.example.com:*` | such a subdomain with any port or none |
            /// | `chrome-extension://*` | any host of a scheme other than http and https, without a port |
            /// | `null` | the opaque origin, which every sandboxed frame and every local file has |
            /// | `file://` | every local file, in browsers and apps that do not send `null` for it |
            /// | `*` | any origin |
            ///
            /// An origin is compared byte for byte with the `Origin` header. An entry that no browser
            /// sends is an error, if possible with a correction: `example.com`, `https://example.com/`,
            /// `https://EXAMPLE.com`, `https://example.com:443`. A `*` in any other place is also an
            /// error. A `*` never stands for nothing, and inside a label never for a dot.
            AllowOrigins allow_origins get_allow_origins list [] always;

            /// A regex for origins that are allowed in addition to `allow_origins`. Default: none.
            ///
            /// The origins `null` and `file://` are allowed only by name, and never by a regex.
            ///
            /// The regex must match the whole origin, as if it were written in `^(?:` and `)$`. The
            /// syntax is that of the `regex` crate, without look-around and back-references, so matching
            /// takes linear time.
            ///
            /// With credentials, it is an error if the regex matches an origin whose registrable domain it
            /// does not spell out, such as `https://evilexample.com` with `https://.*example\.com`. A
            /// domain is spelled out if each of its characters is written, possibly as an alternative:
            /// `https://(.+\.)?example\.(com|org)`. The build decides this exactly, not by examples.
            AllowOriginRegex allow_origin_regex get_allow_origin_regex text none if_changed;

            /// The methods that a preflight allows. Default: `GET`.
            ///
            /// `*` stands for DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT and QUERY. As in Fetch
            /// (["normalize a method"]), `delete`, `get`, `head`, `options`, `post` and `put` are
            /// upper-cased. Every other method is compared byte for byte. `CONNECT`, `TRACE` and
            /// `TRACK` are errors, because browsers never send them.
            ///
            /// Some requests with `GET`, `HEAD` and `POST` need no preflight. A request needs one if its
            /// `Content-Type` is one that a form cannot have, such as `application/json`, or if it has a header that
            /// is not always allowed (except a simple `Range`). An upload that reports its progress needs one, too (a
            /// listener on `XMLHttpRequest.upload`; Fetch, "use-CORS-preflight flag"). For such a `POST`, list
            /// `POST`.
            ///
            /// ["normalize a method"]: https://fetch.spec.whatwg.org/#concept-method-normalize
            AllowMethods allow_methods get_allow_methods list ["GET"] always;

            /// The request headers that a preflight allows. Case does not matter. Default: none.
            ///
            /// `Accept`, `Accept-Language`, `Content-Language` and `Content-Type` are always allowed.
            /// `*` allows every header, including `Authorization`.
            ///
            /// A request with any other header, or with a `Content-Type` that a form cannot have, needs a preflight,
            /// whatever its method. (A `Range` such as `bytes=0-99` needs none.) So list the method in
            /// `allow_methods`, even if it is `POST`.
            ///
            /// `Access-Control-Request-Headers` is refused if it is longer than 256 bytes plus twice the
            /// length of the allowed names, each with a comma and a space (2048 bytes with `*`). Every
            /// header line counts 16 bytes extra. It is also refused if it has more elements than 16 plus
            /// twice the number of the allowed names (64 with `*`). With `*`, each line may have 128 bytes of white
            /// space.
            AllowHeaders allow_headers get_allow_headers list [] always;

            /// Whether requests may include cookies, client certificates and HTTP authentication.
            /// Default: no.
            ///
            /// If so, pages of the allowed origins can act as the user who opens them. Therefore `*` in
            /// `allow_origins` or `expose_headers`, and the origin `null`, are then errors. So are patterns
            /// and origins that other people can have, unless a key that starts with `dangerously_` permits
            /// them.
            AllowCredentials allow_credentials get_allow_credentials flag false always;

            /// The response headers that scripts may read. Default: none.
            ///
            /// Scripts can always read `Cache-Control`, `Content-Language`, `Content-Length`,
            /// `Content-Type`, `Expires`, `Last-Modified` and `Pragma`. `*` exposes every header. With
            /// credentials, browsers read `*` as an ordinary name, so it is an error.
            ExposeHeaders expose_headers get_expose_headers list [] always;

            /// How many seconds a browser may cache an allowed preflight. Default: 600.
            ///
            /// `0` disables the cache. Browsers cap the time: WebKit at 600 seconds, Chromium at 7200
            /// and Firefox at 86400.
            MaxAge max_age get_max_age seconds 600 always;

            /// The status of the response to an allowed preflight: 200 with the body `OK`, or 204
            /// without a body. Default: 200.
            PreflightStatus preflight_status get_preflight_status status 200 if_changed;

            /// Whether a refused preflight from an *allowed* origin gets a successful response with the
            /// lists of allowed methods and headers. The browser still blocks the request, and its
            /// console names the method or header that is missing. Default: no.
            ///
            /// If only `GET`, `HEAD` or `POST` is missing, the status stays 400, because browsers do not look
            /// for these in the list. The body says what is refused.
            Diagnostics diagnostics get_diagnostics flag false if_changed;

            /// Whether a request from a refused origin gets the status `403` and never reaches the
            /// application. Default: no.
            ///
            /// Same-origin requests are not blocked: those with `Sec-Fetch-Site: same-origin` or `none`
            /// and, without that header, those whose `Origin` has the host and port of `Host`. Browsers
            /// older than 2023 do not send `Sec-Fetch-Site`. If a proxy changes `Host`, list your own
            /// origin as well, so that these browsers work.
            ///
            /// This alone does not stop DNS rebinding: a page of `http://evil.example:3000` whose name
            /// resolves to this server is same-origin. Set `own_origins` as well. A request is then
            /// same-origin if its `Origin` is one of these, and `Sec-Fetch-Site`, if there is one, is
            /// `same-origin` or `none`.
            ///
            /// A form that another site posts to yours is blocked, too. If an identity provider posts to
            /// your site, list its origin.
            BlockRefusedOrigins block_refused_origins get_block_refused_origins flag false if_changed;

            /// The origins under which browsers reach this server, such as `http://localhost:3000`.
            /// Default: none, and `Host` is not checked.
            ///
            /// If there are any, a request whose `Host` (in HTTP/2, the authority) has the host and port
            /// of none of them gets the status `421` and never reaches the application, with or without
            /// `Origin`. The default port may be written or left out. A `Host` that is missing, repeated or
            /// malformed, or that differs from the authority of the target, also gets `421`.
            ///
            /// This protects against DNS rebinding. A page of `http://evil.example:3000` whose name resolves
            /// to `127.0.0.1` is same-origin with a local server at port 3000, so CORS does not stop it. Set
            /// the key for every server that is reachable for browsers but not public, above all on
            /// localhost. A proxy in front of the server must not change `Host`.
            ///
            /// The entries are those of `allow_origins` with the schemes http and https. A pattern on a
            /// public suffix, such as `https://*.github.io`, is an error, because anyone can have a page there.
            /// The key allows no origin. It determines what `block_refused_origins` takes for same-origin.
            OwnOrigins own_origins get_own_origins list [] if_changed;

            /// Whether every response with `Access-Control-Allow-Origin` also has `Timing-Allow-Origin` with
            /// the same value. Scripts of the allowed origins can then read how long each phase of the
            /// request took ([Resource Timing]). Default: no.
            ///
            /// If so, the middleware owns the header: a value that the application set is replaced, or
            /// removed for a refused origin. Otherwise, the application can set it.
            ///
            /// [Resource Timing]: https://www.w3.org/TR/resource-timing/#sec-timing-allow-origin
            TimingAllowOrigin timing_allow_origin get_timing_allow_origin flag false if_changed;

            /// Whether a pattern such as `https://*.github.io` or `https://app-*.vercel.app` is accepted
            /// together with credentials. Default: no.
            ///
            /// Anyone can register a name that such a pattern matches, and act as your users. Without the
            /// feature `public-suffix`, the key also silences the warning that it is unknown whether
            /// they can.
            DangerouslyAllowCredentialsOnPublicSuffixes
                dangerously_allow_credentials_on_public_suffixes
                get_dangerously_allow_credentials_on_public_suffixes flag false if_changed;

            /// Whether `file://`, and a pattern such as `chrome-extension://*`, are accepted together with
            /// credentials. Default: no.
            ///
            /// Every local file that a user opens, or every app or browser extension that a user installs,
            /// can then act as this user.
            DangerouslyAllowCredentialsWithAnyApp
                dangerously_allow_credentials_with_any_app
                get_dangerously_allow_credentials_with_any_app flag false if_changed;

            /// Whether a regex is accepted together with credentials even if it also matches origins of
            /// other people. Default: no.
            ///
            /// Anyone with a matching origin can act as your users.
            DangerouslyAllowCredentialsWithBroadRegex
                dangerously_allow_credentials_with_broad_regex
                get_dangerously_allow_credentials_with_broad_regex flag false if_changed;
        }
    };
}

pub(crate) use keys;

/// The kind of value that a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueKind {
    /// A list of texts.
    List,
    /// A text, or none.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number of seconds.
    Seconds,
    /// 200 or 204.
    Status,
}

macro_rules! value_kind {
    (list) => {
        ValueKind::List
    };
    (text) => {
        ValueKind::Text
    };
    (flag) => {
        ValueKind::Flag
    };
    (seconds) => {
        ValueKind::Seconds
    };
    (status) => {
        ValueKind::Status
    };
}

macro_rules! default_json {
    (none) => {
        "null"
    };
    ($default:tt) => {
        stringify!($default)
    };
}

macro_rules! define_key {
    ($(
        $(#[doc = $doc:literal])*
        $key:ident $name:ident $getter:ident $kind:ident $default:tt $written:ident;
    )*) => {
        /// A configuration key.
        ///
        /// Its name is a builder method of [`Config`](crate::Config), a key of a policy file and, in
        /// upper case after `CORS_`, an environment variable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Key {
            $(#[doc = concat!("`", stringify!($name), "`")] $key,)*
        }

        impl Key {
            /// Every key, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$key,)*];

            /// The key as it is written in a policy file.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$key => stringify!($name),)* }
            }

            /// The kind of its value.
            pub const fn kind(self) -> ValueKind {
                match self { $(Self::$key => value_kind!($kind),)* }
            }

            /// Its default in JSON.
            pub const fn default_json(self) -> &'static str {
                match self { $(Self::$key => default_json!($default),)* }
            }

            /// Its documentation in Markdown: that of the builder method.
            pub const fn documentation(self) -> &'static str {
                match self { $(Self::$key => concat!($($doc, "\n"),*),)* }
            }
        }
    };
}

keys!(define_key);

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
