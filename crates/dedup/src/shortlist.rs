//! The candidates worth a comparison, and what their company says.

use crate::sketch::Extent;
use crate::window::Candidate;

/// Candidates compared with the text of an arrival.
const MAX_COMPARED: usize = 12;

/// Of one group of copies at most so many.
const MAX_OF_GROUP: usize = 3;

/// Of those that share a single value at most so many: in a large window chance finds some for
/// every text.
const MAX_SINGLE: usize = 5;

/// A single value is chance where a copy would share more than so many: too few words would be
/// the same for a link, and in a large window chance finds some such for every text.
const MAX_COMMON: f64 = 8.0;

/// Candidates that share less are not compared: one value that eight groups have is chance.
const MIN_WEIGHT: f64 = 0.125;

/// Values that another group must share before it counts as a source of its own.
const MIN_SHARED: u32 = 3;

/// The candidates to compare with an arrival, the most telling first.
#[derive(Debug)]
pub(crate) struct Shortlist {
    /// The candidates.
    pub(crate) candidates: Vec<Candidate>,
}

impl Shortlist {
    /// The first of `candidates`, which are in order, for an arrival of this extent.
    pub(crate) fn of(candidates: &[Candidate], extent: Extent) -> Self {
        let mut short: Vec<Candidate> = Vec::new();
        let mut singles = 0;
        for candidate in candidates {
            if candidate.weight < MIN_WEIGHT || short.len() == MAX_COMPARED {
                break;
            }
            let group = short.iter().filter(|c| c.entry.root == candidate.entry.root).count();
            let is_listed = short.iter().any(|c| c.entry.id == candidate.entry.id);
            let is_single = candidate.shared.is_power_of_two();
            if is_single && extent.common(candidate.entry.extent) > MAX_COMMON {
                continue;
            }
            if group < MAX_OF_GROUP && !is_listed && (!is_single || singles < MAX_SINGLE) {
                singles += usize::from(is_single);
                short.push(*candidate);
            }
        }
        Self { candidates: short }
    }

    /// The values shared with a candidate, each counted as one over the groups that have it
    /// too: page furniture and templates count little.
    pub(crate) fn own(&self, candidate: &Candidate) -> f64 {
        let mut groups: Vec<(u64, u64)> = self.others(candidate).collect();
        groups.sort_unstable();
        groups.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                kept.1 |= next.1;
            }
            is_same
        });
        (0..u64::BITS)
            .filter(|bit| has(candidate.shared, *bit))
            .map(|bit| 1.0 / (1 + groups.iter().filter(|g| has(g.1, bit)).count()) as f64)
            .sum()
    }

    /// The root and the values of the candidates of other groups that share more than chance
    /// would. What they share by chance grows with the index; this does not.
    fn others(&self, candidate: &Candidate) -> impl Iterator<Item = (u64, u64)> {
        let root = candidate.entry.root;
        self.candidates
            .iter()
            .filter(move |c| c.entry.root != root && c.shared.count_ones() >= MIN_SHARED)
            .map(|c| (c.entry.root.0, c.shared))
    }
}

fn has(mask: u64, bit: u32) -> bool {
    mask >> bit & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::Entry;
    use record::RecordId;

    fn candidate(id: u64, root: u64, shared: u64) -> Candidate {
        let extent = Extent::default();
        let entry = Entry { id: RecordId(id), root: RecordId(root), sequence: id, day: 0, extent };
        Candidate { entry, shared, weight: f64::from(shared.count_ones()) }
    }

    #[test]
    fn what_other_groups_share_is_counted_apart() {
        let (a, b) = (candidate(1, 1, 0b1111), candidate(2, 2, 0b11_1000));
        let short = Shortlist::of(&[a, candidate(3, 1, 0b1111), b], Extent::default());
        assert_eq!(short.own(&a), 3.5);
        assert_eq!(short.own(&b), 2.5);
    }

    #[test]
    fn a_group_takes_only_a_few_places() {
        let copies: Vec<Candidate> = (0..20).map(|id| candidate(id, 0, 0b111)).collect();
        assert_eq!(Shortlist::of(&copies, Extent::default()).candidates.len(), MAX_OF_GROUP);
        let weak = Candidate { weight: 0.1, ..candidate(1, 1, 1) };
        assert!(Shortlist::of(&[weak], Extent::default()).candidates.is_empty());
    }
}
