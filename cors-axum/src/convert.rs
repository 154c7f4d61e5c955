//! From the core's answer to a response of the service: which body it has.

/// How the body of a preflight's answer is made.
pub trait AnswerBody<B>: sealed::Sealed {
    /// A body of `text`, or without it.
    fn body(text: &'static str) -> B;
}

/// Answers have a text.
#[derive(Debug)]
pub enum TextBody {}

impl<B: From<&'static str>> AnswerBody<B> for TextBody {
    fn body(text: &'static str) -> B {
        text.into()
    }
}

/// Answers have no text.
#[derive(Debug)]
pub enum EmptyBody {}

impl<B: Default> AnswerBody<B> for EmptyBody {
    fn body(_text: &'static str) -> B {
        B::default()
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "nobody else may implement it")]
    pub trait Sealed {}
    impl Sealed for super::TextBody {}
    impl Sealed for super::EmptyBody {}
}
