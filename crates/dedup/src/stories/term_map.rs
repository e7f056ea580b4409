//! A map by term: terms are hashes already.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::vector::Term;

/// A map by term.
pub(crate) type TermMap<T> = HashMap<Term, T, BuildHasherDefault<TermHasher>>;

/// Spreads a term over the table without hashing it again.
#[derive(Debug, Default)]
pub(crate) struct TermHasher(u64);

impl Hasher for TermHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u32(u32::from(byte));
        }
    }

    fn write_u32(&mut self, term: u32) {
        self.0 = (self.0 ^ u64::from(term)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 32;
    }
}
