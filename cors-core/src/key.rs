//! The configuration keys, in one table.
//!
//! A row has the documentation of a key, its [`Key`] variant, its name, its getter, the kind of its
//! value, its default, and whether a policy file that we write always contains it. [`Key`],
//! [`Config`](crate::Config) with its builder methods and getters, policy files and environment
//! variables are generated from this table. What cannot be generated destructures `Config` in full
//! and does not compile without the new key: the build, and reading a policy back.

/// Calls the macro `$define` with the rows of the table.
macro_rules! keys {
    ($define:ident) => {
        $define! {
            /// The origins whose pages may read the responses. Default: none.
            ///
            /// | entry | allows |
            /// |---|---|
            /// | `https://example.com`, `http://localhost:8080` | this origin |
            /// | `tauri://localhost`, `chrome-extension://<id>` | this origin, with a scheme other than http and https |
            /// | `https://*.example.com` | one or more labels before `example.com`, but not `example.com` itself |
            /// | `http://localhost:*` | this host with any port or none |
            /// | `https://*.example.com:*` | both |
            /// | `null` | every sandboxed frame and every local file |
            /// | `*` | any origin |
            ///
            /// An origin is compared byte for byte with the `Origin` header. An entry that no browser
            /// sends is an error with a correction: `example.com`, `https://example.com/`,
            /// `https://EXAMPLE.com`, `https://example.com:443`. A `*` in any other place is an error,
            /// too.
            AllowOrigins allow_origins get_allow_origins list [] always;

            /// A regex for origins that are allowed in addition to `allow_origins`. Default: none.
            ///
            /// The regex must match the whole origin, as if it stood between `^` and `$`. The syntax is
            /// that of the `regex` crate. There is no look-around and no back-reference, so matching
            /// takes linear time. With credentials, a regex that also matches origins of other people
            /// is an error. The build tries origins such as `https://evil.com` and, for `example\.com`,
            /// `https://evilexample.com`.
            AllowOriginRegex allow_origin_regex get_allow_origin_regex text none if_changed;

            /// The methods that a preflight allows. Default: `GET`.
            ///
            /// `*` stands for DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT and QUERY. As in Fetch
            /// (["normalize a method"]), `delete`, `get`, `head`, `options`, `post` and `put` are
            /// upper-cased. Every other method is compared byte for byte. `CONNECT`, `TRACE` and
            /// `TRACK`, which browsers never send, are errors.
            ///
            /// ["normalize a method"]: https://fetch.spec.whatwg.org/#concept-method-normalize
            AllowMethods allow_methods get_allow_methods list ["GET"] always;

            /// The request headers that a preflight allows, compared without case. Default: none.
            ///
            /// `Accept`, `Accept-Language`, `Content-Language` and `Content-Type` are always allowed.
            /// `*` allows every header, including `Authorization`.
            ///
            /// At most 256 bytes plus twice the length of the allowed names are read from
            /// `Access-Control-Request-Headers` (4096 bytes with `*`). Every header line counts 16
            /// bytes extra.
            AllowHeaders allow_headers get_allow_headers list [] always;

            /// Whether requests may include cookies, client certificates and HTTP authentication.
            /// Default: no.
            ///
            /// Pages of the allowed origins then act as the user who opens them. `*` in
            /// `allow_origins` or `expose_headers` and the origin `null` become errors.
            AllowCredentials allow_credentials get_allow_credentials flag false always;

            /// The response headers that scripts may read, in addition to the seven that they always
            /// may. Default: none.
            ///
            /// `*` exposes every header. With credentials `*` would be an ordinary name, so it is an
            /// error.
            ExposeHeaders expose_headers get_expose_headers list [] always;

            /// How many seconds a browser may cache an allowed preflight. Default: 600.
            ///
            /// `0` turns the cache off. Browsers cap the time: WebKit at 600 seconds, Chromium at 7200
            /// and Firefox at 86400.
            MaxAge max_age get_max_age seconds 600 always;

            /// The status of the response to an allowed preflight: 200 with the body `OK`, or 204
            /// without a body. Default: 200.
            PreflightStatus preflight_status get_preflight_status status 200 if_changed;

            /// Whether a refused preflight from an *allowed* origin gets a successful response with the
            /// full lists. The browser still blocks the request, and its console then names the method
            /// or header that is missing. Default: no.
            Diagnostics diagnostics get_diagnostics flag false if_changed;

            /// Whether a request from a refused origin gets the status `403` and never reaches the
            /// application. Default: no.
            ///
            /// Same-origin requests pass: those with `Sec-Fetch-Site: same-origin` (or `none`) and, where
            /// that header is missing, those whose `Origin` matches the host of the request. Behind a
            /// proxy that changes `Host`, list your own origin as well, for browsers older than 2023. A
            /// form that another site posts to yours is blocked, too: list the origin of an identity
            /// provider that does so.
            BlockRefusedOrigins block_refused_origins get_block_refused_origins flag false if_changed;

            /// Accepts a pattern such as `https://*.github.io` together with credentials.
            ///
            /// Anyone can register a name there and act as your users.
            DangerouslyAllowCredentialsOnPublicSuffixes
                dangerously_allow_credentials_on_public_suffixes
                get_dangerously_allow_credentials_on_public_suffixes flag false if_changed;

            /// Accepts a regex that also matches origins of other people together with credentials.
            ///
            /// Anyone with a matching origin can act as your users.
            DangerouslyAllowCredentialsWithBroadRegex
                dangerously_allow_credentials_with_broad_regex
                get_dangerously_allow_credentials_with_broad_regex flag false if_changed;
        }
    };
}

pub(crate) use keys;

macro_rules! define_key {
    ($(
        $(#[$doc:meta])*
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
        }
    };
}

keys!(define_key);

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
