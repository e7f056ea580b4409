//! A record's vector as bytes to keep with it.

use super::terms::{Term, Vector};

/// Version of the layout: one byte, then five bytes a term (hash, big endian, and weight).
const VERSION: u8 = 1;

pub(crate) fn write(vector: &Vector) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + vector.0.len() * 5);
    bytes.push(VERSION);
    for &(term, weight) in &vector.0 {
        bytes.extend(term.to_be_bytes());
        bytes.push(weight);
    }
    bytes
}

/// `None` for bytes that [`write`] never wrote.
pub(crate) fn read(bytes: &[u8]) -> Option<Vector> {
    let (&VERSION, rest) = bytes.split_first()? else { return None };
    let (terms, []) = rest.as_chunks::<5>() else { return None };
    let vector: Box<[(Term, u8)]> =
        terms.iter().map(|&[a, b, c, d, w]| (Term::from_be_bytes([a, b, c, d]), w)).collect();
    vector.is_sorted_by(|x, y| x.0 < y.0).then_some(Vector(vector))
}
