//! The stored past and what is judged but not yet stored, as one.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use record::{ContentHash, Novelty, PageUrl, RecordId};

use crate::error::StoreError;
use crate::time::millis;
use crate::timeline::{self, Span};
use crate::{Judged, Reader, Standing, StoredText, fingerprint};

/// What the judging stage asks: the database, and in front of it the verdicts that are on their
/// way there. Its answers show every earlier verdict and nothing else, whenever batches are
/// committed.
///
/// The judging stage calls [`push`](Self::push) after each verdict, in order. From the first
/// question about an arrival to that call all answers are of one moment of the database; in
/// between none is held, so that the write-ahead log can be emptied.
#[derive(Debug)]
pub struct Past {
    reader: Reader,
    /// Is a moment of the database held?
    is_held: bool,
    /// In order of sequence: a few batches at most, so that a scan is cheap.
    pending: VecDeque<Pending>,
}

/// What a verdict does to the texts of its record.
#[derive(Debug, Clone, PartialEq)]
enum How {
    /// Adds its own.
    Adds,
    /// Adds none: it is known.
    Known,
    /// Puts its own in the place of one.
    Replaces(Box<Standing>),
}

/// The text that stands for a capture, as far as it can be told.
#[derive(Debug, Clone, PartialEq)]
pub enum Stands {
    /// This one.
    Text(Box<Standing>),
    /// There is none.
    Nothing,
    /// One that is judged and not yet committed: to be asked for when it is.
    OnItsWay,
}

/// A verdict on its way to the database.
#[derive(Debug)]
struct Pending {
    id: RecordId,
    sequence: u64,
    span: Span,
    how: How,
    aliases: Vec<String>,
    text: Arc<StoredText>,
    sketch: Option<(i32, Vec<u8>)>,
}

/// Pages kept by the connection, in KiB. Every commit makes it forget them all, so that more
/// are never of use: only a few looks lie between two commits.
const CACHE_KIB: i64 = 256;

impl Past {
    /// Opens the database for reading.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let reader = Reader::open(path)?;
        reader.db.with(|c| Ok(c.pragma_update(None, "cache_size", -CACHE_KIB)?))?;
        Ok(Self { reader, is_held: false, pending: VecDeque::new() })
    }

    /// Moves on to what is committed by now. Every arrival does so by itself; to be called
    /// where an arrival was asked about and no verdict pushed.
    pub fn refresh(&mut self) -> Result<(), StoreError> {
        if std::mem::take(&mut self.is_held) {
            self.reader.let_go()?;
        }
        Ok(())
    }

    /// Takes hold of a moment of the database; what has arrived there leaves memory.
    fn hold(&mut self) -> Result<(), StoreError> {
        if self.is_held {
            return Ok(());
        }
        self.reader.hold()?;
        self.is_held = true;
        let next = self.reader.next_sequence()?;
        while self.pending.front().is_some_and(|first| first.sequence < next) {
            self.pending.pop_front();
        }
        Ok(())
    }

    /// Remembers a verdict that goes to the database, and lets go of the moment held.
    pub fn push(&mut self, judged: &Judged, at: Timestamp) {
        let is_known = judged.verdict.novelty == Novelty::Unchanged;
        self.keep(judged, at, if is_known { How::Known } else { How::Adds });
    }

    /// The same for a text that was cleaned anew, by this version of the program.
    pub fn push_again(&mut self, judged: &Judged, at: Timestamp, cleaner: &str) {
        let standing = Standing {
            fingerprint: fingerprint(&judged.record),
            cleaner: Some(cleaner.to_owned()),
            duplicate: judged.verdict.duplicate.clone(),
            is_shed: false,
        };
        self.keep(judged, at, How::Replaces(Box::new(standing)));
    }

    fn keep(&mut self, judged: &Judged, at: Timestamp, how: How) {
        // Fails only where nothing is held any more, which is what is wanted.
        self.refresh().ok();
        let (record, verdict) = (&judged.record, &judged.verdict);
        let (from, text_seq) = (millis(at), judged.sequence.cast_signed());
        self.pending.push_back(Pending {
            id: verdict.id,
            sequence: judged.sequence,
            span: Span { from, until: from, hash: record.content_hash(), text_seq },
            how,
            aliases: judged.aliases.clone(),
            text: Arc::new(StoredText {
                title: record.title.to_string(),
                body: record.body_text(),
                domain: record.url.as_ref().map(PageUrl::domain).unwrap_or_default().to_owned(),
                lang: record.meta.lang.clone(),
                date: record.date,
                root: verdict.duplicate.as_ref().map_or(verdict.id, |duplicate| duplicate.of),
            }),
            sketch: judged.sketch_day.map(|day| (day, verdict.sketch.clone())),
        });
    }

    /// As [`Reader::id_by_alias`].
    pub fn id_by_alias(&mut self, alias: &str) -> Result<Option<RecordId>, StoreError> {
        self.hold()?;
        if let Some(id) = self.reader.id_by_alias(alias)? {
            return Ok(Some(id));
        }
        let named = self.pending.iter().find(|p| p.aliases.iter().any(|a| a == alias));
        Ok(named.map(|p| p.id))
    }

    /// As [`Reader::is_taken`].
    pub fn is_taken(&mut self, id: RecordId) -> Result<bool, StoreError> {
        self.hold()?;
        Ok(self.pending.iter().any(|p| p.id == id) || self.reader.is_taken(id)?)
    }

    /// As [`Reader::neighbours`].
    pub fn neighbours(
        &mut self,
        id: RecordId,
        at: Timestamp,
    ) -> Result<(Option<ContentHash>, Option<ContentHash>), StoreError> {
        self.hold()?;
        Ok(timeline::neighbours(&self.spans(id)?, millis(at)))
    }

    /// As [`Reader::ids_by_content`].
    pub fn ids_by_content(
        &mut self,
        hash: ContentHash,
        limit: usize,
    ) -> Result<Vec<RecordId>, StoreError> {
        self.hold()?;
        let mut found = self.reader.sequences_by_content(hash, limit)?;
        for pending in self.pending.iter().filter(|p| p.span.hash == hash && p.how != How::Known) {
            found.push((self.first_sequence(pending)?, pending.id));
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(limit);
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    /// The text of `id` that stands for a capture at `at`.
    pub fn standing(&mut self, id: RecordId, at: Timestamp) -> Result<Stands, StoreError> {
        self.hold()?;
        let spans = self.spans(id)?;
        let span = timeline::standing(&spans, millis(at)).and_then(|n| spans.get(n));
        let Some(span) = span else { return Ok(Stands::Nothing) };
        let same = |p: &&Pending| p.id == id && p.span.text_seq == span.text_seq;
        Ok(match self.pending.iter().find(same).map(|pending| &pending.how) {
            Some(How::Replaces(standing)) => Stands::Text(standing.clone()),
            Some(How::Adds | How::Known) => Stands::OnItsWay,
            None => match self.reader.standing(id, span)? {
                Some(standing) => Stands::Text(Box::new(standing)),
                // Its row is there and begins elsewhere until what is on its way has come.
                None => Stands::OnItsWay,
            },
        })
    }

    /// As [`Reader::alias_of`], of what is committed.
    pub fn alias_of(&mut self, id: RecordId) -> Result<Option<String>, StoreError> {
        self.hold()?;
        self.reader.alias_of(id)
    }

    /// Was `one` first stored before `other`?
    pub fn is_before(&mut self, one: RecordId, other: RecordId) -> Result<bool, StoreError> {
        self.hold()?;
        let pending = |id| self.pending.iter().find(|p| p.id == id).map(|p| p.sequence);
        let first =
            |id| Ok::<_, StoreError>(self.reader.first_sequence(id)?.or_else(|| pending(id)));
        Ok(match (first(one)?, first(other)?) {
            (Some(one), Some(other)) => one < other,
            _ => false,
        })
    }

    /// As [`Reader::text`].
    pub fn text(&mut self, id: RecordId) -> Result<Option<Arc<StoredText>>, StoreError> {
        self.hold()?;
        if let Some(newest) = self.spans(id)?.last() {
            let same = |p: &&Pending| p.id == id && p.span.text_seq == newest.text_seq;
            if let Some(pending) = self.pending.iter().find(same) {
                return Ok(Some(Arc::clone(&pending.text)));
            }
        }
        Ok(self.reader.text(id)?.map(Arc::new))
    }

    /// As [`Reader::sketches`].
    pub fn sketches(
        &mut self,
        days: RangeInclusive<i32>,
        visit: &mut dyn FnMut(RecordId, u64, &[u8]),
    ) -> Result<(), StoreError> {
        self.hold()?;
        self.reader.sketches(days.clone(), visit)?;
        for pending in self.pending.iter().filter(|p| p.how != How::Known) {
            match &pending.sketch {
                Some((day, sketch)) if days.contains(day) && !sketch.is_empty() => {
                    visit(pending.id, pending.sequence, sketch);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn spans(&self, id: RecordId) -> Result<Vec<Span>, StoreError> {
        let mut spans = self.reader.spans(id)?;
        for pending in self.pending.iter().filter(|p| p.id == id) {
            match pending.how {
                How::Replaces(_) => timeline::apply_again(&mut spans, pending.span),
                How::Adds | How::Known => {
                    timeline::apply(&mut spans, pending.span, pending.how == How::Known);
                }
            }
        }
        Ok(spans)
    }

    fn first_sequence(&self, pending: &Pending) -> Result<u64, StoreError> {
        if let Some(stored) = self.reader.first_sequence(pending.id)? {
            return Ok(stored);
        }
        let first = self.pending.iter().find(|p| p.id == pending.id);
        Ok(first.map_or(pending.sequence, |p| p.sequence))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use record::{Novelty, PageUrl, RecordId};

    use super::*;
    use crate::test_support::{World, at};
    use crate::{Commit, Effect};

    const URLS: [&str; 3] = ["https://a.example/1", "https://b.example/2", "https://c.example/3"];

    fn judged(commit: &Commit) -> &Judged {
        let Effect::Record(judged) = &commit.effect else { unreachable!() };
        judged
    }

    /// Everything that can be asked.
    fn answers(past: &mut Past) -> Vec<String> {
        let mut answers = Vec::new();
        for url in URLS {
            let url = PageUrl::parse(url).unwrap();
            let id = RecordId::of_url(&url);
            answers.push(format!("{:?}", past.id_by_alias(&url.identity()).unwrap()));
            answers.push(format!("{:?}", past.is_taken(id).unwrap()));
            answers.push(format!("{:?}", past.text(id).unwrap()));
            answers.extend((0..12).map(|t| format!("{:?}", past.neighbours(id, at(t)).unwrap())));
        }
        for body in ["0", "1", "2"] {
            let hash = crate::test_support::page(URLS[0], body).content_hash();
            answers.extend((1..4).map(|n| format!("{:?}", past.ids_by_content(hash, n).unwrap())));
        }
        past.sketches(0..=0, &mut |id, sequence, sketch| {
            answers.push(format!("{id} {sequence} {sketch:?}"));
        })
        .unwrap();
        answers
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn answers_do_not_hang_on_when_batches_are_committed(
            captures in proptest::collection::vec((0usize..3, 0u8..3, 0i64..12, any::<bool>()), 1..14),
        ) {
            let mut world = World::new();
            let mut past = Past::open(&world.path()).unwrap();
            let mut batch = Vec::new();
            for (url, body, millis, commits) in captures {
                let mut commit = world.text(URLS[url], &body.to_string(), millis);
                let id = judged(&commit).verdict.id;
                let (before, after) = past.neighbours(id, at(millis)).unwrap();
                let hash = judged(&commit).record.content_hash();
                if [before, after].contains(&Some(hash))
                    && let Effect::Record(judged) = &mut commit.effect
                {
                    judged.verdict.novelty = Novelty::Unchanged;
                }
                past.push(judged(&commit), at(millis));
                batch.push(commit);
                if commits {
                    let before = answers(&mut past);
                    past.refresh().unwrap();
                    world.store.commit(world.run, &batch).unwrap();
                    batch.clear();
                    prop_assert_eq!(answers(&mut past), before);
                    prop_assert!(past.pending.is_empty());
                    past.refresh().unwrap();
                }
            }
        }
    }
}
