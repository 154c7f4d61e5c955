//! The future of a response: an answer that is there already, or the inner one.

use crate::convert::Forward;
use actix_web::Error;
use actix_web::body::EitherBody;
use actix_web::dev::ServiceResponse;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

pin_project! {
    /// The future of [`CorsMiddleware`](crate::CorsMiddleware). It boxes nothing.
    pub struct ResponseFuture<F> {
        #[pin]
        kind: Kind<F>,
    }
}

pin_project! {
    #[project = KindProj]
    enum Kind<F> {
        Answer { answer: Option<ServiceResponse> },
        Forward { #[pin] inner: F, forward: Option<Forward> },
    }
}

impl<F> ResponseFuture<F> {
    pub(crate) fn answer(answer: ServiceResponse) -> Self {
        Self {
            kind: Kind::Answer {
                answer: Some(answer),
            },
        }
    }

    /// `None`: no policy is for this request.
    pub(crate) fn forward(inner: F, forward: Option<Forward>) -> Self {
        Self {
            kind: Kind::Forward { inner, forward },
        }
    }
}

impl<F, B> Future for ResponseFuture<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().kind.project() {
            // Polled again after its end, which is the caller's fault, it stays pending.
            KindProj::Answer { answer } => match answer.take() {
                Some(answer) => Poll::Ready(Ok(answer.map_into_right_body())),
                None => Poll::Pending,
            },
            KindProj::Forward { inner, forward } => Poll::Ready(match ready!(inner.poll(cx)) {
                Ok(mut response) => {
                    if let Some(forward) = forward {
                        forward.finish(response.headers_mut());
                    }
                    Ok(response.map_into_left_body())
                }
                // An outer middleware may still look at the error; it becomes a response later, or
                // more than once.
                Err(mut error) => {
                    if let Some(forward) = forward.take() {
                        error.add_response_mapper(move |mut response| {
                            forward.clone().finish(response.headers_mut());
                            response
                        });
                    }
                    Err(error)
                }
            }),
        }
    }
}
