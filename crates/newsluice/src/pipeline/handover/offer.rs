//! The client's side: what a replay reads, sent to the daemon that has the database.

use std::io::{BufRead, BufReader, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Instant;

use store::{Edits, Outcome, Reader, Run};

use super::super::acknowledge::Acknowledgements;
use super::super::envelope::{Captured, Envelope};
use super::super::replay::{Captures, Replay};
use super::super::sample::Sample;
use super::super::tally::Tally;
use super::super::{Ended, Plan};
use super::{Done, frame, socket_of};
use crate::context::Context;
use crate::exit::TryAgain;
use crate::output;

/// Is there a daemon that takes work over?
pub(crate) fn is_daemon(database: &Path) -> bool {
    UnixStream::connect(socket_of(database)).is_ok()
}

/// Hands what the replay reads to the daemon that has the database, to its end.
///
/// # Errors
/// [`TryAgain`] where whoever has the database takes nothing over, or ends before it took
/// everything: the same command goes on from there.
pub(crate) fn offer(
    context: &Context,
    plan: &Plan<'_>,
    replay: impl FnOnce(Run, Reader) -> anyhow::Result<Replay>,
) -> anyhow::Result<Ended> {
    let started = Instant::now();
    let Ok(stream) = UnixStream::connect(socket_of(&context.database)) else {
        return Err(TryAgain(format!(
            "database {}: in use by another process that takes no work over, as only 'run' \
             without --once does; try again when it is done",
            context.database.display()
        ))
        .into());
    };
    let acknowledgements = plan.ack.map(Acknowledgements::open).transpose()?;
    let mut edits = Edits::open(&context.database, context.config.store.busy_timeout.0)?;
    let run = edits.begin_run(plan.kind, &plan.key, crate::clock::now())?;
    let replay = replay(run, Reader::open(&context.database)?)?;
    if !context.quiet {
        output::complain("a daemon has this database: handing over to it");
    }
    let (from, to) = (stream.try_clone()?, stream);
    let (sent, heard) = std::thread::scope(|scope| {
        let sending = scope.spawn(move || send(replay, to));
        let heard = hear(from, acknowledgements);
        (sending.join(), heard)
    });
    let (sent, heard) = (sent.map_err(|_| anyhow::anyhow!("the reading thread died"))??, heard?);
    if sent.handed > heard.seen + heard.polled {
        return Err(TryAgain(
            "the daemon ended before it had taken everything; the same command goes on from here"
                .to_owned(),
        )
        .into());
    }
    edits.end_run(run.id, crate::clock::now())?;
    let mut tally = heard;
    (0..sent.known).for_each(|_| tally.count_known());
    let sample = Sample::default();
    let passed_over = sent.passed_over;
    Ok(Ended { tally, sample, stopped: false, elapsed: started.elapsed(), passed_over })
}

/// What was read.
#[derive(Default)]
struct Sent {
    /// Handed over.
    handed: u64,
    /// Committed by an earlier run already.
    known: u64,
    /// Records of archives that hold no page.
    passed_over: u64,
}

/// Sends to the end of the input; that the daemon went away is told by what is not answered.
fn send(replay: Replay, mut to: UnixStream) -> anyhow::Result<Sent> {
    let mut sent = Sent::default();
    let mut captures = Captures::of(replay);
    for envelope in captures.by_ref() {
        let envelope: Envelope<Captured> = envelope?;
        if matches!(envelope.body, Captured::Known) {
            sent.known += 1;
            continue;
        }
        let name = envelope.name.clone();
        let Some(bytes) = frame::pack(envelope) else {
            output::complain(&format!("{}: too large to be handed over", output::harmless(&name)));
            continue;
        };
        sent.handed += 1;
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
    sent.passed_over = captures.passed_over();
    to.shutdown(Shutdown::Write).ok();
    Ok(sent)
}

/// Listens to what became of each, to the end.
fn hear(from: UnixStream, mut acks: Option<Acknowledgements>) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    for line in BufReader::new(from).lines() {
        // A connection that breaks is one that ends: what is not answered is handed in again.
        let Ok(line) = line else { break };
        let Ok(done) = serde_json::from_str::<Done>(&line) else { break };
        if let (Some(acks), Some(name)) = (&mut acks, &done.ack) {
            acks.write(std::iter::once(name.as_str()))?;
        }
        if let Some(reason) = done.failure()
            && !tally.failed.contains_key(&reason.kind)
        {
            // One of each kind; the daemon tells of all.
            output::complain(&output::harmless(&reason.to_string()));
        }
        count(&mut tally, &done);
    }
    Ok(tally)
}

fn count(tally: &mut Tally, done: &Done) {
    let is = |outcome: Outcome| done.outcome == outcome.code();
    if let Some(reason) = done.failure() {
        tally.count_failure(&reason);
    } else if is(Outcome::Polled { new: 0, changed: 0, known: 0 }) {
        tally.count_poll(None);
    } else if is(Outcome::Unchanged) {
        tally.count_known();
    } else {
        tally.count_stored(is(Outcome::Revision), is(Outcome::Duplicate));
    }
}
