//! Stories that become one.

use std::cmp::Reverse;

use record::RecordId;
use record::story::Merge;

use super::Stories;
use super::lexicon::{Lexicon, TermId};
use super::likeness::{candidates, is_open, of_stories};
use super::memory::Slot;
use super::query::Query;
use super::story::Story;

/// Terms by which a story looks for others.
const PROBES: usize = 16;
/// A text of more terms has just been compared with all others when it came in, by a threshold
/// that only a headline's story would meet now: it need not look again while it is alone.
const PLENTY: usize = 20;
/// Terms by which it is compared with them.
const HEAVIEST: usize = 128;

impl Stories {
    /// Joins the stories that took in a record from sequence `first` on with those they have
    /// become like.
    pub(super) fn merge_pass(&mut self, first: u64, merged: &mut Vec<Merge>) {
        for slot in self.memory.grown_from(first) {
            let Some((other, score)) = self.nearest_story(slot) else { continue };
            merged.extend(self.merge(slot, other, score));
        }
    }

    fn nearest_story(&mut self, slot: Slot) -> Option<(Slot, f64)> {
        let story = self.memory.story(slot)?;
        if story.len() == 1 && story.mean_terms() > PLENTY as f64 {
            return None;
        }
        let heaviest = heaviest(story, &self.memory.lexicon);
        let members = story.len().max(1) as u32;
        let probes: Vec<(TermId, u32)> =
            heaviest.iter().take(PROBES).map(|&(id, sum)| (id, sum / members)).collect();
        let heaviest = Query::new(heaviest);
        let settings = &self.settings;
        let others = candidates(&self.memory, &probes, &mut self.board, |other| {
            other.born() != story.born() && is_open(other, story.span(), settings)
        });
        let mut best: Option<(f64, Reverse<u64>, Slot, f64)> = None;
        for slot in others {
            let other = self.memory.story(slot)?;
            let found = of_stories(story, &heaviest, other, settings);
            let (margin, older) = (found.margin(), Reverse(other.born()));
            if margin >= 1.0 && best.is_none_or(|(m, o, ..)| (margin, older) > (m, o)) {
                best = Some((margin, older, slot, found.score));
            }
        }
        best.map(|(.., slot, score)| (slot, score))
    }

    /// Makes two stories one, under the older one's name, unless a user keeps them apart.
    pub(super) fn merge(&mut self, a: Slot, b: Slot, score: f64) -> Option<Merge> {
        let (one, other) = (self.memory.story(a)?, self.memory.story(b)?);
        if a == b || self.are_apart(a, b) {
            return None;
        }
        let is_older = (one.born(), one.name()) < (other.born(), other.name());
        let (from, to) = if is_older { (b, a) } else { (a, b) };
        let gone = self.memory.story(from)?.name();
        let kept = self.memory.story(to)?.name();
        self.grown.push((to, self.memory.members(to)));
        self.memory.pour(from, to);
        Some(Merge { gone, kept, score })
    }

    fn are_apart(&self, a: Slot, b: Slot) -> bool {
        if self.decisions.none_apart() {
            return false;
        }
        let kept_from = |slot: Slot, other: Slot| {
            let Some(story) = self.memory.story(slot) else { return false };
            let name = RecordId(story.name().0);
            let named = self.is_barred(name, other);
            named || story.members().any(|m| self.is_barred(m.id, other))
        };
        kept_from(a, b) || kept_from(b, a)
    }
}

/// The heaviest terms of a story, heaviest first; of equals those with the lesser term.
fn heaviest(story: Story<'_>, lexicon: &Lexicon) -> Vec<(TermId, u32)> {
    let mut all = story.sum();
    let order = |&(id, sum): &(TermId, u32)| (Reverse(sum), lexicon.term(id));
    if all.len() > HEAVIEST {
        all.select_nth_unstable_by_key(HEAVIEST, order);
        all.truncate(HEAVIEST);
    }
    all.sort_by_cached_key(order);
    all
}
