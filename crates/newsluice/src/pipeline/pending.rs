//! Records judged but not yet committed, as the judgement of the next ones must see them.

use std::collections::HashMap;
use std::sync::Arc;

use dedup::KnownText;
use jiff::Timestamp;
use record::{ContentHash, RecordId};

/// One text on its way to the database.
#[derive(Debug, Clone)]
struct Text {
    at: Timestamp,
    hash: ContentHash,
    known: Arc<KnownText>,
}

/// The records of some stretch of the stream.
#[derive(Debug, Default)]
struct Stretch {
    by_alias: HashMap<String, RecordId>,
    by_content: HashMap<ContentHash, Vec<RecordId>>,
    texts: HashMap<RecordId, Vec<Text>>,
    /// The number of the last envelope in it.
    last: u64,
}

/// Two stretches of the stream: the younger grows; the older is dropped whole once all of it
/// is committed. Bounded by what the channels and a batch hold.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    older: Stretch,
    younger: Stretch,
}

impl Pending {
    /// Takes note of a judged record. `number` is its envelope's, rising.
    pub(crate) fn push(
        &mut self,
        number: u64,
        id: RecordId,
        aliases: &[String],
        at: Timestamp,
        hash: ContentHash,
        known: KnownText,
    ) {
        let stretch = &mut self.younger;
        stretch.last = number;
        for alias in aliases {
            stretch.by_alias.insert(alias.clone(), id);
        }
        let ids = stretch.by_content.entry(hash).or_default();
        if !ids.contains(&id) {
            ids.push(id);
        }
        let text = Text { at, hash, known: Arc::new(known) };
        stretch.texts.entry(id).or_default().push(text);
    }

    /// Forgets what is committed: every envelope up to `committed`.
    pub(crate) fn forget(&mut self, committed: u64) {
        if committed >= self.older.last {
            self.older = std::mem::take(&mut self.younger);
        }
        if committed >= self.older.last {
            self.older = Stretch::default();
        }
    }

    pub(crate) fn id_by_alias(&self, alias: &str) -> Option<RecordId> {
        self.stretches().find_map(|s| s.by_alias.get(alias).copied())
    }

    pub(crate) fn is_taken(&self, id: RecordId) -> bool {
        self.stretches().any(|s| s.texts.contains_key(&id))
    }

    /// The texts of `id`, as (capture time, hash).
    pub(crate) fn texts(&self, id: RecordId) -> impl Iterator<Item = (Timestamp, ContentHash)> {
        self.stretches().filter_map(move |s| s.texts.get(&id)).flatten().map(|t| (t.at, t.hash))
    }

    pub(crate) fn ids_by_content(&self, hash: ContentHash) -> impl Iterator<Item = RecordId> {
        self.stretches().filter_map(move |s| s.by_content.get(&hash)).flatten().copied()
    }

    /// The newest text of `id` and its capture time.
    pub(crate) fn newest(&self, id: RecordId) -> Option<(Timestamp, Arc<KnownText>)> {
        let texts = self.stretches().filter_map(|s| s.texts.get(&id)).flatten();
        // The later one wins among equals: it was judged later.
        texts.max_by_key(|t| t.at).map(|t| (t.at, Arc::clone(&t.known)))
    }

    /// Both, the older first.
    fn stretches(&self) -> impl Iterator<Item = &Stretch> {
        [&self.older, &self.younger].into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(title: &str) -> KnownText {
        KnownText {
            title: title.to_owned(),
            body: String::new(),
            domain: String::new(),
            lang: None,
            date: None,
            root: RecordId(0),
        }
    }

    fn push(pending: &mut Pending, number: u64, second: i64) {
        let at = Timestamp::from_second(second).unwrap();
        let hash = ContentHash::of_bytes(&number.to_be_bytes());
        let aliases = [format!("alias {number}")];
        pending.push(number, RecordId(number % 2), &aliases, at, hash, known(&number.to_string()));
    }

    #[test]
    fn only_what_is_committed_is_forgotten() {
        let mut pending = Pending::default();
        for number in 1..=10 {
            push(&mut pending, number, 0);
            pending.forget(number.saturating_sub(4));
            for open in number.saturating_sub(3).max(1)..=number {
                assert!(pending.id_by_alias(&format!("alias {open}")).is_some(), "{open}");
            }
        }
        pending.forget(10);
        assert_eq!(pending.id_by_alias("alias 10"), None);
        assert!(!pending.is_taken(RecordId(0)));
    }

    #[test]
    fn the_newest_text_is_the_latest_captured() {
        let mut pending = Pending::default();
        push(&mut pending, 1, 50);
        push(&mut pending, 3, 20);
        assert_eq!(pending.newest(RecordId(1)).unwrap().1.title, "1");
        assert_eq!(pending.texts(RecordId(1)).count(), 2);
    }
}
