//! What the builder methods of [`Config`](crate::Config) take.

use std::time::Duration;

/// The value of a list: one text, or several in an array, a [`Vec`] or any other iterator.
///
/// A text is anything that is [`AsRef<str>`], such as a `&str` or a [`String`]. `http::Method` and
/// `http::HeaderName` are as well, in every version of `http`.
///
/// ```
/// use cors_core::Config;
///
/// let one = Config::new().allow_origins("https://example.com");
/// let list = Config::new().allow_origins(["https://example.com"]);
/// assert_eq!(one, list);
/// ```
///
/// Other types are not. The compiler then says what to write:
///
/// ```compile_fail,E0277
/// let config = cors_core::Config::new().allow_origins([1, 2]);
/// ```
///
/// The compiler infers `K`: it is `String` for one text, and `Vec<String>` for several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a text nor a list of texts",
    label = "write `\"...\"` or `[\"...\", \"...\"]`",
    note = "a text is a `&str`, a `String` or another type with `AsRef<str>`, such as `http::Method` and `http::HeaderName`",
    note = "write any other type as a text: `\"https://example.com\"` instead of a `HeaderValue`, and `\"*\"` instead of `Any`"
)]
pub trait IntoEntries<K> {
    /// The entries, in order.
    fn into_entries(self) -> Vec<String>;
}

// Without this attribute, the compiler reports the bound of one of the two implementations: that a `&str` is not an
// iterator, or that a list is not `AsRef<str>`.
#[diagnostic::do_not_recommend]
impl<T: AsRef<str>> IntoEntries<String> for T {
    fn into_entries(self) -> Vec<String> {
        vec![self.as_ref().to_owned()]
    }
}

#[diagnostic::do_not_recommend]
impl<I: IntoIterator<Item: AsRef<str>>> IntoEntries<Vec<String>> for I {
    fn into_entries(self) -> Vec<String> {
        self.into_iter()
            .map(|entry| entry.as_ref().to_owned())
            .collect()
    }
}

/// A number of seconds, or a [`Duration`]. A fraction of a second is an error, which
/// [`Config::build`](crate::Config::build) returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number of seconds",
    label = "write a number such as `600`, or a `Duration`"
)]
pub trait IntoSeconds {
    /// The time.
    fn into_duration(self) -> Duration;
}

impl IntoSeconds for u64 {
    fn into_duration(self) -> Duration {
        Duration::from_secs(self)
    }
}

impl IntoSeconds for Duration {
    fn into_duration(self) -> Duration {
        self
    }
}
