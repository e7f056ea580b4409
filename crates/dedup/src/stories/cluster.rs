//! A story of several remembered records: its members and their sum.

use std::collections::VecDeque;

use record::StoryId;

use super::rows::{Number, Row, Rows};
use super::term_table::TermTable;
use super::vector::{Term, Vector, product};

/// Terms by which a record lets its story be found: the heaviest. On the open streams 12 to 40
/// find the same stories, 8 lose some.
pub(crate) const HEADS: usize = 16;

/// A story of no more members keeps no sum: their vectors are asked one by one.
const FEW: usize = 4;

/// A story. All but its name is a function of the members, whatever the order they came in:
/// sums are in whole numbers. Adding and taking out cost as many steps as the member has terms.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) story: StoryId,
    /// Sequence of the record that gave the story its name.
    pub(crate) born: u64,
    /// By sequence.
    pub(crate) members: VecDeque<Number>,
    /// Time of the earliest and of the latest member.
    pub(crate) span: (i64, i64),
    /// Terms of all members.
    terms: usize,
    /// Square of the sum's length.
    square: u64,
    /// Of more than [`FEW`] members.
    sums: Option<Sums>,
}

/// What is added up over the members.
#[derive(Debug, Default)]
struct Sums {
    /// The sum of their vectors.
    weights: TermTable,
    /// How many of them have a term among their [`HEADS`].
    heads: TermTable,
}

impl Sums {
    fn add(&mut self, vector: &Vector) {
        vector.entries().for_each(|(term, weight)| _ = self.weights.add(term, weight));
        vector.heaviest(HEADS).for_each(|term| _ = self.heads.add(term, 1));
    }

    fn take(&mut self, vector: &Vector) {
        vector.entries().for_each(|(term, weight)| _ = self.weights.take(term, weight));
        vector.heaviest(HEADS).for_each(|term| _ = self.heads.take(term, 1));
    }
}

impl Cluster {
    pub(crate) fn new(story: StoryId, born: u64) -> Self {
        Self {
            story,
            born,
            members: VecDeque::new(),
            span: (i64::MAX, i64::MIN),
            terms: 0,
            square: 0,
            sums: None,
        }
    }

    fn rows<'a>(&self, rows: &'a Rows) -> impl Iterator<Item = &'a Row> {
        self.members.iter().filter_map(|number| rows.get(*number))
    }

    /// The weight of a term in the sum.
    pub(crate) fn weight(&self, term: Term, rows: &Rows) -> u32 {
        match &self.sums {
            Some(sums) => sums.weights.get(term),
            None => self.rows(rows).map(|row| row.vector.weight(term)).sum(),
        }
    }

    /// The sum of the members' vectors, in no order.
    pub(crate) fn sum(&self, rows: &Rows) -> Vec<(Term, u32)> {
        if let Some(sums) = &self.sums {
            return sums.weights.iter().collect();
        }
        let mut all: Vec<(Term, u32)> =
            self.rows(rows).flat_map(|row| row.vector.entries()).collect();
        all.sort_unstable_by_key(|(term, _)| *term);
        all.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            kept.1 += if is_same { next.1 } else { 0 };
            is_same
        });
        all
    }

    /// The length of the sum.
    pub(crate) fn length(&self) -> f64 {
        (self.square as f64).sqrt().max(1.0)
    }

    /// The product of the sum with weights, which come by term.
    pub(crate) fn dot(
        &self,
        weights: impl Iterator<Item = (Term, u32)> + Clone,
        rows: &Rows,
    ) -> u64 {
        match &self.sums {
            Some(sums) => weights
                .map(|(term, weight)| u64::from(weight) * u64::from(sums.weights.get(term)))
                .sum(),
            None => self.rows(rows).map(|row| product(row.vector.entries(), weights.clone())).sum(),
        }
    }

    /// Terms of a member on average.
    pub(crate) fn mean_terms(&self) -> f64 {
        self.terms as f64 / self.members.len().max(1) as f64
    }

    /// Is the story found by this term?
    fn has_head(&self, term: Term, rows: &Rows) -> bool {
        match &self.sums {
            Some(sums) => sums.heads.get(term) > 0,
            None => self.rows(rows).any(|row| row.vector.heaviest(HEADS).any(|t| t == term)),
        }
    }

    /// Those of the heads of `vector` by which the story is not found without it.
    fn own_heads(&self, vector: &Vector, rows: &Rows) -> Vec<Term> {
        let mut heads: Vec<Term> = vector.heaviest(HEADS).collect();
        if self.sums.is_some() {
            heads.retain(|term| !self.has_head(*term, rows));
            return heads;
        }
        for row in self.rows(rows) {
            let theirs: Vec<Term> = row.vector.heaviest(HEADS).collect();
            heads.retain(|term| !theirs.contains(term));
        }
        heads
    }

    /// Adds a member, whose row is there; answers the terms by which the story is found from now
    /// on.
    pub(crate) fn add(&mut self, number: Number, rows: &Rows) -> Vec<Term> {
        let Some(row) = rows.get(number) else { return Vec::new() };
        let new = self.own_heads(&row.vector, rows);
        self.square += 2 * self.dot(row.vector.entries(), rows) + row.vector.square();
        self.terms += row.vector.terms();
        self.span = (self.span.0.min(row.time), self.span.1.max(row.time));
        let before = |member: &Number| rows.get(*member).is_some_and(|m| m.sequence < row.sequence);
        let at = self.members.partition_point(before);
        self.members.insert(at, number);
        match &mut self.sums {
            Some(sums) => sums.add(&row.vector),
            None if self.members.len() > FEW => {
                let mut sums = Sums::default();
                self.rows(rows).for_each(|row| sums.add(&row.vector));
                self.sums = Some(sums);
            }
            None => {}
        }
        new
    }

    /// Takes a member out, whose row is still there; answers the terms by which the story is no
    /// longer found.
    pub(crate) fn remove(&mut self, number: Number, rows: &Rows) -> Vec<Term> {
        let Some(row) = rows.get(number) else { return Vec::new() };
        let Some(at) = self.members.iter().position(|member| *member == number) else {
            return Vec::new();
        };
        self.members.remove(at);
        if let Some(sums) = &mut self.sums {
            sums.take(&row.vector);
        }
        if self.members.len() <= FEW {
            self.sums = None;
        }
        self.square -= 2 * self.dot(row.vector.entries(), rows) + row.vector.square();
        self.terms -= row.vector.terms();
        if row.time == self.span.0 || row.time == self.span.1 {
            let times = self.rows(rows).map(|row| row.time);
            self.span = times.fold((i64::MAX, i64::MIN), |s, t| (s.0.min(t), s.1.max(t)));
        }
        self.own_heads(&row.vector, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use record::RecordId;
    use std::collections::BTreeSet;

    fn row(sequence: u64, weights: &[(Term, f64)]) -> Row {
        let (id, time) = (RecordId(sequence), sequence.cast_signed());
        let vector = Vector::new(weights.iter().copied());
        Row { id, sequence, time, lang: 0, vector, slot: 0 }
    }

    /// All that is asked of a story.
    fn view(cluster: &Cluster, rows: &Rows) -> impl PartialEq + std::fmt::Debug {
        let mut sum = cluster.sum(rows);
        sum.sort_unstable();
        assert!(sum.iter().all(|(term, weight)| cluster.weight(*term, rows) == *weight));
        let square: u64 = sum.iter().map(|(_, w)| u64::from(*w) * u64::from(*w)).sum();
        assert_eq!(square, cluster.square);
        assert_eq!(cluster.dot(sum.iter().copied(), rows), square);
        (sum, square, cluster.span, cluster.mean_terms())
    }

    proptest! {
        /// Who came and went leaves no trace: only who is there counts.
        #[test]
        fn taking_out_undoes_adding(
            weights in proptest::collection::vec(
                proptest::collection::btree_map(0..40_u32, 1.0..5.0_f64, 1..30), 2..12),
            stays in 1..11_usize,
        ) {
            let mut rows = Rows::default();
            let numbers: Vec<Number> = weights
                .iter()
                .enumerate()
                .map(|(i, w)| {
                    let weights: Vec<_> = w.iter().map(|(&t, &w)| (t, w)).collect();
                    rows.push(row(i as u64, &weights))
                })
                .collect();
            let (staying, going) = numbers.split_at(stays.min(numbers.len()));
            let (mut long, mut found) = (Cluster::new(StoryId(0), 0), BTreeSet::new());
            for number in &numbers {
                found.extend(long.add(*number, &rows));
            }
            for number in going {
                for term in long.remove(*number, &rows) {
                    prop_assert!(found.remove(&term));
                }
            }
            let (mut short, mut heads) = (Cluster::new(StoryId(0), 0), BTreeSet::new());
            for number in staying.iter().rev() {
                heads.extend(short.add(*number, &rows));
            }
            prop_assert_eq!(view(&long, &rows), view(&short, &rows));
            prop_assert_eq!(&long.members, &short.members);
            prop_assert_eq!(found, heads);
        }
    }
}
