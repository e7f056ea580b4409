//! The way of a record through the stages, and the run that it belongs to.
//!
//! `source → clean → dedup → commit`, one envelope a task. Data goes one way; the only thing
//! that goes back is a number, how many envelopes are committed.

mod acknowledge;
pub(crate) mod again;
mod budget;
mod clean_stage;
pub(crate) mod cleaner;
mod commit_stage;
mod crawl;
mod daemon;
mod dedup_stage;
mod ended;
mod entry_payload;
mod envelope;
mod feed_task;
mod feed_text;
mod fetched;
mod gap;
pub(crate) mod handover;
mod host_notes;
mod inlet;
pub(crate) mod live;
mod lone_page;
mod manners;
mod note;
mod outgoing;
mod page_task;
mod past;
mod raw_archives;
mod reach;
mod recorded_feed;
mod recorder;
mod replay;
mod runs;
mod sample;
mod source_document;
mod stages;
mod storyline;
pub(crate) mod survey;
mod tally;
pub(crate) mod trail;
mod upkeep;
mod watchdog;
mod web;

use std::path::{Path, PathBuf};
use std::time::Instant;

use store::{NewFeed, OpenOptions, Reader, Run, Store};
use tokio::runtime::Runtime;

use crate::context::Context;
use crate::shutdown::Shutdown;
use crate::source::Passwords;

use acknowledge::Acknowledgements;
pub(crate) use clean_stage::{clean as clean_one, run as clean_stage};
pub(crate) use ended::Ended;
pub(crate) use entry_payload::{only_in, title_of};
pub(crate) use envelope::{Captured, CleanedItem, Envelope};
use live::Live;
pub(crate) use lone_page::{captured, fetch_page};
pub(crate) use manners::{Manners, Reloaded};
pub(crate) use replay::{Captures, Replay, by_kind};
pub(crate) use stages::dedup_settings;
pub(crate) use storyline::own_time;
pub(crate) use tally::Tally;
pub(crate) use web::client as web_client;

/// What a run is to be.
pub(crate) struct Plan<'a> {
    /// The verb.
    pub(crate) kind: &'static str,
    /// What it works on: an unfinished run of the same kind and key is taken up again.
    pub(crate) key: String,
    /// The file of `--ack`.
    pub(crate) ack: Option<&'a Path>,
    /// Workers that clean.
    pub(crate) jobs: usize,
}

/// The database is open, the run has begun; a source can be let in.
pub(crate) struct Pipeline<'a> {
    context: &'a Context,
    runtime: Runtime,
    store: Store,
    run: Run,
    acknowledgements: Option<Acknowledgements>,
    jobs: usize,
    started: Instant,
    shutdown: Shutdown,
    /// How many tasks there are, where that is known.
    total: Option<u64>,
    /// The files and folders that are read.
    files: Vec<PathBuf>,
    /// What opens feeds beside their settings.
    passwords: Passwords,
    /// What it is doing, for whoever asks.
    live: Live,
}

impl<'a> Pipeline<'a> {
    /// Opens the database for writing and begins the run.
    ///
    /// # Errors
    /// What the database, the file of acknowledgements or the operating system says.
    pub(crate) fn open(context: &'a Context, plan: &Plan<'_>) -> anyhow::Result<Self> {
        // All of the network on one thread: a request takes it so little time that handing it to
        // another one costs as much. What takes long (texts, the database) has threads of its
        // own.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // First of all: from here on a signal asks, it does not kill.
        let shutdown = {
            let _context = runtime.enter();
            Shutdown::listen()?
        };
        let acknowledgements = plan.ack.map(Acknowledgements::open).transpose()?;
        let busy_timeout = context.config.store.busy_timeout.0;
        let keep_trails = context.config.store.trails.0;
        let options = OpenOptions { busy_timeout, keep_trails, ..OpenOptions::default() };
        let mut store = Store::open(&context.database, options)?;
        let run = store.begin_run(plan.kind, &plan.key, crate::clock::now())?;
        let started = Instant::now();
        let jobs = plan.jobs;
        let (total, files) = (None, Vec::new());
        let (passwords, live) = (Passwords::default(), Live::new());
        Ok(Self {
            context,
            runtime,
            store,
            run,
            acknowledgements,
            jobs,
            started,
            shutdown,
            total,
            files,
            passwords,
            live,
        })
    }

    /// The run: its start is the time of input that has none of its own.
    pub(crate) fn run(&self) -> Run {
        self.run
    }

    /// Makes the folder for recordings, if there are to be any: before long work, not after it.
    ///
    /// # Errors
    /// What the disk says, and what to do.
    pub(crate) fn make_ready_to_record(&self) -> anyhow::Result<()> {
        let folder = &self.context.config.archive.dir;
        if !folder.is_empty() {
            recorder::ready(Path::new(folder))?;
        }
        Ok(())
    }

    /// Asked to stop?
    pub(crate) fn shutdown(&self) -> Shutdown {
        self.shutdown.clone()
    }

    /// A read connection beside the writer.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn reader(&self) -> Result<Reader, store::StoreError> {
        Reader::open(&self.context.database)
    }

    /// Puts feeds to the database; those known by the same URL stay as they are. The passwords
    /// are kept in memory.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn add_feeds(
        &mut self,
        feeds: &[NewFeed],
        passwords: Passwords,
    ) -> anyhow::Result<()> {
        self.passwords = passwords;
        self.store.add_feeds(feeds, crate::clock::now())?;
        Ok(())
    }

    /// Is there a feed to poll?
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn has_feeds(&self) -> anyhow::Result<bool> {
        Ok(self.reader()?.counts()?.feeds > 0)
    }

    /// Closes the database in the middle of the run.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn pause(mut self) -> anyhow::Result<()> {
        self.store.pause_run(self.run.id)?;
        self.store.close()?;
        Ok(())
    }
}
