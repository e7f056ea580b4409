//! A stretch of days of the index.

use record::RecordId;

use crate::entries::Entries;
use crate::postings::{MAX_LIST, MAX_RECORDS, Postings};
use crate::sketch::{Extent, Sketch};

/// Days of one partition. The window of ± 45 days touches two: each costs every question a look
/// at cold memory, so shorter ones make a large index slower.
pub(crate) const DAYS: i32 = 90;

/// Where so many records share a value, it is furniture or a stock phrase and says nothing…
pub(crate) const COMMON: usize = 16;

/// … unless the first so many are all of one group: an article that many have copied.
pub(crate) const SAMPLE: usize = 8;

/// What the index knows of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: RecordId,
    pub(crate) root: RecordId,
    pub(crate) sequence: u64,
    pub(crate) day: i32,
    pub(crate) extent: Extent,
}

/// The partition that `day` belongs to.
pub(crate) fn of_day(day: i32) -> i32 {
    day.div_euclid(DAYS)
}

/// The days of a partition.
pub(crate) fn days(partition: i32) -> std::ops::RangeInclusive<i32> {
    let first = partition.saturating_mul(DAYS);
    first..=first.saturating_add(DAYS - 1)
}

/// Do these belong to more than one group? Looks no further than the first that tells.
pub(crate) fn are_mixed(mut entries: impl Iterator<Item = Entry>) -> bool {
    let first = entries.next();
    entries.any(|entry| first.is_some_and(|first| first.root != entry.root))
}

/// The entries of one stretch of days, in commit order, and which values they have.
#[derive(Debug)]
pub(crate) struct Partition {
    first_day: i32,
    entries: Entries,
    pub(crate) postings: Postings,
    /// The commit sequence number of the arrival that last asked for it.
    pub(crate) used: u64,
}

impl Partition {
    /// The partition with this number, empty.
    pub(crate) fn new(number: i32, used: u64) -> Self {
        let first_day = *days(number).start();
        Self { first_day, entries: Entries::default(), postings: Postings::new(), used }
    }

    /// Adds a record, whose day must be one of the partition's. Nothing happens beyond
    /// [`MAX_RECORDS`], of which memory holds far fewer.
    pub(crate) fn insert(&mut self, id: RecordId, sequence: u64, sketch: &Sketch) {
        let number = self.entries.len() as u32;
        if self.entries.len() >= MAX_RECORDS {
            return;
        }
        let (root, day, extent) = (sketch.root, sketch.day, sketch.extent());
        self.entries.push(&Entry { id, root, sequence, day, extent }, self.first_day);
        for value in &sketch.values {
            // A list that is furniture need not grow: that it says nothing is known by then.
            if !self.postings.insert(*value, number, COMMON) && !self.is_furniture(*value) {
                self.postings.insert(*value, number, MAX_LIST);
            }
        }
    }

    fn is_furniture(&self, value: u32) -> bool {
        are_mixed(self.postings.get(value).take(SAMPLE).filter_map(|number| self.get(number)))
    }

    /// Memory that it takes, in bytes. Cheap: counted by tables, not by records.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.bytes() + self.postings.bytes()
    }

    /// Has the processor fetch what the index knows of a record.
    pub(crate) fn fetch(&self, number: u32) {
        self.entries.fetch(number);
    }

    pub(crate) fn get(&self, number: u32) -> Option<Entry> {
        self.entries.get(number, self.first_day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_one_group_has_is_listed_on_and_on() {
        let mut partition = Partition::new(0, 0);
        for id in 0..200 {
            let root = RecordId(if id % 2 == 0 { id } else { 1 });
            let values = if id % 2 == 0 { vec![7, 8] } else { vec![9] };
            partition.insert(RecordId(id), id, &Sketch { day: 3, root, values });
        }
        let listed = |value| partition.postings.get(value).count();
        assert_eq!((listed(7), listed(8), listed(9)), (COMMON, COMMON, MAX_LIST));
    }
}
