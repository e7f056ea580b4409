//! How texts and failures came about: kept beside them, read by `explain`.

use std::time::Duration;

use jiff::Timestamp;
use record::{Reason, RecordId};
use rusqlite::{Connection, Row, named_params, params};

use crate::commit::{Commit, Committed, Effect, Outcome};
use crate::error::{Sql, StoreError};
use crate::time::{from_millis, millis};
use crate::{Reader, row};

/// Bytes of one trail: a longer one is not kept. Whoever makes it shortens it.
pub const MAX_TRAIL: usize = 8 << 10;

/// Trails kept of one entry, or of one place in an input.
const KEPT: i64 = 4;

/// Old trails that a batch takes away at most: twice as many as a full batch brings.
const PRUNED: i64 = 512;

/// One way from a capture to its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// When it was captured.
    pub at: Timestamp,
    /// What it was counted as: the code of an [`Outcome`].
    pub outcome: String,
    /// Code and detail of the reason of a failure.
    pub reason: Option<(String, String)>,
    /// The record that it led to.
    pub record: Option<RecordId>,
    /// The requests and decisions, as JSON that only its writer reads.
    pub steps: String,
}

/// A page of the frontier: how it was found and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryInfo {
    /// Its number.
    pub entry: i64,
    /// What is fetched; `None` for an item without a page.
    pub url: Option<String>,
    /// The feeds that listed it: their URL, their title and the item's id there.
    pub feeds: Vec<(String, Option<String>, String)>,
    /// `waiting`, `suspect`, `claimed`, `done` or `dead`.
    pub state: String,
    /// When it falls due, where it waits.
    pub due_at: Timestamp,
    /// Failures since the last success.
    pub attempts: u32,
    /// Code and detail of the last failure.
    pub reason: Option<(String, String)>,
    /// When it was found first.
    pub found_at: Timestamp,
    /// When it was last done with.
    pub finished_at: Option<Timestamp>,
}

/// Keeps the trail of a commit, if it has one and something came of it.
pub(crate) fn keep(
    c: &Connection,
    commit: &Commit,
    input: Option<(i64, u64)>,
    done: &Committed,
) -> Sql<()> {
    const KEEP: &str = "INSERT INTO trails
            (entry, record, input, position, at, outcome, reason, detail, steps)
        VALUES (:entry, :record, :input, :position, :at, :outcome, :reason, :detail, :steps)";
    let Some(steps) = commit.trail.as_deref() else { return Ok(()) };
    if done.outcome == Outcome::Unchanged || steps.len() > MAX_TRAIL {
        return Ok(());
    }
    let entry = commit.entry.map(|entry| entry.0);
    let reason = failure(commit);
    c.prepare_cached(KEEP)?.execute(named_params! {
        ":entry": entry, ":record": done.id.map(|id| id.to_string()),
        ":input": input.map(|(input, _)| input),
        ":position": input.map(|(_, position)| position.cast_signed()),
        ":at": millis(commit.at), ":outcome": done.outcome.code(),
        ":reason": reason.map(|r| r.kind.code()), ":detail": reason.map(|r| r.detail.as_str()),
        ":steps": steps,
    })?;
    forget_older(c, entry, input)
}

fn failure(commit: &Commit) -> Option<&Reason> {
    match &commit.effect {
        Effect::Failed(reason) => Some(reason),
        _ => None,
    }
}

fn forget_older(c: &Connection, entry: Option<i64>, input: Option<(i64, u64)>) -> Sql<()> {
    const OF_ENTRY: &str = "DELETE FROM trails WHERE entry = ?1 AND trail <=
        (SELECT trail FROM trails WHERE entry = ?1 ORDER BY trail DESC LIMIT 1 OFFSET ?2)";
    const OF_INPUT: &str = "DELETE FROM trails WHERE input = ?1 AND position = ?2 AND trail <=
        (SELECT trail FROM trails WHERE input = ?1 AND position = ?2
         ORDER BY trail DESC LIMIT 1 OFFSET ?3)";
    if let Some(entry) = entry {
        c.prepare_cached(OF_ENTRY)?.execute(params![entry, KEPT])?;
    }
    if let Some((input, position)) = input {
        c.prepare_cached(OF_INPUT)?.execute(params![input, position.cast_signed(), KEPT])?;
    }
    Ok(())
}

/// Forgets some of those captured longer than `kept` before the latest capture of the batch.
pub(crate) fn prune(c: &Connection, batch: &[Commit], kept: Duration) -> Sql<()> {
    const PRUNE: &str = "DELETE FROM trails WHERE trail IN
        (SELECT trail FROM trails WHERE at < ?1 ORDER BY at LIMIT ?2)";
    if let Some(latest) = batch.iter().map(|commit| millis(commit.at)).max() {
        let kept = i64::try_from(kept.as_millis()).unwrap_or(i64::MAX);
        c.prepare_cached(PRUNE)?.execute(params![latest.saturating_sub(kept), PRUNED])?;
    }
    Ok(())
}

const TRAIL: &str = "SELECT at, outcome, reason, detail, record, steps FROM trails";

const ENTRY: &str = "SELECT entry, url, state, due_at, attempts, reason, detail, found_at,
    finished_at FROM entries";

impl Reader {
    /// The pages that this name leads to: by the identity of their URL, or by the record that
    /// came of them.
    pub fn entries_of(
        &self,
        names: &[String],
        record: Option<RecordId>,
    ) -> Result<Vec<EntryInfo>, StoreError> {
        self.db.with(|c| {
            let mut found = Vec::new();
            let by_name = format!("{ENTRY} WHERE name = ?1 OR name = ?1 || '#'");
            for name in names {
                collect(c, &by_name, name, &mut found)?;
            }
            if let Some(id) = record {
                let by_record = format!("{ENTRY} WHERE record = ?1 ORDER BY entry LIMIT 20");
                collect(c, &by_record, &id.to_string(), &mut found)?;
            }
            Ok(found)
        })
    }

    /// The trails of an entry, the oldest first.
    pub fn trails_of_entry(&self, entry: i64) -> Result<Vec<Trail>, StoreError> {
        let sql = format!("{TRAIL} WHERE entry = ?1 ORDER BY trail");
        self.db.with(|c| trails(c, &sql, &entry))
    }

    /// The trails that led to a record without the frontier, the oldest first.
    pub fn trails_of_record(&self, id: RecordId) -> Result<Vec<Trail>, StoreError> {
        let sql = format!("{TRAIL} WHERE record = ?1 AND entry IS NULL ORDER BY trail LIMIT 20");
        self.db.with(|c| trails(c, &sql, &id.to_string()))
    }

    /// The trails of an input by its path, the oldest first; those of an archive are the first
    /// few of its failures.
    pub fn trails_of_input(&self, name: &str) -> Result<Vec<Trail>, StoreError> {
        let sql = format!(
            "{TRAIL} WHERE input = (SELECT input FROM inputs WHERE name = ?1) ORDER BY trail
             LIMIT 20"
        );
        self.db.with(|c| trails(c, &sql, &name))
    }

    /// The failures of an input by its path: code, detail and when.
    pub fn failures_of_input(
        &self,
        name: &str,
    ) -> Result<Vec<(String, String, Timestamp)>, StoreError> {
        const FAILED: &str = "SELECT reason, detail, failed_at FROM failures
            WHERE input = (SELECT input FROM inputs WHERE name = ?1) ORDER BY position LIMIT 20";
        self.db.with(|c| {
            let mut find = c.prepare_cached(FAILED)?;
            let read = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, from_millis(r.get(2)?)));
            let rows = find.query_map([name], read)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn collect(c: &Connection, sql: &str, key: &str, found: &mut Vec<EntryInfo>) -> Sql<()> {
    let mut find = c.prepare_cached(sql)?;
    let mut rows = find.query([key])?;
    while let Some(row) = rows.next()? {
        let mut info = entry(row)?;
        if found.iter().all(|other| other.entry != info.entry) {
            info.feeds = feeds(c, info.entry)?;
            found.push(info);
        }
    }
    Ok(())
}

fn entry(row: &Row<'_>) -> Sql<EntryInfo> {
    let reason: Option<String> = row.get(5)?;
    let detail: Option<String> = row.get(6)?;
    Ok(EntryInfo {
        entry: row.get(0)?,
        url: row.get(1)?,
        feeds: Vec::new(),
        state: row.get(2)?,
        due_at: from_millis(row.get(3)?),
        attempts: row.get(4)?,
        reason: reason.map(|code| (code, detail.unwrap_or_default())),
        found_at: from_millis(row.get(7)?),
        finished_at: row.get::<_, Option<i64>>(8)?.map(from_millis),
    })
}

fn feeds(c: &Connection, entry: i64) -> Sql<Vec<(String, Option<String>, String)>> {
    const FEEDS: &str = "SELECT f.url, f.title, i.guid FROM feed_items i
        JOIN feeds f ON f.feed = i.feed WHERE i.entry = ?1 ORDER BY i.found_at, f.feed LIMIT 20";
    let mut find = c.prepare_cached(FEEDS)?;
    let rows = find.query_map([entry], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn trails(c: &Connection, sql: &str, key: &dyn rusqlite::ToSql) -> Sql<Vec<Trail>> {
    let mut find = c.prepare_cached(sql)?;
    let mut rows = find.query([key])?;
    let mut trails = Vec::new();
    while let Some(found) = rows.next()? {
        let reason: Option<String> = found.get(2)?;
        let detail: Option<String> = found.get(3)?;
        let record: Option<String> = found.get(4)?;
        trails.push(Trail {
            at: from_millis(found.get(0)?),
            outcome: found.get(1)?,
            reason: reason.map(|code| (code, detail.unwrap_or_default())),
            record: record.as_deref().map(row::id).transpose()?,
            steps: found.get(5)?,
        });
    }
    Ok(trails)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{World, at};

    fn put(world: &mut World, body: &str, millis: i64, steps: &str) -> RecordId {
        let mut commit = world.text("https://a.example/1", body, millis);
        commit.trail = Some(steps.to_owned());
        world.commit(commit).id.unwrap()
    }

    #[test]
    fn trails_of_changes_are_kept_those_of_known_texts_and_long_ones_are_not() {
        let mut world = World::new();
        let id = put(&mut world, "One.", 10, "[1]");
        put(&mut world, "One.", 20, "[2]");
        put(&mut world, "Two.", 30, "[3]");
        put(&mut world, "Three.", 40, &format!("[\"{}\"]", "x".repeat(MAX_TRAIL)));
        let trails = world.reader().trails_of_record(id).unwrap();
        let kept: Vec<_> =
            trails.iter().map(|t| (t.steps.as_str(), t.outcome.as_str(), t.at)).collect();
        assert_eq!(kept, [("[1]", "stored", at(10)), ("[3]", "revision", at(30))]);
    }

    #[test]
    fn old_trails_go() {
        let mut world = World::new();
        let id = put(&mut world, "One.", 10, "[1]");
        let day = 86_400_000;
        put(&mut world, "Two.", 91 * day, "[2]");
        let trails = world.reader().trails_of_record(id).unwrap();
        assert_eq!(trails.len(), 1);
        assert_eq!(trails[0].steps, "[2]");
    }
}
