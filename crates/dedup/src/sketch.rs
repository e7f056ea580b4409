//! The sketch: what the index must know of a text, as the bytes kept with the record.
//!
//! Byte 0 is the version, bytes 1 to 4 the text's own day (days since 1970-01-01, little
//! endian).

/// The form of the bytes that this program writes and reads.
const VERSION: u8 = 1;

/// The day that a sketch belongs to, in days since 1970-01-01: the key by which the store
/// finds it again ([`Known::sketches`](crate::Known::sketches)). `None` for an empty sketch
/// and for one of another version.
#[must_use]
pub fn sketch_day(sketch: &[u8]) -> Option<i32> {
    let (&version, rest) = sketch.split_first()?;
    let day = rest.first_chunk::<4>()?;
    (version == VERSION).then(|| i32::from_le_bytes(*day))
}
