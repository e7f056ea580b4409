//! The sketch: what the index must know of a text, as the bytes kept with the record.
//!
//! Byte 0 is the version; bytes 1 to 4 the text's own day (days since 1970-01-01), bytes 5 to
//! 12 the id of the root of its group (its own where it copies nothing), then the winnowed
//! values, ascending, 4 bytes each. Little endian throughout.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use record::{Record, RecordId};

/// The form of the bytes that this program writes and reads, and the way the values are made.
const VERSION: u8 = 1;

/// A sketch, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sketch {
    pub(crate) day: i32,
    pub(crate) root: RecordId,
    pub(crate) values: Vec<u32>,
}

/// How much text a sketch stands for, told by the sketch alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Extent {
    /// How many values there are.
    values: u16,
    /// About so many shingles they were chosen from.
    shingles: u16,
}

impl Extent {
    /// How many values, and from about how many shingles.
    pub(crate) fn parts(self) -> (u16, u16) {
        (self.values, self.shingles)
    }

    /// The extent with these parts.
    pub(crate) fn of_parts(values: u16, shingles: u16) -> Self {
        Self { values, shingles }
    }

    /// How many values the two would have in common if all of one text were in the other: the
    /// sparser sketch chooses which values of the shorter text those are.
    pub(crate) fn common(self, other: Self) -> f64 {
        let share = |e: Self| f64::from(e.values) / f64::from(e.shingles.max(1));
        share(self).min(share(other)) * f64::from(self.shingles.min(other.shingles))
    }
}

impl Sketch {
    /// The greater a window, the smaller its smallest value, and the farther apart are those of
    /// neighbouring windows: the mean of the values tells the length of the text. The factor is
    /// measured on random values: right within a half for nine of ten texts.
    pub(crate) fn extent(&self) -> Extent {
        let sum: u64 = self.values.iter().map(|value| u64::from(*value)).sum();
        let count = self.values.len() as u64;
        let shingles = ((count * count) << 32) * 3 / 4 / sum.max(1);
        Extent {
            values: u16::try_from(count).unwrap_or(u16::MAX),
            shingles: u16::try_from(shingles).unwrap_or(u16::MAX),
        }
    }

    /// The bytes; none where there are no values.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        if self.values.is_empty() {
            return Vec::new();
        }
        let mut bytes = Vec::with_capacity(13 + self.values.len() * 4);
        bytes.push(VERSION);
        bytes.extend(self.day.to_le_bytes());
        bytes.extend(self.root.0.to_le_bytes());
        self.values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        bytes
    }

    /// What the bytes say; `None` for none, for broken ones and for those of another version.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let day = sketch_day(bytes)?;
        let (root, values) = bytes.get(5..)?.split_first_chunk::<8>()?;
        let (values, rest) = values.as_chunks::<4>();
        rest.is_empty().then(|| Self {
            day,
            root: RecordId(u64::from_le_bytes(*root)),
            values: values.iter().map(|v| u32::from_le_bytes(*v)).collect(),
        })
    }
}

/// The day that a sketch belongs to, in days since 1970-01-01: the key by which the store
/// finds it again ([`Known::sketches`](crate::Known::sketches)). `None` for an empty sketch
/// and for one of another version.
#[must_use]
pub fn sketch_day(sketch: &[u8]) -> Option<i32> {
    let (&version, rest) = sketch.split_first()?;
    let day = rest.first_chunk::<4>()?;
    (version == VERSION).then(|| i32::from_le_bytes(*day))
}

/// A record's own day: the one it states, else the day (UTC) on which it was captured.
pub(crate) fn own_day(record: &Record, at: Timestamp) -> i32 {
    record.date.map_or_else(|| (at.as_second().div_euclid(86_400)) as i32, day_number)
}

/// Days since 1970-01-01.
pub(crate) fn day_number(day: Date) -> i32 {
    day.since(date(1970, 1, 1)).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            day: i32, root: u64, values in proptest::collection::vec(any::<u32>(), 1..64),
        ) {
            let sketch = Sketch { day, root: RecordId(root), values };
            let bytes = sketch.to_bytes();
            prop_assert_eq!(sketch_day(&bytes), Some(day));
            prop_assert_eq!(Sketch::from_bytes(&bytes), Some(sketch));
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
            let _ = Sketch::from_bytes(&bytes);
        }
    }

    #[test]
    fn a_sketch_tells_about_how_long_its_text_was() {
        let mut word = 7_u64;
        let mut shingles = |count: usize| -> Vec<u32> {
            let next = |_| {
                word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (word >> 32) as u32
            };
            (0..count).map(next).collect()
        };
        for count in [40, 120, 300, 800, 3_000] {
            let all = shingles(count);
            let sketch = |values| Sketch { day: 0, root: RecordId(0), values };
            let whole = sketch(crate::shingles::winnow(&all)).extent();
            let about = f64::from(whole.shingles) / count as f64;
            assert!((0.4..2.0).contains(&about), "{count}: {}", whole.shingles);
            let copied = crate::shingles::winnow(&all[..count * 2 / 3]);
            let other = sketch(copied.clone()).extent();
            let shared = copied.iter().filter(|v| crate::shingles::winnow(&all).contains(v));
            let ratio = whole.common(other) / shared.count() as f64;
            assert!((0.3..3.0).contains(&ratio), "{count}: {ratio}");
        }
    }

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(day_number(date(1970, 1, 1)), 0);
        assert_eq!(day_number(date(1969, 12, 31)), -1);
        assert_eq!(day_number(date(2026, 11, 22)), 20_779);
        let undated = crate::test_support::plain("Rain", "It rained.");
        assert_eq!(own_day(&undated, Timestamp::from_second(-1).unwrap()), -1);
    }
}
