//! The remembered stories, and by which terms to find them.

use std::collections::{BTreeMap, HashMap};

use record::{RecordId, StoryId};

use super::cluster::{Cluster, Held};
use super::frequencies::Frequencies;
use super::order::{Order, Place};
use super::postings::{Found, Postings};
use super::vector::Term;

/// A place in memory; what it is never decides anything.
pub(crate) type Slot = u32;

/// Records remembered of one story: the newest. Bounds the work on a story that never ends.
const MEMBERS_MAX: usize = 1_024;

/// All remembered records with their stories. A pure function of which records are remembered
/// and which story each belongs to.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    slots: Vec<Option<Cluster>>,
    free: Vec<Slot>,
    postings: Postings,
    by_story: HashMap<StoryId, Slot>,
    by_record: HashMap<RecordId, u64>,
    order: Order,
    pub(crate) frequencies: Frequencies,
}

impl Memory {
    pub(crate) fn cluster(&self, slot: Slot) -> Option<&Cluster> {
        self.slots.get(slot as usize)?.as_ref()
    }

    /// How many records are remembered of a story.
    pub(crate) fn members(&self, slot: Slot) -> usize {
        self.cluster(slot).map_or(0, |cluster| cluster.members.len())
    }

    pub(crate) fn of_record(&self, id: RecordId) -> Option<Slot> {
        Some(self.order.get(*self.by_record.get(&id)?)?.slot)
    }

    pub(crate) fn of_story(&self, story: StoryId) -> Option<Slot> {
        self.by_story.get(&story).copied()
    }

    /// The story that a record is in, or that is named after it.
    pub(crate) fn around(&self, id: RecordId) -> Option<Slot> {
        self.of_record(id).or_else(|| self.of_story(StoryId(id.0)))
    }

    /// The stories that have a term; `None` where too many have it to say anything.
    pub(crate) fn posting(&self, term: Term) -> Option<Found<'_>> {
        self.postings.get(term)
    }

    /// One more than the greatest slot.
    pub(crate) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Records remembered.
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// The stories that grew by an eighth or more from sequence `first` on, oldest first.
    pub(crate) fn grown_from(&self, first: u64) -> Vec<Slot> {
        let mut new: BTreeMap<Slot, usize> = BTreeMap::new();
        for place in self.order.from(first) {
            *new.entry(place.slot).or_default() += 1;
        }
        let mut grown: Vec<(u64, Slot)> = new
            .into_iter()
            .filter_map(|(slot, new)| {
                let cluster = self.cluster(slot).filter(|c| new * 8 >= c.members.len())?;
                Some((cluster.born, slot))
            })
            .collect();
        grown.sort_unstable();
        grown.into_iter().map(|(_, slot)| slot).collect()
    }

    /// Times of the records from `sequence` on.
    pub(crate) fn times_from(&self, sequence: u64) -> Vec<i64> {
        self.order.from(sequence).map(|place| place.time).collect()
    }

    /// The story with this name, made where there is none.
    pub(crate) fn open(&mut self, story: StoryId, born: u64) -> Slot {
        if let Some(slot) = self.of_story(story) {
            return slot;
        }
        let cluster = Some(Cluster::new(story, born));
        let slot = self.free.pop().unwrap_or(self.slots.len() as Slot);
        match self.slots.get_mut(slot as usize) {
            Some(place) => *place = cluster,
            None => self.slots.push(cluster),
        }
        self.by_story.insert(story, slot);
        slot
    }

    /// Puts a record into a story.
    pub(crate) fn add(&mut self, slot: Slot, held: Held) {
        self.frequencies.add(held.lang, &held.vector);
        self.place(slot, held);
        self.trim(slot);
    }

    fn place(&mut self, slot: Slot, held: Held) {
        let Some(Some(cluster)) = self.slots.get_mut(slot as usize) else { return };
        self.by_record.insert(held.id, held.sequence);
        self.order.insert(Place::new(held.sequence, slot, held.time));
        let postings = &mut self.postings;
        cluster.add(held, |term| postings.add(term, slot));
    }

    /// Forgets the oldest members of a story that has too many.
    fn trim(&mut self, slot: Slot) {
        while let Some(cluster) = self.cluster(slot).filter(|c| c.members.len() > MEMBERS_MAX) {
            let Some(oldest) = cluster.members.front().map(|m| m.sequence) else { return };
            self.forget(oldest);
        }
    }

    fn lift(&mut self, sequence: u64) -> Option<Held> {
        let slot = self.order.remove(sequence)?.slot;
        let cluster = self.slots.get_mut(slot as usize)?.as_mut()?;
        let postings = &mut self.postings;
        let held = cluster.remove(sequence, |term| postings.remove(term, slot))?;
        self.by_record.remove(&held.id);
        if cluster.members.is_empty() {
            self.by_story.remove(&cluster.story);
            self.free.push(slot);
            if let Some(place) = self.slots.get_mut(slot as usize) {
                *place = None;
            }
        }
        Some(held)
    }

    fn forget(&mut self, sequence: u64) {
        if let Some(held) = self.lift(sequence) {
            self.frequencies.remove(held.lang, &held.vector);
        }
    }

    /// Forgets the records before `sequence`.
    pub(crate) fn forget_before(&mut self, sequence: u64) {
        while let Some(oldest) = self.order.first().filter(|oldest| *oldest < sequence) {
            self.forget(oldest);
        }
    }

    /// Forgets the stories that have no member from `sequence` on and none at or after `time`.
    pub(crate) fn forget_stories(&mut self, sequence: u64, time: i64) {
        let stale = |c: &Cluster| {
            c.span.1 < time && c.members.back().is_none_or(|newest| newest.sequence < sequence)
        };
        let gone: Vec<u64> = self
            .slots
            .iter()
            .flatten()
            .filter(|c| stale(c))
            .flat_map(|c| c.members.iter().map(|m| m.sequence))
            .collect();
        for sequence in gone {
            self.forget(sequence);
        }
    }

    /// Moves all members of one story into another; the first is gone.
    pub(crate) fn pour(&mut self, from: Slot, to: Slot) {
        let taken = self.slots.get_mut(from as usize).and_then(Option::take);
        let (Some(gone), Some(Some(kept))) = (taken, self.slots.get_mut(to as usize)) else {
            return;
        };
        self.free.push(from);
        self.by_story.remove(&gone.story);
        for (term, _) in gone.sum() {
            self.postings.remove(term, from);
        }
        for held in &gone.members {
            self.order.insert(Place::new(held.sequence, to, held.time));
        }
        let postings = &mut self.postings;
        kept.absorb(gone, |term| postings.add(term, to));
        self.trim(to);
    }
}
