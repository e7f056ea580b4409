//! The past as the judgement asks for it: the database, and in front of it what is judged but
//! not yet committed.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use dedup::{Known, KnownText, Neighbours};
use jiff::Timestamp;
use record::{ContentHash, PageUrl, RecordId};
use store::{Reader, StoreError};

use super::pending::Pending;

/// Texts kept in memory after they were read for verification.
const CACHED_TEXTS: usize = 512;

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
