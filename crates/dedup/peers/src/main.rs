//! The whole judgement beside MinHash and SimHash of gaoya, on one stream in one run.
//!
//! `cargo run --release --manifest-path crates/dedup/peers/Cargo.toml -- DOCUMENTS`
//!
//! The stream is that of the bench `growth judge`: whole articles, three of ten an edited copy of
//! one of 5,000 before. Each document goes to all three in turn, so that what else the machine
//! does hits all alike; the time is the thread's own CPU, without making the texts. MinHash has
//! 25 bands of 5 values over runs of 8 characters, and 64-bit SimHash 6 bits of tolerance: the
//! settings that were best on wire copy. A copy is found where one of the answers is the
//! document copied or another copy of it; what else was answered is counted as false.
//!
//! A crate of its own, outside the workspace: what the peers are built from is no part of the
//! program.

#[path = "../../benches/growth/cpu.rs"]
mod cpu;
#[path = "../../benches/growth/past.rs"]
#[expect(dead_code, reason = "of the bench growth")]
mod past;
#[path = "../../benches/growth/text.rs"]
#[expect(dead_code, reason = "of the bench growth")]
mod text;

use std::collections::HashMap;
use std::time::Duration;

use dedup::{Arrival, Index, Settings};
use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher32};
use gaoya::simhash::{SimHash, SimHashIndex, SimSipHasher64};
use gaoya::text::shingle_text;
use record::{PageUrl, Record, RecordId};

use cpu::{cpu, resident, since};
use past::Past;
use text::Texts;

/// Documents between two rows, at first; each row has three times as many as the one before.
const FIRST: u64 = 10_000;

/// Characters of a shingle of the peers.
const SHINGLE: usize = 8;

/// Something that is given document after document and names earlier ones that are like it.
trait Peer {
    /// What it takes, in CPU time, and the numbers of earlier documents.
    fn judge(&mut self, n: u64, record: &Record) -> (Duration, Vec<u64>);
}

struct Ours {
    index: Index,
    past: Past,
    numbers: HashMap<RecordId, u64>,
}

struct MinHash {
    hasher: MinHasher32<gaoya::minhash::SipHasher24BuildHasher>,
    index: MinHashIndex<u32, u64>,
}

struct Sim {
    hasher: SimHash<SimSipHasher64, u64, 64>,
    index: SimHashIndex<u64, u64>,
}

impl Peer for Ours {
    fn judge(&mut self, n: u64, record: &Record) -> (Duration, Vec<u64>) {
        let aliases: Vec<String> = record.url.iter().map(PageUrl::identity).collect();
        let arrival = Arrival { record, aliases: &aliases, at: text::time(n), sequence: n + 1 };
        self.past.aside = Duration::ZERO;
        let start = cpu();
        let verdict = self.index.judge(&arrival, &mut self.past).unwrap();
        let spent = since(start).saturating_sub(self.past.aside);
        let named = verdict.duplicate.as_ref().and_then(|link| self.numbers.get(&link.of));
        let named = named.copied();
        self.numbers.insert(verdict.id, n);
        self.past.keep(n, record, &verdict);
        (spent, named.into_iter().collect())
    }
}

impl Peer for MinHash {
    fn judge(&mut self, n: u64, record: &Record) -> (Duration, Vec<u64>) {
        let text = whole(record);
        let start = cpu();
        let signature = self.hasher.create_signature(shingle_text(&text, SHINGLE));
        let like: Vec<u64> = self.index.query(&signature).into_iter().copied().collect();
        self.index.insert(n, signature);
        (since(start), like)
    }
}

impl Peer for Sim {
    fn judge(&mut self, n: u64, record: &Record) -> (Duration, Vec<u64>) {
        let text = whole(record);
        let start = cpu();
        let signature = self.hasher.create_signature(shingle_text(&text, SHINGLE));
        let like: Vec<u64> = self.index.query(&signature).into_iter().copied().collect();
        self.index.insert(n, signature);
        (since(start), like)
    }
}

fn whole(record: &Record) -> String {
    format!("{}\n{}", record.title, record.body_text())
}

/// What one of them did since the last row.
#[derive(Default)]
struct Sum {
    spent: Duration,
    found: u64,
    wrong: u64,
}

fn main() {
    let documents = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let texts = Texts::whole();
    let mut peers: Vec<(&str, Box<dyn Peer>)> = vec![
        (
            "Newsluice",
            Box::new(Ours {
                index: Index::new(Settings::default()),
                past: Past::new(Texts::whole(), true),
                numbers: HashMap::new(),
            }),
        ),
        (
            "MinHash",
            Box::new(MinHash {
                hasher: MinHasher32::new_with_hasher(
                    125,
                    gaoya::minhash::SipHasher24BuildHasher::default(),
                ),
                index: MinHashIndex::new(25, 5, 0.6),
            }),
        ),
        (
            "SimHash",
            Box::new(Sim {
                hasher: SimHash::new(SimSipHasher64::new(5, 6)),
                index: SimHashIndex::new(8, 6),
            }),
        ),
    ];
    println!("documents  who         docs/CPU s  copies found  with others named");
    let mut sums: Vec<Sum> = peers.iter().map(|_| Sum::default()).collect();
    let (mut since_row, mut next, mut copies) = (0, FIRST, 0);
    for n in 0..documents {
        let record = texts.record(n);
        let original = texts.original(n);
        copies += u64::from(original != n);
        for ((_, peer), sum) in peers.iter_mut().zip(&mut sums) {
            let (spent, named) = peer.judge(n, &record);
            sum.spent += spent;
            let is_right = |of: &u64| texts.original(*of) == original;
            sum.found += u64::from(original != n && named.iter().any(is_right));
            sum.wrong += u64::from(!named.iter().all(is_right));
        }
        if n + 1 == next || n + 1 == documents {
            for ((name, _), sum) in peers.iter().zip(&mut sums) {
                let rate = (n + 1 - since_row) as f64 / sum.spent.as_secs_f64();
                let share = sum.found as f64 / f64::max(copies as f64, 1.0);
                println!(
                    "{:>9}  {name:<10}  {rate:>10.0}  {share:>12.3}  {:>17}",
                    n + 1,
                    sum.wrong
                );
                *sum = Sum::default();
            }
            (since_row, next, copies) = (n + 1, next * 3, 0);
        }
    }
    println!("{} MB resident, of all three together", resident() >> 20);
}
