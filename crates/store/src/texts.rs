//! Storing a judged text: a new record, a revision in its place, or nothing.

mod columns;
mod spans;
#[cfg(test)]
mod tests;
mod write;

use record::{Novelty, RecordId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::article::seq_of;
use crate::commit::{Committed, Judged, Outcome};
use crate::error::{ErrorKind, Fault, Sql};
use crate::timeline::{self, Place};

pub(crate) use columns::TextColumns;
#[cfg(test)]
pub(crate) use spans::SPANS;
pub(crate) use spans::spans;
use spans::{cut, see, see_earlier, split};
use write::put;

/// Stores a judged text. What is stored already, by an earlier commit of the same capture,
/// is left as it is.
pub(crate) fn store(
    c: &Connection,
    judged: &Judged,
    at: i64,
    cleaner: Option<&str>,
) -> Sql<Committed> {
    let id = judged.verdict.id;
    let done = match seq_of(c, id)? {
        None => insert(c, judged, at, cleaner)?,
        Some(seq) => add(c, seq, judged, at, cleaner)?,
    };
    add_aliases(c, id, &judged.aliases)?;
    Ok(done)
}

/// Stores what cleaning a capture anew gave, in place of the text that stood for it, which
/// becomes an older one.
pub(crate) fn store_again(
    c: &Connection,
    judged: &Judged,
    at: i64,
    cleaner: Option<&str>,
) -> Sql<Committed> {
    const NEWEST: &str = "UPDATE records SET seen_until = ?2, is_ours = 1 WHERE seq = ?1";
    const OLDER: &str = "UPDATE revisions SET seen_until = ?2, is_ours = 1
        WHERE record = ?1 AND fetched_at = ?3 AND text_seq = ?4";
    let id = judged.verdict.id;
    let Some(seq) = seq_of(c, id)? else {
        return Err(Fault::new(ErrorKind::Broken, format!("no record {id}")));
    };
    let spans = spans(c, seq)?;
    let Some((n, old)) = timeline::standing(&spans, at).and_then(|n| Some((n, spans.get(n)?)))
    else {
        return current(c, id);
    };
    let (is_newest, until) = (n + 1 == spans.len(), old.until.max(at));
    put(c, seq, judged, at, is_newest, cleaner)?;
    cut(c, seq, old)?;
    if is_newest {
        c.prepare_cached(NEWEST)?.execute(params![seq, until])?;
    } else {
        c.prepare_cached(OLDER)?.execute(params![seq, until, at, sequence(judged)?])?;
    }
    add_aliases(c, id, &judged.aliases)?;
    revised(c, seq, judged, n + 1)
}

/// Notes that the newest text of `id` was met again.
pub(crate) fn met_again(c: &Connection, id: RecordId, at: i64) -> Sql<Committed> {
    const SEEN: &str = "UPDATE records SET seen_until = max(seen_until, ?2)
        WHERE id = ?1 AND fetched_at <= ?2 RETURNING 1";
    c.prepare_cached(SEEN)?.query_row(params![id.to_string(), at], |_| Ok(())).optional()?;
    current(c, id)
}

/// The newest text of `id`, as the outcome of something that changed nothing.
pub(crate) fn current(c: &Connection, id: RecordId) -> Sql<Committed> {
    const CURRENT: &str = "SELECT url, revision FROM records WHERE id = ?1";
    let found = c.prepare_cached(CURRENT)?.query_row([id.to_string()], |row| {
        Ok(Committed {
            outcome: Outcome::Unchanged,
            id: Some(id),
            url: row.get(0)?,
            revision: row.get(1)?,
        })
    });
    found.optional()?.ok_or_else(|| Fault::new(ErrorKind::Broken, format!("no record {id}")))
}

fn insert(c: &Connection, judged: &Judged, at: i64, cleaner: Option<&str>) -> Sql<Committed> {
    write::insert(c, judged, at, cleaner)?;
    keep_sketch(c, judged)?;
    let is_copy = judged.verdict.duplicate.is_some();
    let outcome = if is_copy { Outcome::Duplicate } else { Outcome::Stored };
    Ok(committed(outcome, judged, 1))
}

fn committed(outcome: Outcome, judged: &Judged, revision: u32) -> Committed {
    let url = judged.record.url.as_ref().map(ToString::to_string);
    Committed { outcome, id: Some(judged.verdict.id), url, revision }
}

/// Adds a text to a known record at the place that its capture time gives it.
fn add(
    c: &Connection,
    seq: i64,
    judged: &Judged,
    at: i64,
    cleaner: Option<&str>,
) -> Sql<Committed> {
    let spans = spans(c, seq)?;
    let hash = judged.record.content_hash();
    let place = timeline::place(&spans, at, hash);
    let is_known = judged.verdict.novelty == Novelty::Unchanged;
    match place {
        Place::Later(n) => see(c, seq, &spans, n, at)?,
        Place::Earlier(n) => see_earlier(c, seq, &spans, n, at)?,
        // Judged equal to a text that is no neighbour, or without a URL: nothing to store.
        Place::Insert(_) | Place::Split(_) if is_known => {}
        Place::Insert(n) => {
            put(c, seq, judged, at, n == spans.len(), cleaner)?;
            return revised(c, seq, judged, n);
        }
        Place::Split(n) => {
            split(c, seq, &spans, n)?;
            put(c, seq, judged, at, false, cleaner)?;
            return revised(c, seq, judged, n + 1);
        }
    }
    current(c, judged.verdict.id)
}

fn revised(c: &Connection, seq: i64, judged: &Judged, place: usize) -> Sql<Committed> {
    const COUNT: &str = "UPDATE records SET
        revision = 1 + (SELECT count(*) FROM revisions WHERE record = ?1) WHERE seq = ?1";
    c.prepare_cached(COUNT)?.execute([seq])?;
    keep_sketch(c, judged)?;
    Ok(committed(Outcome::Revision, judged, place as u32 + 1))
}

/// The first name given leads: an alias is never turned to another record.
fn add_aliases(c: &Connection, id: RecordId, aliases: &[String]) -> Sql<()> {
    const ADD: &str = "INSERT INTO aliases (alias, id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    let mut add = c.prepare_cached(ADD)?;
    for alias in aliases {
        add.execute(params![alias, id.to_string()])?;
    }
    Ok(())
}

fn keep_sketch(c: &Connection, judged: &Judged) -> Sql<()> {
    const KEEP: &str = "INSERT INTO signatures (seq, id, day, sketch) VALUES (?1, ?2, ?3, ?4)";
    let (Some(day), sketch) = (judged.sketch_day, &judged.verdict.sketch) else {
        return Ok(());
    };
    if !sketch.is_empty() {
        let id = judged.verdict.id.to_string();
        c.prepare_cached(KEEP)?.execute(params![sequence(judged)?, id, day, sketch])?;
    }
    Ok(())
}

fn sequence(judged: &Judged) -> Sql<i64> {
    i64::try_from(judged.sequence)
        .map_err(|_| Fault::new(ErrorKind::Broken, "a sequence number beyond 2^63"))
}
