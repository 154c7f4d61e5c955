//! The configuration: what the user writes.
//!
//! The fields, builder methods and getters come from the table in [`key`](crate::key). Values are read by
//! [`env`] and [`file`], and checked by [`build`].

mod build;
mod comma_list;
mod corrections;
mod entry;
mod env;
mod error;
#[cfg(feature = "serde")]
mod file;
mod ipv4;
mod loopback;
mod nearest;
mod notation;
mod private_domain;
mod punycode;
mod read_back;
mod regex_meaning;
mod typos;
mod unescaped_dots;
mod value;

pub use error::ConfigError;

use crate::issue::{Issue, Key};
use crate::key::keys;
use value::{Setting, Value};

/// The Rust type of each kind of value.
macro_rules! kind {
    (list) => { Vec<String> };
    (text) => { Option<String> };
    (flag) => { bool };
    (seconds) => { u64 };
    (status) => { u16 };
}

macro_rules! default {
    (list [$($item:literal),*]) => { vec![$($item.to_owned()),*] };
    (text none) => { None };
    ($number_or_flag:ident $value:literal) => { $value };
}

macro_rules! setter {
    (list $key:ident $name:ident $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name<I>(mut self, entries: I) -> Self
        where
            I: IntoIterator<Item: Into<String>>,
        {
            self.discard_issues(Key::$key);
            self.$name = entries.into_iter().map(Into::into).collect();
            self
        }
    };
    (text $key:ident $name:ident $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, text: impl Into<String>) -> Self {
            self.discard_issues(Key::$key);
            self.$name = Some(text.into());
            self
        }
    };
    ($kind:ident $key:ident $name:ident $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $kind: kind!($kind)) -> Self {
            self.discard_issues(Key::$key);
            self.$name = $kind;
            self
        }
    };
}

macro_rules! getter {
    (list $name:ident $getter:ident) => {
        #[doc = concat!("The value of [`", stringify!($name), "`](Self::", stringify!($name), ").")]
        pub fn $getter(&self) -> &[String] {
            &self.$name
        }
    };
    (text $name:ident $getter:ident) => {
        #[doc = concat!("The value of [`", stringify!($name), "`](Self::", stringify!($name), ").")]
        pub fn $getter(&self) -> Option<&str> {
            self.$name.as_deref()
        }
    };
    ($kind:ident $name:ident $getter:ident) => {
        #[doc = concat!("The value of [`", stringify!($name), "`](Self::", stringify!($name), ").")]
        pub fn $getter(&self) -> kind!($kind) {
            self.$name
        }
    };
}

macro_rules! define_config {
    ($(
        $(#[$doc:meta])*
        $key:ident $name:ident $getter:ident $kind:ident $default:tt $written:ident;
    )*) => {
        /// A CORS configuration. [`build`](Self::build) checks it and makes a [`Policy`].
        ///
        /// The keys and defaults are those of FastAPI's and Starlette's `CORSMiddleware`, plus a few
        /// more keys. Each key is a builder method, a key of a policy file (feature `serde`) and, in
        /// upper case after `CORS_`, an environment variable ([`from_env`](Self::from_env)):
        ///
        /// | key | kind | default |
        /// |---|---|---|
        $(#[doc = concat!(
            "| [`", stringify!($name), "`](Self::", stringify!($name), ") | ", stringify!($kind), " | `",
            stringify!($default), "` |"
        )])*
        ///
        /// Every builder method replaces the value that the key had before.
        ///
        /// ```
        /// use cors_core::Config;
        ///
        /// let policy = Config::new()
        ///     .allow_origins(["https://example.com", "https://*.example.org"])
        ///     .allow_methods(["GET", "PUT"])
        ///     .allow_headers(["Authorization"])
        ///     .allow_credentials(true)
        ///     .build()?;
        /// # Ok::<(), cors_core::ConfigError>(())
        /// ```
        ///
        /// [`Policy`]: crate::Policy
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Config {
            $($name: kind!($kind),)*
            /// The problems in values of a file or of the environment that could not be read.
            read_issues: Vec<Issue>,
        }

        impl Default for Config {
            fn default() -> Self {
                Self {
                    $($name: default!($kind $default),)*
                    read_issues: Vec::new(),
                }
            }
        }

        impl Config {
            /// The defaults: no origin, the method `GET`, no headers beyond the safelisted ones.
            pub fn new() -> Self {
                Self::default()
            }

            $(setter! { $kind $key $name $(#[$doc])* })*

            $(getter! { $kind $name $getter })*

            /// Sets `key` to a value from a file.
            fn read(&mut self, key: Key, value: Value) {
                match key {
                    $(Key::$key => self.$name.read(key, value, &mut self.read_issues),)*
                }
            }

            /// Sets `key` to the value of an environment variable.
            fn read_variable(&mut self, key: Key, text: &str) {
                let value = match key {
                    $(Key::$key => <kind!($kind)>::from_variable(text),)*
                };
                self.read(key, value);
            }
        }
    };
}

keys!(define_config);

impl Config {
    /// Discards the issues of a value that is now replaced.
    fn discard_issues(&mut self, key: Key) {
        self.read_issues.retain(|issue| issue.key != Some(key));
    }
}
