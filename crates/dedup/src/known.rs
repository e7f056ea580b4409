//! What the judgement asks about the past.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use record::{ContentHash, RecordId};

/// The texts of one article around a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Neighbours {
    /// The content hash of the newest text captured at or before that time.
    pub before: Option<ContentHash>,
    /// The content hash of the oldest text captured after it.
    pub after: Option<ContentHash>,
}

/// The newest text of a known record, for verification.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownText {
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

/// The stored past and the records judged but not yet stored, as one.
///
/// Handed in by the caller: a bounded cache over a read connection, in front of it what is
/// still on its way to the database. Its answers must show every earlier arrival's verdict
/// and nothing else, or verdicts would hang on when batches are committed.
pub trait Known {
    /// What can go wrong while looking.
    type Error;

    /// The record that this alias names: the identity of a URL, or the hash of the raw bytes
    /// of an input without one.
    fn id_by_alias(&mut self, alias: &str) -> Result<Option<RecordId>, Self::Error>;

    /// Is this id given to a record already?
    fn is_taken(&mut self, id: RecordId) -> Result<bool, Self::Error>;

    /// The texts of `id` around `at`.
    fn neighbours(&mut self, id: RecordId, at: Timestamp) -> Result<Neighbours, Self::Error>;

    /// The first `limit` records of all times that had a text with this hash, in the order of
    /// first storing.
    fn ids_by_content(
        &mut self,
        hash: ContentHash,
        limit: usize,
    ) -> Result<Vec<RecordId>, Self::Error>;

    /// The newest text of `id`: of those captured, not of those judged.
    fn text(&mut self, id: RecordId) -> Result<Option<Arc<KnownText>>, Self::Error>;

    /// Shows to `visit` the id, the commit sequence number and the sketch of every verdict
    /// whose sketch is of one of these days ([`sketch_day`](crate::sketch_day)), in commit
    /// order. Verdicts with an empty sketch are left out; a revision's sketch does not
    /// replace the one before it.
    ///
    /// Asked once for each stretch of days when it is first needed, and again when it had to
    /// leave memory meanwhile: a restart needs nothing else.
    fn sketches(
        &mut self,
        days: std::ops::RangeInclusive<i32>,
        visit: &mut dyn FnMut(RecordId, u64, &[u8]),
    ) -> Result<(), Self::Error>;
}
