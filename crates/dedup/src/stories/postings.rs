//! Which stories have a term.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use super::lexicon::TermId;
use super::memory::Slot;
use super::term_map::TermHasher;

/// A term that more stories have finds none of them.
const MAX_LIST: usize = 150;

/// Stories in a list that is kept as a row, whether or not it is asked for.
const MAX_ROW: u16 = 2 * MAX_LIST as u16;

/// A slot in three bytes, which is why there are so many less one.
type Packed = [u8; 3];

/// More slots than this cannot be told apart.
pub(crate) const SLOTS: u64 = (1 << 24) - 1;

fn packed(slot: Slot) -> Packed {
    let [a, b, c, _] = slot.to_le_bytes();
    [a, b, c]
}

fn slot([a, b, c]: Packed) -> Slot {
    Slot::from_le_bytes([a, b, c, 0])
}

/// The stories that have one term, where [`Lists`] keeps them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct List {
    /// The story, if it is one; else the place among the rows of this length or the crowds.
    pub(crate) place: u32,
    /// [`CROWD`], or how many.
    len: u16,
}

/// In place of a length: too many to be asked for, so that they come and go in one step.
const CROWD: u16 = u16::MAX;

/// The lists of all terms.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// By the length of the rows.
    rows: Vec<Rows>,
    crowds: Vec<HashSet<Slot, BuildHasherDefault<TermHasher>>>,
    free_crowds: Vec<u32>,
}

/// Rows of slots of one length, one behind the other: no allocation for each, and none is empty.
#[derive(Debug, Default)]
struct Rows {
    slots: Vec<Packed>,
    /// Whose list each row is.
    owners: Vec<TermId>,
}

/// Is told whose list is another row from now on, and which: where a row is given back, the last
/// of its length takes its place.
pub(crate) type Moved<'a> = &'a mut dyn FnMut(TermId, u32);

/// The lengths of rows: a list is in the shortest that it fits.
const LENGTHS: [u16; 26] = [
    2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 24, 28, 34, 40, 48, 57, 68, 82, 98, 118, 142, 170,
    220, MAX_ROW,
];

fn class(len: u16) -> usize {
    LENGTHS.partition_point(|length| *length < len)
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

impl Lists {
    /// The stories in a list; `None` for more than [`MAX_LIST`].
    pub(crate) fn get(&self, list: List) -> Option<Found<'_>> {
        match list.len {
            0 => Some(Found::One(None)),
            1 => Some(Found::One(Some(list.place))),
            len if usize::from(len) <= MAX_LIST => self.row(list).map(Found::Few),
            _ => None,
        }
    }

    /// The list of a term with another story, which was not in it.
    pub(crate) fn with(&mut self, of: TermId, list: List, slot: Slot, moved: Moved<'_>) -> List {
        match list.len {
            0 => List { place: slot, len: 1 },
            CROWD => {
                if let Some(crowd) = self.crowds.get_mut(list.place as usize) {
                    crowd.insert(slot);
                }
                list
            }
            MAX_ROW => self.crowd(list, slot, moved),
            len if len > 1 && class(len) == class(len + 1) => {
                let all = self.places_mut(class(len), list.place);
                if let Some(free) = all.and_then(|all| all.get_mut(usize::from(len))) {
                    *free = packed(slot);
                }
                List { len: len + 1, ..list }
            }
            _ => self.resized(of, list, list.len + 1, Some(slot), moved),
        }
    }

    /// The list of a term without a story that is in it.
    pub(crate) fn without(&mut self, of: TermId, list: List, slot: Slot, moved: Moved<'_>) -> List {
        if list.len == CROWD {
            return self.crowd_without(of, list, slot);
        }
        if list.len <= 1 {
            return List::default();
        }
        let end = usize::from(list.len) - 1;
        let Some(all) = self.places_mut(class(list.len), list.place) else { return list };
        let filled = all.iter().take(end + 1);
        let Some(at) = filled.into_iter().position(|other| *other == packed(slot)) else {
            return list;
        };
        all.swap(at, end);
        if list.len > 2 && class(list.len) == class(list.len - 1) {
            return List { len: list.len - 1, ..list };
        }
        self.resized(of, list, list.len - 1, None, moved)
    }

    /// The slots of a row.
    fn row(&self, list: List) -> Option<&[Packed]> {
        let (class, len) = (class(list.len), usize::from(list.len));
        let start = list.place as usize * usize::from(*LENGTHS.get(class)?);
        self.rows.get(class)?.slots.get(start..start + len)
    }

    /// All places of a row, filled or not.
    fn places_mut(&mut self, class: usize, place: u32) -> Option<&mut [Packed]> {
        let length = usize::from(*LENGTHS.get(class)?);
        let start = place as usize * length;
        self.rows.get_mut(class)?.slots.get_mut(start..start + length)
    }

    /// The list in a row of another length, or none: as many of its first slots as there are to
    /// be, and another story.
    fn resized(
        &mut self,
        of: TermId,
        list: List,
        len: u16,
        more: Option<Slot>,
        moved: Moved<'_>,
    ) -> List {
        let mut slots: Vec<Packed> = match self.get_any(list) {
            Found::One(one) => one.into_iter().map(packed).collect(),
            Found::Few(few) => few.to_vec(),
        };
        slots.truncate(usize::from(len));
        slots.extend(more.map(packed));
        self.free(list, moved);
        self.kept(of, &slots)
    }

    fn get_any(&self, list: List) -> Found<'_> {
        match list.len {
            0 => Found::One(None),
            1 => Found::One(Some(list.place)),
            _ => Found::Few(self.row(list).unwrap_or_default()),
        }
    }

    /// Gives the row of a list back.
    fn free(&mut self, list: List, moved: Moved<'_>) {
        let class = class(list.len);
        if list.len > 1
            && let (Some(rows), Some(length)) = (self.rows.get_mut(class), LENGTHS.get(class))
            && let Some(owner) = rows.close(list.place as usize, usize::from(*length))
        {
            moved(owner, list.place);
        }
    }

    /// A list of these slots.
    fn kept(&mut self, of: TermId, slots: &[Packed]) -> List {
        let len = slots.len() as u16;
        if let &[only] = slots {
            return List { place: slot(only), len };
        }
        let class = class(len);
        if self.rows.is_empty() {
            self.rows.resize_with(LENGTHS.len(), Rows::default);
        }
        let length = LENGTHS.get(class).map_or(0, |length| usize::from(*length));
        let place = self.rows.get_mut(class).map_or(0, |rows| rows.open(of, length));
        let places = self.places_mut(class, place).unwrap_or_default();
        for (place, slot) in places.iter_mut().zip(slots) {
            *place = *slot;
        }
        List { place, len }
    }

    /// The list as a crowd with one story more.
    fn crowd(&mut self, list: List, more: Slot, moved: Moved<'_>) -> List {
        let few = self.row(list).unwrap_or_default();
        let all = few.iter().map(|found| slot(*found)).chain(std::iter::once(more)).collect();
        self.free(list, moved);
        let place = self.free_crowds.pop().unwrap_or(self.crowds.len() as u32);
        match self.crowds.get_mut(place as usize) {
            Some(free) => *free = all,
            None => self.crowds.push(all),
        }
        List { place, len: CROWD }
    }

    /// A crowd without one story: a row again when they are few.
    fn crowd_without(&mut self, of: TermId, list: List, less: Slot) -> List {
        let Some(crowd) = self.crowds.get_mut(list.place as usize) else { return list };
        crowd.remove(&less);
        if crowd.len() > MAX_LIST {
            return list;
        }
        let slots: Vec<Packed> = std::mem::take(crowd).into_iter().map(packed).collect();
        self.free_crowds.push(list.place);
        self.kept(of, &slots)
    }
}

impl Rows {
    /// The place of a new row.
    fn open(&mut self, owner: TermId, length: usize) -> u32 {
        if self.slots.len() + length > self.slots.capacity() {
            // By an eighth: doubling would leave half of it unused.
            self.slots.reserve_exact(self.slots.len() / 8 + length * 8);
        }
        self.slots.resize(self.slots.len() + length, Packed::default());
        if self.owners.len() == self.owners.capacity() {
            self.owners.reserve_exact(self.owners.len() / 8 + 8);
        }
        self.owners.push(owner);
        self.owners.len() as u32 - 1
    }

    /// Takes a row out. The last one comes in its place, unless it is the last: whose that is.
    fn close(&mut self, place: usize, length: usize) -> Option<TermId> {
        if place >= self.owners.len() {
            return None;
        }
        self.owners.swap_remove(place);
        let last = self.owners.len() * length;
        self.slots.copy_within(last.., place * length);
        self.slots.truncate(last);
        // Lists grow, so that those of a length may once be many and later few.
        if self.slots.len() * 2 < self.slots.capacity() {
            self.slots.shrink_to(self.slots.len() / 8 * 9);
            self.owners.shrink_to(self.owners.len() / 8 * 9);
        }
        self.owners.get(place).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn view(lists: &Lists, list: List) -> Option<Vec<Slot>> {
        let mut slots: Vec<Slot> = lists.get(list)?.slots().collect();
        slots.sort_unstable();
        Some(slots)
    }

    /// Lists of terms, and the table that says where they are.
    #[derive(Default)]
    struct Terms {
        lists: Lists,
        all: Vec<List>,
    }

    impl Terms {
        fn of(terms: usize) -> Self {
            Self { lists: Lists::default(), all: vec![List::default(); terms] }
        }

        fn change(&mut self, term: usize, slot: Slot, is_more: bool) {
            let (list, of) = (self.all[term], term as TermId);
            let moved = &mut |owner: TermId, place| self.all[owner as usize].place = place;
            self.all[term] = if is_more {
                self.lists.with(of, list, slot, moved)
            } else {
                self.lists.without(of, list, slot, moved)
            };
        }

        fn view(&self, term: usize) -> Option<Vec<Slot>> {
            view(&self.lists, self.all[term])
        }
    }

    #[test]
    fn what_many_stories_have_is_found_again_when_few_have_it() {
        let mut terms = Terms::of(2);
        let most = 3 * MAX_LIST as Slot;
        for slot in 0..most {
            terms.change(0, slot, true);
            let few = slot < MAX_LIST as Slot;
            assert_eq!(terms.view(0), few.then(|| (0..=slot).collect()));
        }
        terms.change(1, 1, true);
        for slot in (0..most).rev() {
            terms.change(0, slot, false);
            let few = slot <= MAX_LIST as Slot;
            assert_eq!(terms.view(0), few.then(|| (0..slot).collect()));
        }
        assert_eq!((terms.view(1), terms.all[0]), (Some(vec![1]), List::default()));
    }

    #[test]
    fn rows_given_back_leave_nothing_behind() {
        let mut terms = Terms::of(1000);
        let all = |terms: &mut Terms, slots: std::ops::Range<Slot>, is_more| {
            for (slot, term) in slots.flat_map(|slot| (0..1000).map(move |term| (slot, term))) {
                terms.change(term, slot, is_more);
            }
        };
        all(&mut terms, 0..20, true);
        let held: usize = terms.lists.rows.iter().map(|rows| rows.slots.capacity()).sum();
        assert!((20_000..23_000).contains(&held), "{held}");
        all(&mut terms, 0..20, false);
        assert!(terms.lists.rows.iter().all(|rows| rows.owners.is_empty()));
    }

    proptest! {
        #[test]
        fn lists_are_those_of_plain_sets(
            steps in proptest::collection::vec((0..5_usize, 0..40_u32), 0..900),
        ) {
            let mut terms = Terms::of(5);
            let mut plain: [BTreeSet<Slot>; 5] = Default::default();
            for (which, slot) in steps {
                let is_there = !plain[which].insert(slot);
                terms.change(which, slot, !is_there);
                if is_there {
                    plain[which].remove(&slot);
                }
                for (term, plain) in plain.iter().enumerate() {
                    prop_assert_eq!(terms.view(term), Some(plain.iter().copied().collect()));
                }
            }
        }
    }
}
