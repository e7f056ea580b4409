//! A past in memory.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::ops::RangeInclusive;
use std::sync::Arc;

use dedup::{Known, KnownText, Neighbours, sketch_day};
use jiff::Timestamp;
use record::{ContentHash, Novelty, PageUrl, Record, RecordId, Verdict};

/// What was judged so far.
#[derive(Default)]
pub(crate) struct Past {
    /// By id: the name in the input.
    pub(crate) names: HashMap<RecordId, String>,
    texts: HashMap<RecordId, Arc<KnownText>>,
    by_content: HashMap<ContentHash, Vec<RecordId>>,
    sketches: Vec<(RecordId, u64, Vec<u8>)>,
    taken: HashSet<RecordId>,
}

/// The time of a record: its day.
pub(crate) fn time(record: &Record) -> Timestamp {
    record.date.map_or(Timestamp::UNIX_EPOCH, crate::midnight)
}

impl Past {
    pub(crate) fn keep(&mut self, name: String, record: &Record, verdict: &Verdict, sequence: u64) {
        if verdict.novelty != Novelty::New {
            return;
        }
        let id = verdict.id;
        self.names.insert(id, name);
        self.taken.insert(id);
        self.by_content.entry(record.content_hash()).or_default().push(id);
        if sketch_day(&verdict.sketch).is_some() {
            self.sketches.push((id, sequence, verdict.sketch.clone()));
        }
        let text = KnownText {
            title: record.title.to_string(),
            body: record.body_text(),
            domain: record.url.as_ref().map(PageUrl::domain).unwrap_or_default().to_owned(),
            lang: record.meta.lang.clone(),
            date: record.date,
            root: verdict.duplicate.as_ref().map_or(id, |d| d.of),
        };
        self.texts.insert(id, Arc::new(text));
    }
}

impl Known for Past {
    type Error = Infallible;

    fn id_by_alias(&mut self, _: &str) -> Result<Option<RecordId>, Infallible> {
        Ok(None)
    }

    fn is_taken(&mut self, id: RecordId) -> Result<bool, Infallible> {
        Ok(self.taken.contains(&id))
    }

    fn neighbours(&mut self, _: RecordId, _: Timestamp) -> Result<Neighbours, Infallible> {
        Ok(Neighbours::default())
    }

    fn ids_by_content(
        &mut self,
        hash: ContentHash,
        limit: usize,
    ) -> Result<Vec<RecordId>, Infallible> {
        let all = self.by_content.get(&hash).map(Vec::as_slice).unwrap_or_default();
        Ok(all.iter().take(limit).copied().collect())
    }

    fn text(&mut self, id: RecordId) -> Result<Option<Arc<KnownText>>, Infallible> {
        Ok(self.texts.get(&id).cloned())
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
