//! The runs that come to an end by themselves: of files, and of the frontier.

use std::sync::{Arc, Mutex};

use super::Pipeline;
use super::crawl::Crawl;
use super::ended::Ended;
use super::inlet::Inlet;
use super::manners::Manners;
use super::replay::{self, Replay};
use super::stages::Ending;
use crate::disk::Disk;

impl Pipeline<'_> {
    /// Lets files and folders through, to their end.
    ///
    /// # Errors
    /// What the database or the operating system says.
    pub(crate) fn replay(mut self, replay: Replay) -> anyhow::Result<Ended> {
        self.files.clone_from(&replay.paths);
        let mut passed_over = 0;
        let counted = &mut passed_over;
        let ended = self.drain(Ending::Files, async move |inlet: Inlet| {
            let reading = move || {
                let Inlet { budget, shutdown, output, progress, .. } = inlet;
                let passed_over = replay::run(replay, &budget, &shutdown, &output, progress)?;
                anyhow::Ok((shutdown.is_requested(), passed_over))
            };
            let (stopped, passed_over) = tokio::task::spawn_blocking(reading).await??;
            *counted = passed_over;
            Ok(stopped)
        })?;
        Ok(Ended { passed_over, ..ended })
    }

    /// Polls feeds and fetches pages until nothing is left.
    ///
    /// # Errors
    /// What the settings, the database or the operating system say.
    pub(crate) fn crawl_once(self) -> anyhow::Result<Ended> {
        let crawl = self.crawl(true, true)?;
        self.drain(Ending::Frontier, async move |inlet: Inlet| crawl.run(inlet, None).await)
    }

    /// Fetches the pages that wait in the frontier; stopped before its end, the run is taken up
    /// again by the next of its kind.
    ///
    /// # Errors
    /// What the settings, the database or the operating system say.
    pub(crate) fn fetch_the_rest(mut self) -> anyhow::Result<Ended> {
        self.total = Some(self.reader()?.counts()?.waiting);
        let crawl = self.crawl(true, false)?;
        self.drain(Ending::Files, async move |inlet: Inlet| crawl.run(inlet, None).await)
    }

    /// The network as a source.
    ///
    /// # Errors
    /// What the settings or the database say.
    pub(super) fn crawl(&self, once: bool, feeds: bool) -> anyhow::Result<Crawl> {
        Ok(Crawl {
            claims: self.store.claims()?,
            run: self.run.id,
            manners: Manners::new(self.context, self.passwords.clone())?,
            reader: self.reader()?,
            listed: Arc::new(Mutex::new(self.reader()?)),
            live: self.live.clone(),
            disk: Disk::new(&self.context.database, self.context.config.store.min_free.0 as u64),
            started_at: crate::clock::now(),
            once,
            feeds,
            is_recorded: !self.context.config.archive.dir.is_empty(),
        })
    }
}
