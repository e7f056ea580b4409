//! What a claim costs with 20,000 feeds, and what a batch of records costs.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set itself up says nothing")]

use std::time::Duration;

use divan::Bencher;
use jiff::Timestamp;
use record::{Line, Novelty, PageUrl, Record, RecordId, Verdict};
use store::{ClaimOptions, Commit, Effect, Judged, NewFeed, OpenOptions, RunId, Store};
use tempfile::TempDir;

fn main() {
    divan::main();
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or_default()
}

struct World {
    _folder: TempDir,
    store: Store,
    run: RunId,
}

fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("news.db");
    let mut store = Store::open(&path, OpenOptions::default()).unwrap();
    let run = store.begin_run("run", "", at(0)).unwrap().id;
    World { _folder: folder, store, run }
}

fn with_feeds(hosts: usize, due: i64) -> World {
    let mut world = world();
    let feeds: Vec<NewFeed> = (0..20_000)
        .map(|n| {
            let host = format!("host{}.example", n % hosts);
            NewFeed { url: format!("https://{host}/{n}"), host, settings: None }
        })
        .collect();
    world.store.add_feeds(&feeds, at(due)).unwrap();
    world
}

fn options(now: i64) -> ClaimOptions {
    ClaimOptions { count: 64, per_host: 2, now: at(now), lease: Duration::from_mins(1) }
}

/// Every feed is due: the worst moment, a first start.
#[divan::bench(args = [200, 20_000], sample_count = 50, sample_size = 1)]
fn claim_64_of_20_000_due_feeds(bencher: Bencher<'_, '_>, hosts: usize) {
    let world = with_feeds(hosts, 0);
    let mut claims = world.store.claims().unwrap();
    let mut now = 1_000;
    bencher.bench_local(|| {
        now += 1;
        claims.feeds(world.run, options(now)).unwrap()
    });
}

/// Few are due among many that wait: the walk along all of them.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn claim_the_few_due_of_20_000_feeds(bencher: Bencher<'_, '_>) {
    let mut world = with_feeds(20_000, 1_000_000);
    let few: Vec<NewFeed> = (0..200)
        .map(|n| {
            let host = format!("late{n}.example");
            NewFeed { url: format!("https://{host}/"), host, settings: None }
        })
        .collect();
    world.store.add_feeds(&few, at(10)).unwrap();
    let mut claims = world.store.claims().unwrap();
    let mut now = 1_000;
    bencher.bench_local(|| {
        now += 1;
        claims.feeds(world.run, ClaimOptions { count: 3, ..options(now) }).unwrap()
    });
}

/// Nothing is due: what every look costs.
#[divan::bench(args = [200, 20_000], sample_count = 50)]
fn look_at_20_000_feeds_of_which_none_is_due(bencher: Bencher<'_, '_>, hosts: usize) {
    let world = with_feeds(hosts, 1_000_000);
    let mut claims = world.store.claims().unwrap();
    bencher.bench_local(|| claims.feeds(world.run, options(1_000)).unwrap());
}

fn commit(sequence: u64) -> Commit {
    let body = (0..20)
        .filter_map(|n| {
            Line::new(&format!("Paragraph {n} of article {sequence} says much. ").repeat(4))
        })
        .collect();
    let title = Line::new(&format!("Article {sequence}")).unwrap();
    let mut record = Record::new(title, body);
    record.url = PageUrl::parse(&format!("https://a.example/{sequence}")).ok();
    let id = RecordId::of(&record);
    let aliases = vec![format!("https://a.example/{sequence}")];
    let (novelty, sketch) = (Novelty::New, vec![0; 250]);
    let verdict = Verdict { id, novelty, duplicate: None, story: None, sketch };
    let judged = Judged { record, verdict, aliases, sequence, sketch_day: Some(1) };
    Commit::new(at(sequence.cast_signed()), Effect::Record(Box::new(judged)))
}

/// A hundred records of 4 kB in one durable transaction.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn commit_100_records(bencher: Bencher<'_, '_>) {
    let mut world = world();
    let mut next = 1;
    bencher.bench_local(|| {
        let batch: Vec<Commit> = (next..next + 100).map(commit).collect();
        next += 100;
        world.store.commit(world.run, &batch).unwrap()
    });
}
