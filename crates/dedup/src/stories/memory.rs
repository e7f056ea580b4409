//! The remembered stories, and by which terms to find them.

use std::collections::{BTreeMap, HashMap};

use record::{RecordId, StoryId};

use super::cluster::{Cluster, HEADS};
use super::frequencies::Frequencies;
use super::ids::Ids;
use super::postings::{Found, Postings};
use super::rows::{Number, Row, Rows};
use super::story::Story;
use super::vector::Term;

/// A place in memory; what it is never decides anything.
pub(crate) type Slot = u32;

/// Records remembered of one story: the newest. Bounds the work on a story that never ends.
const MEMBERS_MAX: usize = 1_024;

/// All remembered records with their stories. A pure function of which records are remembered
/// and which story each belongs to.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    rows: Rows,
    ids: Ids,
    places: Vec<Place>,
    free: Vec<Slot>,
    postings: Postings,
    /// The stories that are not one record alone under its own name.
    clusters: HashMap<StoryId, Slot>,
    pub(crate) frequencies: Frequencies,
}

/// What stands at a slot.
#[derive(Debug, Default)]
enum Place {
    #[default]
    Free,
    /// A record alone, after which the story is named.
    One(Number),
    Many(Box<Cluster>),
}

impl Memory {
    pub(crate) fn story(&self, slot: Slot) -> Option<Story<'_>> {
        match self.places.get(slot as usize)? {
            Place::Free => None,
            Place::One(number) => self.rows.get(*number).map(Story::One),
            Place::Many(cluster) => Some(Story::Many(cluster, &self.rows)),
        }
    }

    /// How many records are remembered of a story.
    pub(crate) fn members(&self, slot: Slot) -> usize {
        self.story(slot).map_or(0, Story::len)
    }

    pub(crate) fn of_record(&self, id: RecordId) -> Option<Slot> {
        Some(self.rows.get(self.ids.get(id, &self.rows)?)?.slot)
    }

    pub(crate) fn of_story(&self, story: StoryId) -> Option<Slot> {
        let cluster = self.clusters.get(&story).copied();
        cluster.or_else(|| {
            let slot = self.of_record(RecordId(story.0))?;
            self.story(slot).filter(|found| found.name() == story).map(|_| slot)
        })
    }

    /// The story that a record is in, or that is named after it.
    pub(crate) fn around(&self, id: RecordId) -> Option<Slot> {
        self.of_record(id).or_else(|| self.of_story(StoryId(id.0)))
    }

    /// The stories that have a term among those by which they are found; `None` where too many
    /// have it to say anything.
    pub(crate) fn posting(&self, term: Term) -> Option<Found<'_>> {
        self.postings.get(term)
    }

    /// One more than the greatest slot.
    pub(crate) fn slots(&self) -> usize {
        self.places.len()
    }

    /// Records remembered.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The stories that grew by an eighth or more from sequence `first` on, oldest first.
    pub(crate) fn grown_from(&self, first: u64) -> Vec<Slot> {
        let mut new: BTreeMap<Slot, usize> = BTreeMap::new();
        for row in self.rows.since(first) {
            *new.entry(row.slot).or_default() += 1;
        }
        let mut grown: Vec<(u64, Slot)> = new
            .into_iter()
            .filter_map(|(slot, new)| {
                let story = self.story(slot).filter(|story| new * 8 >= story.len())?;
                Some((story.born(), slot))
            })
            .collect();
        grown.sort_unstable();
        grown.into_iter().map(|(_, slot)| slot).collect()
    }

    /// Times of the records from `sequence` on.
    pub(crate) fn times_from(&self, sequence: u64) -> Vec<i64> {
        self.rows.since(sequence).map(|row| row.time).collect()
    }

    /// Puts a record into the story with this name, which is made where there is none. What the
    /// row says of its slot does not count.
    pub(crate) fn add(&mut self, story: StoryId, born: u64, mut row: Row) -> Slot {
        self.frequencies.add(row.lang, &row.vector);
        let known = self.of_story(story);
        let slot = known.unwrap_or_else(|| self.free_slot());
        row.slot = slot;
        let (id, sequence) = (row.id, row.sequence);
        let number = self.rows.push(row);
        self.ids.insert(id, number, &self.rows);
        if known.is_none() && id.0 == story.0 && sequence == born {
            self.stand_alone(slot, number);
        } else {
            self.widen(slot, story, born);
            self.join(slot, number);
            self.trim(slot);
        }
        slot
    }

    fn free_slot(&mut self) -> Slot {
        self.free.pop().unwrap_or_else(|| {
            if self.places.len() == self.places.capacity() {
                // By a quarter: doubling would leave half of it unused.
                self.places.reserve_exact(self.places.len() / 4 + 64);
            }
            self.places.push(Place::Free);
            self.places.len() as Slot - 1
        })
    }

    fn stand_alone(&mut self, slot: Slot, number: Number) {
        if let Some(place) = self.places.get_mut(slot as usize) {
            *place = Place::One(number);
        }
        let heads = self.rows.get(number).map(|row| row.vector.heaviest(HEADS));
        heads.into_iter().flatten().for_each(|term| self.postings.add(term, slot));
    }

    /// Makes room for more than one record at a slot.
    fn widen(&mut self, slot: Slot, story: StoryId, born: u64) {
        let Some(place) = self.places.get_mut(slot as usize) else { return };
        let cluster = match place {
            Place::Many(_) => return,
            Place::Free => Cluster::new(story, born),
            Place::One(number) => {
                let Some(row) = self.rows.get(*number) else { return };
                let mut cluster = Cluster::new(StoryId(row.id.0), row.sequence);
                cluster.add(*number, &self.rows); // found by the same terms as before
                cluster
            }
        };
        self.clusters.insert(cluster.story, slot);
        *place = Place::Many(Box::new(cluster));
    }

    /// Puts a record into the cluster at a slot.
    fn join(&mut self, slot: Slot, number: Number) {
        if let Some(Place::Many(cluster)) = self.places.get_mut(slot as usize) {
            for term in cluster.add(number, &self.rows) {
                self.postings.add(term, slot);
            }
        }
        if let Some(row) = self.rows.get_mut(number) {
            row.slot = slot;
        }
    }

    /// Forgets the oldest members of a story that has too many.
    fn trim(&mut self, slot: Slot) {
        while let Some(Place::Many(cluster)) = self.places.get(slot as usize)
            && cluster.members.len() > MEMBERS_MAX
            && let Some(&oldest) = cluster.members.front()
        {
            self.forget(oldest);
        }
    }

    fn forget(&mut self, number: Number) {
        let Some(row) = self.rows.get(number) else { return };
        let (id, slot) = (row.id, row.slot);
        self.leave(slot, number);
        self.ids.remove(id, number, &self.rows);
        if let Some(row) = self.rows.remove(number) {
            self.frequencies.remove(row.lang, &row.vector);
        }
    }

    /// Takes a record out of the story at a slot.
    fn leave(&mut self, slot: Slot, number: Number) {
        let (rows, postings) = (&self.rows, &mut self.postings);
        let Some(place) = self.places.get_mut(slot as usize) else { return };
        match place {
            Place::Free => return,
            Place::One(_) => {
                let heads = rows.get(number).map(|row| row.vector.heaviest(HEADS));
                heads.into_iter().flatten().for_each(|term| postings.remove(term, slot));
                *place = Place::Free;
            }
            Place::Many(cluster) => {
                for term in cluster.remove(number, rows) {
                    postings.remove(term, slot);
                }
                let is_own =
                    |row: &Row| row.id.0 == cluster.story.0 && row.sequence == cluster.born;
                let left = cluster.members.front().copied();
                if cluster.members.is_empty() {
                    self.clusters.remove(&cluster.story);
                    *place = Place::Free;
                } else if let (1, Some(left)) = (cluster.members.len(), left)
                    && rows.get(left).is_some_and(is_own)
                {
                    self.clusters.remove(&cluster.story);
                    *place = Place::One(left);
                }
            }
        }
        if matches!(place, Place::Free) {
            self.free.push(slot);
        }
    }

    /// Forgets the records before `sequence`.
    pub(crate) fn forget_before(&mut self, sequence: u64) {
        while let Some((number, _)) = self.rows.oldest().filter(|(_, row)| row.sequence < sequence)
        {
            self.forget(number);
        }
    }

    /// Forgets the stories that have no member from `sequence` on and none at or after `time`.
    pub(crate) fn forget_stories(&mut self, sequence: u64, time: i64) {
        let is_stale = |story: Story<'_>| {
            story.span().1 < time && story.newest().is_none_or(|newest| newest < sequence)
        };
        let mut gone: Vec<Number> = Vec::new();
        for (slot, place) in self.places.iter().enumerate() {
            if self.story(slot as Slot).is_none_or(|story| !is_stale(story)) {
                continue;
            }
            match place {
                Place::Free => {}
                Place::One(number) => gone.push(*number),
                Place::Many(cluster) => gone.extend(&cluster.members),
            }
        }
        for number in gone {
            self.forget(number);
        }
    }

    /// Moves all members of one story into another; the first is gone.
    pub(crate) fn pour(&mut self, from: Slot, to: Slot) {
        let Some(kept) = self.story(to).map(|story| (story.name(), story.born())) else { return };
        let members: Vec<Number> = match self.places.get(from as usize) {
            Some(Place::One(number)) => vec![*number],
            Some(Place::Many(cluster)) => cluster.members.iter().copied().collect(),
            Some(Place::Free) | None => return,
        };
        self.widen(to, kept.0, kept.1);
        for number in members {
            self.leave(from, number);
            self.join(to, number);
        }
        self.trim(to);
    }
}
