//! The remembered stories, and by which terms to find them.

use std::collections::{BTreeMap, HashMap};

use record::{RecordId, StoryId};

use super::cluster::Cluster;
use super::ids::Ids;
use super::lexicon::{Lexicon, TermId};
use super::packed::Entry;
use super::places::{Place, Places};
use super::postings::{Found, Lists};
use super::rows::{Number, Row, Rows};
use super::story::Story;
use super::vector::Vector;

/// A place in memory; what it is never decides anything.
pub(crate) type Slot = u32;

/// Records remembered of one story: the newest. Bounds the work on a story that never ends.
const MEMBERS_MAX: usize = 1_024;

/// Terms by which a record lets its story be found: the heaviest. On the open streams 12 to 40
/// find the same stories, 8 lose some.
const HEADS: usize = 12;

/// All remembered records with their stories. A pure function of which records are remembered
/// and which story each belongs to.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    rows: Rows,
    ids: Ids,
    places: Places,
    pub(crate) lexicon: Lexicon,
    lists: Lists,
    /// The stories that are not one record alone under its own name.
    clusters: HashMap<StoryId, Slot>,
}

impl Memory {
    pub(crate) fn story(&self, slot: Slot) -> Option<Story<'_>> {
        match self.places.get(slot) {
            Place::Free => None,
            Place::One(number) => self.rows.get(number).map(Story::One),
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
    pub(crate) fn posting(&self, id: TermId) -> Option<Found<'_>> {
        self.lists.get(self.lexicon.list(id))
    }

    /// The terms of a text that any remembered record has.
    pub(crate) fn known_terms(&self, vector: &Vector) -> Vec<(TermId, u32)> {
        let entries = vector.entries();
        entries.filter_map(|(term, weight)| Some((self.lexicon.find(term)?, weight))).collect()
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
    /// row says of its slot and its terms does not count.
    pub(crate) fn add(&mut self, story: StoryId, born: u64, row: Row<'_>, vector: &Vector) -> Slot {
        let entries = self.count(row.lang, vector);
        let known = self.of_story(story);
        let slot = known.unwrap_or_else(|| self.places.open());
        let number = self.rows.push(&Row { slot, ..row }, &entries);
        self.ids.insert(row.id, number, &self.rows);
        if known.is_none() && row.id.0 == story.0 && row.sequence == born {
            self.places.set(slot, number);
            let heads = entries.iter().filter(|entry| entry.is_head).map(|entry| entry.id);
            heads.for_each(|id| self.post(id, slot));
        } else {
            self.widen(slot, story, born);
            self.join(slot, number);
            self.trim(slot);
        }
        slot
    }

    /// Counts the terms of a text that is remembered from now on; answers them by number.
    fn count(&mut self, lang: u16, vector: &Vector) -> Vec<Entry> {
        self.lexicon.add_text(lang);
        let heads = vector.heaviest(HEADS);
        let mut entries: Vec<Entry> = vector
            .entries()
            .map(|(term, weight)| {
                let is_head = heads.binary_search(&term).is_ok();
                Entry { id: self.lexicon.add(term, lang), weight: weight as u8, is_head }
            })
            .collect();
        entries.sort_unstable_by_key(|entry| entry.id);
        entries
    }

    fn post(&mut self, id: TermId, slot: Slot) {
        let (list, lexicon) = (self.lexicon.list(id), &mut self.lexicon);
        let moved = &mut |owner, place| lexicon.move_list(owner, place);
        let list = self.lists.with(id, list, slot, moved);
        self.lexicon.set_list(id, list);
    }

    fn unpost(&mut self, id: TermId, slot: Slot) {
        let (list, lexicon) = (self.lexicon.list(id), &mut self.lexicon);
        let moved = &mut |owner, place| lexicon.move_list(owner, place);
        let list = self.lists.without(id, list, slot, moved);
        self.lexicon.set_list(id, list);
    }

    /// Makes room for more than one record at a slot.
    fn widen(&mut self, slot: Slot, story: StoryId, born: u64) {
        let cluster = match self.places.get(slot) {
            Place::Many(_) => return,
            Place::Free => Cluster::new(story, born),
            Place::One(number) => {
                let Some(row) = self.rows.get(number) else { return };
                let mut cluster = Cluster::new(StoryId(row.id.0), row.sequence);
                cluster.add(number, &self.rows); // found by the same terms as before
                cluster
            }
        };
        self.clusters.insert(cluster.story, slot);
        self.places.widen(slot, cluster);
    }

    /// Puts a record into the cluster at a slot.
    fn join(&mut self, slot: Slot, number: Number) {
        if let Some(cluster) = self.places.cluster_mut(slot) {
            for id in cluster.add(number, &self.rows) {
                self.post(id, slot);
            }
        }
        self.rows.set_slot(number, slot);
    }

    /// Forgets the oldest members of a story that has too many.
    fn trim(&mut self, slot: Slot) {
        while let Place::Many(cluster) = self.places.get(slot)
            && cluster.members.len() > MEMBERS_MAX
            && let Some(&oldest) = cluster.members.front()
        {
            self.forget(oldest);
        }
    }

    fn forget(&mut self, number: Number) {
        let Some(row) = self.rows.get(number) else { return };
        let (id, lang, slot) = (row.id, row.lang, row.slot);
        let terms: Vec<TermId> = row.vector.entries().map(|entry| entry.id).collect();
        self.leave(slot, number);
        self.ids.remove(id, number, &self.rows);
        self.rows.remove(number);
        self.lexicon.take_text(lang);
        for id in terms {
            self.lexicon.take(id, lang);
        }
    }

    /// Takes a record out of the story at a slot.
    fn leave(&mut self, slot: Slot, number: Number) {
        let heads = match self.places.get(slot) {
            Place::Free => return,
            Place::One(_) => {
                self.places.free(slot);
                let row = self.rows.get(number);
                row.map(|row| row.vector.heads().collect()).unwrap_or_default()
            }
            Place::Many(_) => self.leave_cluster(slot, number),
        };
        for id in heads {
            self.unpost(id, slot);
        }
    }

    /// Takes a record out of a cluster; answers the terms by which that is no longer found.
    fn leave_cluster(&mut self, slot: Slot, number: Number) -> Vec<TermId> {
        let Some(cluster) = self.places.cluster_mut(slot) else { return Vec::new() };
        let heads = cluster.remove(number, &self.rows);
        let is_own = |row: Row<'_>| row.id.0 == cluster.story.0 && row.sequence == cluster.born;
        match (cluster.members.len(), cluster.members.front().copied()) {
            (1, Some(left)) if self.rows.get(left).is_some_and(is_own) => {
                self.clusters.remove(&cluster.story);
                self.places.set(slot, left);
            }
            (0, _) => {
                self.clusters.remove(&cluster.story);
                self.places.free(slot);
            }
            _ => {}
        }
        heads
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
        let earlier = self.rows.earlier(sequence, time);
        let mut slots: Vec<Slot> = earlier.into_iter().map(|row| row.slot).collect();
        slots.sort_unstable();
        slots.dedup();
        slots.retain(|slot| self.story(*slot).is_some_and(is_stale));
        let gone: Vec<Number> = slots.iter().flat_map(|slot| self.places.members(*slot)).collect();
        for number in gone {
            self.forget(number);
        }
    }

    /// Moves all members of one story into another; the first is gone.
    pub(crate) fn pour(&mut self, from: Slot, to: Slot) {
        let Some(kept) = self.story(to).map(|story| (story.name(), story.born())) else { return };
        let members: Vec<Number> = self.places.members(from).collect();
        if members.is_empty() {
            return;
        }
        self.widen(to, kept.0, kept.1);
        for number in members {
            self.leave(from, number);
            self.join(to, number);
        }
        self.trim(to);
    }
}
