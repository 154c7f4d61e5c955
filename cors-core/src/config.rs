//! The configuration: what the user writes.
//!
//! The fields, builder methods and getters come from the table in [`key`](crate::key). Values are read by
//! [`env`] and [`file`], and checked by [`build`].

mod arguments;
mod build;
mod comma_list;
mod corrections;
mod entry;
mod env;
mod error;
#[cfg(feature = "serde")]
mod file;
pub(crate) mod host_name;
mod ipv4;
mod issues;
mod json_array;
mod loopback;
mod nearest;
mod notation;
mod private_domain;
mod punycode;
mod read_back;
mod reading;
mod regex_meaning;
mod typos;
mod unescaped_dots;
mod value;

pub use arguments::{IntoEntries, IntoSeconds};
pub use error::ConfigError;
pub use host_name::HostNameError;
pub(crate) use issues::Issues;

use crate::issue::Key;
use crate::key::keys;
use reading::Reading;
use std::fmt;
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
        pub fn $name<K>(mut self, entries: impl IntoEntries<K>) -> Self {
            self.reading.forget(Key::$key);
            self.$name = entries.into_entries();
            self
        }
    };
    (text $key:ident $name:ident $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, text: impl Into<String>) -> Self {
            self.reading.forget(Key::$key);
            self.$name = Some(text.into());
            self
        }
    };
    (seconds $key:ident $name:ident $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, seconds: impl IntoSeconds) -> Self {
            self.reading.forget(Key::$key);
            self.read(Key::$key, seconds.into_duration().into());
            self
        }
    };
    ($kind:ident $key:ident $name:ident $(#[$doc:meta])*) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $kind: kind!($kind)) -> Self {
            self.reading.forget(Key::$key);
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
        #[derive(Clone, PartialEq, Eq)]
        pub struct Config {
            $($name: kind!($kind),)*
            reading: Reading,
        }

        /// Like a derived one, but without the passwords of URLs.
        impl fmt::Debug for Config {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut out = f.debug_struct("Config");
                $(
                    let value = self.$name.without_passwords(Key::$key);
                    out.field(stringify!($name), &format_args!("{value}"));
                )*
                out.field("reading", &self.reading).finish()
            }
        }

        impl Default for Config {
            fn default() -> Self {
                Self {
                    $($name: default!($kind $default),)*
                    reading: Reading::default(),
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

            /// Sets `key` to a value from a file or from a variable.
            fn read(&mut self, key: Key, value: Value) {
                match key {
                    $(Key::$key => self.$name.read(key, value, &mut self.reading),)*
                }
            }
        }
    };
}

keys!(define_config);
