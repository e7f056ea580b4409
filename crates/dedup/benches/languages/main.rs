//! Copies found by language.
//!
//! `cargo bench -p dedup --bench languages -- GOLD.jsonl…`: takes the texts of the files
//! (`{title,lang,body}`) of 400 bytes and more that have a title, adds to each one copy of every kind of edit, at
//! another site, up to two days later and half of them under another's headline, and prints
//! what is found, by language and by kind of edit. Of a language, the first 40 texts count.

#![allow(missing_docs, clippy::print_stdout, reason = "a program that measures prints")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here stops here")]

mod dice;
mod edits;
#[path = "../evidence/past.rs"]
mod past;

use std::collections::BTreeMap;

use dedup::{Arrival, Index, Settings};
use jiff::{Span, Timestamp, civil};
use record::json::RecordJson;
use record::{PageUrl, Record};

use dice::Dice;
use past::Past;

/// Texts of one language at most.
const MOST: usize = 40;

/// Title and body.
type Article = (String, String);

struct Document {
    record: Record,
    /// The name of the original.
    group: String,
    lang: String,
    kind: &'static str,
}

/// Copies, those found, and links to another article.
#[derive(Default)]
struct Tally {
    copies: usize,
    found: usize,
    wrong: usize,
}

fn main() {
    let files = std::env::args().skip(1).filter(|a| a != "--bench");
    let articles = articles(files);
    let mut documents = Vec::new();
    let mut dice = Dice(7);
    for (lang, texts) in &articles {
        for number in 0..texts.len() {
            derive(lang, number, texts, &mut dice, &mut documents);
        }
    }
    documents.sort_by_key(|d| (d.record.date, d.kind != ORIGINAL));
    let (mut languages, mut kinds) = (BTreeMap::new(), BTreeMap::new());
    judge(&documents, &mut languages, &mut kinds);
    for (name, tally) in languages.iter().chain(&kinds) {
        let Tally { copies, found, wrong } = tally;
        println!("{name:<10} {found:>5} of {copies:>5} copies found, {wrong} links wrong");
    }
}

const ORIGINAL: &str = "original";

fn articles(files: impl Iterator<Item = String>) -> BTreeMap<String, Vec<Article>> {
    let mut articles: BTreeMap<String, Vec<Article>> = BTreeMap::new();
    for file in files {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            let (lang, body) = (text("lang"), text("body"));
            let texts = articles.entry(lang.chars().take(2).collect()).or_default();
            let is_fit = lang.len() >= 2 && body.len() >= 400 && !text("title").trim().is_empty();
            // Some pages are there twice, cleaned from two copies.
            let is_new = texts.iter().all(|(title, _)| *title != text("title"));
            if is_fit && is_new && texts.len() < MOST {
                texts.push((text("title"), body));
            }
        }
    }
    articles
}

/// Does an article with this paragraph of `whole` still tell something else? The larger part of
/// a short one would be a copy of it.
fn is_part(line: &str, whole: &str) -> bool {
    line.len() > 80 && line.len() * 4 < whole.len()
}

/// The article and its copies.
fn derive(lang: &str, number: usize, all: &[Article], dice: &mut Dice, into: &mut Vec<Document>) {
    let (title, body) = &all[number];
    // Title and paragraph of two others: with both of one it would be a copy of that, too.
    let other_title = &all[(number + 1) % all.len()].0;
    let third = (number + 2) % all.len();
    let other = if third == number { "" } else { &all[third].1 };
    let paragraph = other.lines().find(|line| is_part(line, other)).unwrap_or_default();
    let group = format!("{lang}{number}");
    let first = civil::date(2025, 3, 1) + Span::new().days(i64::try_from(dice.roll(20)).unwrap());
    let mut push = |kind, site: &str, title: &str, body: &str, day: civil::Date| {
        let json = RecordJson {
            url: Some(format!("https://{site}.example/{group}-{kind}")),
            title: title.to_owned(),
            date: Some(day.to_string()),
            body: body.to_owned(),
            ..RecordJson::default()
        };
        let record = json.to_record().unwrap();
        into.push(Document { record, group: group.clone(), lang: lang.to_owned(), kind });
    };
    push(ORIGINAL, &group, title, body, first);
    for kind in edits::KINDS {
        let Some(copy) = edits::edited(kind, body, paragraph, dice) else { continue };
        let title = if dice.roll(2) == 0 { title } else { other_title };
        let day = first + Span::new().days(i64::try_from(dice.roll(3)).unwrap());
        push(kind, kind, title, &copy, day);
    }
}

fn judge<'a>(
    documents: &'a [Document],
    languages: &mut BTreeMap<&'a str, Tally>,
    kinds: &mut BTreeMap<&'a str, Tally>,
) {
    let (mut index, mut past) = (Index::new(Settings::default()), Past::default());
    for (document, sequence) in documents.iter().zip(1..) {
        let record = &document.record;
        let aliases: Vec<String> = record.url.iter().map(PageUrl::identity).collect();
        let at = past::time(record);
        let arrival = Arrival { record, aliases: &aliases, at, sequence };
        let verdict = index.judge(&arrival, &mut past).unwrap();
        let of = verdict.duplicate.as_ref().map(|d| past.names[&d.of] == document.group);
        let of_language = languages.entry(&*document.lang).or_default();
        for tally in [of_language, kinds.entry(document.kind).or_default()] {
            tally.copies += usize::from(document.kind != ORIGINAL);
            tally.found += usize::from(of == Some(true));
            tally.wrong += usize::from(of == Some(false));
        }
        past.keep(document.group.clone(), record, &verdict, sequence);
    }
}

/// The beginning of a day.
fn midnight(day: civil::Date) -> Timestamp {
    day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
}
