//! Sends the requests to a service with the types of `http`: axum and warp.

use std::fmt::Debug;

use axum::body::HttpBody;
use axum::http::{Request, Response, Uri};
use http_body_util::BodyExt as _;
use tower::{Service, ServiceExt as _};

use crate::{Answer, Case};

pub(crate) fn send<S, B, R>(service: &S, cases: &[Case]) -> Vec<Option<Answer>>
where
    S: Service<Request<B>, Response = Response<R>, Error: Debug> + Clone,
    B: Default,
    R: HttpBody<Error: Debug>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let answer = async |case: &Case| {
        let uri = Uri::try_from(case.path.as_str()).ok()?;
        let request = Request::builder()
            .method(case.method)
            .uri(uri)
            .header("origin", case.origin)
            .header("host", "api.example")
            .header("access-control-request-method", case.method)
            .body(B::default())
            .unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        let allow_origin = response.headers().get("access-control-allow-origin");
        Some(Answer {
            status: response.status().as_u16(),
            allow_origin: allow_origin.map(|value| value.to_str().unwrap().to_owned()),
            body: {
                let bytes = response.into_body().collect().await.unwrap().to_bytes();
                String::from_utf8_lossy(&bytes).into_owned()
            },
        })
    };
    runtime.block_on(async {
        let mut answers = Vec::new();
        for case in cases {
            answers.push(answer(case).await);
        }
        answers
    })
}
