//! What a user decided, which no likeness overrules.

use std::collections::{BTreeMap, BTreeSet};

use record::{RecordId, StoryId};

/// A user's word on two records. The later decision on a pair replaces the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Both tell the same story.
    Together(RecordId, RecordId),
    /// They tell different stories.
    Apart(RecordId, RecordId),
}

/// The decisions that make a story of its own out of some of a story's records: they part from
/// the record that the story is named after and stay together. That record itself cannot leave
/// its story (part the others from it instead) and is passed over.
///
/// ```
/// use dedup::stories::{Decision, split};
/// use record::{RecordId, StoryId};
///
/// let decisions = split(StoryId(1), &[RecordId(5), RecordId(7)]);
/// assert_eq!(decisions.len(), 3);
/// assert_eq!(decisions[0], Decision::Apart(RecordId(1), RecordId(5)));
/// ```
#[must_use]
pub fn split(story: StoryId, records: &[RecordId]) -> Vec<Decision> {
    let name = RecordId(story.0);
    let mut leaving = records.iter().copied().filter(|id| *id != name);
    let Some(first) = leaving.next() else { return Vec::new() };
    let mut decisions = vec![Decision::Apart(name, first)];
    for other in leaving {
        decisions.extend([Decision::Together(first, other), Decision::Apart(name, other)]);
    }
    decisions
}

/// All decisions, by record.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    together: BTreeMap<RecordId, BTreeSet<RecordId>>,
    apart: BTreeMap<RecordId, BTreeSet<RecordId>>,
}

impl Decisions {
    pub(crate) fn note(&mut self, decision: Decision) {
        let (a, b, to, from) = match decision {
            Decision::Together(a, b) => (a, b, &mut self.together, &mut self.apart),
            Decision::Apart(a, b) => (a, b, &mut self.apart, &mut self.together),
        };
        for (a, b) in [(a, b), (b, a)] {
            to.entry(a).or_default().insert(b);
            if let Some(others) = from.get_mut(&a) {
                others.remove(&b);
            }
        }
    }

    /// The records that must share a story with `id`.
    pub(crate) fn together(&self, id: RecordId) -> impl Iterator<Item = RecordId> {
        self.together.get(&id).into_iter().flatten().copied()
    }

    /// The records that must not share a story with `id`.
    pub(crate) fn apart(&self, id: RecordId) -> impl Iterator<Item = RecordId> {
        self.apart.get(&id).into_iter().flatten().copied()
    }

    /// Whether nothing keeps any record apart.
    pub(crate) fn none_apart(&self) -> bool {
        self.apart.is_empty()
    }
}
