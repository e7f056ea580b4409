//! The wiring: sources, stages and the bounded channels between them.
//!
//! `source → clean → dedup → commit`, one envelope a task. Data goes one way; the only thing
//! that goes back is a number, how many envelopes are committed.

mod acknowledge;
mod budget;
mod clean_stage;
mod commit_stage;
mod dedup_stage;
mod envelope;
mod past;
mod pending;
mod replay;
mod sample;
mod tally;

use std::path::Path;
use std::time::Instant;

use record::ReasonKind;
use store::{OpenOptions, Reader, Run, Store};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{Sender, channel};
use tokio::sync::watch;

use crate::config::Strictness;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::progress::Progress;
use crate::shutdown::Shutdown;

use acknowledge::Acknowledgements;
pub(crate) use budget::Budget;
pub(crate) use clean_stage::run as clean_stage;
use commit_stage::{Batching, CommitEnd, CommitStage};
use dedup_stage::DedupStage;
pub(crate) use envelope::{Captured, CleanedItem, Envelope, PageHints};
use past::Past;
pub(crate) use replay::{Replay, by_kind};
use sample::Sample;
pub(crate) use tally::{Summary, Tally};

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
}

/// What a source gets to work with.
pub(crate) struct Inlet {
    /// The first channel.
    pub(crate) output: Sender<Envelope<Captured>>,
    /// Room for what it sends.
    pub(crate) budget: Budget,
    /// When to stop.
    pub(crate) shutdown: Shutdown,
    /// How many envelopes are committed.
    pub(crate) committed: watch::Receiver<u64>,
    /// Where to say things.
    pub(crate) progress: Progress,
}

impl<'a> Pipeline<'a> {
    /// Opens the database for writing and begins the run.
    ///
    /// # Errors
    /// What the database, the file of acknowledgements or the operating system says.
    pub(crate) fn open(context: &'a Context, plan: &Plan<'_>) -> anyhow::Result<Self> {
        let acknowledgements = plan.ack.map(Acknowledgements::open).transpose()?;
        let busy_timeout = context.config.store.busy_timeout.0;
        let options = OpenOptions { busy_timeout, ..OpenOptions::default() };
        let mut store = Store::open(&context.database, options)?;
        let run = store.begin_run(plan.kind, &plan.key, crate::clock::now())?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let started = Instant::now();
        let jobs = plan.jobs;
        Ok(Self { context, runtime, store, run, acknowledgements, jobs, started })
    }

    /// The run: its start is the time of input that has none of its own.
    pub(crate) fn run(&self) -> Run {
        self.run
    }

    /// A read connection beside the writer.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn reader(&self) -> Result<Reader, store::StoreError> {
        Reader::open(&self.context.database)
    }

    /// Lets files and folders through, to their end.
    ///
    /// # Errors
    /// What the database or the operating system says.
    pub(crate) fn replay(self, replay: Replay) -> anyhow::Result<Ended> {
        self.drain(async move |inlet: Inlet| {
            let reading = move || {
                replay::run(replay, &inlet.budget, &inlet.shutdown, &inlet.output)?;
                Ok(inlet.shutdown.is_requested())
            };
            tokio::task::spawn_blocking(reading).await?
        })
    }

    /// Runs all stages until `source` has ended and everything it sent is committed. The
    /// source says whether it was stopped before its end.
    pub(crate) fn drain(
        self,
        source: impl AsyncFnOnce(Inlet) -> anyhow::Result<bool>,
    ) -> anyhow::Result<Ended> {
        let Self { context, runtime, store, run, acknowledgements, jobs, started } = self;
        let config = &context.config;
        let progress = Progress::new(context.progress, None);
        let (committed, commits) = watch::channel(0);
        let reader = Reader::open(&context.database)?;
        let judging = DedupStage {
            next_sequence: reader.next_sequence()?,
            index: dedup::Index::new(dedup_settings(context)),
            past: Past::new(reader),
            committed: commits.clone(),
        };
        let committing = CommitStage {
            store,
            batching: Batching { most: config.store.batch, wait: config.store.batch_wait.0 },
            acknowledgements,
            committed,
            progress: progress.clone(),
            sample: Sample::default(),
        };
        let (to_clean, captured) = channel(config.pipeline.queue);
        let (to_dedup, cleaned) = channel(config.pipeline.queue);
        let (to_commit, judged) = channel(config.pipeline.queue);
        let ended = runtime.block_on(async {
            let inlet = Inlet {
                output: to_clean,
                budget: Budget::new(config.pipeline.memory.0),
                shutdown: Shutdown::listen()?,
                committed: commits,
                progress: progress.clone(),
            };
            let judging = tokio::task::spawn_blocking(move || judging.run(cleaned, &to_commit));
            let committing = tokio::task::spawn_blocking(move || committing.run(judged));
            let (stopped, (), judged, committed) = tokio::join!(
                source(inlet),
                clean_stage::run(captured, to_dedup, jobs),
                judging,
                committing
            );
            // The last stage first: when it fails, the others only see their channels close.
            let end = committed??;
            judged??;
            anyhow::Ok((end, stopped?))
        });
        progress.finish();
        let (end, stopped) = ended?;
        finish(end, run, stopped, started)
    }
}

/// Ends the run, unless it was stopped and is to be taken up again.
fn finish(end: CommitEnd, run: Run, stopped: bool, started: Instant) -> anyhow::Result<Ended> {
    let CommitEnd { mut store, tally, sample } = end;
    if !stopped {
        store.end_run(run, crate::clock::now())?;
    }
    store.checkpoint()?;
    debug_assert!(tally.is_conserved(), "a task without exactly one outcome: {tally:?}");
    Ok(Ended { tally, sample, stopped, elapsed: started.elapsed() })
}

fn dedup_settings(context: &Context) -> dedup::Settings {
    let config = &context.config.dedup;
    dedup::Settings {
        window_days: config.window_days,
        strictness: match config.strictness {
            Strictness::Strict => dedup::Strictness::Strict,
            Strictness::Balanced => dedup::Strictness::Balanced,
            Strictness::Eager => dedup::Strictness::Eager,
        },
    }
}

/// A run that came to its end.
pub(crate) struct Ended {
    tally: Tally,
    sample: Sample,
    stopped: bool,
    elapsed: std::time::Duration,
}

impl Ended {
    /// Prints the summary and says how the command ended.
    ///
    /// # Errors
    /// When standard output is gone.
    pub(crate) fn report(&self, context: &Context) -> anyhow::Result<Exit> {
        use std::io::IsTerminal;
        if context.json {
            output::say(&serde_json::to_string(&self.tally)?)?;
        } else if !context.quiet {
            if std::io::stdout().is_terminal()
                && let Some(table) = self.sample.table()
            {
                output::say(&table)?;
            }
            let summary = Summary { tally: &self.tally, elapsed: self.elapsed };
            output::complain(&summary.to_string());
            if self.stopped {
                output::complain("stopped before the end; the same command goes on from here");
            }
        }
        Ok(self.exit())
    }

    fn exit(&self) -> Exit {
        let tally = &self.tally;
        let unreadable = tally.failed.get(&ReasonKind::Unreadable).copied().unwrap_or(0);
        if tally.seen > 0 && unreadable == tally.seen {
            Exit::NoInput
        } else if tally.polls_failed > 0 && tally.polled == 0 {
            Exit::Unavailable
        } else if tally.failures() + tally.polls_failed > 0 {
            Exit::SomeFailed
        } else {
            Exit::Done
        }
    }
}
