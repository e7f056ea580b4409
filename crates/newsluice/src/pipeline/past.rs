//! The past as the judgement asks for it: the database, and in front of it what is judged but
//! not yet committed.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use dedup::{Known, KnownText, Neighbours};
use jiff::Timestamp;
use record::{ContentHash, RecordId};
use store::{Reader, StoreError, StoredText};

use super::pending::Pending;

/// Texts kept in memory after they were read for verification.
const CACHED_TEXTS: usize = 256;

/// A read connection, what is pending, and a small cache of texts.
pub(crate) struct Past {
    reader: Reader,
    pub(crate) pending: Pending,
    texts: HashMap<RecordId, Option<Arc<KnownText>>>,
}

impl Past {
    /// Looks at the database through `reader`.
    pub(crate) fn new(reader: Reader) -> Self {
        Self { reader, pending: Pending::default(), texts: HashMap::new() }
    }

    /// Forgets the cached text of a record that has a new one.
    pub(crate) fn renew(&mut self, id: RecordId) {
        self.texts.remove(&id);
    }

    fn stored_text(&mut self, id: RecordId) -> Result<Option<Arc<KnownText>>, StoreError> {
        if let Some(text) = self.texts.get(&id) {
            return Ok(text.clone());
        }
        let text = self.reader.text(id)?.map(|stored| Arc::new(known(stored)));
        // Cleared whole when full: no order to keep, and what matters comes back at once.
        if self.texts.len() >= CACHED_TEXTS {
            self.texts.clear();
        }
        self.texts.insert(id, text.clone());
        Ok(text)
    }
}

fn known(stored: StoredText) -> KnownText {
    let StoredText { title, body, domain, lang, date, root } = stored;
    KnownText { title, body, domain, lang, date, root }
}

impl Known for Past {
    type Error = StoreError;

    fn id_by_alias(&mut self, alias: &str) -> Result<Option<RecordId>, StoreError> {
        match self.pending.id_by_alias(alias) {
            Some(id) => Ok(Some(id)),
            None => self.reader.id_by_alias(alias),
        }
    }

    fn is_taken(&mut self, id: RecordId) -> Result<bool, StoreError> {
        Ok(self.pending.holds(id) || self.reader.is_taken(id)?)
    }

    fn neighbours(&mut self, id: RecordId, at: Timestamp) -> Result<Neighbours, StoreError> {
        let (mut timeline, next_sequence) = self.reader.timeline(id)?;
        for capture in self.pending.captures(id, next_sequence) {
            timeline.put(capture.at, capture.hash);
        }
        let (before, after) = timeline.neighbours(at);
        Ok(Neighbours { before, after })
    }

    fn ids_by_content(
        &mut self,
        hash: ContentHash,
        limit: usize,
    ) -> Result<Vec<RecordId>, StoreError> {
        // What is stored came first.
        let mut ids = self.reader.ids_by_content(hash, limit)?;
        for id in self.pending.ids_by_content(hash) {
            if ids.len() < limit && !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    fn text(&mut self, id: RecordId) -> Result<Option<Arc<KnownText>>, StoreError> {
        if !self.pending.holds(id) {
            return self.stored_text(id);
        }
        let (mut timeline, next_sequence) = self.reader.timeline(id)?;
        for capture in self.pending.captures(id, next_sequence) {
            timeline.put(capture.at, capture.hash);
        }
        let newest = timeline.newest();
        match newest.and_then(|hash| self.pending.text(id, hash)) {
            Some(text) => Ok(Some(text)),
            None => self.stored_text(id),
        }
    }

    fn sketches(
        &mut self,
        days: RangeInclusive<i32>,
        visit: &mut dyn FnMut(RecordId, u64, &[u8]),
    ) -> Result<(), StoreError> {
        // What is pending comes after all that is stored: sequences only rise.
        let next_sequence = self.reader.sketches(days.clone(), visit)?;
        for pending in self.pending.sketches(next_sequence, days) {
            visit(pending.id, pending.sequence, &pending.sketch);
        }
        Ok(())
    }
}
