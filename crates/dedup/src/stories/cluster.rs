//! One story in memory: the remembered members and their sum.

use std::collections::VecDeque;

use record::{RecordId, StoryId};

use super::terms::{Term, Vector};

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
    /// By term.
    pub(crate) sum: Vec<(Term, u32)>,
    /// Square of the sum's length.
    pub(crate) norm2: u64,
    /// Time of the earliest and of the latest member.
    pub(crate) span: (i64, i64),
}

impl Cluster {
    pub(crate) fn new(story: StoryId, born: u64) -> Self {
        let span = (i64::MAX, i64::MIN);
        Self { story, born, members: VecDeque::new(), sum: Vec::new(), norm2: 0, span }
    }

    /// Adds a member; the terms that are new to the story are given to `posted`.
    pub(crate) fn add(&mut self, held: Held, mut posted: impl FnMut(Term)) {
        let mut sum = Vec::with_capacity(self.sum.len() + held.vector.0.len());
        let mut old = self.sum.iter().copied().peekable();
        for &(term, w) in &held.vector.0 {
            while let Some(before) = old.next_if(|(t, _)| *t < term) {
                sum.push(before);
            }
            let had = old.next_if(|(t, _)| *t == term).map_or(0, |(_, v)| v);
            if had == 0 {
                posted(term);
            }
            sum.push((term, had + u32::from(w)));
        }
        sum.extend(old);
        self.sum = sum;
        self.norm2 = norm2(&self.sum);
        self.span = (self.span.0.min(held.time), self.span.1.max(held.time));
        let at = self.members.partition_point(|m| m.sequence < held.sequence);
        self.members.insert(at, held);
    }

    /// Takes the member with this sequence out; terms that nobody else has go to `unposted`.
    pub(crate) fn remove(&mut self, sequence: u64, mut unposted: impl FnMut(Term)) -> Option<Held> {
        let at = self.members.binary_search_by_key(&sequence, |m| m.sequence).ok()?;
        let held = self.members.remove(at)?;
        let mut gone = held.vector.0.iter().copied().peekable();
        self.sum.retain_mut(|(term, sum)| {
            while gone.next_if(|(t, _)| t < term).is_some() {}
            if let Some((_, w)) = gone.next_if(|(t, _)| t == term) {
                *sum = sum.saturating_sub(u32::from(w));
                if *sum == 0 {
                    unposted(*term);
                }
            }
            *sum > 0
        });
        self.norm2 = norm2(&self.sum);
        if held.time == self.span.0 || held.time == self.span.1 {
            let times = self.members.iter().map(|m| m.time);
            self.span = times.fold((i64::MAX, i64::MIN), |s, t| (s.0.min(t), s.1.max(t)));
        }
        Some(held)
    }

    /// The product of the sum with a vector.
    pub(crate) fn dot(&self, vector: &Vector) -> u64 {
        let mut total = 0;
        let mut rest = self.sum.as_slice();
        for &(term, w) in &vector.0 {
            let at = rest.partition_point(|(t, _)| *t < term);
            rest = rest.get(at..).unwrap_or_default();
            if let Some(&(_, v)) = rest.first().filter(|(t, _)| *t == term) {
                total += u64::from(w) * u64::from(v);
            }
        }
        total
    }

    /// The product of two sums.
    pub(crate) fn dot_sum(&self, other: &Self) -> u64 {
        let (few, many) =
            if self.sum.len() < other.sum.len() { (self, other) } else { (other, self) };
        let mut total = 0;
        let mut rest = many.sum.as_slice();
        for &(term, w) in &few.sum {
            let at = rest.partition_point(|(t, _)| *t < term);
            rest = rest.get(at..).unwrap_or_default();
            if let Some(&(_, v)) = rest.first().filter(|(t, _)| *t == term) {
                total += u64::from(w) * u64::from(v);
            }
        }
        total
    }
}

fn norm2(sum: &[(Term, u32)]) -> u64 {
    sum.iter().map(|&(_, w)| u64::from(w) * u64::from(w)).sum()
}
