//! The future of a response: an early response, or the future of the inner service.

use crate::headers::Headers;
use actix_web::Error;
use actix_web::body::EitherBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::HeaderValue;
use cors_core::PendingHeaders;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

type Pending = PendingHeaders<HeaderValue>;

pin_project! {
    /// The future of [`CorsMiddleware`](crate::CorsMiddleware). It does not allocate.
    pub struct ResponseFuture<F> {
        #[pin]
        kind: Kind<F>,
    }
}

pin_project! {
    #[project = KindProj]
    enum Kind<F> {
        Respond { response: Option<ServiceResponse> },
        Forward { #[pin] inner: F, cors: Option<Pending> },
    }
}

impl<F> ResponseFuture<F> {
    pub(crate) fn respond(response: ServiceResponse) -> Self {
        Self {
            kind: Kind::Respond {
                response: Some(response),
            },
        }
    }

    /// `cors` is `None` if no policy applies to the request.
    pub(crate) fn forward(inner: F, cors: Option<Pending>) -> Self {
        Self {
            kind: Kind::Forward { inner, cors },
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
            // Polling after completion is a caller bug. Stay pending rather than panic.
            KindProj::Respond { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response.map_into_right_body())),
                None => Poll::Pending,
            },
            KindProj::Forward { inner, cors } => Poll::Ready(match ready!(inner.poll(cx)) {
                Ok(mut response) => {
                    if let Some(cors) = cors.take() {
                        cors.apply(&mut Headers(response.headers_mut()));
                    }
                    Ok(response.map_into_left_body())
                }
                // An outer middleware may still read the error. It becomes a response later, and perhaps
                // more than once.
                Err(mut error) => {
                    if let Some(cors) = cors.take() {
                        error.add_response_mapper(move |mut response| {
                            cors.clone().apply(&mut Headers(response.headers_mut()));
                            response
                        });
                    }
                    Err(error)
                }
            }),
        }
    }
}
