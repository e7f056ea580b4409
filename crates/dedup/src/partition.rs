//! A stretch of days of the index.

use record::RecordId;

use crate::entries::Entries;
use crate::postings::{MAX_RECORDS, Postings};
use crate::sketch::{Extent, Sketch};

/// Days of one partition. The window of ± 45 days touches two: each costs every question a look
/// at cold memory, so shorter ones make a large index slower.
pub(crate) const DAYS: i32 = 90;

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
        sketch.values.iter().for_each(|value| self.postings.insert(*value, number));
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
