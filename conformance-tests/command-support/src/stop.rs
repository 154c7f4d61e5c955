//! Stops servers on Ctrl-C or on a signal to terminate.

use std::future::Future;
use std::io;
use std::process::ExitCode;

use crate::failure::Failure;

/// Runs servers until the process receives a signal to stop, then drops them.
///
/// Open connections are closed at once: waiting for an idle client would block the terminal.
pub fn until_stopped<S>(servers: impl FnOnce() -> S) -> Result<ExitCode, Failure>
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

/// Listens for signals from this call on, so that none is lost before the future is first polled.
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
