//! The body of an early response, made as the body type of the service.

/// How the body of an early response is made. Implemented by [`TextBody`] and [`EmptyBody`].
pub trait ResponseBody<B>: sealed::Sealed {
    /// Makes the body from `text`, or an empty body.
    fn body(text: &'static str) -> B;
}

/// Early responses have a text as their body.
#[derive(Debug)]
pub enum TextBody {}

impl<B: From<&'static str>> ResponseBody<B> for TextBody {
    fn body(text: &'static str) -> B {
        text.into()
    }
}

/// Early responses have an empty body.
#[derive(Debug)]
pub enum EmptyBody {}

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
