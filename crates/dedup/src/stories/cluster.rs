//! One story in memory: the remembered members and their sum.

use std::collections::VecDeque;

use record::{RecordId, StoryId};

use super::term_table::TermTable;
use super::vector::{Term, Vector, product};

/// A remembered record.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) id: RecordId,
    pub(crate) sequence: u64,
    /// Seconds since 1970.
    pub(crate) time: i64,
    pub(crate) lang: u16,
    pub(crate) vector: Vector,
}

/// A story. All but its name is a function of the members, whatever the order they came in:
/// sums are in whole numbers. Adding and taking out cost as many steps as the member has terms.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) story: StoryId,
    /// Sequence of the record that gave the story its name.
    pub(crate) born: u64,
    /// By sequence.
    pub(crate) members: VecDeque<Held>,
    /// Time of the earliest and of the latest member.
    pub(crate) span: (i64, i64),
    /// Terms of all members.
    terms: usize,
    /// The sum of the members' vectors; empty for a single member, whose vector is the sum:
    /// most stories are of one member.
    sum: TermTable,
    /// Square of the sum's length.
    square: u64,
}

impl Cluster {
    pub(crate) fn new(story: StoryId, born: u64) -> Self {
        Self {
            story,
            born,
            members: VecDeque::with_capacity(1),
            span: (i64::MAX, i64::MIN),
            terms: 0,
            sum: TermTable::default(),
            square: 0,
        }
    }

    /// The weight of a term in the sum.
    fn weight(&self, term: Term) -> u32 {
        match self.alone() {
            Some(only) => only.vector.weight(term),
            None => self.sum.get(term),
        }
    }

    /// The member that is alone.
    pub(crate) fn alone(&self) -> Option<&Held> {
        self.members.front().filter(|_| self.members.len() == 1)
    }

    /// The sum of the members' vectors, in no order.
    pub(crate) fn sum(&self) -> impl Iterator<Item = (Term, u32)> + '_ {
        let only = self.alone().into_iter().flat_map(|held| held.vector.entries());
        only.chain(self.sum.iter())
    }

    /// The length of the sum.
    pub(crate) fn length(&self) -> f64 {
        (self.square as f64).sqrt().max(1.0)
    }

    /// Adds a member; the terms that are new to the story are given to `posted`.
    pub(crate) fn add(&mut self, held: Held, posted: impl FnMut(Term)) {
        self.spread();
        if self.members.is_empty() {
            self.square = held.vector.entries().map(|(_, w)| u64::from(w) * u64::from(w)).sum();
            held.vector.entries().map(|(term, _)| term).for_each(posted);
        } else {
            self.add_weights(held.vector.entries(), posted);
        }
        self.terms += held.vector.terms();
        self.span = (self.span.0.min(held.time), self.span.1.max(held.time));
        let at = self.members.partition_point(|m| m.sequence < held.sequence);
        self.members.insert(at, held);
    }

    /// Makes the sum a map of its own, before there is a second member.
    fn spread(&mut self) {
        let only: Vec<(Term, u32)> =
            self.alone().into_iter().flat_map(|held| held.vector.entries()).collect();
        for (term, weight) in only {
            self.sum.add(term, weight);
        }
    }

    fn add_weights(
        &mut self,
        weights: impl Iterator<Item = (Term, u32)>,
        mut posted: impl FnMut(Term),
    ) {
        for (term, weight) in weights {
            let old = self.sum.add(term, weight);
            if old == 0 {
                posted(term);
            }
            let (old, added) = (u64::from(old), u64::from(weight));
            self.square += (2 * old + added) * added;
        }
    }

    /// Adds all members of another story.
    pub(crate) fn absorb(&mut self, other: Self, posted: impl FnMut(Term)) {
        self.spread();
        let weights: Vec<(Term, u32)> = other.sum().collect();
        self.add_weights(weights.into_iter(), posted);
        self.terms += other.terms;
        self.span = (self.span.0.min(other.span.0), self.span.1.max(other.span.1));
        self.members.extend(other.members);
        self.members.make_contiguous().sort_unstable_by_key(|m| m.sequence);
    }

    /// Takes the member with this sequence out; terms that nobody else has go to `unposted`.
    pub(crate) fn remove(&mut self, sequence: u64, mut unposted: impl FnMut(Term)) -> Option<Held> {
        let at = self.members.binary_search_by_key(&sequence, |m| m.sequence).ok()?;
        let held = self.members.remove(at)?;
        self.terms -= held.vector.terms();
        if self.members.is_empty() {
            held.vector.entries().for_each(|(term, _)| unposted(term));
            return Some(held);
        }
        for (term, weight) in held.vector.entries() {
            let (left, taken) = (self.sum.take(term, weight), u64::from(weight));
            self.square -= (2 * u64::from(left) + taken) * taken;
            if left == 0 {
                unposted(term);
            }
        }
        if self.members.len() == 1 {
            self.sum = TermTable::default();
        }
        if held.time == self.span.0 || held.time == self.span.1 {
            let times = self.members.iter().map(|m| m.time);
            self.span = times.fold((i64::MAX, i64::MIN), |s, t| (s.0.min(t), s.1.max(t)));
        }
        Some(held)
    }

    /// The product of the sum with a text's vector.
    pub(crate) fn dot_text(&self, vector: &Vector) -> u64 {
        self.dot(vector.entries())
    }

    /// The product of the sum with weights, which come by term.
    pub(crate) fn dot(&self, weights: impl Iterator<Item = (Term, u32)>) -> u64 {
        match self.alone() {
            Some(only) => product(only.vector.entries(), weights),
            None => weights.map(|(term, w)| u64::from(w) * u64::from(self.sum.get(term))).sum(),
        }
    }

    /// What one term adds to the product of the sum with a vector that has it with this weight.
    pub(crate) fn share(&self, term: Term, weight: u32) -> u64 {
        u64::from(weight) * u64::from(self.weight(term))
    }

    /// Terms of a member on average.
    pub(crate) fn mean_terms(&self) -> f64 {
        self.terms as f64 / self.members.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn held(sequence: u64, weights: &[(Term, f64)]) -> Held {
        let vector = Vector::new(weights.iter().copied());
        Held { id: RecordId(sequence), sequence, time: sequence.cast_signed(), lang: 0, vector }
    }

    fn view(cluster: &Cluster) -> (Vec<(Term, u32)>, u64, (i64, i64)) {
        let mut sum: Vec<_> = cluster.sum().collect();
        sum.sort_unstable();
        (sum, cluster.square, cluster.span)
    }

    proptest! {
        /// Who came and went leaves no trace: only who is there counts.
        #[test]
        fn taking_out_undoes_adding(
            weights in proptest::collection::vec(
                proptest::collection::btree_map(0..9_u32, 1.0..5.0_f64, 1..6), 2..8),
            stays in 1..7_usize,
        ) {
            let all: Vec<Held> = weights
                .iter()
                .enumerate()
                .map(|(i, w)| held(i as u64, &w.iter().map(|(&t, &w)| (t, w)).collect::<Vec<_>>()))
                .collect();
            let stays = stays.min(all.len());
            let mut long = Cluster::new(StoryId(0), 0);
            for h in &all {
                long.add(h.clone(), |_| {});
            }
            for h in all.iter().skip(stays) {
                long.remove(h.sequence, |_| {});
            }
            let mut short = Cluster::new(StoryId(0), 0);
            for h in all.iter().take(stays).rev() {
                short.add(h.clone(), |_| {});
            }
            prop_assert_eq!(view(&long), view(&short));
        }
    }
}
