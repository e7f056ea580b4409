//! Stories: the reports of one event, found as they come in.

mod background;
mod cluster;
mod decisions;
mod frequencies;
mod likeness;
mod memory;
mod merging;
mod settings;
mod term_map;
mod terms;
#[cfg(test)]
mod tests;
mod vector;
mod words;

use std::cmp::Reverse;

use jiff::Timestamp;
use record::{RecordId, StoryId};

pub use decisions::Decision;
pub use settings::{Settings, Weights};

use cluster::Held;
use decisions::Decisions;
use frequencies::lang_code;
use likeness::Likeness;
use memory::{Memory, Slot};
use terms::Reading;
use vector::Vector;

/// A record to find the story of.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Its id.
    pub id: RecordId,
    /// Its title.
    pub title: &'a str,
    /// Its paragraphs joined by LF; empty for a headline alone.
    pub body: &'a str,
    /// Its language (BCP 47), where known.
    pub lang: Option<&'a str>,
    /// Its own time: the instant or day of publication, else when it was captured.
    pub time: Timestamp,
    /// Its place in the order of commits: greater than that of every record before.
    pub sequence: u64,
}

/// A record that was assigned before, as the database holds it.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    /// Its id.
    pub id: RecordId,
    /// Its language, as given when it was assigned.
    pub lang: Option<&'a str>,
    /// Its time, as given when it was assigned.
    pub time: Timestamp,
    /// Its sequence, as given when it was assigned.
    pub sequence: u64,
    /// The bytes that [`Assignment::sketch`] gave.
    pub sketch: &'a [u8],
    /// The story that it belongs to now.
    pub story: StoryId,
    /// The sequence of the record that the story is named after.
    pub born: u64,
}

/// Where a record belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// Its story.
    pub story: StoryId,
    /// Why it is there.
    pub basis: Basis,
    /// What to keep with the record, to [restore](Stories::restore) from.
    pub sketch: Vec<u8>,
    /// Stories that became one by this record, in that order.
    pub merged: Vec<Merge>,
}

/// Why a record is in its story.
#[derive(Debug, Clone, PartialEq)]
pub enum Basis {
    /// Nothing was near enough: it starts a story.
    First {
        /// The nearest story, where one came near at all.
        nearest: Option<Near>,
    },
    /// It is like the story.
    Alike(Near),
    /// A user decided so: it is together with that record.
    Decided(RecordId),
    /// It was assigned before.
    Known,
}

/// A story near a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// The story.
    pub story: StoryId,
    /// How near: 0 to 1.
    pub score: f64,
    /// What the score had to reach.
    pub threshold: f64,
    /// The terms that both have, weightiest first: at most eight.
    pub shared: Vec<SharedTerm>,
}

/// A term that joined a record to its story.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedTerm {
    /// As the record writes it.
    pub term: String,
    /// Its share of the likeness: 0 to 1.
    pub share: f64,
}

/// Two stories that became one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merge {
    /// The younger one, whose name is an alias from now on.
    pub gone: StoryId,
    /// The older one.
    pub kept: StoryId,
    /// How near they were; 1 where a user decided.
    pub score: f64,
}

/// A record that a user's decision moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The record.
    pub record: RecordId,
    /// The story that it is in now.
    pub to: StoryId,
}

/// The open stories.
#[derive(Debug)]
pub struct Stories {
    settings: Settings,
    memory: Memory,
    decisions: Decisions,
    board: Vec<u32>,
    /// The block of sequences that the last record was in.
    block: u64,
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
            block: 0,
        }
    }

    /// Remembers a record as the database holds it.
    pub fn restore(&mut self, stored: &Stored<'_>) {
        let Some(vector) = Vector::from_bytes(stored.sketch) else { return };
        self.tick(stored.sequence);
        let slot = self.memory.open(stored.story, stored.born);
        let held = Held {
            id: stored.id,
            sequence: stored.sequence,
            time: stored.time.as_second(),
            lang: lang_code(stored.lang),
            vector,
        };
        self.memory.add(slot, held);
    }

    /// Finds the story of a record.
    pub fn assign(&mut self, member: &Member<'_>) -> Assignment {
        if let Some(known) = self.known(member.id) {
            return known;
        }
        self.tick(member.sequence);
        self.memory.forget_before(member.sequence.saturating_sub(self.settings.horizon));
        let lang = lang_code(member.lang);
        let reading = terms::read(
            member.title,
            member.body,
            &self.memory.frequencies,
            lang,
            &self.settings.weights,
        );
        let sketch = reading.vector.to_bytes();
        let mut merged = Vec::new();
        let (slot, basis) = self.choose(member, &reading, &mut merged);
        let held = Held {
            id: member.id,
            sequence: member.sequence,
            time: member.time.as_second(),
            lang,
            vector: reading.vector,
        };
        self.memory.add(slot, held);
        let every = self.settings.merge_every;
        if every > 0 && member.sequence.is_multiple_of(every) {
            self.merge_pass(member.sequence - every, &mut merged);
        }
        let story = self.story_of(member.id).unwrap_or(StoryId(member.id.0));
        Assignment { story, basis, sketch, merged }
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
        Some(self.memory.cluster(self.memory.of_record(id)?)?.story)
    }

    /// Records remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.memory.len()
    }

    fn known(&self, id: RecordId) -> Option<Assignment> {
        let held = self.memory.held(id)?;
        Some(Assignment {
            story: self.story_of(id)?,
            basis: Basis::Known,
            sketch: held.vector.to_bytes(),
            merged: Vec::new(),
        })
    }

    fn choose(
        &mut self,
        member: &Member<'_>,
        reading: &Reading,
        merged: &mut Vec<Merge>,
    ) -> (Slot, Basis) {
        if let Some((slot, with)) = self.decided(member.id, merged) {
            return (slot, Basis::Decided(with));
        }
        let nearest = self.nearest(member, &reading.vector);
        let near = nearest.and_then(|(slot, likeness)| self.near(slot, likeness, reading));
        match (nearest, near) {
            (Some((slot, likeness)), Some(near)) if likeness.margin() >= 1.0 => {
                (slot, Basis::Alike(near))
            }
            (_, nearest) => {
                let slot = self.memory.open(StoryId(member.id.0), member.sequence);
                (slot, Basis::First { nearest })
            }
        }
    }

    /// The story that a user's decision sends the record to.
    fn decided(&mut self, id: RecordId, merged: &mut Vec<Merge>) -> Option<(Slot, RecordId)> {
        let mut found: Vec<(u64, Slot, RecordId)> = self
            .decisions
            .together(id)
            .filter_map(|with| {
                let slot = self.memory.around(with)?;
                Some((self.memory.cluster(slot)?.born, slot, with))
            })
            .collect();
        found.sort_unstable();
        let &(_, first, with) = found.first()?;
        for &(_, other, _) in found.iter().skip(1) {
            merged.extend(self.merge(other, first, 1.0));
        }
        Some((first, with))
    }

    fn nearest(&mut self, member: &Member<'_>, vector: &Vector) -> Option<(Slot, Likeness)> {
        let time = member.time.as_second();
        let settings = &self.settings;
        let probes = vector.entries();
        let slots = likeness::candidates(&self.memory, probes, &mut self.board, |cluster| {
            likeness::is_open(cluster, (time, time), settings)
        });
        let mut best: Option<(f64, Reverse<u64>, Slot, Likeness)> = None;
        for slot in slots {
            let Some(cluster) = self.memory.cluster(slot) else { continue };
            let found = likeness::of_text(cluster, vector, time, settings);
            let (margin, older) = (found.margin(), Reverse(cluster.born));
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

    fn near(&self, slot: Slot, likeness: Likeness, reading: &Reading) -> Option<Near> {
        let cluster = self.memory.cluster(slot)?;
        let all = cluster.dot(reading.vector.entries()).max(1) as f64;
        let mut shared: Vec<SharedTerm> = reading
            .vector
            .entries()
            .filter_map(|(term, weight)| {
                let share = cluster.dot(std::iter::once((term, weight))) as f64 / all;
                let (_, text) = reading.names.iter().find(|(t, _)| *t == term)?;
                (share > 0.0).then(|| SharedTerm { term: text.clone(), share })
            })
            .collect();
        shared.sort_by(|a, b| b.share.total_cmp(&a.share));
        shared.truncate(REASONS_MAX);
        let Likeness { score, threshold } = likeness;
        Some(Near { story: cluster.story, score, threshold, shared })
    }
}
