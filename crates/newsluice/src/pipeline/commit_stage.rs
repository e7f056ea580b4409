//! The commit stage: batches of judged records into the database, one transaction each.

mod batch;
mod commit;

use std::time::{Duration, Instant};

use jiff::Timestamp;
use record::{Novelty, Reason};
use store::{Commit, Committed, Effect, PollResult, RunId, Store};
use tokio::sync::mpsc::Receiver;
use tokio::sync::watch;

use super::acknowledge::Acknowledgements;
use super::envelope::{Envelope, JudgedItem};
use super::handover;
use super::live::Live;
use super::reach::{Reach, Shows};
use super::recorder::Recorder;
use super::sample::{Sample, Stored};
use super::tally::Tally;
use super::watchdog::Pulse;
use crate::output::harmless;
use crate::progress::Progress;
use crate::shutdown::Shutdown;
pub(super) use batch::Batching;
use batch::collect;
use commit::as_commit;

/// How long a daemon waits before it tries a batch again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// How many envelopes are committed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Done {
    /// All of them.
    pub(crate) all: u64,
    /// Those but the polls of feeds, of which some take a shorter way.
    pub(crate) captures: u64,
}

/// What the stage owns.
pub(crate) struct CommitStage {
    /// The one write connection.
    pub(crate) store: Store,
    /// Whose claims the commits end.
    pub(crate) run: RunId,
    /// When a batch is full.
    pub(crate) batching: Batching,
    /// For a daemon: trouble that may pass does not end the run, unless a stop was asked for.
    pub(crate) shutdown: Option<Shutdown>,
    /// What it recorded must be on disk first.
    pub(crate) recorder: Option<Recorder>,
    /// The file of `--ack`.
    pub(crate) acknowledgements: Option<Acknowledgements>,
    /// Tells the stages before how many envelopes are committed.
    pub(crate) committed: watch::Sender<Done>,
    /// Pages are fetched again until they are so old; 0 = never.
    pub(crate) hot_for: Duration,
    /// Tells whether it gets on.
    pub(super) pulse: Pulse,
    /// Tells what the run is doing.
    pub(super) live: Live,
    /// Tells whether anybody can be reached.
    pub(super) reach: Reach,
    /// Shows the counts as they grow.
    pub(crate) progress: Progress,
    /// The first of what was stored, for the table at the end.
    pub(crate) sample: Sample,
}

/// What the stage leaves behind.
pub(crate) struct CommitEnd {
    /// The connection, for the end of the run.
    pub(crate) store: Store,
    /// The counts.
    pub(crate) tally: Tally,
    /// The first of what was stored.
    pub(crate) sample: Sample,
}

impl CommitStage {
    /// Commits what comes in until the input ends.
    ///
    /// # Errors
    /// What the database or the file of acknowledgements says. Nothing that was not committed
    /// was acknowledged.
    pub(crate) fn run(
        mut self,
        mut input: Receiver<Envelope<JudgedItem>>,
    ) -> anyhow::Result<CommitEnd> {
        let mut tally = Tally::default();
        let mut done = Done::default();
        let started = Instant::now();
        loop {
            let wait = self.batching.wait_after(started.elapsed());
            let batch = collect(&mut input, Batching { wait, ..self.batching });
            if batch.is_empty() {
                for line in self.reach.end() {
                    self.progress.say(&line);
                }
                return Ok(CommitEnd { store: self.store, tally, sample: self.sample });
            }
            done.all += batch.len() as u64;
            done.captures +=
                batch.iter().filter(|envelope| !envelope.body.is_poll()).count() as u64;
            self.commit(batch, &mut tally)?;
            self.pulse.idle();
            self.committed.send_replace(done);
            self.progress.show(&tally);
            self.live.committed(&tally, self.reach.is_gone());
        }
    }

    fn commit(
        &mut self,
        batch: Vec<Envelope<JudgedItem>>,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        // The permits stay until the batch is on disk.
        let mut permits = Vec::with_capacity(batch.len());
        let mut commits = Vec::with_capacity(batch.len());
        let mut notes = Vec::with_capacity(batch.len());
        let mut receipts = Vec::new();
        for mut envelope in batch {
            permits.push(envelope.permit.take());
            let receipt = envelope.receipt.take();
            let (rest, item) = envelope.split();
            notes.push(self.note(&rest, &item, tally));
            let mut commit = as_commit(rest, item);
            if let Some(commit) = &mut commit {
                commit.hot_for = self.hot_for;
            }
            receipts
                .extend(receipt.map(|receipt| (receipt, commit.as_ref().map(|_| commits.len()))));
            commits.extend(commit);
        }
        if let Some(recorder) = &self.recorder {
            recorder.sync()?;
        }
        let committed = self.store_durably(&commits)?;
        self.acknowledge(&committed)?;
        for (receipt, place) in receipts {
            receipt.done(place.and_then(|place| done(&commits, &committed, place)));
        }
        for stored in notes.into_iter().flatten() {
            self.sample.push(stored);
        }
        Ok(())
    }

    /// Commits, and for a daemon tries again while the trouble may pass: a full disk or a
    /// database that another program holds. Meanwhile the bounded queues fill and fetching
    /// pauses by itself.
    fn store_durably(&mut self, commits: &[Commit]) -> anyhow::Result<Vec<Committed>> {
        loop {
            self.pulse.busy();
            match self.store.commit(self.run, commits) {
                Err(e) if e.kind.may_pass() && self.keeps_trying() => {
                    tracing::warn!("{e}; trying again");
                    std::thread::sleep(TRY_AGAIN);
                }
                result => return Ok(result?),
            }
        }
    }

    fn keeps_trying(&self) -> bool {
        self.shutdown.as_ref().is_some_and(|shutdown| !shutdown.is_requested())
    }

    /// Counts one envelope and says what people should see of it.
    fn note(
        &mut self,
        rest: &Envelope<()>,
        item: &JudgedItem,
        tally: &mut Tally,
    ) -> Option<Stored> {
        match item {
            JudgedItem::Record(judged, removed) | JudgedItem::Again(judged, removed) => {
                tally.count(&judged.verdict);
                self.tell(rest, None, None);
                (judged.verdict.novelty != Novelty::Unchanged)
                    .then(|| Stored::of(&judged.record, &judged.verdict, *removed))
            }
            JudgedItem::Known | JudgedItem::Stays(_, None) => {
                tally.count_known();
                self.tell(rest, None, None);
                None
            }
            JudgedItem::Stays(_, Some(reason)) => {
                tally.count_known();
                let line = format!("{} stays as it is: {reason}", rest.name);
                self.progress.say(&harmless(&line));
                None
            }
            JudgedItem::Failed(reason) => {
                tally.count_failure(reason);
                let again_at = rest.entry.as_ref().and_then(|claimed| claimed.again_at);
                self.tell(rest, Some((&rest.name, reason)), again_at);
                None
            }
            JudgedItem::Listed(_) => {
                tally.count_poll(None);
                self.tell(rest, None, None);
                None
            }
            JudgedItem::Polled(poll) => {
                let failed = match &poll.result {
                    PollResult::Failed(reason) | PollResult::Gone(reason) => Some(reason),
                    PollResult::Read(_) | PollResult::NotModified => None,
                };
                tally.count_poll(failed);
                let name = format!("feed {}", rest.name);
                self.tell(rest, failed.map(|reason| (&*name, reason)), Some(poll.next_due));
                None
            }
        }
    }

    /// Tells what failed, or that it is the network.
    fn tell(
        &mut self,
        rest: &Envelope<()>,
        failed: Option<(&str, &Reason)>,
        again_at: Option<Timestamp>,
    ) {
        let complaint = failed.map(|(name, reason)| harmless(&format!("{name}: {reason}")));
        if let Some(complaint) = &complaint {
            self.live.failed(complaint.clone());
        }
        let shows = Shows::of(rest.cost.requests, failed.map(|(_, reason)| reason.kind));
        let now = crate::clock::now();
        for line in self.reach.saw(shows, &rest.name, complaint, again_at, now) {
            self.progress.say(&line);
        }
    }

    fn acknowledge(&mut self, committed: &[Committed]) -> anyhow::Result<()> {
        let Some(acknowledgements) = &mut self.acknowledgements else { return Ok(()) };
        let names: Vec<String> = committed.iter().filter_map(name_of).collect();
        acknowledgements.write(names.iter().map(String::as_str))
    }
}

/// What an acknowledgement calls a text: its URL, else its id.
fn name_of(committed: &Committed) -> Option<String> {
    let id = committed.id?;
    Some(committed.url.clone().unwrap_or_else(|| id.to_string()))
}

/// What is told of the commit at this place to the process that handed it over.
fn done(commits: &[Commit], committed: &[Committed], place: usize) -> Option<handover::Done> {
    let (commit, committed) = (commits.get(place)?, committed.get(place)?);
    let reason = match &commit.effect {
        Effect::Failed(reason) => Some(reason),
        _ => None,
    };
    Some(handover::Done::of(committed, name_of(committed), reason.cloned()))
}
