//! Which story a text is most like, and whether that is enough.

use std::cmp::Reverse;

use super::cluster::Cluster;
use super::memory::{Memory, Slot};
use super::settings::Settings;
use super::terms::{SCALE, Term, Vector};

/// A term that so many stories have finds none of them.
const POSTINGS_MAX: usize = 4_000;
/// So many stories are looked at closely.
const CANDIDATES_MAX: usize = 32;
const DAY: f64 = 86_400.0;

/// A story and how near it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match {
    pub(crate) slot: Slot,
    /// Likeness, 0 to 1, after the time between was taken into account.
    pub(crate) score: f64,
    /// What it had to reach.
    pub(crate) threshold: f64,
}

impl Match {
    pub(crate) fn margin(&self) -> f64 {
        self.score / self.threshold
    }
}

/// The stories that share the most weight in `probes`, most first. Work is bounded by the
/// probes and [`POSTINGS_MAX`].
pub(crate) fn candidates(
    memory: &Memory,
    probes: &[(Term, u32)],
    board: &mut Vec<u32>,
    keep: impl Fn(&Cluster) -> bool,
) -> Vec<Slot> {
    board.resize(memory.slots(), 0);
    let mut touched: Vec<Slot> = Vec::new();
    for &(term, weight) in probes {
        let posting = memory.posting(term);
        if posting.len() > POSTINGS_MAX {
            continue;
        }
        for &slot in posting {
            if let Some(hits) = board.get_mut(slot as usize) {
                if *hits == 0 {
                    touched.push(slot);
                }
                *hits += weight * weight;
            }
        }
    }
    let mut ranked: Vec<(Reverse<u32>, u64, Slot)> = touched
        .iter()
        .filter_map(|&slot| {
            let hits = std::mem::take(board.get_mut(slot as usize)?);
            let cluster = memory.cluster(slot).filter(|c| keep(c))?;
            Some((Reverse(hits), cluster.born, slot))
        })
        .collect();
    if ranked.len() > CANDIDATES_MAX {
        ranked.select_nth_unstable(CANDIDATES_MAX);
        ranked.truncate(CANDIDATES_MAX);
    }
    ranked.sort_unstable();
    ranked.into_iter().map(|(.., slot)| slot).collect()
}

/// Days between a span and another, 0 where they meet, in whole days: many records know
/// their day only.
fn gap_days(a: (i64, i64), b: (i64, i64)) -> f64 {
    let gap = (a.0.saturating_sub(b.1)).max(b.0.saturating_sub(a.1)).max(0);
    (gap as f64 / DAY).floor()
}

/// Whether a story is open to a text of that time.
pub(crate) fn is_open(cluster: &Cluster, span: (i64, i64), settings: &Settings) -> bool {
    gap_days(cluster.span, span) <= settings.window_days
}

fn decay(a: (i64, i64), b: (i64, i64), settings: &Settings) -> f64 {
    (-gap_days(a, b) / settings.decay_days).exp()
}

/// What a text of so many terms must reach: short texts share few terms even where they tell
/// the same.
pub(crate) fn threshold(terms: f64, settings: &Settings) -> f64 {
    let w = &settings.weights;
    let fullness = (terms / w.full_terms).min(1.0);
    settings.threshold * (w.short + (1.0 - w.short) * fullness)
}

/// How like a text is to a story.
pub(crate) fn of_text(
    cluster: &Cluster,
    vector: &Vector,
    time: i64,
    settings: &Settings,
) -> (f64, f64) {
    let w = &settings.weights;
    let length = (vector.norm2() as f64).sqrt().max(1.0);
    let around = (cluster.norm2 as f64 + w.smooth * SCALE * SCALE).sqrt().max(1.0);
    let centre = cluster.dot(vector) as f64 / length / around;
    let mut likeness = centre;
    if w.best > 0.0 {
        let newest = cluster.members.iter().rev().take(16);
        let best = newest.map(|m| m.vector.dot(vector)).max().unwrap_or(0) as f64;
        likeness = (1.0 - w.best) * centre + w.best * best / length / SCALE;
    }
    (
        likeness * decay(cluster.span, (time, time), settings),
        threshold(vector.0.len() as f64, settings),
    )
}

/// How like two stories are.
pub(crate) fn of_stories(a: &Cluster, b: &Cluster, settings: &Settings) -> (f64, f64) {
    let lengths = (a.norm2 as f64).sqrt() * (b.norm2 as f64).sqrt();
    let likeness = a.dot_sum(b) as f64 / lengths.max(1.0) * decay(a.span, b.span, settings);
    let terms = mean_terms(a).min(mean_terms(b));
    (likeness, threshold(terms, settings) * settings.merge_factor)
}

fn mean_terms(cluster: &Cluster) -> f64 {
    let all: usize = cluster.members.iter().map(|m| m.vector.0.len()).sum();
    all as f64 / cluster.members.len().max(1) as f64
}
