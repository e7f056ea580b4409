//! What the judgement sees of a stream, to fit the decision anew.
//!
//! `cargo bench -p dedup --bench evidence -- FOLDER`: for each line of the folder's `docs.jsonl`
//! (`{id,url,title,date,body}`) a line with the earlier documents that it was compared with,
//! each with its evidence in the order of `NAMES` and the score. `--shuffle SEED` has the lines
//! arrive in another order.

#![allow(missing_docs, clippy::print_stdout, reason = "a program that measures prints")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here stops here")]

mod past;

use std::path::Path;

use dedup::{Arrival, Index, Settings};
use jiff::Timestamp;
use record::json::RecordJson;
use record::{PageUrl, Record};
use serde_json::{Value, json};

use past::Past;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let mut documents = documents(Path::new(&arguments[0]));
    if let Some(at) = arguments.iter().position(|a| a == "--shuffle") {
        shuffle(&mut documents, arguments[at + 1].parse().unwrap());
    }
    let mut index = Index::new(Settings::default());
    let mut past = Past::default();
    for ((name, record), sequence) in documents.into_iter().zip(1..) {
        let at = past::time(&record);
        let aliases: Vec<String> = record.url.iter().map(PageUrl::identity).collect();
        let arrival = Arrival { record: &record, aliases: &aliases, at, sequence };
        let considered = index.consider(&arrival, &mut past).unwrap();
        let verdict = index.judge(&arrival, &mut past).unwrap();
        let seen: Vec<Value> = considered
            .iter()
            .map(|c| {
                let evidence: Vec<f64> = c.evidence.iter().map(|(_, value)| *value).collect();
                json!({ "id": past.names[&c.id], "score": c.score, "evidence": evidence })
            })
            .collect();
        let of = verdict.duplicate.as_ref().map(|d| past.names[&d.of].clone());
        let kind = verdict.duplicate.as_ref().map(|d| d.kind.code());
        println!("{}", json!({ "id": name, "of": of, "kind": kind, "considered": seen }));
        past.keep(name, &record, &verdict, sequence);
    }
}

fn documents(folder: &Path) -> Vec<(String, Record)> {
    let text = std::fs::read_to_string(folder.join("docs.jsonl")).unwrap();
    text.lines()
        .filter_map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            let known = |key: &str| Some(text(key)).filter(|text| !text.is_empty());
            let json = RecordJson {
                url: known("url"),
                title: text("title"),
                date: known("date"),
                body: text("body"),
                ..RecordJson::default()
            };
            Some((text("id"), json.to_record()?))
        })
        .collect()
}

/// Fisher and Yates, with a small generator.
fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed | 1;
    for at in (1..items.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        items.swap(at, usize::try_from(state >> 16).unwrap() % (at + 1));
    }
}

/// The beginning of a day.
fn midnight(day: jiff::civil::Date) -> Timestamp {
    day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
}
