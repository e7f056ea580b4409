//! Which story a text is most like, and whether that is enough.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::lexicon::TermId;
use super::memory::{Memory, Slot};
use super::postings::Found;
use super::query::Query;
use super::settings::Settings;
use super::story::Story;
use super::vector::{Term, Vector};

/// So many entries of lists are looked at for one text. From 600 on the same stories are found,
/// also on the full texts among fourteen times as many made of their sentences.
const LOOKS_MAX: usize = 600;
/// A story with a so many times smaller share than the first is not worth a look.
const FAINT: u32 = 16;
/// So many stories are looked at closely. With 12 the same stories are found on the open streams but
/// for a few of the headlines.
const CANDIDATES_MAX: usize = 8;
/// Terms of a full text: what the thresholds are given for.
const FULL: f64 = 40.0;
/// Seconds.
pub(crate) const DAY: i64 = 86_400;

/// First and last time, in seconds.
pub(crate) type Span = (i64, i64);

/// How near two are, and how near they must be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Likeness {
    /// 0 to 1, after the time between was taken into account.
    pub(crate) score: f64,
    /// What it has to reach.
    pub(crate) threshold: f64,
}

impl Likeness {
    /// 1 and more is enough.
    pub(crate) fn margin(&self) -> f64 {
        self.score / self.threshold
    }
}

/// The stories that share the most weight in `probes`, most first. The rarest probes come first,
/// until enough stories were seen: work does not grow with the stories in memory.
pub(crate) fn candidates(
    memory: &Memory,
    probes: &[(TermId, u32)],
    board: &mut Vec<u32>,
    keep: impl Fn(Story<'_>) -> bool,
) -> Vec<Slot> {
    board.resize(memory.slots(), 0);
    let mut lists: Vec<(Found<'_>, Term, u32)> = probes
        .iter()
        .filter(|(_, weight)| *weight > 0)
        .filter_map(|&(id, weight)| Some((memory.posting(id)?, memory.lexicon.term(id), weight)))
        .collect();
    lists.sort_unstable_by_key(|(list, term, _)| (list.len(), *term));
    let mut touched: Vec<Slot> = Vec::new();
    let mut looks = 0;
    for (list, _, weight) in lists {
        looks += list.len();
        if looks > LOOKS_MAX {
            break;
        }
        for slot in list.slots() {
            if let Some(hits) = board.get_mut(slot as usize) {
                if *hits == 0 {
                    touched.push(slot);
                }
                *hits += weight * weight;
            }
        }
    }
    let mut hits: Vec<(u32, Slot)> = touched
        .into_iter()
        .map(|slot| (board.get_mut(slot as usize).map_or(0, std::mem::take), slot))
        .collect();
    let most = hits.iter().map(|(hits, _)| *hits).max().unwrap_or(0);
    hits.retain(|(hits, _)| hits * FAINT >= most);
    best(hits, memory, keep)
}

/// The first [`CANDIDATES_MAX`] that `keep` wants; among equals the older story.
fn best(hits: Vec<(u32, Slot)>, memory: &Memory, keep: impl Fn(Story<'_>) -> bool) -> Vec<Slot> {
    let mut hits = BinaryHeap::from(hits);
    let mut ranked: Vec<(Reverse<u32>, u64, Slot)> = Vec::new();
    while let Some((hits, slot)) = hits.pop() {
        let is_full = ranked.len() >= CANDIDATES_MAX;
        if is_full && ranked.last().is_some_and(|(last, ..)| last.0 != hits) {
            break;
        }
        ranked.extend(
            memory
                .story(slot)
                .filter(|story| keep(*story))
                .map(|story| (Reverse(hits), story.born(), slot)),
        );
    }
    ranked.sort_unstable();
    ranked.truncate(CANDIDATES_MAX);
    ranked.into_iter().map(|(.., slot)| slot).collect()
}

/// Days between two spans, 0 where they meet; whole days, since many records know only that.
fn gap_days(a: Span, b: Span) -> f64 {
    let gap = a.0.saturating_sub(b.1).max(b.0.saturating_sub(a.1)).max(0);
    (gap / DAY) as f64
}

/// Whether a story is open to what happened in `span`.
pub(crate) fn is_open(story: Story<'_>, span: Span, settings: &Settings) -> bool {
    gap_days(story.span(), span) <= settings.window_days
}

/// What is left of a likeness after the time between two spans; what would make a long story
/// longer counts too, though less.
fn decay(a: Span, b: Span, settings: &Settings) -> f64 {
    let whole = a.1.max(b.1).saturating_sub(a.0.min(b.0)) / DAY;
    let days = gap_days(a, b) + settings.weights.span * whole as f64;
    (-days / settings.decay_days).exp()
}

/// Texts with few terms share little even where they tell the same: what a text of that many
/// terms must reach, as a share of what a full text must.
fn fullness(terms: f64, power: f64) -> f64 {
    (terms / FULL).powf(power)
}

/// A text to compare stories with.
pub(crate) struct Probe<'a> {
    query: &'a Query,
    length: f64,
    time: i64,
    /// Its language, 0 for unknown.
    lang: u16,
    /// What its likeness to a story has to reach.
    threshold: f64,
}

impl<'a> Probe<'a> {
    /// Of a text with this vector, whose known terms are the query.
    pub(crate) fn new(
        vector: &Vector,
        query: &'a Query,
        (time, lang): (i64, u16),
        settings: &Settings,
    ) -> Self {
        let terms = fullness(vector.terms() as f64, settings.weights.text_power);
        let threshold = settings.threshold * terms;
        Self { query, length: vector.length().max(1.0), time, lang, threshold }
    }

    /// How like the text is to a story: the cosine with its centre, less for the time between.
    pub(crate) fn likeness(&self, story: Story<'_>, settings: &Settings) -> Likeness {
        let alike = story.share(self.query) / self.length;
        let score = (alike * decay(story.span(), (self.time, self.time), settings)).min(1.0);
        let share = if self.is_foreign(story) { settings.weights.foreign } else { 1.0 };
        Likeness { score, threshold: self.threshold * share }
    }

    fn is_foreign(&self, story: Story<'_>) -> bool {
        self.lang != 0 && !story.speaks(self.lang)
    }
}

/// How like two stories are: the more reports the smaller one has, the nearer its centre comes
/// to any other, which the last factor takes back.
///
/// Of the first story only the heaviest terms are looked at: the others weigh next to nothing.
pub(crate) fn of_stories(
    a: Story<'_>,
    heaviest: &Query,
    b: Story<'_>,
    settings: &Settings,
) -> Likeness {
    let w = &settings.weights;
    let alike = b.product(heaviest) as f64 / a.length() / b.length();
    let smaller = a.len().min(b.len()) as f64;
    let terms = fullness(a.mean_terms(), w.merge_text) * fullness(b.mean_terms(), w.merge_text);
    let score = (alike * decay(a.span(), b.span(), settings)).min(1.0);
    let threshold = settings.merge_threshold * terms * smaller.powf(w.merge_members);
    Likeness { score, threshold }
}
