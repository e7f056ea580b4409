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
    /// One more than the place of the term's list.
    places: TermTable,
    lists: Vec<List>,
    /// Places that no term has.
    free: Vec<u32>,
}

/// The stories that have one term. A question is answered by a row, however it is kept.
#[derive(Debug)]
enum List {
    /// Most terms are in one story.
    One(Slot),
    /// In no order.
    Few(Vec<Slot>),
    /// Too many to be asked for: they come and go in one step, and are a row again when they
    /// are few.
    Many(HashSet<Slot, BuildHasherDefault<TermHasher>>),
}

impl Postings {
    /// The stories that have `term`, in no order; `None` where more than [`MAX_LIST`] have it.
    pub(crate) fn get(&self, term: Term) -> Option<&[Slot]> {
        let Some(place) = self.places.get(term).checked_sub(1) else { return Some(&[]) };
        match self.lists.get(place as usize)? {
            List::One(slot) => Some(std::slice::from_ref(slot)),
            List::Few(slots) => (slots.len() <= MAX_LIST).then_some(slots),
            List::Many(_) => None,
        }
    }

    /// Notes that a story has `term` now, which it had not.
    pub(crate) fn add(&mut self, term: Term, slot: Slot) {
        let place = self.places.get(term).checked_sub(1);
        match place.and_then(|place| self.lists.get_mut(place as usize)) {
            Some(list) => list.add(slot),
            None => self.open(term, List::One(slot)),
        }
    }

    /// Notes that a story which had `term` has it no more.
    pub(crate) fn remove(&mut self, term: Term, slot: Slot) {
        let Some(place) = self.places.get(term).checked_sub(1) else { return };
        match self.lists.get_mut(place as usize) {
            Some(List::One(_)) => {
                self.places.set(term, 0);
                self.free.push(place);
            }
            Some(list) => list.remove(slot),
            None => {}
        }
    }

    fn open(&mut self, term: Term, list: List) {
        let place = self.free.pop().unwrap_or(self.lists.len() as u32);
        match self.lists.get_mut(place as usize) {
            Some(free) => *free = list,
            None => self.lists.push(list),
        }
        self.places.set(term, place + 1);
    }
}

impl List {
    fn add(&mut self, slot: Slot) {
        match self {
            Self::One(first) => *self = Self::Few(vec![*first, slot]),
            Self::Few(slots) if slots.len() < 2 * MAX_LIST => slots.push(slot),
            Self::Few(slots) => {
                *self = Self::Many(slots.iter().copied().chain(std::iter::once(slot)).collect());
            }
            Self::Many(slots) => {
                slots.insert(slot);
            }
        }
    }

    /// Takes out one of at least two.
    fn remove(&mut self, slot: Slot) {
        match self {
            Self::One(_) => {}
            Self::Few(slots) => {
                if let Some(at) = slots.iter().position(|other| *other == slot) {
                    slots.swap_remove(at);
                }
                if let [only] = slots.as_slice() {
                    *self = Self::One(*only);
                }
            }
            Self::Many(slots) => {
                slots.remove(&slot);
                if slots.len() <= MAX_LIST {
                    *self = Self::Few(slots.iter().copied().collect());
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
            assert_eq!(postings.get(7).map(<[Slot]>::len), few.then_some(slot as usize + 1));
        }
        postings.add(8, 1);
        for slot in (0..most).rev() {
            postings.remove(7, slot);
            let mut left = postings.get(7).map(<[Slot]>::to_vec);
            if let Some(slots) = &mut left {
                slots.sort_unstable();
            }
            let few = slot <= MAX_LIST as Slot;
            assert_eq!(left, few.then(|| (0..slot).collect()));
        }
        assert_eq!(postings.get(8), Some([1].as_slice()));
    }
}
