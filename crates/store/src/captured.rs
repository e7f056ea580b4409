//! Which captures of offline inputs were committed.

use record::{ContentHash, ReasonKind, RecordId};
use rusqlite::{OptionalExtension, params};

use crate::error::StoreError;
use crate::{Reader, row};

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

const CAPTURED: &str = "SELECT c.hash, c.record, f.reason
    FROM inputs i JOIN captures c ON c.input = i.input
    LEFT JOIN failures f ON f.input = c.input AND f.position = c.position
    WHERE i.name = ?1 AND c.position = ?2";

impl Reader {
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
