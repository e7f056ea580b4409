//! The text that stands for a capture, for comparing it with what cleaning makes of that today.

use jiff::Timestamp;
use record::{ContentHash, Duplicate, Record, RecordId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::article::{self, StoredRecord, seq_of};
use crate::error::{Sql, StoreError};
use crate::texts::TextColumns;
use crate::time::millis;
use crate::timeline::{self, Span};
use crate::{Reader, row, texts};

/// What is known of the text that stands for a capture.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Of its [`fingerprint`].
    pub fingerprint: ContentHash,
    /// Which version of the program made it, where that was noted.
    pub cleaner: Option<String>,
    /// What it copies.
    pub duplicate: Option<Duplicate>,
    /// Retention took its body away.
    pub is_shed: bool,
}

/// A hash of all that cleaning says of a text: URL, title, day, body, language and every other
/// field but the feed that led to it.
#[must_use]
pub fn fingerprint(record: &Record) -> ContentHash {
    // Fails for no record: its fields are text.
    let Ok(text) = TextColumns::of(record, None) else { return record.content_hash() };
    let (url, day, lang) = (text.url.unwrap_or(""), text.day.unwrap_or_default(), text.lang);
    hash([url, text.title, &day, &text.body, lang.unwrap_or(""), &text.meta])
}

/// Each part with its length before it, so that no two texts give the same bytes.
fn hash(parts: [&str; 6]) -> ContentHash {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    ContentHash::of_bytes(&bytes)
}

const STANDING: &str = "SELECT url, title, day, body, lang, meta, cleaner, duplicate_of,
        duplicate_kind, similarity, shared
        FROM records WHERE seq = ?1 AND fetched_at = ?2 AND text_seq = ?3
    UNION ALL
    SELECT url, title, day, body, lang, meta, cleaner, duplicate_of, duplicate_kind, similarity,
        shared FROM revisions WHERE record = ?1 AND fetched_at = ?2 AND text_seq = ?3";

impl Reader {
    /// The text of `id` that stands for a capture at `at`; `None` where it has none from then.
    pub fn standing_text(
        &self,
        id: RecordId,
        at: Timestamp,
    ) -> Result<Option<(Standing, StoredRecord)>, StoreError> {
        self.db.with(|c| {
            let Some(seq) = seq_of(c, id)? else { return Ok(None) };
            let spans = texts::spans(c, seq)?;
            let Some(n) = timeline::standing(&spans, millis(at)) else { return Ok(None) };
            let standing = spans.get(n).map(|span| standing(c, seq, span)).transpose()?.flatten();
            Ok(standing.zip(article::all_texts(c, seq)?.into_iter().nth(n)))
        })
    }

    /// What is known of this text of `id`.
    pub(crate) fn standing(
        &self,
        id: RecordId,
        span: &Span,
    ) -> Result<Option<Standing>, StoreError> {
        self.db.with(|c| match seq_of(c, id)? {
            Some(seq) => standing(c, seq, span),
            None => Ok(None),
        })
    }

    /// One of the names that lead to `id`, always the same one.
    pub fn alias_of(&self, id: RecordId) -> Result<Option<String>, StoreError> {
        const ALIAS: &str = "SELECT min(alias) FROM aliases WHERE id = ?1";
        self.db
            .with(|c| Ok(c.prepare_cached(ALIAS)?.query_row([id.to_string()], |row| row.get(0))?))
    }
}

fn standing(c: &Connection, seq: i64, span: &Span) -> Sql<Option<Standing>> {
    let mut find = c.prepare_cached(STANDING)?;
    let read = |row: &rusqlite::Row<'_>| {
        let part = |n| row.get::<_, Option<String>>(n).map(Option::unwrap_or_default);
        let parts = [part(0)?, part(1)?, part(2)?, part(3)?, part(4)?, part(5)?];
        let is_shed = parts.get(3).is_some_and(String::is_empty);
        let fingerprint = hash(parts.each_ref().map(String::as_str));
        Ok((fingerprint, is_shed, row.get(6)?, row::duplicate(row, 7)))
    };
    let found = find.query_row(params![seq, span.from, span.text_seq], read).optional()?;
    let Some((fingerprint, is_shed, cleaner, duplicate)) = found else { return Ok(None) };
    Ok(Some(Standing { fingerprint, cleaner, duplicate: duplicate?, is_shed }))
}
