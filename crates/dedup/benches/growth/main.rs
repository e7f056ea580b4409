//! What judging costs as the window fills: CPU time a document and memory a record.
//!
//! `cargo bench -p dedup --bench growth -- WHAT DOCUMENTS`, where WHAT is
//! - `index`: read, look up, insert; texts of up to 120 words, none compared;
//! - `judge`: the whole judgement of whole articles, three of ten copies of an earlier one;
//! - `rebuild`: the index anew from the sketches of so many records;
//! - `stories`: the stories of articles of which three of ten report an earlier event; a row every
//!   100,000, by when the window is full and as many are forgotten as come in;
//! - `alike`: the same document over and over.
//!
//! Times are of the thread's own CPU, without making the texts; see `cpu`.

#![allow(missing_docs, clippy::print_stdout, reason = "a program that measures prints")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here stops here")]

mod cpu;
mod past;
mod text;

use std::time::Duration;

use dedup::stories::{Member, Settings as StorySettings, Stories};
use dedup::{Arrival, Index, Settings, sketch_day};
use record::{PageUrl, RecordId};

use cpu::{cpu, resident, since};
use past::Past;
use text::Texts;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let what = arguments.first().map_or("index", String::as_str);
    let documents = arguments.get(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    match what {
        "index" => judge(Texts::short, documents, false),
        "judge" => judge(Texts::whole, documents, true),
        "alike" => judge(Texts::alike, documents, true),
        "rebuild" => rebuild(documents),
        "stories" => stories(documents),
        other => println!("{other}: index, judge, alike, rebuild or stories"),
    }
}

/// Counts at which there is a row. Each is about the second half of the documents up to there,
/// or about those since the row before: so it has its tables grown to twice their size once, and
/// none has the cold start. The first, a few hundredths of a second, is the median of [`RUNS`].
const COUNTS: [u64; 6] = [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000];

/// Runs of the first row: a machine's own unrest spoils one of them, seldom most.
const RUNS: usize = 9;

/// Prints the rows.
struct Table {
    /// A row at each multiple too.
    every: u64,
    /// What earlier runs gave for the first row.
    earlier: Vec<f64>,
    base: usize,
    since: u64,
    spent: Duration,
}

impl Table {
    fn new(every: u64) -> Self {
        println!("documents  docs/CPU s  resident B/doc  more");
        Self { every, earlier: Vec::new(), base: resident(), since: 0, spent: Duration::ZERO }
    }

    fn row(&mut self, done: u64, more: &str) {
        let is_due = COUNTS.contains(&done) || done.is_multiple_of(self.every);
        if self.since < done && (is_due || more.starts_with("end")) {
            let mut rate = (done - self.since) as f64 / self.spent.as_secs_f64();
            if done == COUNTS[0] && !self.earlier.is_empty() {
                rate = median(&self.earlier, rate);
            }
            let bytes = resident().saturating_sub(self.base) as u64 / done.max(1);
            println!("{done:>9}  {rate:>10.0}  {bytes:>14}  {more}");
            (self.since, self.spent) = (done, Duration::ZERO);
        }
        if COUNTS.iter().any(|count| count / 2 == done) {
            (self.since, self.spent) = (done, Duration::ZERO);
        }
    }
}

fn median(earlier: &[f64], last: f64) -> f64 {
    let mut all = [earlier, &[last]].concat();
    all.sort_unstable_by(f64::total_cmp);
    all[all.len() / 2]
}

fn judge(texts: fn() -> Texts, documents: u64, compares: bool) {
    let first = COUNTS[0];
    let earlier: Vec<f64> = (1..RUNS).map(|_| rate(texts(), first, compares)).collect();
    let mut table = Table { earlier, ..Table::new(u64::MAX) };
    let more = stream(texts(), documents, compares, |n, spent, past| {
        table.spent += spent;
        table.row(n, &past.found());
    });
    table.row(documents, &format!("end: {more}"));
}

/// Documents a second of CPU in the second half of so many.
fn rate(texts: Texts, documents: u64, compares: bool) -> f64 {
    let mut sum = Duration::ZERO;
    let half = documents / 2;
    stream(texts, documents, compares, |n, spent, _| {
        if n > half {
            sum += spent;
        }
    });
    half as f64 / sum.as_secs_f64()
}

/// Judges so many documents and tells of each what it took. Gives what was found.
fn stream(
    texts: Texts,
    documents: u64,
    compares: bool,
    mut tell: impl FnMut(u64, Duration, &Past),
) -> String {
    let mut past = Past::new(texts, compares);
    let mut index = Index::new(Settings::default());
    for n in 0..documents {
        let record = past.texts.record(n);
        let aliases: Vec<String> = record.url.iter().map(PageUrl::identity).collect();
        let at = text::time(n);
        let arrival = Arrival { record: &record, aliases: &aliases, at, sequence: n + 1 };
        past.aside = Duration::ZERO;
        let start = cpu();
        let verdict = index.judge(&arrival, &mut past).unwrap();
        let spent = since(start).saturating_sub(past.aside);
        past.keep(n, &record, &verdict);
        tell(n + 1, spent, &past);
    }
    past.found()
}

fn rebuild(records: u64) {
    let mut past = Past::new(Texts::short(), false);
    let mut index = Index::new(Settings::default());
    for n in 0..records {
        let record = past.texts.record(n);
        let aliases: Vec<String> = record.url.iter().map(PageUrl::identity).collect();
        let at = text::time(n);
        let arrival = Arrival { record: &record, aliases: &aliases, at, sequence: n + 1 };
        let verdict = index.judge(&arrival, &mut past).unwrap();
        if let Some(day) = sketch_day(&verdict.sketch) {
            past.sketches.push((verdict.id, n + 1, day, verdict.sketch));
        }
    }
    drop(index);
    let bytes: usize = past.sketches.iter().map(|s| s.3.len()).sum();
    let before = resident();
    let mut index = Index::new(Settings::default());
    let record = past.texts.record(records / 2 + 5);
    let at = text::time(records / 2 + 5);
    let arrival = Arrival { record: &record, aliases: &[], at, sequence: records + 1 };
    let start = cpu();
    index.judge(&arrival, &mut past).unwrap();
    let (spent, held) = (since(start), resident().saturating_sub(before) as u64);
    println!(
        "{records} records rebuilt in {spent:.2?} of CPU, {} B a record resident, {} B of sketch",
        held / records,
        bytes as u64 / records
    );
}

/// The window is full by then: what comes in pushes as much out.
const STORIES_EVERY: u64 = 100_000;

fn stories(documents: u64) {
    let texts = Texts::whole();
    let mut stories = Stories::new(StorySettings::default());
    let mut table = Table::new(STORIES_EVERY);
    let (mut joined, mut reports, mut right) = (0, 0, 0);
    for n in 0..documents {
        let record = texts.record(n);
        let body = record.body_text();
        let earlier = Some(texts.original(n)).filter(|of| *of != n);
        let earlier = earlier.and_then(|of| stories.story_of(RecordId(of)));
        let (id, time, sequence) = (RecordId(n), text::time(n), n + 1);
        let (title, lang) = (&*record.title, Some("en"));
        let member = Member { id, title, body: &body, lang, time, sequence };
        let start = cpu();
        let found = stories.assign(&member);
        table.spent += since(start);
        joined += u64::from(found.story.0 != n);
        reports += u64::from(earlier.is_some());
        right += u64::from(earlier == Some(found.story));
        let remembered = stories.remembered();
        table.row(
            n + 1,
            &format!("{joined} joined, {right} of {reports} right, {remembered} remembered"),
        );
    }
    table.row(documents, &format!("end: {joined} joined"));
}
