//! The texts of a record in the order of their times, and how those times change.

use rusqlite::{Connection, params};

use crate::error::Sql;
use crate::row;
use crate::timeline::Span;

pub(crate) const SPANS: &str =
    "SELECT fetched_at, seen_until, content_hash, text_seq, 0 AS is_newest
        FROM revisions WHERE record = ?1
    UNION ALL
    SELECT fetched_at, seen_until, content_hash, text_seq, 1 FROM records WHERE seq = ?1
    ORDER BY is_newest, fetched_at, text_seq";

/// The texts of a record in order, the newest last.
pub(crate) fn spans(c: &Connection, seq: i64) -> Sql<Vec<Span>> {
    let mut statement = c.prepare_cached(SPANS)?;
    let mut rows = statement.query([seq])?;
    let mut spans = Vec::new();
    while let Some(found) = rows.next()? {
        let hash = row::hash(found.get_ref(2)?.as_blob().map_err(|_| row::damaged("hash"))?)?;
        spans.push(Span {
            from: found.get(0)?,
            until: found.get(1)?,
            hash,
            text_seq: found.get(3)?,
        });
    }
    Ok(spans)
}

/// The key of the `n`-th text: `None` for the newest, which stands in `records`.
fn older(spans: &[Span], n: usize) -> Option<&Span> {
    if n + 1 < spans.len() { spans.get(n) } else { None }
}

/// The `n`-th text was met again at a later time.
pub(super) fn see(c: &Connection, seq: i64, spans: &[Span], n: usize, at: i64) -> Sql<()> {
    const NEWEST: &str = "UPDATE records SET seen_until = max(seen_until, ?2) WHERE seq = ?1";
    const OLDER: &str = "UPDATE revisions SET seen_until = max(seen_until, ?2)
        WHERE record = ?1 AND fetched_at = ?3 AND text_seq = ?4";
    set_time(c, [NEWEST, OLDER], (seq, older(spans, n)), at)
}

/// The `n`-th text was met at an earlier time.
pub(super) fn see_earlier(c: &Connection, seq: i64, spans: &[Span], n: usize, at: i64) -> Sql<()> {
    const NEWEST: &str = "UPDATE records SET fetched_at = ?2 WHERE seq = ?1";
    const OLDER: &str = "UPDATE revisions SET fetched_at = ?2
        WHERE record = ?1 AND fetched_at = ?3 AND text_seq = ?4";
    set_time(c, [NEWEST, OLDER], (seq, older(spans, n)), at)
}

fn set_time(
    c: &Connection,
    [newest, older]: [&str; 2],
    (seq, span): (i64, Option<&Span>),
    at: i64,
) -> Sql<()> {
    match span {
        None => c.prepare_cached(newest)?.execute(params![seq, at])?,
        Some(span) => {
            c.prepare_cached(older)?.execute(params![seq, at, span.from, span.text_seq])?
        }
    };
    Ok(())
}

/// Ends an older text where it begins.
pub(super) fn cut(c: &Connection, seq: i64, span: &Span) -> Sql<()> {
    const CUT: &str = "UPDATE revisions SET seen_until = fetched_at
        WHERE record = ?1 AND fetched_at = ?2 AND text_seq = ?3";
    c.prepare_cached(CUT)?.execute(params![seq, span.from, span.text_seq])?;
    Ok(())
}

/// Cuts the `n`-th text in two at its ends, so that another one fits between.
pub(super) fn split(c: &Connection, seq: i64, spans: &[Span], n: usize) -> Sql<()> {
    const COPY: &str = "INSERT INTO revisions
        SELECT record, seen_until, text_seq, url, title, day, body, content_hash, lang, feed,
            meta, duplicate_of, duplicate_kind, similarity, shared, seen_until, cleaner, is_ours
        FROM revisions WHERE record = ?1 AND fetched_at = ?2 AND text_seq = ?3";
    if let Some(span) = older(spans, n) {
        c.prepare_cached(COPY)?.execute(params![seq, span.from, span.text_seq])?;
        cut(c, seq, span)?;
    } else {
        const START_LATER: &str = "UPDATE records SET fetched_at = seen_until WHERE seq = ?1";
        const ENDED: &str = "UPDATE revisions SET seen_until = fetched_at
            WHERE record = ?1 AND fetched_at = (SELECT fetched_at FROM records WHERE seq = ?1)
            AND text_seq = (SELECT text_seq FROM records WHERE seq = ?1)";
        shelve(c, seq)?;
        c.prepare_cached(ENDED)?.execute([seq])?;
        c.prepare_cached(START_LATER)?.execute([seq])?;
    }
    Ok(())
}

/// Copies the newest text to the older ones.
pub(super) fn shelve(c: &Connection, seq: i64) -> Sql<()> {
    const SHELVE: &str = "INSERT INTO revisions
        SELECT seq, fetched_at, text_seq, url, title, day, body, content_hash, lang, feed, meta,
            duplicate_of, duplicate_kind, similarity, shared, seen_until, cleaner, is_ours
        FROM records WHERE seq = ?1";
    c.prepare_cached(SHELVE)?.execute([seq])?;
    Ok(())
}
