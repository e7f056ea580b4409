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
use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher32, SipHasher24BuildHasher};
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

/// Something that is given document after document: the CPU time that one takes, and the numbers
/// of earlier ones that it calls like it.
type Peer = Box<dyn FnMut(u64, &Record) -> (Duration, Vec<u64>)>;

fn ours() -> Peer {
    let mut index = Index::new(Settings::default());
    let mut past = Past::new(Texts::whole(), true);
    let mut numbers: HashMap<RecordId, u64> = HashMap::new();
    Box::new(move |n, record| {
        let aliases: Vec<String> = record.url.iter().map(PageUrl::identity).collect();
        let arrival = Arrival { record, aliases: &aliases, at: text::time(n), sequence: n + 1 };
        past.aside = Duration::ZERO;
        let start = cpu();
        let verdict = index.judge(&arrival, &mut past).unwrap();
        let spent = since(start).saturating_sub(past.aside);
        let named = verdict.duplicate.as_ref().and_then(|link| numbers.get(&link.of)).copied();
        numbers.insert(verdict.id, n);
        past.keep(n, record, &verdict);
        (spent, named.into_iter().collect())
    })
}

fn min_hash() -> Peer {
    let hasher = MinHasher32::new_with_hasher(125, SipHasher24BuildHasher::default());
    let mut index = MinHashIndex::<u32, u64>::new(25, 5, 0.6);
    by_text(move |n, text| {
        let signature = hasher.create_signature(shingle_text(text, SHINGLE));
        let like = index.query(&signature).into_iter().copied().collect();
        index.insert(n, signature);
        like
    })
}

fn sim_hash() -> Peer {
    let hasher = SimHash::<SimSipHasher64, u64, 64>::new(SimSipHasher64::new(5, 6));
    let mut index = SimHashIndex::<u64, u64>::new(8, 6);
    by_text(move |n, text| {
        let signature = hasher.create_signature(shingle_text(text, SHINGLE));
        let like = index.query(&signature).into_iter().copied().collect();
        index.insert(n, signature);
        like
    })
}

fn by_text(mut judge: impl FnMut(u64, &str) -> Vec<u64> + 'static) -> Peer {
    Box::new(move |n, record| {
        let text = whole(record);
        let start = cpu();
        let like = judge(n, &text);
        (since(start), like)
    })
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
    let mut peers: [(&str, Peer); 3] =
        [("Newsluice", ours()), ("MinHash", min_hash()), ("SimHash", sim_hash())];
    println!("documents  who         docs/CPU s  copies found  with others named");
    let mut sums: Vec<Sum> = peers.iter().map(|_| Sum::default()).collect();
    let (mut since_row, mut next, mut copies) = (0, FIRST, 0);
    for n in 0..documents {
        let record = texts.record(n);
        let original = texts.original(n);
        copies += u64::from(original != n);
        for ((_, peer), sum) in peers.iter_mut().zip(&mut sums) {
            let (spent, named) = peer(n, &record);
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
