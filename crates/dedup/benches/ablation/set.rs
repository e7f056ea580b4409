//! A stream with a gold standard.

use std::collections::BTreeMap;
use std::path::Path;

use dedup::stories::{Member, Settings, Stories};
use jiff::Timestamp;
use jiff::civil::Date;
use record::RecordId;
use serde_json::Value;

#[derive(Clone)]
struct Document {
    title: String,
    body: String,
    lang: Option<String>,
    time: Timestamp,
}

pub(crate) struct Set {
    documents: Vec<Document>,
    /// The story of each document, where it is scored.
    pub(crate) gold: Vec<Option<String>>,
    /// The place of each document in the file.
    order: Vec<usize>,
}

impl Set {
    pub(crate) fn read(folder: &Path) -> Self {
        let lines = |name: &str| -> Vec<Value> {
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        let gold: std::collections::HashMap<String, String> = lines("gold.jsonl")
            .iter()
            .filter_map(|g| {
                let story = match &g["story"] {
                    Value::String(story) => story.clone(),
                    Value::Null => return None,
                    other => other.to_string(),
                };
                Some((g["id"].as_str()?.to_owned(), story))
            })
            .collect();
        let mut last = Timestamp::UNIX_EPOCH;
        let mut set = Self { documents: Vec::new(), gold: Vec::new(), order: Vec::new() };
        for line in lines("docs.jsonl") {
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            last = time(&text("date")).unwrap_or(last);
            set.gold.push(gold.get(&text("id")).cloned());
            set.order.push(set.order.len());
            set.documents.push(Document {
                title: text("title"),
                body: text("body"),
                lang: Some(text("lang")).filter(|lang| !lang.is_empty()),
                time: last,
            });
        }
        set
    }

    /// Four fifths of the documents, other ones for each seed.
    pub(crate) fn draw(&self, seed: u64) -> Self {
        let mut dice = dice(seed);
        let kept: Vec<usize> =
            (0..self.documents.len()).filter(|_| !dice().is_multiple_of(5)).collect();
        Self {
            documents: kept.iter().map(|at| self.documents[*at].clone()).collect(),
            gold: kept.iter().map(|at| self.gold[*at].clone()).collect(),
            order: (0..kept.len()).collect(),
        }
    }

    /// Has the documents arrive in another order: one for each seed. None is lost.
    pub(crate) fn shuffle(&mut self, seed: u64) {
        let mut dice = dice(seed);
        for at in (1..self.documents.len()).rev() {
            let other = dice() % (at + 1);
            self.documents.swap(at, other);
            self.gold.swap(at, other);
            self.order.swap(at, other);
        }
    }

    /// The gold standard of each language alone.
    pub(crate) fn languages(&self) -> BTreeMap<&str, Vec<Option<String>>> {
        let mut all = BTreeMap::new();
        for (at, (document, story)) in self.documents.iter().zip(&self.gold).enumerate() {
            let lang = document.lang.as_deref().unwrap_or("?");
            let gold = all.entry(lang).or_insert_with(|| vec![None; self.gold.len()]);
            gold[at].clone_from(story);
        }
        all
    }

    /// The stories found, by the place of each document in the file.
    pub(crate) fn in_order(&self, found: &[u64]) -> Vec<u64> {
        let mut all = vec![0; found.len()];
        self.order.iter().zip(found).for_each(|(place, story)| all[*place] = *story);
        all
    }

    /// The story of each document, by the last name that it had.
    pub(crate) fn stories(&self, settings: &Settings) -> Vec<u64> {
        let mut stories = Stories::new(settings.clone());
        let mut found: Vec<u64> = Vec::new();
        for (document, sequence) in self.documents.iter().zip(1..) {
            let membership = stories.assign(&Member {
                id: RecordId(sequence),
                title: &document.title,
                body: &document.body,
                lang: document.lang.as_deref(),
                time: document.time,
                sequence,
            });
            for merge in &membership.merged {
                let gone = found.iter_mut().filter(|story| **story == merge.gone.0);
                gone.for_each(|story| *story = merge.kept.0);
            }
            found.push(membership.story.0);
        }
        found
    }
}

/// Numbers without end, the same for the same seed (xorshift64).
fn dice(seed: u64) -> impl FnMut() -> usize {
    let mut state = seed | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 16).unwrap()
    }
}

fn time(text: &str) -> Option<Timestamp> {
    let day = text.get(..10).and_then(|day| day.parse::<Date>().ok());
    let day = day.or_else(|| record::date::parse_compact(text));
    let midnight = || day?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|z| z.timestamp());
    text.parse().ok().or_else(midnight)
}

/// Half of the stories, told by their names alone.
pub(crate) fn half(story: &str) -> u64 {
    let hash = story.bytes().fold(7_u64, |h, b| h.wrapping_mul(31).wrapping_add(b.into()));
    hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63
}
