//! The stages of a run, and the bounded channels between them.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use clean::SiteRules;
use store::{Edits, Reader, Run};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::watch;

use super::Pipeline;
use super::budget::Budget;
use super::clean_stage;
use super::commit_stage::{Batching, CommitEnd, CommitStage, Done};
use super::dedup_stage::DedupStage;
use super::ended::Ended;
use super::envelope::{Captured, CleanedItem, Envelope, JudgedItem};
use super::inlet::Inlet;
use super::live::Live;
use super::past::Past;
use super::reach::Reach;
use super::recorder::Recorder;
use super::sample::Sample;
use super::storyline::Storyline;
use super::watchdog::Pulse;
use crate::config::Strictness;
use crate::context::Context;
use crate::progress::{Progress, Size};

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

impl Pipeline<'_> {
    /// Runs all stages until `source` has ended and everything it sent is committed. The
    /// source says whether it was stopped before its end.
    pub(super) fn drain(
        self,
        ending: Ending,
        source: impl AsyncFnOnce(Inlet) -> anyhow::Result<bool>,
    ) -> anyhow::Result<Ended> {
        let reads_files = ending == Ending::Files && self.total.is_none();
        let progress = Progress::new(self.context.progress, self.size());
        let Self { context, runtime, store, run, acknowledgements, jobs, shutdown, .. } = self;
        let (started, live, config) = (self.started, self.live, &context.config);
        let (committed, commits) = watch::channel(Done::default());
        let reader = Reader::open(&context.database)?;
        let (next_sequence, hosts) = (reader.next_sequence()?, reader.feed_hosts(3)?);
        drop(reader);
        let pulse = Pulse::default();
        let judging = dedup_stage(context, next_sequence, commits.clone())?;
        let recorder = if reads_files { None } else { recorder(context)? };
        let committing = CommitStage {
            store,
            shutdown: (ending == Ending::Daemon).then(|| shutdown.clone()),
            run: run.id,
            batching: Batching {
                most: config.store.batch,
                wait: config.store.batch_wait.0,
                is_patient: reads_files,
            },
            recorder: recorder.clone(),
            acknowledgements,
            committed,
            pulse: pulse.clone(),
            live: live.clone(),
            reach: Reach::new(hosts),
            hot_for: config.schedule.refetch.0,
            progress: progress.clone(),
            sample: Sample::default(),
        };
        let (output, unchanged, channels) = Channels::open(config.pipeline.queue, &live);
        let inlet = Inlet {
            output,
            unchanged,
            budget: Budget::new(config.pipeline.memory.0),
            shutdown,
            committed: commits,
            recorder,
            pulse,
            live,
            progress: progress.clone(),
        };
        let stages = Stages { jobs, rules: Arc::clone(&context.rules), judging, committing };
        let ended = runtime.block_on(stages.run(channels, source(inlet)));
        progress.finish();
        // What still hangs, a look-up of a name perhaps, is not waited for.
        runtime.shutdown_background();
        let (end, stopped) = ended?;
        let is_over = !stopped || ending != Ending::Files;
        finish(end, run, is_over, stopped, started)
    }

    fn size(&self) -> Size<'_> {
        match (self.total, &self.files) {
            (Some(total), _) => Size::Items(total),
            (None, files) if files.is_empty() => Size::Unknown,
            (None, files) => Size::Files(files),
        }
    }
}

/// The ends of the channels that the stages hold.
struct Channels {
    captured: Receiver<Envelope<Captured>>,
    to_dedup: Sender<Envelope<CleanedItem>>,
    cleaned: Receiver<Envelope<CleanedItem>>,
    to_commit: Sender<Envelope<JudgedItem>>,
    judged: Receiver<Envelope<JudgedItem>>,
}

impl Channels {
    /// Channels for so many envelopes each, with the source's ends of the first and the last.
    fn open(
        queue: usize,
        live: &Live,
    ) -> (Sender<Envelope<Captured>>, Sender<Envelope<JudgedItem>>, Self) {
        let (to_clean, captured) = channel(queue);
        let (to_dedup, cleaned) = channel(queue);
        let (to_commit, judged) = channel(queue);
        live.watch("clean", &to_clean);
        live.watch("dedup", &to_dedup);
        live.watch("commit", &to_commit);
        let unchanged = to_commit.clone();
        (to_clean, unchanged, Self { captured, to_dedup, cleaned, to_commit, judged })
    }
}

/// The stages after the source.
struct Stages {
    jobs: usize,
    rules: Arc<SiteRules>,
    judging: DedupStage,
    committing: CommitStage,
}

impl Stages {
    /// Runs them beside the source, whose word on whether it was stopped is handed on.
    async fn run(
        self,
        channels: Channels,
        source: impl Future<Output = anyhow::Result<bool>>,
    ) -> anyhow::Result<(CommitEnd, bool)> {
        let Self { jobs, rules, judging, committing } = self;
        let Channels { captured, to_dedup, cleaned, to_commit, judged } = channels;
        let judging = tokio::task::spawn_blocking(move || judging.run(cleaned, &to_commit));
        let committing = tokio::task::spawn_blocking(move || committing.run(judged));
        let (stopped, (), judged, committed) = tokio::join!(
            source,
            clean_stage::run(captured, to_dedup, jobs, rules),
            judging,
            committing
        );
        // The last stage first: when it fails, the others only see their channels close.
        let end = committed??;
        judged??;
        Ok((end, stopped?))
    }
}

fn dedup_stage(
    context: &Context,
    next_sequence: u64,
    committed: watch::Receiver<Done>,
) -> anyhow::Result<DedupStage> {
    Ok(DedupStage {
        next_sequence,
        storyline: Storyline::open(&context.database, next_sequence)?,
        index: dedup::Index::new(dedup_settings(context)),
        past: Past(store::Past::open(&context.database)?),
        committed,
        sent: 0,
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
