//! Which stories have a term.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use super::memory::Slot;
use super::term_map::TermHasher;
use super::term_table::TermTable;
use super::vector::Term;

/// A term that more stories have finds none of them.
const MAX_LIST: usize = 300;

/// The stories by their terms.
#[derive(Debug, Default)]
pub(crate) struct Postings {
    /// Most terms are in one story: [`ONE`] and the story. Else one more than the place of the
    /// term's list.
    places: TermTable,
    lists: Vec<List>,
    /// Places that no term has.
    free: Vec<u32>,
}

/// Marks the number of a term as that of its only story.
const ONE: u32 = 1 << 31;

/// The stories that have one term, two at least. A question is answered by a row, however it is
/// kept.
#[derive(Debug)]
enum List {
    /// In no order.
    Few(Vec<Packed>),
    /// Too many to be asked for: they come and go in one step, and are a row again when they
    /// are few.
    Many(Box<Crowd>),
}

/// Apart from the list, which is to be small: few terms have so many stories.
#[derive(Debug)]
struct Crowd(HashSet<Slot, BuildHasherDefault<TermHasher>>);

/// A slot in three bytes, which is why there are so many less one.
type Packed = [u8; 3];

/// More slots than this cannot be told apart.
pub(crate) const SLOTS: u64 = (1 << 24) - 1;

fn packed(slot: Slot) -> Packed {
    let [a, b, c, _] = slot.to_le_bytes();
    [a, b, c]
}

fn two(a: Slot, b: Slot) -> Vec<Packed> {
    let mut slots = Vec::with_capacity(room(2));
    slots.extend([packed(a), packed(b)]);
    slots
}

fn slot([a, b, c]: Packed) -> Slot {
    Slot::from_le_bytes([a, b, c, 0])
}

/// The answer to a question.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found<'a> {
    /// Not more than one story.
    One(Option<Slot>),
    /// These, in no order.
    Few(&'a [Packed]),
}

impl Found<'_> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::One(slot) => usize::from(slot.is_some()),
            Self::Few(slots) => slots.len(),
        }
    }

    pub(crate) fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        let (one, few): (_, &[Packed]) = match self {
            Self::One(slot) => (*slot, &[]),
            Self::Few(slots) => (None, slots),
        };
        one.into_iter().chain(few.iter().map(|found| slot(*found)))
    }
}

impl Postings {
    /// The stories that have `term`; `None` where more than [`MAX_LIST`] have it.
    pub(crate) fn get(&self, term: Term) -> Option<Found<'_>> {
        let number = self.places.get(term);
        if number == 0 || number & ONE != 0 {
            return Some(Found::One((number != 0).then_some(number & !ONE)));
        }
        match self.lists.get(number as usize - 1)? {
            List::Few(slots) => (slots.len() <= MAX_LIST).then_some(Found::Few(slots)),
            List::Many(_) => None,
        }
    }

    /// Notes that a story has `term` now, which it had not.
    pub(crate) fn add(&mut self, term: Term, slot: Slot) {
        let number = self.places.get(term);
        if number == 0 {
            self.places.set(term, ONE | slot);
        } else if number & ONE != 0 {
            let place = self.open(List::Few(two(number & !ONE, slot)));
            self.places.set(term, place + 1);
        } else if let Some(list) = self.lists.get_mut(number as usize - 1) {
            list.add(slot);
        }
    }

    /// Notes that a story which had `term` has it no more.
    pub(crate) fn remove(&mut self, term: Term, slot: Slot) {
        let number = self.places.get(term);
        if number == 0 || number & ONE != 0 {
            self.places.set(term, 0);
            return;
        }
        let place = number - 1;
        let Some(list) = self.lists.get_mut(place as usize) else { return };
        list.remove(slot);
        if let List::Few(slots) = list
            && let [only] = slots.as_slice()
        {
            self.places.set(term, ONE | self::slot(*only));
            *list = List::Few(Vec::new());
            self.free.push(place);
        }
    }

    fn open(&mut self, list: List) -> u32 {
        let place = self.free.pop().unwrap_or(self.lists.len() as u32);
        if let Some(free) = self.lists.get_mut(place as usize) {
            *free = list;
            return place;
        }
        if self.lists.len() == self.lists.capacity() {
            // By a quarter: doubling would leave half of it unused.
            self.lists.reserve_exact(self.lists.len() / 4 + 64);
        }
        self.lists.push(list);
        place
    }
}

/// Places for a list that has outgrown `len`: a quarter more, and what else has room in the next
/// multiple of 16 bytes, which is what allocators give.
fn room(len: usize) -> usize {
    let size = size_of::<Packed>();
    ((len + len / 4) * size / 16 + 1) * 16 / size
}

impl List {
    fn add(&mut self, slot: Slot) {
        match self {
            Self::Few(slots) if slots.len() < 2 * MAX_LIST => {
                if slots.len() == slots.capacity() {
                    slots.reserve_exact(room(slots.len()) - slots.len());
                }
                slots.push(packed(slot));
            }
            Self::Few(slots) => {
                let all = slots.iter().map(|found| self::slot(*found));
                *self = Self::Many(Box::new(Crowd(all.chain(std::iter::once(slot)).collect())));
            }
            Self::Many(crowd) => {
                crowd.0.insert(slot);
            }
        }
    }

    fn remove(&mut self, slot: Slot) {
        match self {
            Self::Few(slots) => {
                if let Some(at) = slots.iter().position(|other| *other == packed(slot)) {
                    slots.swap_remove(at);
                }
            }
            Self::Many(crowd) => {
                crowd.0.remove(&slot);
                if crowd.0.len() <= MAX_LIST {
                    *self = Self::Few(crowd.0.iter().map(|slot| packed(*slot)).collect());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_stories_have_is_found_again_when_few_have_it() {
        let mut postings = Postings::default();
        let most = 3 * MAX_LIST as Slot;
        for slot in 0..most {
            let few = slot < MAX_LIST as Slot;
            postings.add(7, slot);
            assert_eq!(postings.get(7).map(|found| found.len()), few.then_some(slot as usize + 1));
        }
        postings.add(8, 1);
        for slot in (0..most).rev() {
            postings.remove(7, slot);
            let mut left = postings.get(7).map(|found| found.slots().collect::<Vec<_>>());
            if let Some(slots) = &mut left {
                slots.sort_unstable();
            }
            let few = slot <= MAX_LIST as Slot;
            assert_eq!(left, few.then(|| (0..slot).collect()));
        }
        assert!(postings.get(8).is_some_and(|found| found.slots().eq([1])));
    }
}
