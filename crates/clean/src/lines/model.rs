//! The fitted judgement: a small network over each line and its surroundings, and a chain.
//!
//! Each line's [features](super::features) give a hidden layer; its own, the two neighbours'
//! and decaying means of all lines above and below give a second one, and that the scores of
//! four states: before the article, in it, a strange line within it, after it. A linear-chain
//! conditional random field (Lafferty et al. 2001) over these states makes one article of the
//! page: it begins once and ends once. A line's score is the log-odds of "in it".
//!
//! `weights.txt` says how the numbers were fitted.

use std::sync::LazyLock;

use super::features::{FEATURES, Features, Row};

/// Width of both hidden layers.
const WIDTH: usize = 24;

/// How much of the mean so far each decaying mean keeps at a line.
const RATES: [f32; 3] = [0.5, 0.8, 0.95];

/// The states: before, article, strange, after.
const STATES: usize = 4;
const ARTICLE: usize = 1;

/// Which state may follow which: `FOLLOWS[a]` are the successors of `a`.
const FOLLOWS: [[bool; STATES]; STATES] = [
    [true, true, false, false],
    [false, true, true, true],
    [false, true, true, false],
    [false, false, false, true],
];
/// The states that a page may begin and end with.
const BEGINS: [bool; STATES] = [true, true, false, false];
const FINISHES: [bool; STATES] = [true, true, false, true];

/// What of a page speaks in the second layer of a line: see `Model::parts`.
const PARTS: usize = 3 + 2 * RATES.len();
const OWN: usize = 0;
const ABOVE: usize = 1;
const BELOW: usize = 2;
const MEANS: usize = 3;

type Layer = [f32; WIDTH];
type Matrix = Vec<Layer>;

struct Model {
    first: Matrix,
    first_bias: Layer,
    /// Second-layer rows for the line itself, the one above, the one below, and for each rate
    /// for the mean above and for the mean below.
    parts: [Matrix; PARTS],
    second_bias: Layer,
    states: Vec<[f32; STATES]>,
    states_bias: [f32; STATES],
    /// Factors of the transitions, 0 where not allowed.
    transitions: [[f64; STATES]; STATES],
}

static MODEL: LazyLock<Model> = LazyLock::new(|| Model::read(include_str!("weights.txt")));

/// The log-odds of each line being of the article. Linear in the lines.
pub(super) fn scores(features: &Features<'_>) -> Vec<f32> {
    chain(&MODEL.emissions(features), &MODEL.transitions)
}

/// `out += weights * x`, over what is not zero.
fn add(out: &mut Layer, x: impl Iterator<Item = (usize, f32)>, weights: &[Layer]) {
    let mut sums = *out; // in registers, which memory behind a reference is not
    for (at, value) in x {
        let Some(row) = weights.get(at) else { break };
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum += value * weight;
        }
    }
    *out = sums;
}

fn rectify(layer: &mut Layer) {
    for value in layer {
        *value = value.max(0.0);
    }
}

/// What of a hidden layer is not zero: about half of it.
#[derive(Clone, Copy)]
struct Active {
    count: usize,
    at: [u8; WIDTH],
    value: Layer,
}

impl Active {
    /// Which half that is cannot be foretold, so nothing branches on it.
    fn of(layer: &Layer) -> Self {
        let mut active = Self { count: 0, at: [0; WIDTH], value: [0.0; WIDTH] };
        for (number, value) in layer.iter().enumerate() {
            if let (Some(at), Some(cell)) =
                (active.at.get_mut(active.count), active.value.get_mut(active.count))
            {
                (*at, *cell) = (number as u8, *value);
            }
            active.count += usize::from(*value > 0.0);
        }
        active
    }

    fn iter(&self) -> impl Iterator<Item = (usize, f32)> {
        let at = self.at.iter().map(|at| usize::from(*at));
        at.zip(self.value.iter().copied()).take(self.count)
    }
}

impl Model {
    fn emissions(&self, features: &Features<'_>) -> Vec<[f32; STATES]> {
        let hidden: Vec<Active> = features.rows().map(|row| self.hidden(&row)).collect();
        let mut second: Vec<Layer> = vec![self.second_bias; hidden.len()];
        self.hear_from_above(&hidden, &mut second);
        self.hear_from_below(&hidden, &mut second);
        let states = |mut layer: Layer| {
            rectify(&mut layer);
            let mut out = self.states_bias;
            for (value, row) in layer.iter().zip(&self.states) {
                out.iter_mut().zip(row).for_each(|(o, w)| *o += value * w);
            }
            out
        };
        second.into_iter().map(states).collect()
    }

    fn hidden(&self, row: &Row) -> Active {
        let mut layer = self.first_bias;
        add(&mut layer, row.iter(), &self.first);
        rectify(&mut layer);
        Active::of(&layer)
    }

    /// What a line says in a part. Everything that it says about others is linear in its hidden
    /// layer, of which half is zero: so it is weighed here, and means are taken afterwards.
    fn said(&self, part: usize, line: &Active) -> Layer {
        let mut said = [0.0; WIDTH];
        if let Some(weights) = self.parts.get(part) {
            add(&mut said, line.iter(), weights);
        }
        said
    }

    /// Adds to each line what it says of itself, what the line above says, and the decaying means
    /// of all lines above.
    fn hear_from_above(&self, hidden: &[Active], second: &mut [Layer]) {
        let mut above = [0.0; WIDTH];
        let mut means = [[0.0; WIDTH]; RATES.len()];
        for (line, out) in hidden.iter().zip(second) {
            plus(out, &self.said(OWN, line));
            plus(out, &above);
            above = self.said(ABOVE, line);
            for ((mean, rate), part) in means.iter_mut().zip(RATES).zip((MEANS..).step_by(2)) {
                plus(out, mean);
                decay(mean, rate, &self.said(part, line));
            }
        }
    }

    /// The same for the line and the lines below.
    fn hear_from_below(&self, hidden: &[Active], second: &mut [Layer]) {
        let mut below = [0.0; WIDTH];
        let mut means = [[0.0; WIDTH]; RATES.len()];
        for (line, out) in hidden.iter().zip(second).rev() {
            plus(out, &below);
            below = self.said(BELOW, line);
            for ((mean, rate), part) in means.iter_mut().zip(RATES).zip((MEANS + 1..).step_by(2)) {
                plus(out, mean);
                decay(mean, rate, &self.said(part, line));
            }
        }
    }

    /// Reads numbers in the order of the fields; comments begin with a hash.
    fn read(data: &str) -> Self {
        let mut numbers = data
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(str::split_ascii_whitespace)
            .map(|word| word.parse::<f32>().unwrap_or_default());
        let source = &mut numbers;
        Self {
            first: matrix(source, FEATURES),
            first_bias: layer(source),
            parts: std::array::from_fn(|_| matrix(source, WIDTH)),
            second_bias: layer(source),
            states: (0..WIDTH).map(|_| layer(source)).collect(),
            states_bias: layer(source),
            transitions: FOLLOWS.map(|allowed| {
                let weights: [f32; STATES] = layer(source);
                let mut row = [0.0; STATES];
                for ((cell, weight), allowed) in row.iter_mut().zip(weights).zip(allowed) {
                    *cell = if allowed { f64::from(weight).exp() } else { 0.0 };
                }
                row
            }),
        }
    }
}

fn layer<const N: usize>(numbers: &mut impl Iterator<Item = f32>) -> [f32; N] {
    let mut out = [0.0; N];
    out.iter_mut().zip(numbers).for_each(|(o, n)| *o = n);
    out
}

fn matrix(numbers: &mut impl Iterator<Item = f32>, rows: usize) -> Matrix {
    (0..rows).map(|_| layer(numbers)).collect()
}

fn plus(out: &mut Layer, more: &Layer) {
    out.iter_mut().zip(more).for_each(|(o, m)| *o += m);
}

/// The mean with one more line, the last weighing most.
fn decay(mean: &mut Layer, rate: f32, said: &Layer) {
    mean.iter_mut().zip(said).for_each(|(m, s)| *m = rate * *m + (1.0 - rate) * s);
}

type Shares = [f64; STATES];

/// Forward and backward sums of the chain, each step scaled to 1 (Rabiner 1989, V.A).
fn chain(emissions: &[[f32; STATES]], transitions: &[Shares; STATES]) -> Vec<f32> {
    let factors: Vec<Shares> = emissions.iter().map(factors).collect();
    let mut forward: Vec<Shares> = Vec::with_capacity(factors.len());
    let mut state = BEGINS.map(|may| f64::from(u8::from(may)));
    for (at, factor) in factors.iter().enumerate() {
        if at > 0 {
            state = step(&state, transitions);
        }
        state.iter_mut().zip(factor).for_each(|(s, f)| *s *= f);
        scale(&mut state);
        forward.push(state);
    }
    let mut back = FINISHES.map(|may| f64::from(u8::from(may)));
    let mut scores: Vec<f32> = Vec::with_capacity(factors.len());
    for (factor, state) in factors.iter().zip(&forward).rev() {
        scores.push(log_odds(state, &back));
        back.iter_mut().zip(factor).for_each(|(b, f)| *b *= f);
        back = step_back(&back, transitions);
        scale(&mut back);
    }
    scores.reverse();
    scores
}

fn factors(emission: &[f32; STATES]) -> Shares {
    let highest = emission.iter().copied().fold(f32::MIN, f32::max);
    emission.map(|e| if e == highest { 1.0 } else { f64::from(e - highest).exp() })
}

fn step(state: &Shares, transitions: &[Shares; STATES]) -> Shares {
    let mut next = [0.0; STATES];
    for (share, row) in state.iter().zip(transitions) {
        next.iter_mut().zip(row).for_each(|(n, t)| *n += share * t);
    }
    next
}

fn step_back(state: &Shares, transitions: &[Shares; STATES]) -> Shares {
    transitions.map(|row| row.iter().zip(state).map(|(t, s)| t * s).sum())
}

fn scale(state: &mut Shares) {
    let sum: f64 = state.iter().sum();
    if sum > 0.0 {
        for share in state {
            *share /= sum;
        }
    }
}

/// Smallest share told from none.
const LEAST: f64 = 1e-12;

fn log_odds(forward: &Shares, back: &Shares) -> f32 {
    let mut article = 0.0;
    let mut other = 0.0;
    for (state, (f, b)) in forward.iter().zip(back).enumerate() {
        *(if state == ARTICLE { &mut article } else { &mut other }) += f * b;
    }
    let sum: f64 = article + other;
    (((article / sum).max(LEAST)) / ((other / sum).max(LEAST))).ln() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_the_numbers_that_the_model_needs() {
        let data = include_str!("weights.txt");
        let numbers = data.lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace);
        let second = (3 + 2 * RATES.len()) * WIDTH + 1;
        let wanted = (FEATURES + 1 + second) * WIDTH + (WIDTH + 1 + STATES) * STATES;
        assert_eq!(numbers.filter(|n| n.parse::<f32>().is_ok()).count(), wanted);
    }

    #[test]
    fn an_article_begins_once_and_ends_once() {
        let even = [[1.0; STATES]; STATES];
        let mut allowed = FOLLOWS.map(|row| row.map(|may| f64::from(u8::from(may))));
        allowed[2][2] = 0.1;
        let line = |state: usize| {
            let mut e = [0.0; STATES];
            e[state] = 9.0;
            e
        };
        let page = [line(0), line(1), line(2), line(1), line(3), [0.0, 2.0, 0.0, 0.0]];
        let kept: Vec<bool> = chain(&page, &allowed).iter().map(|s| *s > 0.0).collect();
        assert_eq!(kept, [false, true, false, true, false, false]);
        assert!(chain(&page, &even).last() > Some(&0.0));
        assert!(chain(&[], &even).is_empty());
    }
}
