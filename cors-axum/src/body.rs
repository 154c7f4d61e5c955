//! The body of an early response, made as the body type of the service.

/// How the body of an early response is made. Implemented by [`TextBody`] and [`EmptyBody`].
#[diagnostic::on_unimplemented(
    message = "`CorsLayer` cannot make the body `{B}` for its own responses, such as those to preflights",
    label = "the layers and the service inside `CorsLayer` respond with the body `{B}`",
    note = "if a body cannot be made from a text, use `CorsLayer::with_empty_body` instead of `CorsLayer::new`; \
            the body then needs only `Default`",
    note = "with axum, it also helps to add each layer with `Router::layer`, or to put \
            `tower_http::map_response_body::MapResponseBodyLayer::new(axum::body::Body::new)` directly inside `CorsLayer`"
)]
pub trait ResponseBody<B>: sealed::Sealed {
    /// Makes the body from `text`, or an empty body.
    fn body(text: &'static str) -> B;
}

/// Early responses have a text as their body.
#[derive(Debug)]
pub enum TextBody {}

// Without this attribute, the compiler reports only that `From` is missing.
#[diagnostic::do_not_recommend]
impl<B: From<&'static str>> ResponseBody<B> for TextBody {
    fn body(text: &'static str) -> B {
        text.into()
    }
}

/// Early responses have an empty body.
#[derive(Debug)]
pub enum EmptyBody {}

#[diagnostic::do_not_recommend]
impl<B: Default> ResponseBody<B> for EmptyBody {
    fn body(_text: &'static str) -> B {
        B::default()
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "only this crate implements it")]
    pub trait Sealed {}
    impl Sealed for super::TextBody {}
    impl Sealed for super::EmptyBody {}
}
