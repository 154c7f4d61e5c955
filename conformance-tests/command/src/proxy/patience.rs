//! A time limit for the head of a response that lets a long upload take its time.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Frame, SizeHint};
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

/// When the last part of a request was sent.
#[derive(Clone)]
pub(crate) struct Progress(Arc<Mutex<Instant>>);

impl Progress {
    /// Starts now.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn advance(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Waits for the head of a response until `limit` has passed without progress.
    pub(crate) async fn head<F: Future>(
        &self,
        limit: Duration,
        response: F,
    ) -> Result<F::Output, Elapsed> {
        let mut response = pin!(response);
        loop {
            let end = self.last() + limit;
            match timeout_at(end, &mut response).await {
                Err(_) if self.last() + limit > end => {}
                settled => return settled,
            }
        }
    }
}

/// The body of a request, which reports its progress.
pub(crate) struct Reported<B> {
    pub(crate) body: B,
    pub(crate) progress: Progress,
}

impl<B: Body + Unpin> Body for Reported<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.progress.advance();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, poll_fn};

    use tokio::time::sleep;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    /// The clock of the runtime is paused: it jumps to the next event.
    #[tokio::test(start_paused = true)]
    async fn the_limit_starts_at_the_last_progress() {
        let start = Instant::now();
        let late = Progress::new().head(LIMIT, pending::<()>()).await;
        assert!(late.is_err());
        assert_eq!(start.elapsed(), LIMIT);

        let start = Instant::now();
        let progress = Progress::new();
        let mut body = Reported {
            body: "part".to_owned(),
            progress: progress.clone(),
        };
        let upload = async {
            for _ in 0..5 {
                sleep(LIMIT / 2).await;
                let _ = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
            }
            pending::<()>().await;
        };
        assert!(progress.head(LIMIT, upload).await.is_err());
        assert_eq!(start.elapsed(), LIMIT * 7 / 2);

        let quick = async {
            sleep(LIMIT / 2).await;
            "response"
        };
        assert_eq!(
            Progress::new().head(LIMIT, quick).await.ok(),
            Some("response")
        );
    }
}
