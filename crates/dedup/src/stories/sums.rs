//! What is added up over the members of a story.

use super::lexicon::TermId;
use super::packed::Packed;

/// For each term its weights, and how many members have it as a head, in one number: by term.
#[derive(Debug, Default)]
pub(crate) struct Sums(Vec<(TermId, u32)>);

/// Bits of the number of heads: no story has more members.
const HEAD_BITS: u32 = 12;

fn summand(weight: u8, is_head: bool) -> u32 {
    u32::from(weight) << HEAD_BITS | u32::from(is_head)
}

impl Sums {
    /// The sum of the weights of a term.
    pub(crate) fn weight(&self, id: TermId) -> u32 {
        self.get(id) >> HEAD_BITS
    }

    /// Whether any member has the term as a head.
    pub(crate) fn has_head(&self, id: TermId) -> bool {
        self.get(id) & ((1 << HEAD_BITS) - 1) > 0
    }

    /// All terms with their weights, by number.
    pub(crate) fn weights(&self) -> impl Iterator<Item = (TermId, u32)> + '_ {
        self.0.iter().map(|(id, sum)| (*id, sum >> HEAD_BITS))
    }

    /// Adds a member.
    pub(crate) fn add(&mut self, vector: Packed<'_>) {
        let known = self.0.len();
        for entry in vector.entries() {
            let more = summand(entry.weight, entry.is_head);
            let place = self.0.get(..known).map(|known| place(known, entry.id));
            if let Some(Ok(at)) = place
                && let Some((_, sum)) = self.0.get_mut(at)
            {
                *sum += more;
                continue;
            }
            if self.0.len() == self.0.capacity() {
                // By an eighth: doubling would leave half of it unused.
                self.0.reserve_exact(self.0.len() / 8 + vector.len());
            }
            self.0.push((entry.id, more));
        }
        // Two rising rows, which this sort joins in one pass.
        self.0.sort_by_key(|(id, _)| *id);
    }

    /// Takes a member out.
    pub(crate) fn take(&mut self, vector: Packed<'_>) {
        for entry in vector.entries() {
            let Ok(at) = place(&self.0, entry.id) else { continue };
            if let Some((_, sum)) = self.0.get_mut(at) {
                *sum -= summand(entry.weight, entry.is_head);
            }
        }
        self.0.retain(|(_, sum)| *sum > 0);
    }

    fn get(&self, id: TermId) -> u32 {
        let at = place(&self.0, id).ok();
        at.and_then(|at| self.0.get(at)).map_or(0, |(_, sum)| *sum)
    }
}

fn place(sums: &[(TermId, u32)], id: TermId) -> Result<usize, usize> {
    sums.binary_search_by_key(&id, |(other, _)| *other)
}
