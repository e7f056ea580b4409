//! A past that makes its texts anew when they are asked for.

use std::collections::HashMap;
use std::convert::Infallible;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use dedup::{Known, KnownText, Neighbours};
use jiff::Timestamp;
use record::{ContentHash, PageUrl, Record, RecordId, Verdict};

use crate::cpu::{cpu, since};
use crate::text::Texts;

/// What was judged so far.
pub(crate) struct Past {
    pub(crate) texts: Texts,
    /// Are texts given at all?
    compares: bool,
    /// By id: the number of the document and the root of its group.
    numbers: HashMap<RecordId, (u64, RecordId)>,
    by_content: HashMap<ContentHash, RecordId>,
    pub(crate) sketches: Vec<(RecordId, u64, i32, Vec<u8>)>,
    /// Spent on making texts.
    pub(crate) aside: Duration,
    /// Links given, and those to the group of the document's original.
    pub(crate) links: u64,
    pub(crate) right: u64,
}

impl Past {
    pub(crate) fn new(texts: Texts, compares: bool) -> Self {
        Self {
            texts,
            compares,
            numbers: HashMap::new(),
            by_content: HashMap::new(),
            sketches: Vec::new(),
            aside: Duration::ZERO,
            links: 0,
            right: 0,
        }
    }

    /// What was found so far.
    pub(crate) fn found(&self) -> String {
        format!("{} links, {} right", self.links, self.right)
    }

    pub(crate) fn keep(&mut self, n: u64, record: &Record, verdict: &Verdict) {
        if !self.compares {
            return;
        }
        let root = verdict.duplicate.as_ref().map_or(verdict.id, |d| d.of);
        let original = self.texts.original(n);
        let of = self.numbers.get(&root);
        self.links += u64::from(root != verdict.id);
        self.right += u64::from(of.is_some_and(|(number, _)| *number == original));
        self.by_content.entry(record.content_hash()).or_insert(verdict.id);
        self.numbers.insert(verdict.id, (n, root));
    }
}

impl Known for Past {
    type Error = Infallible;

    fn id_by_alias(&mut self, _: &str) -> Result<Option<RecordId>, Infallible> {
        Ok(None)
    }

    fn is_taken(&mut self, _: RecordId) -> Result<bool, Infallible> {
        Ok(false)
    }

    fn neighbours(&mut self, _: RecordId, _: Timestamp) -> Result<Neighbours, Infallible> {
        Ok(Neighbours::default())
    }

    fn ids_by_content(&mut self, hash: ContentHash, _: usize) -> Result<Vec<RecordId>, Infallible> {
        Ok(self.by_content.get(&hash).copied().into_iter().collect())
    }

    fn text(&mut self, id: RecordId) -> Result<Option<Arc<KnownText>>, Infallible> {
        let Some((number, root)) = self.numbers.get(&id) else { return Ok(None) };
        let start = cpu();
        let record = self.texts.record(*number);
        let text = KnownText {
            title: record.title.to_string(),
            body: record.body_text(),
            domain: record.url.as_ref().map(PageUrl::domain).unwrap_or_default().to_owned(),
            lang: None,
            date: None,
            root: *root,
        };
        self.aside += since(start);
        Ok(Some(Arc::new(text)))
    }

    fn sketches(
        &mut self,
        days: RangeInclusive<i32>,
        visit: &mut dyn FnMut(RecordId, u64, &[u8]),
    ) -> Result<(), Infallible> {
        for (id, sequence, day, sketch) in &self.sketches {
            if days.contains(day) {
                visit(*id, *sequence, sketch);
            }
        }
        Ok(())
    }
}
