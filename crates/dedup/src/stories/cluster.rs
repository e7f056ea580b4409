//! A story of several remembered records: its members and their sum.

use std::collections::VecDeque;

use record::StoryId;

use super::lexicon::TermId;
use super::query::Query;
use super::rows::{Number, Row, Rows};
use super::sums::Sums;

/// A story of no more members keeps no sum: their vectors are asked one by one.
const FEW: usize = 4;

/// A story. All but its name is a function of the members, whatever the order they came in:
/// sums are in whole numbers.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) story: StoryId,
    /// Sequence of the record that gave the story its name.
    pub(crate) born: u64,
    /// By sequence.
    pub(crate) members: VecDeque<Number>,
    /// Time of the earliest and of the latest member.
    pub(crate) span: (i64, i64),
    /// How many members are in each language.
    langs: Vec<(u16, u16)>,
    /// Terms of all members.
    terms: usize,
    /// Square of the sum's length.
    square: u64,
    /// Of more than [`FEW`] members.
    sums: Option<Sums>,
}

impl Cluster {
    pub(crate) fn new(story: StoryId, born: u64) -> Self {
        Self {
            story,
            born,
            members: VecDeque::new(),
            span: (i64::MAX, i64::MIN),
            langs: Vec::new(),
            terms: 0,
            square: 0,
            sums: None,
        }
    }

    fn rows<'a>(&self, rows: &'a Rows) -> impl Iterator<Item = Row<'a>> {
        self.members.iter().filter_map(|number| rows.get(*number))
    }

    /// The weight of a term in the sum.
    pub(crate) fn weight(&self, id: TermId, rows: &Rows) -> u32 {
        match &self.sums {
            Some(sums) => sums.weight(id),
            None => self.rows(rows).map(|row| row.vector.weight(id)).sum(),
        }
    }

    /// The sum of the members' vectors, in no order.
    pub(crate) fn sum(&self, rows: &Rows) -> Vec<(TermId, u32)> {
        if let Some(sums) = &self.sums {
            return sums.weights().collect();
        }
        let all = self.rows(rows).flat_map(|row| row.vector.entries());
        let mut all: Vec<(TermId, u32)> =
            all.map(|entry| (entry.id, u32::from(entry.weight))).collect();
        all.sort_unstable_by_key(|(id, _)| *id);
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

    /// The product of the sum with a query.
    pub(crate) fn product(&self, query: &Query, rows: &Rows) -> u64 {
        match &self.sums {
            Some(sums) => query
                .terms()
                .iter()
                .map(|(id, weight)| u64::from(*weight) * u64::from(sums.weight(*id)))
                .sum(),
            None => self.rows(rows).map(|row| query.product(row.vector)).sum(),
        }
    }

    /// Whether any member is in this language.
    pub(crate) fn speaks(&self, lang: u16) -> bool {
        self.langs.iter().any(|(other, _)| *other == lang)
    }

    /// Terms of a member on average.
    pub(crate) fn mean_terms(&self) -> f64 {
        self.terms as f64 / self.members.len().max(1) as f64
    }

    /// Those of the heads of a record by which the story is not found without it.
    fn own_heads(&self, row: Row<'_>, rows: &Rows) -> Vec<TermId> {
        let mut heads: Vec<TermId> = row.vector.heads().collect();
        if let Some(sums) = &self.sums {
            heads.retain(|id| !sums.has_head(*id));
            return heads;
        }
        for other in self.rows(rows).flat_map(|row| row.vector.heads()) {
            heads.retain(|id| *id != other);
        }
        heads
    }

    /// Adds a member, whose row is there; answers the terms by which the story is found from now
    /// on.
    pub(crate) fn add(&mut self, number: Number, rows: &Rows) -> Vec<TermId> {
        let Some(row) = rows.get(number) else { return Vec::new() };
        let new = self.own_heads(row, rows);
        self.square += 2 * self.product(&row.vector.query(), rows) + row.vector.square();
        self.terms += row.vector.len();
        match self.langs.iter_mut().find(|(lang, _)| *lang == row.lang) {
            Some((_, members)) => *members += 1,
            None => self.langs.push((row.lang, 1)),
        }
        self.span = (self.span.0.min(row.time), self.span.1.max(row.time));
        let before = |member: &Number| rows.get(*member).is_some_and(|m| m.sequence < row.sequence);
        let at = self.members.partition_point(before);
        self.members.insert(at, number);
        match &mut self.sums {
            Some(sums) => sums.add(row.vector),
            None if self.members.len() > FEW => {
                let mut sums = Sums::default();
                self.rows(rows).for_each(|row| sums.add(row.vector));
                self.sums = Some(sums);
            }
            None => {}
        }
        new
    }

    /// Takes a member out, whose row is still there; answers the terms by which the story is no
    /// longer found.
    pub(crate) fn remove(&mut self, number: Number, rows: &Rows) -> Vec<TermId> {
        let Some(row) = rows.get(number) else { return Vec::new() };
        let Some(at) = self.members.iter().position(|member| *member == number) else {
            return Vec::new();
        };
        self.members.remove(at);
        if let Some(sums) = &mut self.sums {
            sums.take(row.vector);
        }
        if self.members.len() <= FEW {
            self.sums = None;
        }
        self.square -= 2 * self.product(&row.vector.query(), rows) + row.vector.square();
        self.terms -= row.vector.len();
        if let Some((_, members)) = self.langs.iter_mut().find(|(lang, _)| *lang == row.lang) {
            *members -= 1;
        }
        self.langs.retain(|(_, members)| *members > 0);
        if row.time == self.span.0 || row.time == self.span.1 {
            let times = self.rows(rows).map(|row| row.time);
            self.span = times.fold((i64::MAX, i64::MIN), |s, t| (s.0.min(t), s.1.max(t)));
        }
        self.own_heads(row, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stories::packed::Entry;
    use crate::stories::rows::tests::row;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// All that is asked of a story.
    fn view(cluster: &Cluster, rows: &Rows) -> impl PartialEq + std::fmt::Debug {
        let mut sum = cluster.sum(rows);
        sum.sort_unstable();
        assert!(sum.iter().all(|(id, weight)| cluster.weight(*id, rows) == *weight));
        let square: u64 = sum.iter().map(|(_, w)| u64::from(*w) * u64::from(*w)).sum();
        assert_eq!(square, cluster.square);
        assert_eq!(cluster.product(&Query::new(sum.clone()), rows), square);
        (sum, square, cluster.span, cluster.mean_terms())
    }

    proptest! {
        /// Who came and went leaves no trace: only who is there counts.
        #[test]
        fn taking_out_undoes_adding(
            vectors in proptest::collection::vec(
                proptest::collection::btree_map(0..40_u32, (1..=255_u8, any::<bool>()), 1..30),
                2..16),
            stays in 1..15_usize,
        ) {
            let mut rows = Rows::default();
            let numbers: Vec<Number> = vectors
                .iter()
                .zip(0..)
                .map(|(vector, sequence)| {
                    let entry = |(&id, &(weight, is_head))| Entry { id, weight, is_head };
                    rows.push(&row(sequence), &vector.iter().map(entry).collect::<Vec<_>>())
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
