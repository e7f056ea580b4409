//! A part of the table of (value, record) pairs: lines of memory that hold as many as fit.
//!
//! A pair is four bytes, less than a value and a record: which line a key belongs to tells most
//! of the key. What is left of it and the record share one number, so that the more lines there
//! are, the more records can be told apart: there is a line a shard for each 256 records at least,
//! however few values those have.

use crate::ahead;

/// Pairs in a line: what the processor fetches at once, 64 bytes.
const PAIRS: usize = 14;

/// Lines looked at before giving up on a key: what is made to collide costs no more. A number
/// below 16.
const MAX_STEPS: u32 = 15;

/// Keys there can be.
const KEYS: u64 = 1 << 24;

/// Lines of a shard from which on they are kept emptier: a table so large is far from the
/// processor, and every full line on the way to a key is one more wait for memory.
const LARGE: usize = 512;

/// Pairs of keys and records. It grows by a quarter to a seventh when seven eighths are taken, a
/// large one when five eighths are.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    lines: Vec<Line>,
    taken: usize,
    /// Records that can be told apart, by the number of lines.
    records: u32,
}

/// Some pairs, in the order of insertion. A key's pairs that find its first line full are in
/// the next on its way, and so on.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
struct Line {
    pairs: [u32; PAIRS],
    /// How many steps from its key's first line each pair is, 4 bits each from the lowest on;
    /// in the topmost 8 bits the number of pairs.
    places: u64,
}

/// Where a key's pairs are, and what they look like.
#[derive(Debug, Clone, Copy)]
struct Home {
    line: usize,
    /// The pair of the key and record 0.
    first: u32,
}

impl Shard {
    /// Has the processor fetch what the next question about `key` looks at first.
    pub(crate) fn fetch(&self, key: u32) {
        if let Some(line) = self.lines.get(line(key, self.lines.len())) {
            ahead::fetch(line);
        }
    }

    /// Has the processor fetch what the next question about `key` looks at second, if anything.
    pub(crate) fn fetch_on(&self, key: u32) {
        let home = line(key, self.lines.len());
        if self.lines.get(home).is_some_and(|line| line.len() == PAIRS)
            && let Some(second) = self.lines.get(stepped(home, 1, self.lines.len()))
        {
            ahead::fetch(second);
        }
    }

    /// The records of `key`, which is below 2^24, in the order of insertion.
    pub(crate) fn get(&self, key: u32) -> impl Iterator<Item = u32> {
        let (home, records) = (self.home(key), self.records);
        self.way(home.line)
            .filter(move |(_, line)| line.may_have(home.first, records))
            .flat_map(move |(step, line)| line.records(step, home.first, records))
    }

    /// Adds a pair, unless there are `most` of the key. Tells whether it did.
    pub(crate) fn insert(&mut self, key: u32, record: u32, most: usize) -> bool {
        while self.is_full() || record >= self.records {
            self.grow();
        }
        if self.get(key).take(most).count() == most {
            return false;
        }
        let mut is_placed = self.place(key, record);
        while !is_placed && self.taken * 4 > self.lines.len() * PAIRS {
            self.grow();
            is_placed = self.place(key, record);
        }
        is_placed
    }

    /// Memory that its lines take, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.lines.capacity() * size_of::<Line>()
    }

    fn is_full(&self) -> bool {
        let eighths = if self.lines.len() < LARGE { 7 } else { 5 };
        self.taken * 8 >= self.lines.len() * PAIRS * eighths
    }

    fn place(&mut self, key: u32, record: u32) -> bool {
        let home = self.home(key);
        for step in 0..MAX_STEPS {
            let at = stepped(home.line, step, self.lines.len());
            if let Some(line) = self.lines.get_mut(at)
                && line.push(home.first + record, step)
            {
                self.taken += 1;
                return true;
            }
        }
        false
    }

    fn grow(&mut self) {
        let len = self.lines.len();
        let larger =
            Self::with_lines(if len < 4 { len + 1 } else { len + (1 << (len.ilog2() - 2)) });
        let old = std::mem::replace(self, larger);
        // By keys' first lines and along their ways, so that the order of each list is kept. What
        // finds no place in the larger table was made to collide and is given up.
        for home in 0..old.lines.len() {
            let start = start(home, old.lines.len());
            for (step, line) in old.way(home) {
                for pair in line.of_step(step) {
                    let (key, record) = (pair / old.records, pair % old.records);
                    self.place(start + key, record);
                }
            }
        }
    }

    fn with_lines(len: usize) -> Self {
        let keys = KEYS.div_ceil(len as u64);
        let records = u32::try_from((1 << 32) / keys).unwrap_or(u32::MAX);
        Self { lines: vec![Line::default(); len], taken: 0, records }
    }

    fn home(&self, key: u32) -> Home {
        let line = line(key, self.lines.len());
        Home { line, first: (key - start(line, self.lines.len())) * self.records }
    }

    /// The lines that hold pairs of the keys of a line, each with its number of steps.
    fn way(&self, home: usize) -> impl Iterator<Item = (u32, &Line)> {
        let mut is_over = false;
        (0..MAX_STEPS).map_while(move |step| {
            // Not even a look at a line that is not on the way: each is a wait for memory.
            if is_over {
                return None;
            }
            let line = self.lines.get(stepped(home, step, self.lines.len()))?;
            is_over = line.len() < PAIRS;
            Some((step, line))
        })
    }
}

/// Where the way of a key begins.
fn line(key: u32, lines: usize) -> usize {
    ((u64::from(key) * lines as u64) >> 24) as usize
}

/// The first key whose way begins at a line.
fn start(line: usize, lines: usize) -> u32 {
    (((line as u64) << 24).div_ceil(lines.max(1) as u64)) as u32
}

/// The line so many steps on, each longer than the one before, so that full lines in a row are
/// left soon; where there are too few lines for that, the neighbours.
fn stepped(home: usize, step: u32, lines: usize) -> usize {
    const FARTHEST: usize = (MAX_STEPS * (MAX_STEPS - 1) / 2) as usize;
    let far = if lines > FARTHEST { step * (step + 1) / 2 } else { step };
    let at = home + far as usize;
    if at < lines { at } else { at % lines.max(1) }
}

impl Line {
    fn len(&self) -> usize {
        (self.places >> 56) as usize
    }

    /// Is there a pair with a number from `first` on, `records` numbers? Quick, and sometimes
    /// wrong where there are fewer pairs than fit.
    fn may_have(&self, first: u32, records: u32) -> bool {
        self.pairs.iter().fold(false, |is, pair| is | (pair.wrapping_sub(first) < records))
    }

    fn records(&self, step: u32, first: u32, records: u32) -> impl Iterator<Item = u32> {
        self.of_step(step).map(move |pair| pair.wrapping_sub(first)).filter(move |n| *n < records)
    }

    /// The pairs that are so many steps from their key's first line.
    fn of_step(&self, step: u32) -> impl Iterator<Item = u32> {
        let steps = (0..PAIRS).map(|at| (self.places >> (at * 4)) as u32 & 15);
        let pairs = self.pairs.iter().zip(steps).take(self.len());
        pairs.filter(move |(_, place)| *place == step).map(|(pair, _)| *pair)
    }

    fn push(&mut self, pair: u32, step: u32) -> bool {
        let len = self.len();
        let Some(free) = self.pairs.get_mut(len) else { return false };
        *free = pair;
        self.places = (self.places | u64::from(step) << (len * 4)) + (1 << 56);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_key_is_its_line_and_the_rest(key in 0..1_u32 << 24, lines in 1_usize..70_000) {
            let at = line(key, lines);
            prop_assert!(at < lines);
            prop_assert!(start(at, lines) <= key);
            let keys = KEYS.div_ceil(lines as u64);
            prop_assert!(u64::from(key - start(at, lines)) < keys);
        }
    }

    #[test]
    fn lists_keep_their_order_at_the_end_of_a_table() {
        let mut shard = Shard::default();
        let keys: Vec<u32> = (0..4).map(|n| 0xff_ffff - n).collect();
        for record in 0..160 {
            assert!(shard.insert(keys[record as usize % keys.len()], record, 48), "{record}");
        }
        for (n, key) in (0..).zip(keys) {
            let list: Vec<u32> = shard.get(key).collect();
            assert_eq!(list, (n..160).step_by(4).collect::<Vec<u32>>());
        }
    }

    #[test]
    fn records_with_large_numbers_are_told_apart() {
        let mut shard = Shard::default();
        for record in [0, 1, 255, 256, 65_535, 1 << 20, (1 << 24) - 2] {
            assert!(shard.insert(7, record, 48));
            assert!(shard.insert(8, record, 48));
            assert_eq!(shard.get(7).last(), Some(record));
        }
        assert_eq!((shard.get(7).count(), shard.get(8).count()), (7, 7));
    }

    #[test]
    fn what_is_made_to_collide_is_given_up() {
        let mut shard = Shard::default();
        let placed = (0..2_000_u32).filter(|n| shard.insert(n % 500, *n, 48)).count();
        assert!((200..2_000).contains(&placed), "{placed}");
        assert!(shard.lines.len() < 2_000, "{}", shard.lines.len());
    }
}
