//! A hash table of numbers whose keys stand elsewhere.

/// Numbers, 4 bytes a place, at most three quarters full: open addressing with linear probing.
/// A key is given by how it is spread over 32 bits, and is looked for from there on: keys asked
/// for in rising order are found by walking through the table once.
#[derive(Debug, Default)]
pub(crate) struct FlatTable {
    /// [`EMPTY`], or a number. As many as a power of two, or none.
    places: Vec<u32>,
    taken: usize,
}

/// No key has this number.
const EMPTY: u32 = 0;

/// The smallest table that is not empty.
const SMALLEST: usize = 64;

impl FlatTable {
    /// The number for which `is_it` holds, of the key spread so. Bounded by the longest run of
    /// places that are taken.
    pub(crate) fn get(&self, spread: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let number = *self.places.get(self.find(spread, is_it)?)?;
        (number != EMPTY).then_some(number)
    }

    /// Puts a number, which is not 0, in place of the one for which `is_it` holds, or beside the
    /// others. `spread_of` tells how the key of a number is spread.
    pub(crate) fn insert(
        &mut self,
        number: u32,
        is_it: impl Fn(u32) -> bool,
        spread_of: impl Fn(u32) -> u32,
    ) {
        if self.taken * 4 >= self.places.len() * 3 {
            self.grow(&spread_of);
        }
        let at = self.find(spread_of(number), is_it);
        if let Some(place) = at.and_then(|at| self.places.get_mut(at)) {
            self.taken += usize::from(*place == EMPTY);
            *place = number;
        }
    }

    /// Takes the number out for which `is_it` holds, of the key spread so.
    pub(crate) fn remove(
        &mut self,
        spread: u32,
        is_it: impl Fn(u32) -> bool,
        spread_of: impl Fn(u32) -> u32,
    ) {
        let Some(at) = self.find(spread, is_it) else { return };
        if let Some(place) = self.places.get_mut(at).filter(|place| **place != EMPTY) {
            *place = EMPTY;
            self.taken -= 1;
            self.close(at, spread_of);
        }
    }

    /// How many numbers there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.taken
    }

    /// Where the number is, or where it would be put.
    fn find(&self, spread: u32, is_it: impl Fn(u32) -> bool) -> Option<usize> {
        let (start, end) = self.places.split_at_checked(self.home(spread))?;
        let is_end = |number: &u32| *number == EMPTY || is_it(*number);
        let found = end.iter().position(is_end).map(|at| start.len() + at);
        found.or_else(|| start.iter().position(is_end))
    }

    fn home(&self, spread: u32) -> usize {
        ((u64::from(spread) * self.places.len() as u64) >> 32) as usize
    }

    fn grow(&mut self, spread_of: impl Fn(u32) -> u32) {
        let size = (self.places.len() * 2).max(SMALLEST);
        let old = std::mem::replace(&mut self.places, vec![EMPTY; size]);
        for number in old.into_iter().filter(|number| *number != EMPTY) {
            let free = self.find(spread_of(number), |_| false);
            if let Some(place) = free.and_then(|at| self.places.get_mut(at)) {
                *place = number;
            }
        }
    }

    /// Moves up what stands behind an emptied place and would not be found there any more.
    fn close(&mut self, mut hole: usize, spread_of: impl Fn(u32) -> u32) {
        let mask = self.places.len() - 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let number = self.places.get(at).filter(|number| **number != EMPTY);
            let Some(number) = number else { return };
            let from_home = at.wrapping_sub(self.home(spread_of(*number))) & mask;
            if from_home >= at.wrapping_sub(hole) & mask {
                self.places.swap(hole, at);
                hole = at;
            }
        }
    }
}
