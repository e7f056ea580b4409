//! Maps whose keys are hashes of words already.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

/// A map by hashes of words or lines.
pub(super) type HashedMap<K, V> = HashMap<K, V, Seeded>;

/// One multiplication, with a number that nobody outside knows: whoever writes the page can
/// choose the keys, but not which of them meet. No result hangs on the number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seeded(u64);

static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0_u8) | 1);

impl Default for Seeded {
    fn default() -> Self {
        Self(*SEED)
    }
}

impl BuildHasher for Seeded {
    type Hasher = Mixing;

    fn build_hasher(&self) -> Mixing {
        Mixing { seed: self.0, mixed: 0 }
    }
}

/// The hasher of one key.
#[derive(Debug)]
pub(super) struct Mixing {
    seed: u64,
    mixed: u64,
}

impl Hasher for Mixing {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, key: u32) {
        self.write_u64(u64::from(key));
    }

    fn write_u64(&mut self, key: u64) {
        let product =
            u128::from(self.mixed ^ key ^ self.seed.rotate_left(32)) * u128::from(self.seed);
        self.mixed = (product >> 64) as u64 ^ product as u64;
    }

    fn finish(&self) -> u64 {
        self.mixed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_a_row_are_spread() {
        // Numbers of no pattern: the seed of a process is another each time, a test is not.
        for seed in [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03, 0x2545_f491_4f6c_dd1d] {
            let mut low: Vec<u64> =
                (0..4096_u32).map(|key| Seeded(seed).hash_one(key) % 512).collect();
            low.sort_unstable();
            low.dedup();
            assert!(low.len() > 450, "{seed:x}: {}", low.len());
        }
    }
}
