//! The headers of a response of actix-web as the core sees them.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use cors_core::{ResponseHeader, ResponseHeaders};
use std::mem;

pub(crate) struct Headers<'a>(pub(crate) &'a mut HeaderMap);

impl<'p> ResponseHeaders<'p> for Headers<'_> {
    type Rendered = HeaderValue;
    type Value = HeaderValue;

    #[inline]
    fn value(rendered: &'p HeaderValue) -> HeaderValue {
        rendered.clone()
    }

    #[inline]
    fn for_each_name(&self, mut f: impl FnMut(&str)) {
        for name in self.0.keys() {
            f(name.as_str());
        }
    }

    fn values(&self, header: ResponseHeader) -> impl Iterator<Item = &[u8]> {
        self.0.get_all(name(header)).map(HeaderValue::as_bytes)
    }

    fn remove(&mut self, header: ResponseHeader) {
        self.0.remove(name(header));
    }

    /// `append` is cheaper than `insert`, which returns the old values.
    #[inline]
    fn set(&mut self, header: ResponseHeader, value: HeaderValue) {
        self.append(header, value);
    }

    #[inline]
    fn append(&mut self, header: ResponseHeader, value: HeaderValue) {
        self.0.append(name(header).clone(), value);
    }
}

#[inline]
fn name(header: ResponseHeader) -> &'static HeaderName {
    // `static`: a `const` would be built and dropped at every use.
    static NAMES: [HeaderName; ResponseHeader::NAMES.len()] = header_names(ResponseHeader::NAMES);
    #[expect(clippy::indexing_slicing, reason = "every header has a name")]
    &NAMES[header.index()]
}

/// The names as `HeaderName`, so that a look-up does not parse a text.
#[expect(clippy::indexing_slicing, reason = "the compiler evaluates it")]
pub(crate) const fn header_names<const N: usize>(texts: [&'static str; N]) -> [HeaderName; N] {
    let mut names = [const { HeaderName::from_static("x") }; N];
    let mut index = 0;
    while index < N {
        let name = HeaderName::from_static(texts[index]);
        // A value cannot be dropped at compile time, so the replaced one is forgotten.
        mem::forget(mem::replace(&mut names[index], name));
        index += 1;
    }
    names
}
