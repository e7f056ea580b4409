//! Stories that become one, by growing together or by a user's decision.

use std::cmp::Reverse;

use record::{RecordId, StoryId};

use super::cluster::Cluster;
use super::likeness::{candidates, is_open, of_stories};
use super::memory::Slot;
use super::vector::Term;
use super::{Decision, Merge, Move, Stories};

/// Terms by which a story looks for others.
const PROBES: usize = 32;
/// Terms by which it is compared with them.
const HEAVIEST: usize = 128;

impl Stories {
    /// Joins the stories that took in a record since `since` with those they have become like.
    pub(super) fn merge_pass(&mut self, since: u64, merged: &mut Vec<Merge>) {
        for slot in self.memory.grown_since(since) {
            let Some((other, score)) = self.nearest_story(slot) else { continue };
            merged.extend(self.merge(slot, other, score));
        }
    }

    fn nearest_story(&mut self, slot: Slot) -> Option<(Slot, f64)> {
        let cluster = self.memory.cluster(slot)?;
        let heaviest = heaviest(cluster);
        let members = cluster.members.len().max(1) as u32;
        let probes = heaviest.iter().take(PROBES).map(|&(term, sum)| (term, sum / members));
        let settings = &self.settings;
        let others = candidates(&self.memory, probes, &mut self.board, |other| {
            other.born != cluster.born && is_open(other, cluster.span, settings)
        });
        let mut best: Option<(f64, Reverse<u64>, Slot, f64)> = None;
        for slot in others {
            let other = self.memory.cluster(slot)?;
            let found = of_stories(cluster, &heaviest, other, settings);
            let (margin, older) = (found.margin(), Reverse(other.born));
            if margin >= 1.0 && best.is_none_or(|(m, o, ..)| (margin, older) > (m, o)) {
                best = Some((margin, older, slot, found.score));
            }
        }
        best.map(|(.., slot, score)| (slot, score))
    }

    /// Makes two stories one, under the older one's name, unless a user keeps them apart.
    pub(super) fn merge(&mut self, a: Slot, b: Slot, score: f64) -> Option<Merge> {
        let (one, other) = (self.memory.cluster(a)?, self.memory.cluster(b)?);
        if a == b || self.are_apart(a, b) {
            return None;
        }
        let older = (one.born, one.story) < (other.born, other.story);
        let (from, to) = if older { (b, a) } else { (a, b) };
        let gone = self.memory.cluster(from)?.story;
        let kept = self.memory.cluster(to)?.story;
        self.memory.pour(from, to);
        Some(Merge { gone, kept, score })
    }

    fn are_apart(&self, a: Slot, b: Slot) -> bool {
        if self.decisions.none_apart() {
            return false;
        }
        let kept_from = |slot: Slot, other: Slot| {
            let Some(cluster) = self.memory.cluster(slot) else { return false };
            let name = RecordId(cluster.story.0);
            let named = self.is_barred(name, other);
            named || cluster.members.iter().any(|m| self.is_barred(m.id, other))
        };
        kept_from(a, b) || kept_from(b, a)
    }

    /// Takes a user's decision in. It holds for every record to come; of the remembered ones it
    /// gives those that it moved, with their new stories, and the stories that it made one
    /// (a story is merged with `Together` of the records that both are named after). A story
    /// that a move makes is named after the moved record: if that name was an alias, it is
    /// one no longer. The latest decision on a pair of records holds.
    pub fn decide(&mut self, decision: Decision) -> (Vec<Move>, Option<Merge>) {
        self.decisions.note(decision);
        match decision {
            Decision::Together(a, b) => self.join(a, b),
            Decision::Apart(a, b) => (self.part(a, b), None),
        }
    }

    fn join(&mut self, a: RecordId, b: RecordId) -> (Vec<Move>, Option<Merge>) {
        let (Some(to), Some(from)) = (self.memory.around(a), self.memory.around(b)) else {
            return (Vec::new(), None);
        };
        if to == from {
            return (Vec::new(), None);
        }
        if let Some(merge) = self.merge(from, to, 1.0) {
            return (Vec::new(), Some(merge));
        }
        (self.shift(b, to).into_iter().collect(), None)
    }

    fn part(&mut self, a: RecordId, b: RecordId) -> Vec<Move> {
        let same = self.memory.around(a).is_some_and(|slot| Some(slot) == self.memory.around(b));
        if !same {
            return Vec::new();
        }
        let named = self.story_of(b) == Some(StoryId(b.0));
        let leaves = if named { a } else { b };
        let Some(sequence) = self.memory.held(leaves).map(|m| m.sequence) else {
            return Vec::new();
        };
        let to = self.memory.open(StoryId(leaves.0), sequence);
        self.shift(leaves, to).into_iter().collect()
    }

    fn shift(&mut self, record: RecordId, to: Slot) -> Option<Move> {
        self.memory.shift(record, to);
        Some(Move { record, to: self.story_of(record)? })
    }
}

/// The heaviest terms of a story, heaviest first.
fn heaviest(cluster: &Cluster) -> Vec<(Term, u32)> {
    let mut all: Vec<(Term, u32)> = cluster.sum().collect();
    let by_weight = |a: &(Term, u32), b: &(Term, u32)| b.1.cmp(&a.1).then(a.0.cmp(&b.0));
    if all.len() > HEAVIEST {
        all.select_nth_unstable_by(HEAVIEST, by_weight);
        all.truncate(HEAVIEST);
    }
    all.sort_unstable_by(by_weight);
    all
}
