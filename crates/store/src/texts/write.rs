//! Writes a text: as a new record, over the newest text of one, or among its older ones.

use record::Record;
use rusqlite::{Connection, named_params};

use super::columns::TextColumns;
use super::sequence;
use super::spans::shelve;
use crate::commit::Judged;
use crate::error::Sql;
use crate::stories;
use crate::time::day_millis;

const INSERT_RECORD: &str = "INSERT INTO records (seq, id, url, title, day, body, content_hash,
        lang, feed, meta, duplicate_of, duplicate_kind, similarity, shared, story, text_seq,
        own_time, first_seen, fetched_at, seen_until, cleaner)
    VALUES (:seq, :id, :url, :title, :day, :body, :hash, :lang, :feed, :meta, :duplicate_of,
        :duplicate_kind, :similarity, :shared, :story, :seq, :own_time, :at, :at, :at, :cleaner)";

/// Writes a new record.
pub(super) fn insert(c: &Connection, judged: &Judged, at: i64, cleaner: Option<&str>) -> Sql<()> {
    let (record, verdict) = (&judged.record, &judged.verdict);
    let text = TextColumns::of(record, verdict.duplicate.as_ref())?;
    let seq = sequence(judged)?;
    let story = verdict.story.as_ref().map(|found| stories::prepare(c, seq, found)).transpose()?;
    c.prepare_cached(INSERT_RECORD)?.execute(named_params! {
        ":seq": seq,
        ":id": verdict.id.to_string(),
        ":url": text.url,
        ":title": text.title,
        ":day": text.day,
        ":body": text.body,
        ":hash": text.hash.as_bytes(),
        ":lang": text.lang,
        ":feed": text.feed,
        ":meta": text.meta,
        ":duplicate_of": text.duplicate_of,
        ":duplicate_kind": text.duplicate_kind,
        ":similarity": text.similarity,
        ":shared": text.shared,
        ":story": story.map(|s| s.to_string()),
        ":own_time": own_time(record, at),
        ":at": at,
        ":cleaner": cleaner,
    })?;
    if let Some(found) = &verdict.story {
        stories::keep(c, seq, record.meta.lang.as_deref(), found)?;
    }
    Ok(())
}

const REPLACE: &str = "UPDATE records SET url = :url, title = :title, day = :day, body = :body,
        content_hash = :hash, lang = :lang, feed = coalesce(:feed, feed), meta = :meta,
        duplicate_of = :duplicate_of, duplicate_kind = :duplicate_kind,
        similarity = :similarity, shared = :shared,
        text_seq = :text_seq, own_time = :own_time, fetched_at = :at, seen_until = :at,
        cleaner = :cleaner, is_ours = 0
    WHERE seq = :seq";

const INSERT_OLDER: &str = "INSERT INTO revisions (record, fetched_at, text_seq, url, title,
        day, body, content_hash, lang, feed, meta, duplicate_of, duplicate_kind, similarity,
        shared, seen_until, cleaner)
    VALUES (:seq, :at, :text_seq, :url, :title, :day, :body, :hash, :lang, :feed, :meta,
        :duplicate_of, :duplicate_kind, :similarity, :shared, :at, :cleaner)";

/// Writes a revision: over the newest text, which is shelved, or among the older ones.
pub(super) fn put(
    c: &Connection,
    seq: i64,
    judged: &Judged,
    at: i64,
    is_newest: bool,
    cleaner: Option<&str>,
) -> Sql<()> {
    let text = TextColumns::of(&judged.record, judged.verdict.duplicate.as_ref())?;
    let hash = text.hash;
    let (text_seq, own_time) = (sequence(judged)?, own_time(&judged.record, at));
    let mut statement = if is_newest {
        shelve(c, seq)?;
        c.prepare_cached(REPLACE)?
    } else {
        c.prepare_cached(INSERT_OLDER)?
    };
    let common: &[(&str, &dyn rusqlite::ToSql)] = named_params! {
        ":seq": seq, ":text_seq": text_seq, ":at": at, ":url": text.url,
        ":title": text.title, ":day": text.day, ":body": text.body, ":hash": hash.as_bytes(),
        ":lang": text.lang, ":feed": text.feed, ":meta": text.meta,
        ":duplicate_of": text.duplicate_of, ":duplicate_kind": text.duplicate_kind,
        ":similarity": text.similarity, ":shared": text.shared, ":cleaner": cleaner,
    };
    let mut all = common.to_vec();
    if is_newest {
        all.extend_from_slice(named_params! { ":own_time": own_time });
    }
    statement.execute(all.as_slice())?;
    Ok(())
}

/// The time under which a text is looked for: its own day, else that of its capture.
fn own_time(record: &Record, at: i64) -> i64 {
    record.date.map_or(at, day_millis)
}
