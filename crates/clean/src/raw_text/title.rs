//! Which line is the title.
//!
//! The first line of a dump is the page's own title, mostly with the site's name behind it;
//! the headline that stands above the article says how much of it is the title.

use std::collections::HashMap;

use record::Line;

use crate::lines::{Lines, Scanned};

/// The title, and where it stands above the article.
#[derive(Debug)]
pub(crate) struct Headline {
    /// The title.
    pub(crate) title: Line,
    /// The index of the line that stands as headline above the article.
    pub(crate) at: usize,
}

/// The most words that a title has; what is longer is a list or a paragraph.
const MAX_WORDS: f32 = 40.0;

/// Lines after a headline whose prose speaks for it.
const REACH: usize = 40;

/// Chooses the title among `lines`, of which the first is the page's own title in most dumps.
/// Linear in the text.
pub(crate) fn choose(lines: &[Line], scanned: &Lines) -> Option<Headline> {
    let first = lines.first()?;
    if !scanned.all.first().is_some_and(is_title_shaped) {
        let at = repeated(scanned).unwrap_or(0);
        return Some(Headline { title: lines.get(at).unwrap_or(first).clone(), at });
    }
    let headed = stands_above(scanned);
    let said: Vec<(usize, Match)> = (1..lines.len())
        .filter_map(|at| Some((at, matching(scanned, at, first)?)))
        .filter(|(_, m)| !headed || *m != Match::Variant)
        .collect();
    let best = said.iter().map(|(_, m)| *m).max();
    let at = anchor(scanned, &said).unwrap_or(0);
    let title = match best {
        Some(Match::Part) => at_best(&said, Match::Part).and_then(|at| lines.get(at)).cloned(),
        Some(Match::Variant) => lines.get(at).cloned(),
        Some(Match::Whole) | None => None,
    };
    let title = title.or_else(|| without_site(first, scanned)).unwrap_or_else(|| first.clone());
    Some(Headline { title, at })
}

/// Does the first line stand right above the article? Then it is the headline, and what says
/// something like it further down is a heading of a part.
fn stands_above(scanned: &Lines) -> bool {
    let mut below = scanned.all.iter().skip(1).take(DIRECTLY);
    below.any(Scanned::is_prose)
}

/// Lines below the headline within which its article begins: a standfirst, a byline.
const DIRECTLY: usize = 2;

/// How a line repeats the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    /// Most of its words, in another wording.
    Variant,
    /// All of it.
    Whole,
    /// All of it but the site's name.
    Part,
}

fn at_best(said: &[(usize, Match)], wanted: Match) -> Option<usize> {
    said.iter().find(|(_, m)| *m == wanted).map(|(at, _)| *at)
}

fn matching(scanned: &Lines, at: usize, first: &str) -> Option<Match> {
    let line = scanned.all.get(at)?;
    let (title, words) = (scanned.words(0), scanned.words(at));
    if line.length() < 3.0 || !is_title_shaped(line) {
        return None;
    }
    if words == title {
        return Some(Match::Whole);
    }
    let long_enough = words.len() * 5 >= title.len() * 2 && words.len() < title.len();
    if long_enough {
        let rest = title.len() - words.len();
        if title.starts_with(words) && is_cut_before(first, rest) {
            return Some(Match::Part);
        }
        if title.ends_with(words) && is_cut_after(first, rest) {
            return Some(Match::Part);
        }
    }
    let shared = words.iter().filter(|w| title.contains(w)).count();
    let all = title.len().max(words.len());
    (words.len() >= 4 && shared * 10 >= all * 7).then_some(Match::Variant)
}

/// Marks that stand between a title and the site's name.
const CUTS: [char; 14] = ['|', '-', '–', '—', '·', '•', '»', '«', '›', '<', ':', '｜', '_', '/'];

/// Does a cut stand before the last `rest` words of `title`?
fn is_cut_before(title: &str, rest: usize) -> bool {
    pieces(title).iter().any(|at| count(title.get(*at..).unwrap_or_default()) == rest)
}

fn is_cut_after(title: &str, rest: usize) -> bool {
    pieces(title).iter().any(|at| count(title.get(..*at).unwrap_or_default()) == rest)
}

/// Where the cuts are, in bytes.
fn pieces(title: &str) -> Vec<usize> {
    title.char_indices().filter(|(_, c)| CUTS.contains(c)).map(|(at, _)| at).take(32).collect()
}

fn count(text: &str) -> usize {
    Lines::scan(std::iter::once(text)).words(0).len()
}

/// The first repetition that has nearly the most prose behind it.
fn anchor(scanned: &Lines, said: &[(usize, Match)]) -> Option<usize> {
    let said = said.get(..said.len().min(64)).unwrap_or_default();
    let prose = |at: usize| -> f32 {
        let next = scanned.all.iter().skip(at + 1).take(REACH);
        next.filter(|l| l.is_prose()).map(Scanned::length).sum()
    };
    let weights: Vec<f32> = said.iter().map(|(at, _)| prose(*at)).collect();
    let most = weights.iter().copied().fold(0.0, f32::max);
    said.iter().zip(weights).find(|(_, w)| *w >= 0.8 * most).map(|((at, _), _)| *at)
}

fn is_title_shaped(line: &Scanned) -> bool {
    line.length() <= MAX_WORDS && line.shape.letters > line.shape.digits
}

/// The first line that is said again later and could be a title.
fn repeated(scanned: &Lines) -> Option<usize> {
    let mut times: HashMap<u64, u32> = HashMap::new();
    for line in &scanned.all {
        *times.entry(line.shape.hash).or_default() += 1;
    }
    scanned.all.iter().position(|line| {
        line.length() >= 3.0
            && is_title_shaped(line)
            && times.get(&line.shape.hash).is_some_and(|n| *n > 1)
    })
}

/// The most words that a site's name has.
const MAX_SITE: usize = 6;

/// `title` without the site's name behind its last cut, where another line names the site.
fn without_site(title: &Line, scanned: &Lines) -> Option<Line> {
    let cut = |sep: &str| title.rfind(sep).map(|at| (at, sep.len()));
    let (at, len) = [" | ", " - ", " – ", " — ", " · ", " » ", " :: ", " • "]
        .into_iter()
        .filter_map(cut)
        .max()?;
    let (head, tail) = (title.get(..at)?, title.get(at + len..)?);
    let whole = Lines::scan([head, tail].into_iter());
    let site = whole.words(1);
    let named = (1..scanned.all.len()).any(|at| {
        let words = scanned.words(at);
        words.len() <= MAX_SITE + 4 && words.windows(site.len().max(1)).any(|w| w == site)
    });
    let head_words = whole.words(0).len();
    let fits = !site.is_empty() && site.len() <= MAX_SITE && head_words >= 3.max(site.len());
    (named && fits).then(|| Line::new(head)).flatten()
}

/// Is line `at` framed by the headline and its repetition a few lines on? That is where a
/// standfirst stands.
pub(super) fn is_framed(scanned: &Lines, headline: usize, at: usize) -> bool {
    let same = |other: usize| scanned.words(other) == scanned.words(headline);
    let framed = at > headline && (at + 1..=headline + FRAME).any(same);
    let own = scanned.all.get(at).is_some_and(|l| l.length() >= 6.0 && l.shape.digits < 8);
    framed && own && !same(at)
}

/// Lines from the headline to its repetition, at most.
const FRAME: usize = 4;
