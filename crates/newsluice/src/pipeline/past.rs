//! The past as the judgement asks for it: the store's, in the judgement's words.

use std::ops::RangeInclusive;
use std::sync::Arc;

use dedup::{Known, KnownText, Neighbours};
use jiff::Timestamp;
use record::{ContentHash, RecordId};
use store::{StoreError, StoredText};

/// The stored and the pending verdicts as one.
pub(crate) struct Past(pub(crate) store::Past);

impl Known for Past {
    type Error = StoreError;

    fn id_by_alias(&mut self, alias: &str) -> Result<Option<RecordId>, StoreError> {
        self.0.id_by_alias(alias)
    }

    fn is_taken(&mut self, id: RecordId) -> Result<bool, StoreError> {
        self.0.is_taken(id)
    }

    fn neighbours(&mut self, id: RecordId, at: Timestamp) -> Result<Neighbours, StoreError> {
        let (before, after) = self.0.neighbours(id, at)?;
        Ok(Neighbours { before, after })
    }

    fn ids_by_content(
        &mut self,
        hash: ContentHash,
        limit: usize,
    ) -> Result<Vec<RecordId>, StoreError> {
        self.0.ids_by_content(hash, limit)
    }

    fn text(&mut self, id: RecordId) -> Result<Option<Arc<KnownText>>, StoreError> {
        Ok(self.0.text(id)?.map(|text| Arc::new(known(Arc::unwrap_or_clone(text)))))
    }

    fn sketches(
        &mut self,
        days: RangeInclusive<i32>,
        visit: &mut dyn FnMut(RecordId, u64, &[u8]),
    ) -> Result<(), StoreError> {
        self.0.sketches(days, visit)
    }
}

fn known(stored: StoredText) -> KnownText {
    let StoredText { title, body, domain, lang, date, root } = stored;
    KnownText { title, body, domain, lang, date, root }
}
