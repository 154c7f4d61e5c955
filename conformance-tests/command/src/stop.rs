//! The end of a server: Ctrl-C or a request to terminate.

use std::future::Future;
use std::io;
use std::process::ExitCode;

use super::Failure;

/// Runs servers until the process is told to stop, then drops them.
///
/// Open connections are cut: waiting for an idle client would keep a terminal busy.
pub(crate) fn until_stopped<S>(servers: impl FnOnce() -> S) -> Result<ExitCode, Failure>
where
    S: Future<Output = Result<(), Failure>>,
{
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::new)?;
    runtime.block_on(async {
        let stopped = stopped().map_err(Failure::new)?;
        tokio::select! {
            end = servers() => end,
            () = stopped => Ok(()),
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Listens from this call on, so that no signal is lost before the future is first polled.
#[cfg(unix)]
fn stopped() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stopped() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
