//! Reading one article: by id, alias or URL, and all its texts.

use record::json::Stored;
use record::{PageUrl, Record, RecordId};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::Reader;
use crate::error::{Sql, StoreError};
use crate::row::{self, TEXT_COLUMNS, TextRow};
use crate::time::from_millis;

/// A stored text and what the database knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRecord {
    /// The text and what is known of it.
    pub record: Record,
    /// Its id, times, revision number, duplicate and story.
    pub stored: Stored,
    /// The running number of its record in the order of first storing: with gaps.
    pub sequence: u64,
}

impl Reader {
    /// The id that a person means: 16 hex digits, a URL in any of its spellings, or any other
    /// alias.
    pub fn find(&self, name: &str) -> Result<Option<RecordId>, StoreError> {
        let name = name.trim();
        if let Ok(id) = name.parse::<RecordId>()
            && self.db.with(|c| seq_of(c, id))?.is_some()
        {
            return Ok(Some(id));
        }
        if let Ok(url) = PageUrl::parse(name)
            && let Some(id) = self.id_by_alias(&url.identity())?
        {
            return Ok(Some(id));
        }
        self.id_by_alias(name)
    }

    /// The newest text of `id`.
    pub fn record(&self, id: RecordId) -> Result<Option<StoredRecord>, StoreError> {
        self.db.with(|c| match seq_of(c, id)? {
            Some(seq) => newest(c, seq).map(Some),
            None => Ok(None),
        })
    }

    /// Every text of `id`, the oldest first; empty where there is no such record.
    pub fn history(&self, id: RecordId) -> Result<Vec<StoredRecord>, StoreError> {
        self.db.with(|c| match seq_of(c, id)? {
            Some(seq) => all_texts(c, seq),
            None => Ok(Vec::new()),
        })
    }
}

/// The number of the record in the order of first storing.
pub(crate) fn seq_of(c: &Connection, id: RecordId) -> Sql<Option<i64>> {
    let mut find = c.prepare_cached("SELECT seq FROM records WHERE id = ?1")?;
    Ok(find.query_row([id.to_string()], |row| row.get(0)).optional()?)
}

/// The columns before the [`TEXT_COLUMNS`] in a row of `records`.
const RECORD_COLUMNS: &str = "seq, id, first_seen, revision, story";

/// The newest text of the record at `seq`.
pub(crate) fn newest(c: &Connection, seq: i64) -> Sql<StoredRecord> {
    let sql = format!("SELECT {RECORD_COLUMNS}, {TEXT_COLUMNS} FROM records WHERE seq = ?1");
    let mut find = c.prepare_cached(&sql)?;
    let mut rows = find.query([seq])?;
    let found = rows.next()?.ok_or_else(|| row::damaged("seq"))?;
    stored_record(found)
}

/// All texts of the record at `seq`, the oldest first.
pub(crate) fn all_texts(c: &Connection, seq: i64) -> Sql<Vec<StoredRecord>> {
    let newest = newest(c, seq)?;
    let mut texts = Vec::new();
    if newest.stored.revision > 1 {
        let sql = format!(
            "SELECT {TEXT_COLUMNS} FROM revisions WHERE record = ?1 ORDER BY fetched_at, text_seq"
        );
        let mut find = c.prepare_cached(&sql)?;
        let mut rows = find.query([seq])?;
        while let Some(found) = rows.next()? {
            let text = row::text(found, 0)?;
            let mut stored = newest.stored.clone();
            stored.revision = texts.len() as u32 + 1;
            texts.push(with_text(text, stored, newest.sequence));
        }
    }
    texts.push(newest);
    Ok(texts)
}

fn stored_record(found: &Row<'_>) -> Sql<StoredRecord> {
    let text = row::text(found, 5)?;
    let stored = Stored {
        id: row::id(&found.get::<_, String>(1)?)?,
        first_seen: from_millis(found.get(2)?),
        fetched_at: text.fetched_at,
        revision: found.get(3)?,
        duplicate: None,
        story: row::story(found.get(4)?)?,
        cleaner: None,
        is_ours: false,
    };
    Ok(with_text(text, stored, found.get(0).map(i64::unsigned_abs)?))
}

fn with_text(text: TextRow, mut stored: Stored, sequence: u64) -> StoredRecord {
    stored.duplicate = text.duplicate;
    stored.fetched_at = text.fetched_at;
    stored.cleaner = text.cleaner;
    stored.is_ours = text.is_ours;
    StoredRecord { record: text.record, stored, sequence }
}
