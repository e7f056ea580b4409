//! The memory of the window: partitions that come when they are needed and leave when there
//! are too many.
//!
//! What a partition holds is a function of the sketches of its days in commit order, so
//! whether it is in memory changes the cost of a question, never its answer.

use std::collections::BTreeMap;

use record::RecordId;

use crate::Known;
use crate::partition::{self, COMMON, Entry, Partition, SAMPLE, are_mixed};
use crate::postings::MAX_LIST;
use crate::shingles::MAX_VALUES;
use crate::sketch::Sketch;

/// Bytes of partitions kept in memory before the one longest unused leaves: some two million
/// whole articles.
const MAX_BYTES: usize = 640 << 20;

/// How often the memory is counted when no partition was loaded, in arrivals.
const EVERY: u64 = 1024;

/// Partitions kept in memory, however few records they hold.
const MAX_PARTITIONS: usize = 1024;

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

    /// Has the processor fetch what [`candidates`](Self::candidates) looks at first. Looks into a
    /// large memory wait; these wait together, and while something else is done.
    pub(crate) fn fetch(&self, values: &[u32], day: i32, reach: u16) {
        for partition in around(day, reach).filter_map(|n| self.partitions.get(&n)) {
            values.iter().take(MAX_VALUES).for_each(|value| partition.postings.fetch(*value));
        }
    }

    /// The records within `reach` days that share `values`, the most telling first, among
    /// equals the first seen.
    pub(crate) fn candidates(&self, values: &[u32], day: i32, reach: u16) -> Vec<Candidate> {
        let partitions: Vec<&Partition> =
            around(day, reach).filter_map(|n| self.partitions.get(&n)).collect();
        for partition in &partitions {
            values.iter().take(MAX_VALUES).for_each(|value| partition.postings.fetch_on(*value));
        }
        // All lists first, and then what is in them, for the same reason.
        let mut lists: Vec<(&Partition, u32)> = Vec::with_capacity(values.len() * 4);
        let mut ends: Vec<usize> = Vec::with_capacity(values.len());
        for value in values.iter().take(MAX_VALUES) {
            let start = lists.len();
            for partition in &partitions {
                lists.extend(partition.postings.get(*value).map(|n| (*partition, n)));
            }
            lists.truncate(start + MAX_LIST);
            // Of a long list two mostly tell that it is not worth more.
            let looks = if lists.len() - start < COMMON { COMMON } else { 2 };
            let list = lists.iter().skip(start);
            list.take(looks).for_each(|(partition, n)| partition.fetch(*n));
            ends.push(lists.len());
        }
        let mut found: Vec<Candidate> = Vec::with_capacity(lists.len());
        let starts = std::iter::once(0).chain(ends.iter().copied());
        for (at, (start, end)) in starts.zip(&ends).enumerate() {
            let list = lists.get(start..*end).unwrap_or_default();
            if list.len() >= COMMON && are_mixed(entries(list).take(SAMPLE)) {
                continue;
            }
            let weight = 1.0 / groups(list) as f64;
            found.extend(
                entries(list)
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
    // In the order of the values too, so that sums do not hang on it.
    found.sort_unstable_by_key(|c| (c.entry.sequence, c.shared));
    found.dedup_by(|next, kept| {
        let is_same = next.entry.sequence == kept.entry.sequence;
        if is_same {
            kept.shared |= next.shared;
            kept.weight += next.weight;
        }
        is_same
    });
    found.sort_unstable_by(|a, b| {
        b.weight.total_cmp(&a.weight).then(a.entry.sequence.cmp(&b.entry.sequence))
    });
    found
}

/// How many groups of copies the entries of a list belong to, at least one.
fn groups(list: &[(&Partition, u32)]) -> usize {
    if list.len() < 2 {
        return 1;
    }
    let mut roots: Vec<u64> = Vec::with_capacity(list.len());
    roots.extend(entries(list).map(|e| e.root.0));
    roots.sort_unstable();
    roots.dedup();
    roots.len().max(1)
}

fn around(day: i32, reach: u16) -> std::ops::RangeInclusive<i32> {
    let reach = i32::from(reach);
    partition::of_day(day.saturating_sub(reach))..=partition::of_day(day.saturating_add(reach))
}
