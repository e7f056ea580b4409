//! Which captures of offline inputs were committed.

use std::collections::{BTreeMap, HashMap};

use record::{ContentHash, Reason, ReasonKind, RecordId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::commit::{CaptureKey, Commit, Committed};
use crate::error::{Sql, StoreError};
use crate::run::RunId;
use crate::{Reader, row, texts};

/// A capture that was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Captured {
    /// The hash of its bytes.
    pub hash: ContentHash,
    /// What became of it.
    pub outcome: CaptureOutcome,
}

/// What became of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureOutcome {
    /// It is a text of this record.
    Record(RecordId),
    /// It failed.
    Failed(ReasonKind),
    /// It was read and gave no record of its own (a feed).
    Nothing,
}

pub(crate) const CAPTURED: &str = "SELECT c.hash, c.record, f.reason
    FROM inputs i JOIN captures c ON c.input = i.input
    LEFT JOIN failures f ON f.input = c.input AND f.position = c.position
    WHERE i.name = ?1 AND c.position = ?2";

impl Reader {
    /// How far `run` has come in each input that holds many captures: its name and the
    /// position of the last capture that is committed. Those before it are as well.
    pub fn reached(&self, run: RunId) -> Result<HashMap<String, u64>, StoreError> {
        const REACHED: &str = "SELECT name, reached FROM inputs WHERE run = ?1 AND reached > 0";
        self.db.with(|c| {
            let mut find = c.prepare_cached(REACHED)?;
            let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?));
            let rows = find.query_map([run.0], read)?;
            rows.map(|row| row.map(|(name, at)| (name, at.cast_unsigned())))
                .collect::<Result<_, _>>()
                .map_err(Into::into)
        })
    }

    /// The inputs with this file name, wherever they lay when they were read.
    pub fn inputs_named(&self, file: &str) -> Result<Vec<String>, StoreError> {
        const NAMED: &str = "SELECT name FROM inputs
            WHERE name = ?1 OR substr(name, -length(?1) - 1) = '/' || ?1 ORDER BY input";
        self.db.with(|c| {
            let mut find = c.prepare_cached(NAMED)?;
            let names = find.query_map([file], |row| row.get(0))?;
            Ok(names.collect::<Result<_, _>>()?)
        })
    }

    /// What was committed from this place: where the hash of the bytes is the same, there is
    /// nothing left to do.
    pub fn captured(&self, source: &str, position: u64) -> Result<Option<Captured>, StoreError> {
        self.db.with(|c| {
            let mut find = c.prepare_cached(CAPTURED)?;
            let read = |row: &rusqlite::Row<'_>| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?, row.get::<_, Option<String>>(2)?))
            };
            let found: Option<(Vec<u8>, Option<String>, Option<String>)> =
                find.query_row(params![source, position.cast_signed()], read).optional()?;
            let Some((hash, record, reason)) = found else { return Ok(None) };
            let outcome = match (record, reason) {
                (Some(id), _) => CaptureOutcome::Record(row::id(&id)?),
                (None, Some(code)) => CaptureOutcome::Failed(
                    ReasonKind::from_code(&code).ok_or_else(|| row::damaged("reason"))?,
                ),
                (None, None) => CaptureOutcome::Nothing,
            };
            Ok(Some(Captured { hash: row::hash(&hash)?, outcome }))
        })
    }
}

impl crate::Edits {
    /// Takes note of an input before anything is taken from it.
    pub fn add_input(&mut self, name: &str) -> Result<(), StoreError> {
        const ADD: &str = "INSERT INTO inputs (name) VALUES (?1) ON CONFLICT DO NOTHING";
        self.write(|c| Ok(c.execute(ADD, [name]).map(drop)?))
    }

    /// The position of the last capture that was taken from an input: 0 where none was, `None`
    /// for an input that is not known.
    pub fn last_capture(&mut self, name: &str) -> Result<Option<u64>, StoreError> {
        const LAST: &str = "SELECT coalesce((SELECT max(position) FROM captures
            WHERE captures.input = inputs.input), 0) FROM inputs WHERE name = ?1";
        self.write(|c| {
            let last: Option<i64> = c.query_row(LAST, [name], |row| row.get(0)).optional()?;
            Ok(last.map(i64::cast_unsigned))
        })
    }
}

/// The place in each input that `run` has come to: everything before it is committed.
pub(crate) fn keep_reached(
    c: &Connection,
    run: RunId,
    batch: &[Commit],
    inputs: &mut HashMap<String, i64>,
) -> Sql<()> {
    const KEEP: &str = "UPDATE inputs SET run = ?2, reached = ?3 WHERE input = ?1";
    let mut reached: BTreeMap<i64, u64> = BTreeMap::new();
    for key in batch.iter().filter_map(|commit| commit.passed.as_ref().or(commit.capture.as_ref()))
    {
        // A file that is one capture has no place in it to go on from.
        if key.position > 0 {
            reached.insert(number(c, key, inputs)?, key.position);
        }
    }
    for (input, position) in reached {
        c.prepare_cached(KEEP)?.execute(params![input, run.0, position.cast_signed()])?;
    }
    Ok(())
}

/// The number of an input, which it gets when it is first seen.
pub(crate) fn number(
    c: &Connection,
    key: &CaptureKey,
    inputs: &mut HashMap<String, i64>,
) -> Sql<i64> {
    const FIND: &str = "SELECT input FROM inputs WHERE name = ?1";
    const ADD: &str = "INSERT INTO inputs (name) VALUES (?1) RETURNING input";
    if let Some(number) = inputs.get(&key.source) {
        return Ok(*number);
    }
    let read = |row: &rusqlite::Row<'_>| row.get(0);
    let found = c.prepare_cached(FIND)?.query_row([&key.source], read).optional()?;
    let number = match found {
        Some(number) => number,
        None => c.prepare_cached(ADD)?.query_row([&key.source], read)?,
    };
    inputs.insert(key.source.clone(), number);
    Ok(number)
}

/// The commit of the same bytes from the same place, if it gave a record.
pub(crate) fn committed_before(
    c: &Connection,
    input: i64,
    key: &CaptureKey,
) -> Sql<Option<Committed>> {
    const FIND: &str = "SELECT record FROM captures
        WHERE input = ?1 AND position = ?2 AND hash = ?3 AND record IS NOT NULL";
    let Some(hash) = key.hash else { return Ok(None) };
    let values = params![input, key.position.cast_signed(), hash.as_bytes()];
    let found: Option<String> =
        c.prepare_cached(FIND)?.query_row(values, |row| row.get(0)).optional()?;
    found.map(|id| texts::current(c, row::id(&id)?)).transpose()
}

/// Notes what became of a capture.
pub(crate) fn keep_capture(
    c: &Connection,
    input: i64,
    key: &CaptureKey,
    id: Option<RecordId>,
    failure: Option<&Reason>,
    at: i64,
) -> Sql<()> {
    const KEEP: &str = "INSERT INTO captures (input, position, hash, record)
        VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (input, position) DO UPDATE SET hash = ?3, record = ?4";
    const FAIL: &str = "INSERT INTO failures (input, position, reason, detail, failed_at)
        VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (input, position) DO UPDATE SET reason = ?3, detail = ?4, failed_at = ?5";
    const HEAL: &str = "DELETE FROM failures WHERE input = ?1 AND position = ?2";
    let position = key.position.cast_signed();
    if let Some(hash) = key.hash {
        let id = id.map(|id| id.to_string());
        c.prepare_cached(KEEP)?.execute(params![input, position, hash.as_bytes(), id])?;
    }
    match failure {
        Some(reason) => c.prepare_cached(FAIL)?.execute(params![
            input,
            position,
            reason.kind.code(),
            reason.detail,
            at
        ])?,
        None => c.prepare_cached(HEAL)?.execute(params![input, position])?,
    };
    Ok(())
}
