//! Stories beside a gold standard, with each part left out.
//!
//! `cargo bench -p dedup --bench ablation -- FOLDER…`, where each folder has `docs.jsonl`
//! (`{id,title,date,lang,body}`, in order of arrival) and `gold.jsonl` (`{id,story}`, null is
//! not scored). `name=value` sets a setting first; `--only` leaves the table out;
//! `--shuffle` has the same documents, with their times, arrive in other orders instead.
//! `--draws` gives means over ten streams, each without a random fifth of the documents: one
//! chance merger of two large stories moves the figures of a single stream by a hundredth.
//! `--languages` tells the languages of the documents apart.

#![allow(missing_docs, clippy::print_stdout, reason = "a program that measures prints")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here stops here")]

mod score;
mod set;

use dedup::stories::Settings;

use score::Score;
use set::Set;

/// A variation: its name and what it changes.
type Variation = (&'static str, fn(&mut Settings));

const VARIATIONS: [Variation; 13] = [
    ("as it is", |_| {}),
    ("no merge pass", |s| s.merge_every = 0),
    ("names as other words", |s| s.weights.name = 1.0),
    ("figures as other words", |s| s.weights.figure = 1.0),
    ("lead as the rest", |s| s.weights.lead = 1.0),
    ("no saturation", |s| s.weights.saturation = 1e9),
    ("no decay, window alone", |s| s.decay_days = 1e9),
    ("decay of 3.5 days", |s| s.decay_days = 3.5),
    ("window of 10 days", |s| s.window_days = 10.0),
    ("story length free", |s| s.weights.span = 0.0),
    ("one threshold for all lengths", |s| s.weights.text_power = 0.0),
    ("other languages as the same", |s| s.weights.foreign = 1.0),
    ("background alone", |s| s.weights.prior = 1e12),
];

fn main() {
    let mut settings = Settings::default();
    let mut sets = Vec::new();
    let (mut only, mut shuffles, mut draws, mut languages) = (false, false, false, false);
    for argument in std::env::args().skip(1).filter(|a| a != "--bench") {
        match argument.split_once('=') {
            Some((name, value)) => set(&mut settings, name, value.parse().unwrap()),
            None if argument == "--only" => only = true,
            None if argument == "--shuffle" => shuffles = true,
            None if argument == "--draws" => draws = true,
            None if argument == "--languages" => languages = true,
            None => sets.push(Set::read(argument.as_ref())),
        }
    }
    if shuffles {
        for set in &mut sets {
            shuffled(set, &settings);
        }
        return;
    }
    if languages {
        for set in &sets {
            by_language(set, &settings);
        }
        return;
    }
    println!("pair F1 / B-cubed F1 of all, pair F1 of either half of the stories");
    for (name, change) in VARIATIONS.into_iter().take(if only { 1 } else { usize::MAX }) {
        let mut changed = settings.clone();
        change(&mut changed);
        let shown_of = |set| if draws { drawn(set, &changed) } else { row(set, &changed) };
        let scores: Vec<String> = sets.iter().map(shown_of).collect();
        println!("{name:<30} {}", scores.join("   "));
    }
}

fn row(set: &Set, settings: &Settings) -> String {
    shown(scores(set, settings))
}

/// Means over drawn streams.
fn drawn(set: &Set, settings: &Settings) -> String {
    const DRAWS: u64 = 10;
    let mut means = [0.0; 4];
    for seed in 1..=DRAWS {
        let scores = scores(&set.draw(seed * 1_000_003), settings);
        means.iter_mut().zip(scores).for_each(|(mean, score)| *mean += score / DRAWS as f64);
    }
    shown(means)
}

/// Pair and B-cubed F1 of all, pair F1 of either half.
fn scores(set: &Set, settings: &Settings) -> [f64; 4] {
    let found = set.stories(settings);
    let all = Score::of(&set.gold, &found, |_| true);
    let half = |n| Score::of(&set.gold, &found, |story| set::half(story) == n).pair_f1;
    [all.pair_f1, all.cubed_f1, half(0), half(1)]
}

fn shown([pair, cubed, one, other]: [f64; 4]) -> String {
    format!("{pair:.4} / {cubed:.4} ({one:.3} {other:.3})")
}

/// How other orders of arrival score, and how well their stories agree with those of the first.
fn shuffled(set: &mut Set, settings: &Settings) {
    let unshuffled: Vec<Option<String>> =
        set.stories(settings).iter().map(|story| Some(story.to_string())).collect();
    println!("{:<10} {}", "in order", row(set, settings));
    for seed in 1..=3 {
        set.shuffle(seed * 1_000_003);
        let found = set.in_order(&set.stories(settings));
        let agreement = Score::of(&unshuffled, &found, |_| true).pair_f1;
        println!("shuffle {seed}  {}   same pairs {agreement:.3}", row(set, settings));
    }
}

/// Pair and B-cubed F1 of the documents of each language.
fn by_language(set: &Set, settings: &Settings) {
    let found = set.stories(settings);
    for (lang, gold) in set.languages() {
        let score = Score::of(&gold, &found, |_| true);
        let scored = gold.iter().flatten().count();
        println!("{lang:<4} {scored:>5} {:.3} / {:.3}", score.pair_f1, score.cubed_f1);
    }
    println!("all        {}", row(set, settings));
}

fn set(settings: &mut Settings, name: &str, value: f64) {
    let weights = &mut settings.weights;
    match name {
        "window" => settings.window_days = value,
        "decay" => settings.decay_days = value,
        "every" => settings.merge_every = value as u64,
        "threshold" => settings.threshold = value,
        "merge" => settings.merge_threshold = value,
        "words" => weights.words = value as usize,
        "terms" => weights.terms = value as usize,
        "name" => weights.name = value,
        "figure" => weights.figure = value,
        "lead" => weights.lead = value,
        "lead_words" => weights.lead_words = value as usize,
        "saturation" => weights.saturation = value,
        "text_power" => weights.text_power = value,
        "merge_text" => weights.merge_text = value,
        "merge_members" => weights.merge_members = value,
        "span" => weights.span = value,
        "foreign" => weights.foreign = value,
        "prior" => weights.prior = value,
        other => println!("{other}: no such setting"),
    }
}
