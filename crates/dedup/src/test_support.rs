//! A past in memory, for tests.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::ops::RangeInclusive;
use std::sync::Arc;

use jiff::Timestamp;
use record::{ContentHash, Line, Novelty, PageUrl, Record, RecordId, Verdict};

use crate::{Arrival, Index, Known, KnownText, Neighbours, Settings, sketch_day};

pub(crate) fn plain(title: &str, body: &str) -> Record {
    Record::new(Line::new(title).unwrap(), body.split('\n').filter_map(Line::new).collect())
}

pub(crate) fn page(url: &str, title: &str, body: &str) -> Record {
    Record { url: Some(PageUrl::parse(url).unwrap()), ..plain(title, body) }
}

/// Everything stored so far, and the index over it.
#[derive(Debug)]
pub(crate) struct Past {
    pub(crate) index: Option<Index>,
    pub(crate) stored: Stored,
    sequence: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Stored {
    aliases: HashMap<String, RecordId>,
    taken: BTreeSet<RecordId>,
    texts: HashMap<RecordId, BTreeMap<Timestamp, ContentHash>>,
    newest: HashMap<RecordId, (Timestamp, Arc<KnownText>)>,
    by_content: HashMap<ContentHash, Vec<RecordId>>,
    sketches: Vec<(RecordId, u64, Vec<u8>)>,
}

impl Default for Past {
    fn default() -> Self {
        Self::new(Settings::default())
    }
}

impl Past {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { index: Some(Index::new(settings)), stored: Stored::default(), sequence: 0 }
    }

    pub(crate) fn take(&mut self, id: RecordId) {
        self.stored.taken.insert(id);
    }

    /// Forgets everything that is not stored.
    pub(crate) fn restart(&mut self) {
        self.index = self.index.take().map(|index| Index::new(*index.settings()));
    }

    pub(crate) fn judge(&mut self, record: &Record, second: i64) -> Verdict {
        self.judge_as(record, &[], second)
    }

    pub(crate) fn judge_as(&mut self, record: &Record, aliases: &[&str], second: i64) -> Verdict {
        let aliases: Vec<String> = if aliases.is_empty() {
            record.url.iter().map(PageUrl::identity).collect()
        } else {
            aliases.iter().map(ToString::to_string).collect()
        };
        self.sequence += 1;
        let at = Timestamp::from_second(second).unwrap();
        let arrival = Arrival { record, aliases: &aliases, at, sequence: self.sequence };
        let index = self.index.as_mut().unwrap();
        let verdict = index.judge(&arrival, &mut self.stored).unwrap();
        self.stored.keep(&arrival, &verdict);
        verdict
    }
}

impl Stored {
    fn keep(&mut self, arrival: &Arrival<'_>, verdict: &Verdict) {
        for alias in arrival
            .aliases
            .iter()
            .cloned()
            .chain(arrival.record.url.as_ref().map(PageUrl::identity))
        {
            self.aliases.entry(alias).or_insert(verdict.id);
        }
        if verdict.novelty == Novelty::Unchanged {
            return;
        }
        self.taken.insert(verdict.id);
        let record = arrival.record;
        let hash = record.content_hash();
        self.texts.entry(verdict.id).or_default().insert(arrival.at, hash);
        let equal = self.by_content.entry(hash).or_default();
        if !equal.contains(&verdict.id) {
            equal.push(verdict.id);
        }
        if !verdict.sketch.is_empty() {
            self.sketches.push((verdict.id, arrival.sequence, verdict.sketch.clone()));
        }
        let text = KnownText {
            title: record.title.to_string(),
            body: record.body_text(),
            domain: record.url.as_ref().map(|u| u.domain().to_owned()).unwrap_or_default(),
            lang: record.meta.lang.clone(),
            date: record.date,
            root: verdict.duplicate.as_ref().map_or(verdict.id, |d| d.of),
        };
        let newest = self.newest.entry(verdict.id);
        let newest = newest.or_insert_with(|| (arrival.at, Arc::new(text.clone())));
        if newest.0 <= arrival.at {
            *newest = (arrival.at, Arc::new(text));
        }
    }
}

impl Known for Stored {
    type Error = Infallible;

    fn id_by_alias(&mut self, alias: &str) -> Result<Option<RecordId>, Infallible> {
        Ok(self.aliases.get(alias).copied())
    }

    fn is_taken(&mut self, id: RecordId) -> Result<bool, Infallible> {
        Ok(self.taken.contains(&id))
    }

    fn neighbours(&mut self, id: RecordId, at: Timestamp) -> Result<Neighbours, Infallible> {
        let Some(texts) = self.texts.get(&id) else { return Ok(Neighbours::default()) };
        let before = texts.range(..=at).next_back().map(|(_, hash)| *hash);
        let after = texts.iter().find(|(time, _)| **time > at).map(|(_, hash)| *hash);
        Ok(Neighbours { before, after })
    }

    fn ids_by_content(
        &mut self,
        hash: ContentHash,
        limit: usize,
    ) -> Result<Vec<RecordId>, Infallible> {
        let ids = self.by_content.get(&hash).map(Vec::as_slice).unwrap_or_default();
        Ok(ids.iter().take(limit).copied().collect())
    }

    fn text(&mut self, id: RecordId) -> Result<Option<Arc<KnownText>>, Infallible> {
        Ok(self.newest.get(&id).map(|(_, text)| Arc::clone(text)))
    }

    fn sketches(
        &mut self,
        days: RangeInclusive<i32>,
        visit: &mut dyn FnMut(RecordId, u64, &[u8]),
    ) -> Result<(), Infallible> {
        for (id, sequence, sketch) in &self.sketches {
            if sketch_day(sketch).is_some_and(|day| days.contains(&day)) {
                visit(*id, *sequence, sketch);
            }
        }
        Ok(())
    }
}
