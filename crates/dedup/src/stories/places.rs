//! What stands at each slot.

use super::cluster::Cluster;
use super::memory::Slot;
use super::rows::{NUMBERS, Number};

/// What stands at a slot.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    Free,
    /// A record alone, after which the story is named.
    One(Number),
    Many(&'a Cluster),
}

/// The slots: most are a record's number and nothing else.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// [`FREE`], the number of a row, or [`MANY`] and the place of a cluster.
    slots: Vec<u32>,
    free: Vec<Slot>,
    clusters: Vec<Option<Box<Cluster>>>,
    free_clusters: Vec<u32>,
}

/// No row and no cluster has this number.
const FREE: u32 = u32::MAX;

/// Marks the place of a cluster.
const MANY: u32 = NUMBERS;

impl Places {
    /// One more than the greatest slot.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn get(&self, slot: Slot) -> Place<'_> {
        match self.slots.get(slot as usize) {
            Some(&FREE) | None => Place::Free,
            Some(&one) if one < MANY => Place::One(one),
            Some(&many) => {
                let cluster = self.clusters.get((many - MANY) as usize);
                cluster.and_then(Option::as_deref).map_or(Place::Free, Place::Many)
            }
        }
    }

    pub(crate) fn cluster_mut(&mut self, slot: Slot) -> Option<&mut Cluster> {
        let place = self.slots.get(slot as usize)?.checked_sub(MANY)?;
        self.clusters.get_mut(place as usize)?.as_deref_mut()
    }

    /// The rows of the story at a slot, by sequence.
    pub(crate) fn members(&self, slot: Slot) -> impl Iterator<Item = Number> + '_ {
        let (one, many) = match self.get(slot) {
            Place::Free => (None, None),
            Place::One(number) => (Some(number), None),
            Place::Many(cluster) => (None, Some(&cluster.members)),
        };
        one.into_iter().chain(many.into_iter().flatten().copied())
    }

    /// A slot where nothing stands.
    pub(crate) fn open(&mut self) -> Slot {
        self.free.pop().unwrap_or_else(|| {
            if self.slots.len() == self.slots.capacity() {
                // By an eighth: doubling would leave half of it unused.
                self.slots.reserve_exact(self.slots.len() / 8 + 64);
            }
            self.slots.push(FREE);
            self.slots.len() as Slot - 1
        })
    }

    /// Puts a record alone at an open slot, or in place of its cluster.
    pub(crate) fn set(&mut self, slot: Slot, number: Number) {
        self.put(slot, number);
    }

    /// Puts a cluster at a slot.
    pub(crate) fn widen(&mut self, slot: Slot, cluster: Cluster) {
        let place = self.free_clusters.pop().unwrap_or(self.clusters.len() as u32);
        let cluster = Some(Box::new(cluster));
        match self.clusters.get_mut(place as usize) {
            Some(free) => *free = cluster,
            None => self.clusters.push(cluster),
        }
        self.put(slot, MANY + place);
    }

    /// Leaves a slot open.
    pub(crate) fn free(&mut self, slot: Slot) {
        self.put(slot, FREE);
        self.free.push(slot);
    }

    fn put(&mut self, slot: Slot, place: u32) {
        let Some(old) = self.slots.get_mut(slot as usize) else { return };
        let before = std::mem::replace(old, place);
        if before >= MANY
            && before != FREE
            && let Some(cluster) = self.clusters.get_mut((before - MANY) as usize)
        {
            *cluster = None;
            self.free_clusters.push(before - MANY);
        }
    }
}
