//! Storing one commit: its effect, its capture and the end of its claim.

use std::collections::HashMap;
use std::sync::LazyLock;

use record::{Reason, ReasonKind, RecordId};
use rusqlite::{Connection, OptionalExtension, named_params};

use crate::commit::{Commit, Committed, Effect, Outcome};
use crate::error::Sql;
use crate::feed_days::Days;
use crate::id::EntryId;
use crate::run::{Of, Tally};
use crate::time::millis;
use crate::{captured, feed_poll, host, recorded, texts, trails};

/// Stores one commit of a batch and counts it.
pub(crate) fn one(
    c: &Connection,
    run: i64,
    commit: &Commit,
    inputs: &mut HashMap<String, i64>,
    tally: &mut Tally,
    days: &mut Days,
    keeps_trails: bool,
) -> Sql<Committed> {
    let at = millis(commit.at);
    let input = match &commit.capture {
        Some(key) => Some((captured::number(c, key, inputs)?, key)),
        None => None,
    };
    if let Some((input, key)) = input
        && let Some(known) = captured::committed_before(c, input, key)?
    {
        return Ok(known);
    }
    if let Some(host) = &commit.host {
        host::put(c, host)?;
    }
    let done = match &commit.effect {
        Effect::Record(judged) => texts::store(c, judged, at, commit.cleaner.as_deref())?,
        Effect::Again(judged) => texts::store_again(c, judged, at, commit.cleaner.as_deref())?,
        Effect::Unchanged(id) => texts::met_again(c, *id, at)?,
        Effect::Failed(reason) => nothing(match reason.kind {
            ReasonKind::Filtered => Outcome::Filtered,
            _ if is_task(commit) && commit.again_at.is_some() => Outcome::Retried,
            _ => Outcome::Failed,
        }),
        Effect::Polled(poll) => {
            let stored = feed_poll::store(c, poll, run, at)?;
            if stored.was_claimed {
                tally.count(Of::Feed, stored.outcome);
            }
            days.poll(commit, poll.feed, stored.outcome);
            nothing(stored.outcome)
        }
        Effect::Listed(poll) => nothing(recorded::poll(c, poll, at)?),
    };
    if let Some((input, key)) = input {
        // A task that failed has its dead letter in the frontier.
        let failed = failure(commit).filter(|_| !is_task(commit));
        captured::keep_capture(c, input, key, done.id, failed, at)?;
        tally.count(Of::Capture, done.outcome);
    }
    if let Some(entry) = commit.entry
        && let Some(finished) = finish(c, &FINISH_CLAIMED, (run, entry), commit, done.id)?
    {
        tally.count(Of::Entry, done.outcome);
        if let Some(feed) = finished.feed {
            days.entry(commit, feed, done.outcome);
        }
    }
    if let Some(recorded) = &commit.recorded
        && let Some(entry) = recorded::entry(c, recorded, at)?
    {
        let finished = finish(c, &FINISH_RECORDED, (run, EntryId(entry)), commit, done.id)?;
        if let Some(feed) = finished.and_then(|finished| finished.feed) {
            days.entry(commit, feed, done.outcome);
        }
    }
    if keeps_trails {
        trails::keep(c, commit, input.map(|(input, key)| (input, key.position)), &done)?;
    }
    Ok(done)
}

fn nothing(outcome: Outcome) -> Committed {
    Committed { outcome, id: None, url: None, revision: 0 }
}

/// Does it end a task of the frontier?
const fn is_task(commit: &Commit) -> bool {
    commit.entry.is_some() || commit.recorded.is_some()
}

const fn failure(commit: &Commit) -> Option<&Reason> {
    match &commit.effect {
        Effect::Failed(reason) => Some(reason),
        _ => None,
    }
}

/// An entry whose claim ended.
struct Finished {
    /// The feed that brought it.
    feed: Option<i64>,
}

/// Ends an entry. `{hot}` tells whether it is fetched again, `{wait}` when, `{whose}` whether it
/// is ours to end.
const FINISH: &str = "UPDATE entries SET
        state = CASE WHEN again OR {hot} THEN 'waiting' ELSE :state END,
        due_at = CASE WHEN again THEN :at WHEN {hot} THEN :at + {wait}
            ELSE coalesce(:again_at, due_at) END,
        attempts = iif(:reason IS NULL, 0, attempts + 1),
        reason = :reason, detail = :detail, record = coalesce(:record, record),
        payload = iif(:state = 'done' AND NOT again AND NOT {hot}, NULL, payload),
        etag = CASE WHEN again OR (:state = 'done' AND NOT {hot}) THEN NULL
            WHEN :keeps THEN etag ELSE :etag END,
        last_modified = CASE WHEN again OR (:state = 'done' AND NOT {hot}) THEN NULL
            WHEN :keeps THEN last_modified ELSE :last_modified END,
        run = NULL, lease_until = NULL, alone = 0, unfinished = 0, again = 0,
        finished_at = :at
    WHERE entry = :entry AND {whose} RETURNING feed";

/// Twice its age from now on; not before an hour.
const WAIT: &str = "max(3600000, :at - found_at)";
const HOT: &str = "(:state = 'done' AND url IS NOT NULL
    AND :at + max(3600000, :at - found_at) <= found_at + :hot)";

/// Of one that is claimed by this run.
static FINISH_CLAIMED: LazyLock<String> =
    LazyLock::new(|| finish_where("state = 'claimed' AND run = :run"));

/// Of one that nobody has in hand.
static FINISH_RECORDED: LazyLock<String> =
    LazyLock::new(|| finish_where("state <> 'claimed' AND :run IS NOT NULL"));

fn finish_where(whose: &str) -> String {
    FINISH.replace("{hot}", HOT).replace("{wait}", WAIT).replace("{whose}", whose)
}

/// Ends an entry, if it is ours to end: then tells its feed.
fn finish(
    c: &Connection,
    sql: &str,
    (run, entry): (i64, EntryId),
    commit: &Commit,
    id: Option<RecordId>,
) -> Sql<Option<Finished>> {
    let reason = failure(commit);
    let state = match (commit.again_at, reason) {
        (Some(_), _) => "waiting",
        (None, Some(_)) => "dead",
        (None, None) => "done",
    };
    // What failed leaves the text as it is, and what vouches for it.
    let validators = commit.validators.as_ref().filter(|_| reason.is_none());
    let named = named_params! {
        ":keeps": validators.is_none(),
        ":etag": validators.and_then(|kept| kept.etag.as_deref()),
        ":last_modified": validators.and_then(|kept| kept.last_modified.as_deref()),
        ":entry": entry.0, ":run": run, ":state": state, ":at": millis(commit.at),
        ":hot": commit.hot_for.as_millis().min(1 << 50) as i64,
        ":again_at": commit.again_at.map(millis),
        ":reason": reason.map(|r| r.kind.code()), ":detail": reason.map(|r| r.detail.as_str()),
        ":record": id.map(|id| id.to_string()),
    };
    Ok(c.prepare_cached(sql)?
        .query_row(named, |row| Ok(Finished { feed: row.get(0)? }))
        .optional()?)
}

/// The next free sequence number, moved past those of the batch.
pub(crate) fn keep_position(c: &Connection, batch: &[Commit]) -> Sql<()> {
    const KEEP: &str = "UPDATE position SET next_seq = max(next_seq, ?1)";
    let used = batch.iter().filter_map(|commit| match &commit.effect {
        Effect::Record(judged) | Effect::Again(judged) => Some(judged.sequence),
        _ => None,
    });
    if let Some(last) = used.max() {
        c.prepare_cached(KEEP)?.execute([last.saturating_add(1).cast_signed()])?;
    }
    Ok(())
}
