//! The wiring: sources, stages and the bounded channels between them.
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
mod entry_payload;
mod envelope;
mod feed_task;
mod feed_text;
mod fetched;
mod gap;
pub(crate) mod handover;
mod host_notes;
pub(crate) mod live;
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
mod sample;
mod source_document;
mod storyline;
pub(crate) mod survey;
mod tally;
pub(crate) mod trail;
mod upkeep;
mod watchdog;
mod web;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fetch::Request;
use record::{Page, ReasonKind};
use store::{Edits, NewFeed, OpenOptions, Reader, Run, Store};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{Sender, channel};
use tokio::sync::watch;

use crate::config::Strictness;
use crate::context::Context;
use crate::disk::Disk;
use crate::exit::Exit;
use crate::output;
use crate::progress::{Progress, Size};
use crate::shutdown::Shutdown;
use crate::source::Passwords;

use acknowledge::Acknowledgements;
pub(crate) use budget::Budget;
pub(crate) use clean_stage::{clean as clean_one, run as clean_stage};
use commit_stage::{Batching, CommitEnd, CommitStage, Done};
use crawl::Crawl;
use dedup_stage::DedupStage;
pub(crate) use entry_payload::{only_in, title_of};
pub(crate) use envelope::{Captured, CleanedItem, Envelope, JudgedItem, PageHints};
use live::Live;
pub(crate) use manners::{Manners, Reloaded};
use past::Past;
use reach::Reach;
use recorder::Recorder;
use replay::size;
pub(crate) use replay::{Captures, Replay, by_kind};
use sample::Sample;
use storyline::Storyline;
pub(crate) use storyline::own_time;
pub(crate) use tally::{Summary, Tally};
use watchdog::Pulse;
pub(crate) use web::client as web_client;

/// Entries put to the frontier in one transaction.
pub(crate) const ENTRIES_AT_ONCE: usize = 1000;

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

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With its input; stopped before, it is taken up again by the next of its kind.
    Files,
    /// When the frontier has nothing left. It knows what is left: a stop is an end as well.
    Frontier,
    /// Only by a stop: trouble with the database that may pass does not end it.
    Daemon,
}

/// What a source gets to work with.
pub(crate) struct Inlet {
    /// The first channel.
    pub(crate) output: Sender<Envelope<Captured>>,
    /// Room for what it sends.
    pub(crate) budget: Budget,
    /// When to stop.
    pub(crate) shutdown: Shutdown,
    /// The last channel: for feeds that are as they were, in which there is nothing to clean or
    /// to judge.
    unchanged: Sender<Envelope<JudgedItem>>,
    /// How many envelopes are committed.
    pub(crate) committed: watch::Receiver<Done>,
    /// Keeps what was fetched.
    recorder: Option<Recorder>,
    /// Do the commits get on?
    pulse: Pulse,
    /// What the run is doing.
    live: Live,
    /// How far it is.
    progress: Progress,
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

    /// Closes the database in the middle of the run.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn pause(mut self) -> anyhow::Result<()> {
        self.store.pause_run(self.run.id)?;
        self.store.close()?;
        Ok(())
    }

    fn crawl(&self, once: bool, feeds: bool) -> anyhow::Result<Crawl> {
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

    /// Runs all stages until `source` has ended and everything it sent is committed. The
    /// source says whether it was stopped before its end.
    pub(crate) fn drain(
        self,
        ending: Ending,
        source: impl AsyncFnOnce(Inlet) -> anyhow::Result<bool>,
    ) -> anyhow::Result<Ended> {
        let Self { context, runtime, store, run, acknowledgements, jobs, shutdown, .. } = self;
        let (started, total, files, live) = (self.started, self.total, self.files, self.live);
        let config = &context.config;
        let size = match (total, &files) {
            (Some(total), _) => Size::Items(total),
            (None, files) if files.is_empty() => Size::Unknown,
            (None, files) => Size::Files(files),
        };
        let progress = Progress::new(context.progress, size);
        let (committed, commits) = watch::channel(Done::default());
        let reader = Reader::open(&context.database)?;
        let (next_sequence, hosts) = (reader.next_sequence()?, reader.feed_hosts(3)?);
        drop(reader);
        let pulse = Pulse::default();
        let judging = DedupStage {
            next_sequence,
            storyline: Storyline::open(&context.database, next_sequence)?,
            index: dedup::Index::new(dedup_settings(context)),
            past: Past(store::Past::open(&context.database)?),
            committed: commits.clone(),
            sent: 0,
        };
        let committing = CommitStage {
            store,
            shutdown: (ending == Ending::Daemon).then(|| shutdown.clone()),
            run: run.id,
            batching: Batching {
                most: config.store.batch,
                wait: config.store.batch_wait.0,
                is_patient: ending == Ending::Files && total.is_none(),
            },
            recorder: None,
            acknowledgements,
            committed,
            pulse: pulse.clone(),
            live: live.clone(),
            reach: Reach::new(hosts),
            hot_for: config.schedule.refetch.0,
            progress: progress.clone(),
            sample: Sample::default(),
        };
        let recorder = match ending {
            Ending::Files if total.is_none() => None,
            _ => recorder(context)?,
        };
        let committing = CommitStage { recorder: recorder.clone(), ..committing };
        let (to_clean, captured) = channel(config.pipeline.queue);
        let (to_dedup, cleaned) = channel(config.pipeline.queue);
        let (to_commit, judged) = channel(config.pipeline.queue);
        live.watch("clean", &to_clean);
        live.watch("dedup", &to_dedup);
        live.watch("commit", &to_commit);
        let ended = runtime.block_on(async {
            let inlet = Inlet {
                output: to_clean,
                unchanged: to_commit.clone(),
                budget: Budget::new(config.pipeline.memory.0),
                shutdown,
                committed: commits,
                recorder,
                pulse,
                live,
                progress: progress.clone(),
            };
            let judging = tokio::task::spawn_blocking(move || judging.run(cleaned, &to_commit));
            let committing = tokio::task::spawn_blocking(move || committing.run(judged));
            let (stopped, (), judged, committed) = tokio::join!(
                source(inlet),
                clean_stage::run(captured, to_dedup, jobs, Arc::clone(&context.rules)),
                judging,
                committing
            );
            // The last stage first: when it fails, the others only see their channels close.
            let end = committed??;
            judged??;
            anyhow::Ok((end, stopped?))
        });
        progress.finish();
        // What still hangs, a look-up of a name perhaps, is not waited for.
        runtime.shutdown_background();
        let (end, stopped) = ended?;
        let is_over = !stopped || ending != Ending::Files;
        finish(end, run, is_over, stopped, started)
    }
}

/// The recorder, where the settings name a folder for it.
fn recorder(context: &Context) -> anyhow::Result<Option<Recorder>> {
    let settings = &context.config.archive;
    if settings.dir.is_empty() {
        return Ok(None);
    }
    let edits = Edits::open(&context.database, context.config.store.busy_timeout.0)?;
    Recorder::open(Path::new(&settings.dir), settings.rotate.0 as u64, edits).map(Some)
}

/// Closes the database, and ends `run` if it is over; else it is to be taken up again.
fn finish(
    end: CommitEnd,
    run: Run,
    is_over: bool,
    stopped: bool,
    started: Instant,
) -> anyhow::Result<Ended> {
    let CommitEnd { mut store, tally, sample } = end;
    if is_over {
        store.end_run(run.id, crate::clock::now())?;
    } else {
        store.pause_run(run.id)?;
    }
    store.close()?;
    debug_assert!(tally.is_conserved(), "a task without exactly one outcome: {tally:?}");
    Ok(Ended { tally, sample, stopped, elapsed: started.elapsed(), passed_over: 0 })
}

/// The answer as the clean stage takes it.
pub(crate) fn captured(page: Page) -> Captured {
    page_task::captured(page, PageHints::default())
}

/// Fetches one page by itself, for the verbs that use a stage alone.
///
/// # Errors
/// What the settings say; a page that cannot be had is a [`Captured::Failed`].
pub(crate) async fn fetch_page(context: &Context, url: &str) -> anyhow::Result<Captured> {
    let client = web::client(context)?;
    Ok(match client.get(&Request::page(url)).await {
        Ok(answer) => captured(answer.page),
        Err(failure) => Captured::Failed(failure.reason),
    })
}

/// What the configuration says of the judgement.
pub(crate) fn dedup_settings(context: &Context) -> dedup::Settings {
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
    elapsed: Duration,
    /// Records of archives that hold no page.
    passed_over: u64,
}

impl Ended {
    /// Was nothing of the input worth a task?
    pub(crate) fn is_empty(&self) -> bool {
        self.tally.seen == 0
    }

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
            if self.passed_over > 0 {
                output::complain(&format!(
                    "{} archive records passed over: they hold no page (requests, redirects, \
                     errors, images), or none that is wanted",
                    self.passed_over
                ));
            }
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
