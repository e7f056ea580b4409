//! Rows and the nouns that they hold.

use jiff::Timestamp;
use record::{
    ContentHash, Duplicate, DuplicateKind, Line, PageUrl, Record, RecordId, StoryId, date,
};
use rusqlite::Row;

use crate::error::{ErrorKind, Fault, Sql};
use crate::meta_json;
use crate::time::from_millis;

/// The columns that [`record`] reads, of `records` and `revisions` alike.
pub(crate) const TEXT_COLUMNS: &str = "url, title, day, body, lang, feed, meta, duplicate_of, \
     duplicate_kind, similarity, shared, fetched_at, cleaner, is_ours";

/// A text with what is kept beside it.
#[derive(Debug)]
pub(crate) struct TextRow {
    pub(crate) record: Record,
    pub(crate) duplicate: Option<Duplicate>,
    pub(crate) fetched_at: Timestamp,
    pub(crate) cleaner: Option<String>,
    pub(crate) is_ours: bool,
}

/// Reads the [`TEXT_COLUMNS`], which start at column `first`.
pub(crate) fn text(row: &Row<'_>, first: usize) -> Sql<TextRow> {
    let at = |n: usize| first + n;
    let title: String = row.get(at(1))?;
    let body: String = row.get(at(3))?;
    let title = Line::new(&title).ok_or_else(|| damaged("title"))?;
    let mut record = Record::new(title, body.split('\n').filter_map(Line::new).collect());
    let url: Option<String> = row.get(at(0))?;
    record.url = url.map(|u| PageUrl::parse(&u).map_err(|_| damaged("url"))).transpose()?;
    let day: Option<String> = row.get(at(2))?;
    record.date = day.map(|d| date::parse_compact(&d).ok_or_else(|| damaged("day"))).transpose()?;
    let meta: String = row.get(at(6))?;
    record.meta = meta_json::read(&meta, row.get(at(4))?, row.get(at(5))?)?;
    let duplicate = duplicate(row, at(7))?;
    let fetched_at = from_millis(row.get(at(11))?);
    let (cleaner, is_ours) = (row.get(at(12))?, row.get(at(13))?);
    Ok(TextRow { record, duplicate, fetched_at, cleaner, is_ours })
}

pub(crate) fn duplicate(row: &Row<'_>, first: usize) -> Sql<Option<Duplicate>> {
    let Some(of) = row.get::<_, Option<String>>(first)? else { return Ok(None) };
    let kind: Option<String> = row.get(first + 1)?;
    let kind = kind.as_deref().and_then(DuplicateKind::from_code);
    Ok(Some(Duplicate {
        of: id(&of)?,
        kind: kind.ok_or_else(|| damaged("duplicate_kind"))?,
        similarity: row.get::<_, Option<f64>>(first + 2)?.unwrap_or_default(),
        shared: row.get::<_, Option<String>>(first + 3)?.unwrap_or_default(),
    }))
}

/// Reads an id column.
pub(crate) fn id(text: &str) -> Sql<RecordId> {
    text.parse().map_err(|_| damaged("id"))
}

/// Reads a story column.
pub(crate) fn story(text: Option<String>) -> Sql<Option<StoryId>> {
    text.map(|t| t.parse().map_err(|_| damaged("story"))).transpose()
}

/// Reads a hash column.
pub(crate) fn hash(bytes: &[u8]) -> Sql<ContentHash> {
    let bytes = bytes.try_into().map_err(|_| damaged("hash"))?;
    Ok(ContentHash::from_bytes(bytes))
}

/// Something stands in a column that was never written there.
pub(crate) fn damaged(column: &str) -> Fault {
    Fault::new(ErrorKind::Corrupt, format!("column {column}"))
}

/// A count as SQL's LIMIT takes it.
pub(crate) fn bound(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
