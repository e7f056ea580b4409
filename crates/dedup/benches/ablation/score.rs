//! How well found stories agree with the gold standard.

use std::collections::HashMap;

/// Pair and B-cubed F1.
pub(crate) struct Score {
    pub(crate) pair_f1: f64,
    pub(crate) cubed_f1: f64,
}

impl Score {
    /// Of the documents whose gold story `counts`.
    pub(crate) fn of(
        gold: &[Option<String>],
        found: &[u64],
        counts: impl Fn(&str) -> bool,
    ) -> Self {
        let mut both: HashMap<(&str, u64), f64> = HashMap::new();
        let (mut ours, mut theirs) = (HashMap::new(), HashMap::new());
        let scored = gold.iter().zip(found).filter_map(|(g, f)| Some((g.as_deref()?, *f)));
        for (story, cluster) in scored.filter(|(story, _)| counts(story)) {
            *both.entry((story, cluster)).or_default() += 1.0;
            *ours.entry(cluster).or_default() += 1.0;
            *theirs.entry(story).or_default() += 1.0;
        }
        let pairs = |sizes: &mut dyn Iterator<Item = &f64>| -> f64 {
            sizes.map(|n| n * (n - 1.0) / 2.0).sum()
        };
        let right = pairs(&mut both.values());
        let (given, wanted): (f64, f64) = (pairs(&mut ours.values()), pairs(&mut theirs.values()));
        let documents: f64 = both.values().sum();
        let precision: f64 = both.iter().map(|((_, c), n)| n * n / ours[c]).sum();
        let recall: f64 = both.iter().map(|((s, _), n)| n * n / theirs[s]).sum();
        Self {
            pair_f1: harmonic(right / given, right / wanted),
            cubed_f1: harmonic(precision / documents, recall / documents),
        }
    }
}

fn harmonic(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 }
}
