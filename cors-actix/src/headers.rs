//! The headers of actix-web as the core sees them.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use cors_core::{ResponseHeader, ResponseHeaders};

pub(crate) struct Headers<'a>(pub(crate) &'a mut HeaderMap);

impl ResponseHeaders<'_> for Headers<'_> {
    type Rendered = HeaderValue;
    type Value = HeaderValue;

    #[inline]
    fn to_value(rendered: &HeaderValue) -> HeaderValue {
        rendered.clone()
    }

    #[inline]
    fn for_each_name(&self, mut f: impl FnMut(&str)) {
        for name in self.0.keys() {
            f(name.as_str());
        }
    }

    fn lines(&self, header: ResponseHeader) -> impl Iterator<Item = &[u8]> {
        let lines = self.0.get_all(response_header_name(header));
        lines.map(HeaderValue::as_bytes)
    }

    fn remove(&mut self, header: ResponseHeader) {
        self.0.remove(response_header_name(header));
    }

    /// `append` is cheaper than `insert`, which returns the old values.
    #[inline]
    fn set(&mut self, header: ResponseHeader, value: HeaderValue) {
        self.append(header, value);
    }

    #[inline]
    fn append(&mut self, header: ResponseHeader, value: HeaderValue) {
        self.0.append(response_header_name(header), value);
    }
}

cors_core::define_header_names!(pub(crate) HeaderName);
