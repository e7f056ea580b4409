//! The run without end: a crawl with its watchdog, and with a socket for other processes.

use anyhow::Context as _;
use std::path::Path;

use store::Reader;
use tokio::sync::watch;

use super::crawl::{Crawl, Reloading};
use super::inlet::Inlet;
use super::manners::Reload;
use super::stages::Ending;
use super::{Ended, Pipeline, handover, upkeep, watchdog};
use crate::disk::Disk;
use crate::http::Endpoint;
use crate::supervisor;

impl Pipeline<'_> {
    /// Polls feeds and fetches pages until a signal ends it; another one has the settings read
    /// again.
    ///
    /// # Errors
    /// What the settings, the database or the operating system say.
    pub(crate) fn daemon(self, reload: Reload<'_>) -> anyhow::Result<Ended> {
        let crawl = self.crawl(false, true)?;
        let reader = self.reader()?;
        let endpoint = Endpoint::open(&self.context.config.http.listen, &self.context.database)?;
        let reloading = {
            let _context = self.runtime.enter();
            Reloading::new(reload, &self.context.database)?
        };
        let database = self.context.database.clone();
        let socket_of = database.clone();
        let retention = self.context.config.retention.clone();
        let recordings = self.context.config.archive.dir.clone();
        let disk = crawl.disk.clone();
        self.drain(Ending::Daemon, async move |inlet: Inlet| {
            // Signals are heard by now: who finds the socket finds a daemon that ends well.
            let hatch = hatch(&socket_of);
            let watching = watching(reader, &inlet);
            let keeping = upkeep::keep(database, retention, recordings);
            let (close, closing) = watch::channel(false);
            let taking_over = taking_over(hatch, disk, &inlet, closing);
            let crawling = async {
                let ended = Crawl::run(crawl, inlet, Some(reloading)).await;
                close.send_replace(true);
                ended
            };
            let answering = answering(endpoint);
            supervisor::ready();
            tokio::select! {
                (ended, ()) = async { tokio::join!(crawling, taking_over) } => ended,
                () = keeping => anyhow::bail!("upkeep ended: please report"),
                () = watching => anyhow::bail!("the watchdog ended: please report"),
                ended = answering => ended.context("http.listen"),
            }
        })
    }
}

/// The socket for captures of other processes; without one they wait for our end.
fn hatch(database: &Path) -> Option<handover::Hatch> {
    match handover::Hatch::open(database) {
        Ok(hatch) => Some(hatch),
        Err(error) => {
            tracing::warn!("replay and backfill cannot hand over to this run: {error}");
            None
        }
    }
}

/// Health and metrics; ends only where the system takes the port away.
async fn answering(endpoint: Option<Endpoint>) -> std::io::Result<bool> {
    match endpoint {
        Some(endpoint) => endpoint.serve().await.map(|()| true),
        None => std::future::pending().await,
    }
}

fn watching(reader: Reader, inlet: &Inlet) -> impl Future<Output = ()> + use<> {
    let pulse = inlet.pulse.clone();
    async move {
        match supervisor::watchdog() {
            Some(interval) => watchdog::watch(interval, reader, pulse).await,
            None => std::future::pending().await,
        }
    }
}

fn taking_over(
    hatch: Option<handover::Hatch>,
    disk: Disk,
    inlet: &Inlet,
    closing: watch::Receiver<bool>,
) -> impl Future<Output = ()> + use<> {
    let (output, budget) = (inlet.output.clone(), inlet.budget.clone());
    let (shutdown, live) = (inlet.shutdown.clone(), inlet.live.clone());
    let way = handover::Way { output, budget, live, disk, shutdown, closing };
    async move {
        if let Some(hatch) = hatch {
            handover::serve(hatch, way).await;
        }
    }
}
