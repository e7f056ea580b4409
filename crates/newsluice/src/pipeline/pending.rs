//! Records judged but not yet committed, as the judgement of the next ones must see them.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use dedup::KnownText;
use jiff::Timestamp;
use record::{ContentHash, RecordId};

/// One judged capture on its way to the database.
#[derive(Debug, Clone)]
pub(crate) struct Capture {
    /// Its record.
    pub(crate) id: RecordId,
    /// Its place in the stream.
    pub(crate) sequence: u64,
    /// When it was captured.
    pub(crate) at: Timestamp,
    /// The hash of its text.
    pub(crate) hash: ContentHash,
    /// Its sketch, and the day under which that is found; empty and `None` without one.
    pub(crate) sketch: Vec<u8>,
    /// See `sketch`.
    pub(crate) sketch_day: Option<i32>,
    /// Its text; `None` for one that was known already.
    pub(crate) text: Option<Arc<KnownText>>,
}

/// The captures of some stretch of the stream.
#[derive(Debug, Default)]
struct Stretch {
    captures: Vec<Capture>,
    by_alias: HashMap<String, RecordId>,
    by_content: HashMap<ContentHash, Vec<RecordId>>,
    by_id: HashMap<RecordId, Vec<usize>>,
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
    /// Takes note of a judged capture. `number` is its envelope's, rising.
    pub(crate) fn push(&mut self, number: u64, aliases: &[String], capture: Capture) {
        let stretch = &mut self.younger;
        stretch.last = number;
        for alias in aliases {
            stretch.by_alias.entry(alias.clone()).or_insert(capture.id);
        }
        let ids = stretch.by_content.entry(capture.hash).or_default();
        if !ids.contains(&capture.id) {
            ids.push(capture.id);
        }
        stretch.by_id.entry(capture.id).or_default().push(stretch.captures.len());
        stretch.captures.push(capture);
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

    /// The record that an alias names.
    pub(crate) fn id_by_alias(&self, alias: &str) -> Option<RecordId> {
        self.stretches().find_map(|s| s.by_alias.get(alias).copied())
    }

    /// Is anything of this record pending?
    pub(crate) fn holds(&self, id: RecordId) -> bool {
        self.stretches().any(|s| s.by_id.contains_key(&id))
    }

    /// The captures of `id` from this place in the stream on, in order.
    pub(crate) fn captures(&self, id: RecordId, from: u64) -> impl Iterator<Item = &Capture> {
        self.stretches()
            .flat_map(move |s| {
                let places = s.by_id.get(&id).into_iter().flatten();
                places.filter_map(|place| s.captures.get(*place))
            })
            .filter(move |capture| capture.sequence >= from)
    }

    /// The records that have this text, in order.
    pub(crate) fn ids_by_content(&self, hash: ContentHash) -> impl Iterator<Item = RecordId> {
        self.stretches().filter_map(move |s| s.by_content.get(&hash)).flatten().copied()
    }

    /// The text of `id` that has this hash.
    pub(crate) fn text(&self, id: RecordId, hash: ContentHash) -> Option<Arc<KnownText>> {
        let captures = self.captures(id, 0).filter(|capture| capture.hash == hash);
        captures.filter_map(|capture| capture.text.clone()).last()
    }

    /// The captures with a sketch of one of these days, from this place in the stream on.
    pub(crate) fn sketches(
        &self,
        from: u64,
        days: RangeInclusive<i32>,
    ) -> impl Iterator<Item = &Capture> {
        self.stretches().flat_map(|s| &s.captures).filter(move |capture| {
            capture.sequence >= from && capture.sketch_day.is_some_and(|day| days.contains(&day))
        })
    }

    /// Both, the older first.
    fn stretches(&self) -> impl Iterator<Item = &Stretch> {
        [&self.older, &self.younger].into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(pending: &mut Pending, number: u64, second: i64) {
        let capture = Capture {
            id: RecordId(number % 2),
            sequence: number,
            at: Timestamp::from_second(second).unwrap(),
            hash: ContentHash::of_bytes(&number.to_be_bytes()),
            sketch: Vec::new(),
            sketch_day: None,
            text: None,
        };
        pending.push(number, &[format!("alias {number}")], capture);
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
        assert!(!pending.holds(RecordId(0)));
    }

    #[test]
    fn captures_come_in_order_from_a_place_on() {
        let mut pending = Pending::default();
        for number in 1..=6 {
            push(&mut pending, number, 50 - i64::try_from(number).unwrap());
            pending.forget(1);
        }
        let sequences: Vec<u64> =
            pending.captures(RecordId(1), 3).map(|capture| capture.sequence).collect();
        assert_eq!(sequences, [3, 5]);
    }
}
