//! What a user decided, which no likeness overrules.

use std::collections::{BTreeMap, BTreeSet};

use record::RecordId;
use record::story::Decision;

/// All decisions, by record.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    together: BTreeMap<RecordId, BTreeSet<RecordId>>,
    apart: BTreeMap<RecordId, BTreeSet<RecordId>>,
}

impl Decisions {
    /// The later decision on a pair replaces the earlier one.
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
