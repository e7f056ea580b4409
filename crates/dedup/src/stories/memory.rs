//! The remembered stories, and by which terms to find them.

use std::collections::{BTreeMap, HashMap};

use record::{RecordId, StoryId};

use super::cluster::{Cluster, Held};
use super::frequencies::Frequencies;
use super::terms::{Term, TermMap};

/// A place in memory; what it is never decides anything.
pub(crate) type Slot = u32;

/// All remembered records with their stories. A pure function of which records are remembered
/// and which story each belongs to.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    slots: Vec<Option<Cluster>>,
    free: Vec<Slot>,
    postings: TermMap<Vec<Slot>>,
    by_story: HashMap<StoryId, Slot>,
    by_record: HashMap<RecordId, Slot>,
    /// Oldest first: sequence to story.
    order: BTreeMap<u64, Slot>,
    pub(crate) frequencies: Frequencies,
}

impl Memory {
    pub(crate) fn cluster(&self, slot: Slot) -> Option<&Cluster> {
        self.slots.get(slot as usize)?.as_ref()
    }

    pub(crate) fn of_record(&self, id: RecordId) -> Option<Slot> {
        self.by_record.get(&id).copied()
    }

    pub(crate) fn of_story(&self, story: StoryId) -> Option<Slot> {
        self.by_story.get(&story).copied()
    }

    /// The story that a record is in, or that is named after it.
    pub(crate) fn around(&self, id: RecordId) -> Option<Slot> {
        self.of_record(id).or_else(|| self.of_story(StoryId(id.0)))
    }

    pub(crate) fn posting(&self, term: Term) -> &[Slot] {
        self.postings.get(&term).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Records remembered.
    pub(crate) fn len(&self) -> usize {
        self.order.len()
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
    }

    fn place(&mut self, slot: Slot, held: Held) {
        let Some(Some(cluster)) = self.slots.get_mut(slot as usize) else { return };
        self.by_record.insert(held.id, slot);
        self.order.insert(held.sequence, slot);
        let postings = &mut self.postings;
        cluster.add(held, |term| postings.entry(term).or_default().push(slot));
    }

    fn lift(&mut self, slot: Slot, sequence: u64) -> Option<Held> {
        let cluster = self.slots.get_mut(slot as usize)?.as_mut()?;
        let postings = &mut self.postings;
        let held = cluster.remove(sequence, |term| unpost(postings, term, slot))?;
        self.by_record.remove(&held.id);
        self.order.remove(&sequence);
        if cluster.members.is_empty() {
            self.by_story.remove(&cluster.story);
            self.free.push(slot);
            if let Some(place) = self.slots.get_mut(slot as usize) {
                *place = None;
            }
        }
        Some(held)
    }

    /// Forgets the records before `sequence`.
    pub(crate) fn forget_before(&mut self, sequence: u64) {
        while let Some((&oldest, &slot)) = self.order.first_key_value() {
            if oldest >= sequence {
                break;
            }
            match self.lift(slot, oldest) {
                Some(held) => self.frequencies.remove(held.lang, &held.vector),
                None => {
                    self.order.remove(&oldest);
                }
            }
        }
    }

    /// The sequence of a remembered record.
    pub(crate) fn sequence_of(&self, id: RecordId) -> Option<u64> {
        let cluster = self.cluster(self.of_record(id)?)?;
        Some(cluster.members.iter().find(|m| m.id == id)?.sequence)
    }

    /// The stories that took in a record after `since`, oldest first.
    pub(crate) fn grown_since(&self, since: u64) -> Vec<Slot> {
        let mut grown: Vec<(u64, Slot)> = self
            .order
            .range(since.saturating_add(1)..)
            .filter_map(|(_, &slot)| Some((self.cluster(slot)?.born, slot)))
            .collect();
        grown.sort_unstable();
        grown.dedup();
        grown.into_iter().map(|(_, slot)| slot).collect()
    }

    /// Moves a record to another story.
    pub(crate) fn shift(&mut self, id: RecordId, to: Slot) {
        let Some(from) = self.of_record(id) else { return };
        let Some(sequence) = self.sequence_of(id) else { return };
        if let Some(held) = self.lift(from, sequence) {
            self.place(to, held);
        }
    }

    /// Moves all members of one story into another; the first is gone.
    pub(crate) fn pour(&mut self, from: Slot, to: Slot) {
        let Some(cluster) = self.slots.get_mut(from as usize).and_then(Option::take) else {
            return;
        };
        self.free.push(from);
        self.by_story.remove(&cluster.story);
        for &(term, _) in &cluster.sum {
            unpost(&mut self.postings, term, from);
        }
        for held in cluster.members {
            self.place(to, held);
        }
    }
}

fn unpost(postings: &mut TermMap<Vec<Slot>>, term: Term, slot: Slot) {
    if let Some(list) = postings.get_mut(&term) {
        if let Some(at) = list.iter().position(|s| *s == slot) {
            list.swap_remove(at);
        }
        if list.is_empty() {
            postings.remove(&term);
        }
    }
}
