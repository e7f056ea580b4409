//! Stories: the reports of one event, found as they come in.
//!
//! One pass over the records in the order of commits. A text is read as its 40 heaviest terms
//! (BM25 weights; names, figures and the lead count more; scripts without spaces by pairs of
//! characters), a story is the sum of its members' vectors. A record joins the story whose
//! centre it is nearest to (cosine, less for each day between, less for each day of a story's
//! length) if that is near enough for as much text as there is, and less near where the story has
//! none in the record's language; else it starts a story, named
//! after it. Every [`Settings::merge_every`] records, stories that have grown like each other
//! become one under the older one's name.
//!
//! ```
//! use dedup::stories::{Member, Settings, Stories};
//! use record::RecordId;
//! use record::story::Basis;
//!
//! let mut stories = Stories::new(Settings::default());
//! let mut assign = |sequence, title| {
//!     stories.assign(&Member {
//!         id: RecordId(sequence),
//!         title,
//!         body: "",
//!         lang: Some("en"),
//!         time: "2026-03-01T00:00:00Z".parse().unwrap(),
//!         sequence,
//!     })
//! };
//! let first = assign(1, "Earthquake near Izmir kills 12");
//! let second = assign(2, "Izmir: 12 dead after earthquake");
//! let other = assign(3, "Tulips bloom early in Holland");
//! assert_eq!(second.story, first.story);
//! assert!(matches!(second.basis, Basis::Alike(near) if near.score >= near.threshold));
//! assert_ne!(other.story, first.story);
//! ```
//!
//! # Restart
//! What is remembered is a pure function of the rows of the last [`Settings::horizon`]
//! sequences, each with the story that it belongs to now: sums are whole numbers, so no order of
//! adding shows, term frequencies are counted over the remembered records only, and what leaves
//! memory leaves by a rule on sequences. So there is no snapshot: keep
//! [`Membership::sketch`] (at most 161 bytes) with each record in the transaction that commits
//! it, and [restore](Stories::restore) the rows in order. A killed run goes on exactly as an
//! unbroken one. A user's decisions are applied to the rows; [note](Stories::note) them, and
//! rebuild the memory after a new one.
//!
//! # Memory and time
//! Bounded by [`Settings::horizon`] records; less where time moves on: at each block of 1,024
//! sequences, a story without a member in the last eight blocks goes when it is out of the
//! window of all but the earliest twentieth of those blocks' records. Of one story the newest
//! 1,024 records are remembered. Work on a record is bounded by its own terms. A record takes
//! about 240 bytes, its terms with weights 110 of them; most stories are of one and are nothing
//! but its row.
//!
//! # Where the numbers come from
//! Fitted on three open streams (full texts over years with editors' round-ups, headlines of two
//! days with a news aggregator's clusters, short undated look-alikes), coordinate search on
//! resampled streams, checked on halves of the stories. `background.md` beside the table has its
//! recipe. Pair F1, and without each part (`cargo bench -p dedup --bench ablation` prints it):
//!
//! | | full texts | headlines | short, undated | twelve events in three languages each |
//! | --- | --- | --- | --- | --- |
//! | as it is | 0.909 | 0.920 | 0.794 | 0.800 |
//! | no merge pass | 0.909 | 0.823 | 0.786 | 0.800 |
//! | names as other words | 0.901 | 0.912 | 0.778 | 0.800 |
//! | figures as other words | 0.907 | 0.920 | 0.794 | 0.800 |
//! | lead as the rest | 0.899 | 0.920 | 0.789 | 0.800 |
//! | no saturation | 0.893 | 0.920 | 0.794 | 0.839 |
//! | no decay, window alone | 0.862 | 0.915 | 0.794 | 0.765 |
//! | decay of 3.5 days | 0.894 | 0.917 | 0.794 | 0.839 |
//! | story length free | 0.896 | 0.921 | 0.794 | 0.800 |
//! | one threshold for all lengths | 0.909 | 0.890 | 0.789 | 0.800 |
//! | other languages as the same | 0.909 | 0.920 | 0.794 | 0.800 |
//! | background alone | 0.885 | 0.919 | 0.746 | 0.800 |
//! | arriving shuffled, three orders (`--shuffle`) | 0.869 to 0.900 | 0.875 to 0.913 | 0.755 to 0.788 | |
//!
//! Of the 36 pairs across languages 24 are found, no wrong one.
//!
//! Tried without gain: stems for Latin script (first 6 or 7 letters: German gains 0.09, full texts
//! lose 0.01), frequencies by stories in place of texts, the nearest member beside the centre,
//! logistic regression over 19 features of record and story, weight for title terms, thresholds by
//! the size of the story.

mod background;
mod cluster;
mod decisions;
mod flat_table;
mod frequencies;
mod ids;
mod lexicon;
mod likeness;
mod member;
mod memory;
mod merging;
mod packed;
mod places;
mod postings;
mod query;
mod rows;
mod settings;
mod story;
mod sums;
mod term_map;
mod terms;
#[cfg(test)]
mod tests;
mod vector;
mod words;

use std::cmp::Reverse;

use record::story::{Basis, Decision, Membership, Merge, Near, SharedTerm};
use record::{RecordId, StoryId};

pub use member::{Member, Stored};
pub use settings::{Settings, Weights};

use decisions::Decisions;
use frequencies::{Counts, lang_code};
use likeness::{Likeness, Probe};
use memory::{Memory, Slot};
use packed::Packed;
use postings::SLOTS;
use query::Query;
use rows::Row;
use story::Story;
use terms::Reading;
use vector::{Term, Vector};

/// The open stories.
#[derive(Debug)]
pub struct Stories {
    settings: Settings,
    memory: Memory,
    decisions: Decisions,
    board: Vec<u32>,
    /// The stories that took in others or a record by the last call, and how many members they
    /// had before.
    grown: Vec<(Slot, usize)>,
    /// The block of sequences that the last record was in.
    block: u64,
    /// The sequence of the last record.
    last: u64,
}

/// Sequences between two looks at what the stream has left behind.
const BLOCK: u64 = 1_024;
/// Blocks in which a story with a member is never forgotten.
const BLOCKS_KEPT: u64 = 8;
/// Terms shown as a reason.
const REASONS_MAX: usize = 8;

impl Stories {
    /// No story yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            memory: Memory::default(),
            decisions: Decisions::default(),
            board: Vec::new(),
            grown: Vec::new(),
            block: 0,
            last: 0,
        }
    }

    /// Remembers a record as the database holds it: call it for every record of the last
    /// [`Settings::horizon`] sequences, by sequence, before the first [`assign`](Self::assign).
    /// A sketch of another layout is passed over.
    pub fn restore(&mut self, stored: &Stored<'_>) {
        let Some(vector) = Vector::from_bytes(stored.sketch) else { return };
        self.tick(stored.sequence);
        let row = Row {
            id: stored.id,
            sequence: stored.sequence,
            time: stored.time.as_second(),
            lang: lang_code(stored.lang),
            vector: Packed::default(),
            slot: 0,
        };
        self.memory.add(stored.story, stored.born, row, &vector);
        self.last = stored.sequence;
    }

    /// Takes a user's decision to heart: it holds for every record and every merge to come. The
    /// latest decision on a pair of records counts.
    pub fn note(&mut self, decision: Decision) {
        self.decisions.note(decision);
    }

    /// Finds the story of a new record and remembers it there: to be called once for a record,
    /// since a revision stays where the record is.
    ///
    /// All of [`Membership::merged`] happened just before: commit it in the same transaction,
    /// and keep the gone names as aliases.
    pub fn assign(&mut self, member: &Member<'_>) -> Membership {
        self.tick(member.sequence);
        self.memory.forget_before(member.sequence.saturating_sub(self.settings.horizon.min(SLOTS)));
        let mut merged = Vec::new();
        self.grown.clear();
        self.grow_together(member.sequence, &mut merged);
        let lang = lang_code(member.lang);
        let counts = Counts::of(&self.memory.lexicon, lang);
        let reading = terms::read(member.title, member.body, counts, &self.settings.weights);
        let sketch = reading.vector.to_bytes();
        let (slot, basis) = self.choose(member, &reading, &mut merged);
        let joined = slot.and_then(|slot| self.memory.story(slot));
        let (story, born, before) = joined
            .map_or((StoryId(member.id.0), member.sequence, 0), |s| (s.name(), s.born(), s.len()));
        let row = Row {
            id: member.id,
            sequence: member.sequence,
            time: member.time.as_second(),
            lang,
            vector: Packed::default(),
            slot: 0,
        };
        let slot = self.memory.add(story, born, row, &reading.vector);
        self.grown.push((slot, before));
        self.last = member.sequence;
        let headlines = self.headlines();
        Membership { story, basis, time: member.time, sketch, merged, headlines }
    }

    /// Joins what grew together, whenever the stream has passed so many sequences again.
    fn grow_together(&mut self, sequence: u64, merged: &mut Vec<Merge>) {
        let every = self.settings.merge_every;
        if every > 0 && sequence / every > self.last / every {
            self.merge_pass(self.last / every * every, merged);
        }
    }

    /// The headlines to choose anew: of every story that has doubled.
    fn headlines(&self) -> Vec<(StoryId, RecordId)> {
        let mut changed: Vec<StoryId> = Vec::new();
        for &(slot, before) in self.grown.iter().rev() {
            let Some(story) = self.memory.story(slot) else { continue };
            let has_doubled = story.len().checked_ilog2() > before.checked_ilog2();
            if has_doubled && !changed.contains(&story.name()) {
                changed.push(story.name());
            }
        }
        changed.into_iter().filter_map(|story| Some((story, self.headline(story)?))).collect()
    }

    /// Forgets, at the start of each block of sequences, the stories that the stream has left
    /// behind: no member in the last blocks, and out of the window of nearly all that came in
    /// since.
    fn tick(&mut self, sequence: u64) {
        let block = sequence / BLOCK;
        if block == self.block {
            return;
        }
        self.block = block;
        let recent = (block * BLOCK).saturating_sub(BLOCKS_KEPT * BLOCK);
        let mut times = self.memory.times_from(recent);
        let stragglers = times.len() / 20;
        if times.len() as u64 >= BLOCK {
            let (_, &mut time, _) = times.select_nth_unstable(stragglers);
            let window = (self.settings.window_days * likeness::DAY as f64) as i64;
            self.memory.forget_stories(recent, time.saturating_sub(window + likeness::DAY));
        }
    }

    /// The story of a remembered record.
    #[must_use]
    pub fn story_of(&self, id: RecordId) -> Option<StoryId> {
        Some(self.memory.story(self.memory.of_record(id)?)?.name())
    }

    /// The remembered record of a story that is nearest to its centre, whose title tells best
    /// what the story is about; the oldest of equals. Linear in the remembered members.
    fn headline(&self, story: StoryId) -> Option<RecordId> {
        let story = self.memory.story(self.memory.of_story(story)?)?;
        if let Story::One(only) = story {
            return Some(only.id);
        }
        let nearness = |row: Row<'_>| {
            let length = row.vector.length().max(1.0);
            story.product(&row.vector.query()) as f64 / length
        };
        let ranked = story.members().rev().map(|row| (nearness(row), row.id));
        ranked.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, id)| id)
    }

    /// Records remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.memory.len()
    }

    /// The story to join, `None` for one of its own, and why.
    fn choose(
        &mut self,
        member: &Member<'_>,
        reading: &Reading<'_>,
        merged: &mut Vec<Merge>,
    ) -> (Option<Slot>, Basis) {
        if let Some((slot, with)) = self.decided(member.id, merged) {
            return (Some(slot), Basis::Decided(with));
        }
        let query = Query::new(self.memory.known_terms(&reading.vector));
        let nearest = self.nearest(member, &reading.vector, &query);
        let near = nearest.and_then(|(slot, likeness)| self.near(slot, likeness, reading));
        match (nearest, near) {
            (Some((slot, likeness)), Some(near)) if likeness.margin() >= 1.0 => {
                (Some(slot), Basis::Alike(near))
            }
            (_, nearest) => (None, Basis::First { nearest }),
        }
    }

    /// The story that a user's decision sends the record to.
    fn decided(&mut self, id: RecordId, merged: &mut Vec<Merge>) -> Option<(Slot, RecordId)> {
        let mut found: Vec<(u64, Slot, RecordId)> = self
            .decisions
            .together(id)
            .filter_map(|with| {
                let slot = self.memory.around(with)?;
                Some((self.memory.story(slot)?.born(), slot, with))
            })
            .collect();
        found.sort_unstable();
        let &(_, first, with) = found.first()?;
        for &(_, other, _) in found.iter().skip(1) {
            merged.extend(self.merge(other, first, 1.0));
        }
        Some((first, with))
    }

    fn nearest(
        &mut self,
        member: &Member<'_>,
        vector: &Vector,
        query: &Query,
    ) -> Option<(Slot, Likeness)> {
        let time = member.time.as_second();
        let settings = &self.settings;
        let slots = likeness::candidates(&self.memory, query.terms(), &mut self.board, |story| {
            likeness::is_open(story, (time, time), settings)
        });
        let probe = Probe::new(vector, query, (time, lang_code(member.lang)), settings);
        let mut best: Option<(f64, Reverse<u64>, Slot, Likeness)> = None;
        for slot in slots {
            let Some(story) = self.memory.story(slot) else { continue };
            let found = probe.likeness(story, settings);
            let (margin, older) = (found.margin(), Reverse(story.born()));
            let better = best.is_none_or(|(m, o, ..)| (margin, older) > (m, o));
            if better && !self.is_barred(member.id, slot) {
                best = Some((margin, older, slot, found));
            }
        }
        best.map(|(.., slot, found)| (slot, found))
    }

    /// Whether a user's decision keeps the record out of that story.
    fn is_barred(&self, id: RecordId, slot: Slot) -> bool {
        self.decisions.apart(id).any(|other| self.memory.around(other) == Some(slot))
    }

    fn near(&self, slot: Slot, likeness: Likeness, reading: &Reading<'_>) -> Option<Near> {
        let story = self.memory.story(slot)?;
        let mut products: Vec<(u64, Term)> = reading
            .vector
            .entries()
            .filter_map(|(term, weight)| {
                let theirs = story.weight(self.memory.lexicon.find(term)?);
                (theirs > 0).then(|| (u64::from(weight) * u64::from(theirs), term))
            })
            .collect();
        let all = products.iter().map(|(product, _)| *product).sum::<u64>().max(1) as f64;
        products.sort_by_key(|(product, _)| Reverse(*product));
        let named = products.into_iter().filter_map(|(product, term)| {
            let (_, text) = reading.names.iter().find(|(other, _)| *other == term)?;
            Some(SharedTerm { term: (*text).to_owned(), share: product as f64 / all })
        });
        let shared = named.take(REASONS_MAX).collect();
        let Likeness { score, threshold } = likeness;
        Some(Near { story: story.name(), score, threshold, shared })
    }
}
