//! The future of a response: an early response, or the future of the inner service.

use cors_core::http::CorsHeaders;
use http::Response;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// The future of [`Cors`](crate::Cors). It is `Send` if the inner future is, and does not allocate.
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
        Respond { response: Option<Response<B>> },
        Forward { #[pin] inner: F, cors: Option<CorsHeaders> },
    }
}

impl<F, B> ResponseFuture<F, B> {
    pub(crate) fn respond(response: Response<B>) -> Self {
        Self {
            kind: Kind::Respond {
                response: Some(response),
            },
        }
    }

    /// `cors` is `None` if no policy applies to the request.
    pub(crate) fn forward(inner: F, cors: Option<CorsHeaders>) -> Self {
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
            // Polling after completion is a caller bug. Stay pending rather than panic.
            KindProj::Respond { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                None => Poll::Pending,
            },
            KindProj::Forward { inner, cors } => inner.poll(cx).map_ok(|mut response| {
                if let Some(cors) = cors.take() {
                    cors.apply(response.headers_mut());
                }
                response
            }),
        }
    }
}
