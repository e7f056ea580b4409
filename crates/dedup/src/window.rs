//! The memory of the window: partitions that come when they are needed and leave when there
//! are too many.
//!
//! What a partition holds is a function of the sketches of its days in commit order, so
//! whether it is in memory changes the cost of a question, never its answer.

use std::collections::BTreeMap;

use record::RecordId;

use crate::Known;
use crate::partition::{self, Entry, Partition};
use crate::postings::MAX_LIST;
use crate::shingles::MAX_VALUES;
use crate::sketch::Sketch;

/// Bytes of partitions kept in memory before the one longest unused leaves: some three million
/// whole articles.
const MAX_BYTES: usize = 640 << 20;

/// How often the memory is counted when no partition was loaded, in arrivals.
const EVERY: u64 = 1024;

/// Partitions kept in memory, however few records they hold.
const MAX_PARTITIONS: usize = 1024;

/// Where so many records share a value, it is furniture or a stock phrase and says nothing…
const COMMON: usize = 16;

/// … unless the first so many are all of one group: an article that many have copied.
const SAMPLE: usize = 8;

/// A record that shares values with the one asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) entry: Entry,
    /// Which of the values it shares, a bit for each.
    pub(crate) shared: u64,
    /// The shared values, each counted as one over the groups that have it.
    pub(crate) weight: f64,
}

/// The partitions in memory.
#[derive(Debug, Default)]
pub(crate) struct Window {
    partitions: BTreeMap<i32, Partition>,
}

impl Window {
    /// Brings the partitions within `reach` days of `day` into memory.
    pub(crate) fn load<E>(
        &mut self,
        day: i32,
        reach: u16,
        sequence: u64,
        known: &mut dyn Known<Error = E>,
    ) -> Result<(), E> {
        let mut has_grown = false;
        for number in around(day, reach) {
            if let Some(partition) = self.partitions.get_mut(&number) {
                partition.used = sequence;
                continue;
            }
            let mut partition = Partition::new(number, sequence);
            known.sketches(partition::days(number), &mut |id, sequence, bytes| {
                if let Some(sketch) = Sketch::from_bytes(bytes) {
                    partition.insert(id, sequence, &sketch);
                }
            })?;
            self.partitions.insert(number, partition);
            has_grown = true;
        }
        if has_grown || sequence.is_multiple_of(EVERY) {
            self.evict(sequence);
        }
        Ok(())
    }

    /// Lets partitions go that the present arrival does not need, the longest unused first,
    /// until the rest fits.
    fn evict(&mut self, sequence: u64) {
        while self.partitions.len() > MAX_PARTITIONS
            || self.partitions.values().map(Partition::bytes).sum::<usize>() > MAX_BYTES
        {
            let unused = self.partitions.iter().filter(|(_, p)| p.used != sequence);
            let Some(oldest) = unused.min_by_key(|(_, p)| p.used).map(|(n, _)| *n) else { return };
            self.partitions.remove(&oldest);
        }
    }

    /// Adds a record to the partition of its day, which must have been loaded.
    pub(crate) fn insert(&mut self, id: RecordId, sequence: u64, sketch: &Sketch) {
        if let Some(partition) = self.partitions.get_mut(&partition::of_day(sketch.day)) {
            partition.insert(id, sequence, sketch);
        }
    }

    /// The records within `reach` days that share `values`, the most telling first, among
    /// equals the first seen.
    pub(crate) fn candidates(&self, values: &[u32], day: i32, reach: u16) -> Vec<Candidate> {
        let partitions: Vec<&Partition> =
            around(day, reach).filter_map(|n| self.partitions.get(&n)).collect();
        // Looks into a large memory wait; these wait together, not one after the other.
        let is_worth = |value: &u32| {
            let looks = partitions.iter().map(|p| u8::from(p.postings.may_have(*value)));
            looks.sum::<u8>() > 0
        };
        let values = values.iter().take(MAX_VALUES).enumerate();
        let worth: Vec<(usize, u32)> =
            values.map(|(at, value)| (at, *value)).filter(|(_, value)| is_worth(value)).collect();
        let mut found: Vec<Candidate> = Vec::new();
        let mut list: Vec<(&Partition, u32)> = Vec::new();
        for (at, value) in worth {
            list.clear();
            for partition in &partitions {
                list.extend(partition.postings.get(value).map(|n| (*partition, n)));
            }
            if list.len() >= COMMON && groups(entries(&list).take(SAMPLE)) > 1 {
                continue;
            }
            list.truncate(MAX_LIST);
            let weight = 1.0 / groups(entries(&list)) as f64;
            found.extend(
                entries(&list)
                    .filter(|entry| entry.day.abs_diff(day) <= u32::from(reach))
                    .map(|entry| Candidate { entry, shared: 1 << at, weight }),
            );
        }
        merged(found)
    }
}

fn entries(list: &[(&Partition, u32)]) -> impl Iterator<Item = Entry> {
    list.iter().filter_map(|(partition, number)| partition.get(*number))
}

/// Adds up what belongs to one record and puts the records in order.
fn merged(mut found: Vec<Candidate>) -> Vec<Candidate> {
    found.sort_by_key(|c| c.entry.sequence);
    found.dedup_by(|next, kept| {
        let is_same = next.entry.sequence == kept.entry.sequence;
        if is_same {
            kept.shared |= next.shared;
            kept.weight += next.weight;
        }
        is_same
    });
    found.sort_by(|a, b| {
        b.weight.total_cmp(&a.weight).then(a.entry.sequence.cmp(&b.entry.sequence))
    });
    found
}

/// How many groups of copies these entries belong to, at least one.
fn groups(entries: impl Iterator<Item = Entry>) -> usize {
    let mut roots: Vec<u64> = entries.map(|e| e.root.0).collect();
    roots.sort_unstable();
    roots.dedup();
    roots.len().max(1)
}

fn around(day: i32, reach: u16) -> std::ops::RangeInclusive<i32> {
    let reach = i32::from(reach);
    partition::of_day(day.saturating_sub(reach))..=partition::of_day(day.saturating_add(reach))
}
