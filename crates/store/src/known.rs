//! What the judgement of new records asks about the stored ones.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::Date;
use record::{ContentHash, PageUrl, RecordId, date};
use rusqlite::{OptionalExtension, params};

use crate::article::seq_of;
use crate::error::{Sql, StoreError};
use crate::time::millis;
use crate::timeline::Span;
use crate::{Reader, row, texts, timeline};

/// The newest text of a stored record, as verification needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredText {
    /// The title.
    pub title: String,
    /// The paragraphs joined by LF.
    pub body: String,
    /// The registrable domain of its URL; empty where there is none.
    pub domain: String,
    /// The language, where known.
    pub lang: Option<String>,
    /// Its day, where known.
    pub date: Option<Date>,
    /// The root of its group: itself, or the record that it copies.
    pub root: RecordId,
}

pub(crate) const BY_ALIAS: &str = "SELECT id FROM aliases WHERE alias = ?1";
pub(crate) const IS_TAKEN: &str = "SELECT EXISTS (SELECT 1 FROM records WHERE id = ?1)
    OR EXISTS (SELECT 1 FROM aliases WHERE alias = ?1)";
pub(crate) const BY_CONTENT: &str = "SELECT DISTINCT seq, id FROM (
        SELECT * FROM (SELECT seq, id FROM records WHERE content_hash = ?1
            ORDER BY seq LIMIT ?2)
        UNION ALL
        SELECT * FROM (SELECT DISTINCT r.seq, r.id FROM revisions v
            JOIN records r ON r.seq = v.record WHERE v.content_hash = ?1
            ORDER BY v.record LIMIT ?2))
    ORDER BY seq LIMIT ?2";
pub(crate) const TEXT: &str =
    "SELECT title, body, url, lang, day, duplicate_of FROM records WHERE id = ?1";
pub(crate) const SKETCHES: &str = "SELECT id, seq, sketch FROM signatures
    WHERE day BETWEEN ?1 AND ?2 ORDER BY seq";

impl Reader {
    /// The record that this alias names: the identity of a URL, the hash of the raw bytes of
    /// an input without one, or an id that was merged into another.
    pub fn id_by_alias(&self, alias: &str) -> Result<Option<RecordId>, StoreError> {
        self.db.with(|c| {
            let mut find = c.prepare_cached(BY_ALIAS)?;
            let found: Option<String> = find.query_row([alias], |row| row.get(0)).optional()?;
            found.map(|id| row::id(&id)).transpose()
        })
    }

    /// Is this id given to a record already, or was it merged into one?
    pub fn is_taken(&self, id: RecordId) -> Result<bool, StoreError> {
        self.db.with(|c| {
            Ok(c.prepare_cached(IS_TAKEN)?.query_row([id.to_string()], |row| row.get(0))?)
        })
    }

    /// The texts of `id` in time, the newest last.
    pub(crate) fn spans(&self, id: RecordId) -> Result<Vec<Span>, StoreError> {
        self.db.with(|c| match seq_of(c, id)? {
            Some(seq) => texts::spans(c, seq),
            None => Ok(Vec::new()),
        })
    }

    /// The sequence number at which `id` was first stored.
    pub(crate) fn first_sequence(&self, id: RecordId) -> Result<Option<u64>, StoreError> {
        self.db.with(|c| Ok(seq_of(c, id)?.map(i64::unsigned_abs)))
    }

    /// The hashes of the newest text of `id` captured at or before `at`, and of the oldest
    /// captured after it.
    pub fn neighbours(
        &self,
        id: RecordId,
        at: Timestamp,
    ) -> Result<(Option<ContentHash>, Option<ContentHash>), StoreError> {
        Ok(timeline::neighbours(&self.spans(id)?, millis(at)))
    }

    /// The first `limit` records that ever had a text with this hash, in the order of first
    /// storing.
    pub fn ids_by_content(
        &self,
        hash: ContentHash,
        limit: usize,
    ) -> Result<Vec<RecordId>, StoreError> {
        let found = self.sequences_by_content(hash, limit)?;
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    /// As [`ids_by_content`](Self::ids_by_content), with the sequence numbers of first storing.
    pub(crate) fn sequences_by_content(
        &self,
        hash: ContentHash,
        limit: usize,
    ) -> Result<Vec<(u64, RecordId)>, StoreError> {
        self.db.with(|c| {
            let mut find = c.prepare_cached(BY_CONTENT)?;
            let mut rows = find.query(params![hash.as_bytes(), row::bound(limit)])?;
            let mut ids = Vec::new();
            while let Some(found) = rows.next()? {
                let id = row::id(&found.get::<_, String>(1)?)?;
                ids.push((found.get(0).map(i64::unsigned_abs)?, id));
            }
            Ok(ids)
        })
    }

    /// The newest text of `id`.
    pub fn text(&self, id: RecordId) -> Result<Option<StoredText>, StoreError> {
        self.db.with(|c| {
            let mut find = c.prepare_cached(TEXT)?;
            let mut rows = find.query([id.to_string()])?;
            let Some(found) = rows.next()? else { return Ok(None) };
            Ok(Some(stored_text(found, id)?))
        })
    }

    /// Shows id, commit sequence number and sketch of every text judged whose day (days since
    /// 1970-01-01) is one of these, in commit order. Streams: memory does not grow.
    pub fn sketches(
        &self,
        days: RangeInclusive<i32>,
        visit: &mut dyn FnMut(RecordId, u64, &[u8]),
    ) -> Result<(), StoreError> {
        self.db.with(|c| {
            let mut find = c.prepare_cached(SKETCHES)?;
            let mut rows = find.query(params![days.start(), days.end()])?;
            while let Some(found) = rows.next()? {
                let id = found.get_ref(0)?.as_str().map_err(|_| row::damaged("id"))?;
                let sketch = found.get_ref(2)?.as_blob().map_err(|_| row::damaged("sketch"))?;
                visit(row::id(id)?, found.get(1).map(i64::unsigned_abs)?, sketch);
            }
            Ok(())
        })
    }

    /// The commit sequence number for the next arrival after those committed.
    pub fn next_sequence(&self) -> Result<u64, StoreError> {
        self.db.with(|c| {
            let next: i64 = c
                .prepare_cached("SELECT next_seq FROM position")?
                .query_row([], |row| row.get(0))?;
            Ok(next.unsigned_abs())
        })
    }
}

fn stored_text(found: &rusqlite::Row<'_>, id: RecordId) -> Sql<StoredText> {
    let url: Option<String> = found.get(2)?;
    let url = url.and_then(|u| PageUrl::parse(&u).ok());
    let day: Option<String> = found.get(4)?;
    let root: Option<String> = found.get(5)?;
    Ok(StoredText {
        title: found.get(0)?,
        body: found.get(1)?,
        domain: url.map(|u| u.domain().to_owned()).unwrap_or_default(),
        lang: found.get(3)?,
        date: day.as_deref().and_then(date::parse_compact),
        root: root.map_or(Ok(id), |of| row::id(&of))?,
    })
}

#[cfg(test)]
mod tests {
    use record::{ContentHash, RecordId};

    use crate::test_support::{World, at, page};

    const A: &str = "https://a.example/1";
    const B: &str = "https://b.example/2";

    fn hash(body: &str) -> ContentHash {
        page(A, body).content_hash()
    }

    #[test]
    fn neighbours_are_the_texts_around_a_time() {
        let mut world = World::new();
        let id = world.put(A, "One.", 10).id.unwrap();
        world.put(A, "Two.", 20);
        let reader = world.reader();
        let around = |millis| reader.neighbours(id, at(millis)).unwrap();
        assert_eq!(around(9), (None, Some(hash("One."))));
        assert_eq!(around(10), (Some(hash("One.")), Some(hash("Two."))));
        assert_eq!(around(20), (Some(hash("Two.")), None));
        assert_eq!(reader.neighbours(RecordId(7), at(9)).unwrap(), (None, None));
    }

    #[test]
    fn records_that_ever_had_a_text_are_found_in_the_order_of_storing() {
        let mut world = World::new();
        let a = world.put(A, "One.", 10).id.unwrap();
        let b = world.put(B, "One.", 20).id.unwrap();
        world.put(A, "Two.", 30);
        let reader = world.reader();
        assert_eq!(reader.ids_by_content(hash("One."), 9).unwrap(), [a, b]);
        assert_eq!(reader.ids_by_content(hash("One."), 1).unwrap(), [a]);
        assert_eq!(reader.ids_by_content(hash("Two."), 9).unwrap(), [a]);
        assert!(reader.is_taken(a).unwrap() && !reader.is_taken(RecordId(7)).unwrap());
    }

    #[test]
    fn sketches_come_in_commit_order_with_those_of_revisions() {
        const DAY: i64 = 86_400_000;
        let mut world = World::new();
        for (url, body, day) in [(A, "One.", 3), (B, "Two.", 1), (A, "Three.", 2), (A, "x", 9)] {
            world.put(url, body, day * DAY);
        }
        let mut seen = Vec::new();
        let reader = world.reader();
        reader
            .sketches(1..=3, &mut |_, sequence, sketch| seen.push((sequence, sketch.to_vec())))
            .unwrap();
        let expected = [(1, "One."), (2, "Two."), (3, "Three.")];
        assert_eq!(seen, expected.map(|(n, s)| (n, s.as_bytes().to_vec())));
        assert_eq!(reader.next_sequence().unwrap(), 5);
    }
}
