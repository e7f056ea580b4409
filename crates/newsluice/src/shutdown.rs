//! Signals: the first asks to end, the second ends.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// Told when the program should stop taking new work.
#[derive(Debug, Clone)]
pub(crate) struct Shutdown {
    asked: watch::Receiver<bool>,
}

impl Shutdown {
    /// Listens for SIGINT and SIGTERM from now on. The second signal ends the process at
    /// once: what was acknowledged is on disk, and the rest comes again.
    ///
    /// # Errors
    /// When the operating system refuses the handlers.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let interrupt = signal(SignalKind::interrupt())?;
        let terminate = signal(SignalKind::terminate())?;
        let (ask, asked) = watch::channel(false);
        #[expect(
            clippy::disallowed_methods,
            reason = "ends with the process: nobody waits for it"
        )]
        tokio::spawn(async move { watch_signals(interrupt, terminate, &ask).await });
        Ok(Self { asked })
    }

    /// Resolves once the program should stop.
    pub(crate) async fn requested(&self) {
        // An error means that nobody can ask any more: then never.
        if self.asked.clone().wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Should the program stop?
    pub(crate) fn is_requested(&self) -> bool {
        *self.asked.borrow()
    }
}

async fn watch_signals(mut interrupt: Signal, mut terminate: Signal, ask: &watch::Sender<bool>) {
    for first in [true, false] {
        let code = tokio::select! {
            _ = interrupt.recv() => 130,
            _ = terminate.recv() => 143,
        };
        if first {
            ask.send_replace(true);
            tracing::warn!("stopping after the work in hand; once more to stop at once");
        } else {
            std::process::exit(code);
        }
    }
}
