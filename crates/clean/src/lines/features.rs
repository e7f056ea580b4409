//! What the fitted judgement knows of each line: its looks, its cues, its place in the page.

use std::sync::LazyLock;

use super::cues::KINDS;
use super::hashed::HashedMap;
use super::shape::is_long;
use super::{Class, Kind, Lines, Scanned};

/// Numbers a line.
pub(crate) const FEATURES: usize = LOOKS + PLACES + 3 * KINDS;

const LOOKS: usize = 38;
const PLACES: usize = 27;

/// The features of the lines of a page, made when they are asked for.
pub(super) struct Features<'a> {
    lines: &'a Lines,
    place: Places,
    /// The words of the headline, sorted.
    title: Vec<u32>,
}

impl<'a> Features<'a> {
    /// Of a page whose headline stands at line `headline`. Linear.
    pub(super) fn of(lines: &'a Lines, headline: usize) -> Self {
        let title = sorted(lines.words(headline));
        Self { lines, place: Places::of(lines, headline), title }
    }

    /// A row for each line, in their order.
    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = Row> {
        self.lines.all.iter().enumerate().map(|(at, line)| self.row(at, line))
    }

    fn row(&self, at: usize, line: &Scanned) -> Row {
        let shared = shared(self.lines.words(at), &self.title);
        let mut row = Row::default();
        row.push(0, &looks(line));
        row.push(LOOKS, &self.place.at(self.lines, at, line, shared));
        let cues = &line.cues;
        if cues.kinds != 0 {
            row.push(LOOKS + PLACES, &cues.share);
            row.push_flags(LOOKS + PLACES + KINDS, cues.starts);
            row.push_flags(LOOKS + PLACES + 2 * KINDS, cues.ends);
        }
        row
    }
}

/// The features of one line that are not zero, in their order: about a quarter of them.
pub(super) struct Row {
    count: usize,
    at: [u8; FEATURES],
    value: [f32; FEATURES],
}

impl Default for Row {
    fn default() -> Self {
        Self { count: 0, at: [0; FEATURES], value: [0.0; FEATURES] }
    }
}

impl Row {
    /// The numbers of the features that are not zero, and their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, f32)> {
        let at = self.at.iter().map(|at| usize::from(*at));
        at.zip(self.value.iter().copied()).take(self.count)
    }

    /// Appends the values that are not zero, of which the first has the number `start`. Which
    /// they are cannot be foretold, so nothing branches on it.
    fn push(&mut self, start: usize, values: &[f32]) {
        for (number, value) in (start..).zip(values) {
            if let (Some(at), Some(cell)) =
                (self.at.get_mut(self.count), self.value.get_mut(self.count))
            {
                (*at, *cell) = (number as u8, *value);
            }
            self.count += usize::from(*value != 0.0);
        }
    }

    /// Appends a 1 for each bit that is set, of which there are few.
    fn push_flags(&mut self, start: usize, mut set: u32) {
        while set != 0 {
            self.push(start + set.trailing_zeros() as usize, &[1.0]);
            set &= set - 1;
        }
    }
}

/// The logarithms of what is mostly counted: small whole numbers.
static LOGS: LazyLock<[f32; 256]> =
    LazyLock::new(|| std::array::from_fn(|count| logarithm(count as f32)));

fn log(value: f32) -> f32 {
    let count = value as usize;
    match LOGS.get(count) {
        Some(log) if count as f32 == value => *log,
        _ => logarithm(value),
    }
}

fn logarithm(value: f32) -> f32 {
    (1.0 + value).ln() / 4.0
}

fn flag(value: bool) -> f32 {
    f32::from(u8::from(value))
}

fn ratio(part: u32, whole: u32) -> f32 {
    part as f32 / whole.max(1) as f32
}

fn looks(line: &Scanned) -> [f32; LOOKS] {
    let s = &line.shape;
    let length = line.length();
    let is = |a: Class, b: Class| flag(a == b);
    [
        log(length),
        log(s.chars as f32),
        (length / 5.0).min(1.0),
        (length / 12.0).min(1.0),
        (length / 30.0).min(1.0),
        log(s.sentence_ends as f32),
        flag(s.sentence_ends > 0),
        is(s.last, Class::Stop),
        is(s.last, Class::Quote),
        is(s.last, Class::Colon),
        is(s.last, Class::Comma),
        is(s.last, Class::Ellipsis),
        is(s.last, Class::Bracket),
        is(s.last, Class::Digit),
        flag(matches!(s.last, Class::Upper | Class::Lower)),
        flag(matches!(s.last, Class::Separator | Class::Other)),
        is(s.first, Class::Upper),
        is(s.first, Class::Lower),
        is(s.first, Class::Digit),
        is(s.first, Class::Quote),
        flag(matches!(s.first, Class::Separator | Class::Other | Class::Bracket)),
        ratio(s.capitals, s.letters),
        flag(s.capitals == s.letters && s.letters > 1),
        ratio(s.capitalised, s.words),
        ratio(s.short_words, s.words),
        ratio(s.digits, s.chars),
        ratio(s.numbers, s.words),
        ratio(s.commas, s.words),
        log(s.quotes as f32),
        log(s.separators as f32),
        ratio(s.separators + s.symbols, s.chars),
        log(s.symbols as f32),
        ratio(s.unspaced, s.words),
        (s.letters as f32 / (length.max(1.0) * 10.0)).min(2.0),
        log(s.glued as f32),
        ratio(s.glued, s.words),
        flag(s.years > 0),
        flag(s.clocks > 0),
    ]
}

/// What is known of a line's place from the whole page.
struct Places {
    headline: usize,
    lines: usize,
    words: f32,
    prose_share: f32,
    repeats: HashedMap<u64, Repeat>,
    /// What the article is about.
    topic: Topic,
    /// Prose around each line, against the densest place of the page.
    density: Vec<f32>,
    /// The share of the page's prose before each line.
    before: Vec<f32>,
    /// For each line the cues that end an article seen since the headline.
    ends: Vec<[f32; ENDS.len()]>,
}

#[derive(Clone, Copy)]
struct Repeat {
    times: u32,
    first: usize,
}

/// Cues whose lines, alone, stand below an article.
const ENDS: [Kind; 6] =
    [Kind::Comments, Kind::More, Kind::Copyright, Kind::Newsletter, Kind::Tags, Kind::Author];

/// How much of the prose of the last line still counts at the next.
const DECAY: f32 = 0.8;

impl Places {
    fn of(lines: &Lines, headline: usize) -> Self {
        let mut repeats: HashedMap<u64, Repeat> = HashedMap::default();
        for (at, line) in lines.all.iter().enumerate() {
            let repeat = repeats.entry(line.shape.hash).or_insert(Repeat { times: 0, first: at });
            repeat.times += 1;
        }
        let prose: Vec<f32> =
            lines.all.iter().map(|l| if l.is_prose() { l.length() } else { 0.0 }).collect();
        let words: f32 = lines.all.iter().map(Scanned::length).sum();
        let total: f32 = prose.iter().sum();
        let mut sum = 0.0;
        let before = prose
            .iter()
            .map(|p| {
                sum += p;
                (sum - p) / total.max(1.0)
            })
            .collect();
        Self {
            headline,
            lines: lines.all.len(),
            words,
            prose_share: total / words.max(1.0),
            repeats,
            topic: Topic::of(lines, headline),
            density: density(&prose),
            before,
            ends: ends(lines, headline),
        }
    }

    fn at(&self, lines: &Lines, at: usize, line: &Scanned, shared: usize) -> [f32; PLACES] {
        let (on_topic, long) = self.topic.shared(lines.words(at), at);
        let repeat = self.repeats.get(&line.shape.hash).copied();
        let repeat = repeat.unwrap_or(Repeat { times: 1, first: at });
        let below = at.saturating_sub(self.headline) as f32;
        let above = self.headline.saturating_sub(at) as f32;
        let before = self.before.get(at).copied().unwrap_or_default();
        let from_headline = self.before.get(self.headline).copied().unwrap_or_default();
        let [e0, e1, e2, e3, e4, e5] = self.ends.get(at).copied().unwrap_or_default();
        [
            log(repeat.times.saturating_sub(1) as f32),
            flag(repeat.first < at),
            ratio(shared as u32, line.shape.words),
            log(shared as f32),
            log(at as f32),
            log((self.lines - at) as f32 - 1.0),
            at as f32 / self.lines.max(1) as f32,
            flag(at > self.headline),
            flag(at == self.headline),
            log(below),
            log(above),
            (below / 8.0).min(1.0),
            log(self.lines as f32),
            log(self.words) / 2.0,
            self.prose_share,
            self.density.get(at).copied().unwrap_or_default(),
            before,
            (before - from_headline).max(0.0),
            flag(before == 0.0),
            e0,
            e1,
            e2,
            e3,
            e4,
            e5,
            if long < 2 { 0.4 } else { ratio(on_topic, long) },
            flag(long < 2),
        ]
    }
}

/// Decaying sums of prose from above and from below, over the highest of the page.
fn density(prose: &[f32]) -> Vec<f32> {
    let mut sums: Vec<f32> = Vec::with_capacity(prose.len());
    let mut sum = 0.0;
    for p in prose {
        sum = sum * DECAY + p;
        sums.push(sum);
    }
    sum = 0.0;
    for (p, out) in prose.iter().zip(&mut sums).rev() {
        *out += sum;
        sum = (sum + p) * DECAY;
    }
    let highest = sums.iter().copied().fold(1.0, f32::max);
    for sum in &mut sums {
        *sum /= highest;
    }
    sums
}

fn ends(lines: &Lines, headline: usize) -> Vec<[f32; ENDS.len()]> {
    let mut seen = [0.0_f32; ENDS.len()];
    let mut rows = Vec::with_capacity(lines.all.len());
    for (at, line) in lines.all.iter().enumerate() {
        if at > headline {
            for (count, kind) in seen.iter_mut().zip(ENDS) {
                *count += flag(line.cues.share_of(kind) >= 0.5);
            }
        }
        rows.push(seen.map(log));
    }
    rows
}

fn sorted(words: &[u32]) -> Vec<u32> {
    let mut words: Vec<u32> = words.iter().take(MOST_SHARED).copied().collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Words of a line that are compared with the title's.
const MOST_SHARED: usize = 64;

fn shared(words: &[u32], title: &[u32]) -> usize {
    words.iter().take(MOST_SHARED).filter(|w| title.binary_search(w).is_ok()).count()
}

/// The long words of the first prose below the headline, and of the headline.
struct Topic {
    /// For each word, the first line that has it; `None` when more lines have it.
    words: HashedMap<u32, Option<usize>>,
    /// A bitmap that most other words do not pass.
    seen: Vec<u64>,
}

/// Lines of prose that tell what an article is about.
const LEAD: usize = 12;

impl Topic {
    fn of(lines: &Lines, headline: usize) -> Self {
        let mut topic = Self { words: HashedMap::default(), seen: vec![0; 256] };
        let prose = lines.all.iter().enumerate().skip(headline + 1).filter(|(_, l)| l.is_prose());
        for at in std::iter::once(headline).chain(prose.take(LEAD).map(|(at, _)| at)) {
            for &word in lines.words(at).iter().filter(|w| is_long(**w)) {
                let line = topic.words.entry(word).or_insert(Some(at));
                *line = line.filter(|first| *first == at);
                if let Some(cell) = topic.seen.get_mut((word >> 7) as usize & 255) {
                    *cell |= 1 << (word >> 1 & 63);
                }
            }
        }
        topic
    }

    /// How many of the line's long words other lines of the lead have, and how many it has.
    fn shared(&self, words: &[u32], at: usize) -> (u32, u32) {
        let mut counts = (0, 0);
        for word in words.iter().filter(|w| is_long(**w)) {
            counts.1 += 1;
            let cell = self.seen.get((word >> 7) as usize & 255).copied().unwrap_or_default();
            if cell & (1 << (word >> 1 & 63)) != 0
                && self.words.get(word).is_some_and(|first| *first != Some(at))
            {
                counts.0 += 1;
            }
        }
        counts
    }
}
