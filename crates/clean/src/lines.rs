//! The judgement of lines: article or furniture?
//!
//! One judgement for both inputs, raw text and the paragraphs of a page.

mod cues;
mod shape;

pub(crate) use cues::{Cues, Kind};
pub(crate) use shape::Shape;

/// A line with everything that was counted in it.
#[derive(Debug, Clone)]
pub(crate) struct Scanned {
    /// Counts and looks.
    pub(crate) shape: Shape,
    /// The phrases that tell what a line is for.
    pub(crate) cues: Cues,
}

/// Counts every line. Linear in the text.
pub(crate) fn scan<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Scanned> {
    let mut tokens = Vec::new();
    lines
        .map(|line| {
            tokens.clear();
            let shape = shape::scan(line, &mut tokens);
            Scanned { shape, cues: cues::find(&tokens) }
        })
        .collect()
}

/// The score of each line: above 0 it is of the article. `title` is the index of the line that
/// stands as headline above the article.
pub(crate) fn judge(lines: &[Scanned], title: usize) -> Vec<f32> {
    let end = lines
        .iter()
        .enumerate()
        .skip(title + 1)
        .find(|(_, l)| is_end(l))
        .map_or(lines.len(), |(at, _)| at);
    let prose = |l: &Scanned| l.shape.words >= 12 || l.shape.sentence_ends > 0;
    let last = lines.iter().take(end).rposition(prose).unwrap_or(end);
    let within = |at: usize| at > title && at <= last;
    lines
        .iter()
        .enumerate()
        .map(|(at, l)| if within(at) && strongest(l) < 0.5 { 1.0 } else { -1.0 })
        .collect()
}

fn strongest(line: &Scanned) -> f32 {
    line.cues.share.iter().copied().fold(0.0, f32::max)
}

fn is_end(line: &Scanned) -> bool {
    line.cues.share_of(Kind::Comments) >= 0.6
}
