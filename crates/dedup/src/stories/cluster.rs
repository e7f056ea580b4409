//! One story in memory: the remembered members and their sum.

use std::collections::VecDeque;

use record::{RecordId, StoryId};

use super::vector::{Term, Vector};

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
/// sums are in whole numbers.
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
    pub(crate) terms: usize,
    /// By term.
    sum: Vec<(Term, u32)>,
    /// Square of the sum's length.
    square: u64,
}

impl Cluster {
    pub(crate) fn new(story: StoryId, born: u64) -> Self {
        Self {
            story,
            born,
            members: VecDeque::new(),
            span: (i64::MAX, i64::MIN),
            terms: 0,
            sum: Vec::new(),
            square: 0,
        }
    }

    /// The sum of the members' vectors, by term.
    pub(crate) fn sum(&self) -> &[(Term, u32)] {
        &self.sum
    }

    /// The length of the sum.
    pub(crate) fn length(&self) -> f64 {
        (self.square as f64).sqrt().max(1.0)
    }

    /// Adds a member; the terms that are new to the story are given to `posted`.
    pub(crate) fn add(&mut self, held: Held, posted: impl FnMut(Term)) {
        self.sum = merge_sums(&self.sum, held.vector.entries(), posted);
        self.square = square(&self.sum);
        self.terms += held.vector.terms();
        self.span = (self.span.0.min(held.time), self.span.1.max(held.time));
        let at = self.members.partition_point(|m| m.sequence < held.sequence);
        self.members.insert(at, held);
    }

    /// Adds all members of another story.
    pub(crate) fn absorb(&mut self, other: Self, posted: impl FnMut(Term)) {
        self.sum = merge_sums(&self.sum, other.sum.into_iter(), posted);
        self.square = square(&self.sum);
        self.terms += other.terms;
        self.span = (self.span.0.min(other.span.0), self.span.1.max(other.span.1));
        self.members.extend(other.members);
        self.members.make_contiguous().sort_unstable_by_key(|m| m.sequence);
    }

    /// Takes the member with this sequence out; terms that nobody else has go to `unposted`.
    pub(crate) fn remove(&mut self, sequence: u64, mut unposted: impl FnMut(Term)) -> Option<Held> {
        let at = self.members.binary_search_by_key(&sequence, |m| m.sequence).ok()?;
        let held = self.members.remove(at)?;
        let gone: Vec<(Term, u32)> = held.vector.entries().collect();
        let mut gone = gone.into_iter().peekable();
        self.sum.retain_mut(|(term, sum)| {
            while gone.next_if(|(t, _)| t < term).is_some() {}
            if let Some((_, w)) = gone.next_if(|(t, _)| t == term) {
                *sum = sum.saturating_sub(w);
                if *sum == 0 {
                    unposted(*term);
                }
            }
            *sum > 0
        });
        self.square = square(&self.sum);
        self.terms -= held.vector.terms();
        if held.time == self.span.0 || held.time == self.span.1 {
            let times = self.members.iter().map(|m| m.time);
            self.span = times.fold((i64::MAX, i64::MIN), |s, t| (s.0.min(t), s.1.max(t)));
        }
        Some(held)
    }

    /// A remembered member.
    pub(crate) fn member(&self, sequence: u64) -> Option<&Held> {
        let at = self.members.binary_search_by_key(&sequence, |m| m.sequence).ok()?;
        self.members.get(at)
    }

    /// The product of the sum with weights by term.
    pub(crate) fn dot(&self, weights: impl Iterator<Item = (Term, u32)>) -> u64 {
        let mut total = 0;
        let mut rest = self.sum.as_slice();
        for (term, w) in weights {
            let at = rest.partition_point(|(t, _)| *t < term);
            rest = rest.get(at..).unwrap_or_default();
            if let Some(&(_, v)) = rest.first().filter(|(t, _)| *t == term) {
                total += u64::from(w) * u64::from(v);
            }
        }
        total
    }

    /// The product of two sums.
    pub(crate) fn dot_story(&self, other: &Self) -> u64 {
        let (few, many) =
            if self.sum.len() < other.sum.len() { (self, other) } else { (other, self) };
        many.dot(few.sum.iter().copied())
    }

    /// Terms of a member on average.
    pub(crate) fn mean_terms(&self) -> f64 {
        self.terms as f64 / self.members.len().max(1) as f64
    }
}

/// Adds two lists by term; terms that the first does not have are given to `added`.
fn merge_sums(
    old: &[(Term, u32)],
    new: impl ExactSizeIterator<Item = (Term, u32)>,
    mut added: impl FnMut(Term),
) -> Vec<(Term, u32)> {
    let mut sum = Vec::with_capacity(old.len() + new.len());
    let mut old = old.iter().copied().peekable();
    for (term, w) in new {
        while let Some(before) = old.next_if(|(t, _)| *t < term) {
            sum.push(before);
        }
        let had = old.next_if(|(t, _)| *t == term);
        if had.is_none() {
            added(term);
        }
        sum.push((term, had.map_or(0, |(_, v)| v).saturating_add(w)));
    }
    sum.extend(old);
    sum.shrink_to_fit();
    sum
}

fn square(sum: &[(Term, u32)]) -> u64 {
    sum.iter().map(|&(_, w)| u64::from(w) * u64::from(w)).sum()
}
