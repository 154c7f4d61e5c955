//! The future of a response: an answer that is there already, or the inner one.

use cors_core::http::Forward;
use http::Response;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// The future of [`Cors`](crate::Cors). It is `Send` if the inner one is, and boxes nothing.
    #[derive(Debug)]
    pub struct ResponseFuture<F, B> {
        #[pin]
        kind: Kind<F, B>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = KindProj]
    enum Kind<F, B> {
        Answer { answer: Option<Response<B>> },
        Forward { #[pin] inner: F, cors: Option<Forward> },
    }
}

impl<F, B> ResponseFuture<F, B> {
    pub(crate) fn answer(answer: Response<B>) -> Self {
        Self {
            kind: Kind::Answer {
                answer: Some(answer),
            },
        }
    }

    /// `None`: no policy is for this request.
    pub(crate) fn forward(inner: F, cors: Option<Forward>) -> Self {
        Self {
            kind: Kind::Forward { inner, cors },
        }
    }
}

impl<F, B, E> Future for ResponseFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().kind.project() {
            // Polled again after its end, which is the caller's fault, it stays pending.
            KindProj::Answer { answer } => match answer.take() {
                Some(answer) => Poll::Ready(Ok(answer)),
                None => Poll::Pending,
            },
            KindProj::Forward { inner, cors } => inner.poll(cx).map_ok(|mut response| {
                if let Some(forward) = cors.take() {
                    forward.finish(response.headers_mut());
                }
                response
            }),
        }
    }
}
