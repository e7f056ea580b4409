//! Which line is the title.

use std::collections::HashMap;

use record::Line;

use crate::lines::{Scanned, Shape};

/// The title, and where it stands above the article.
#[derive(Debug)]
pub(super) struct Headline {
    /// The title.
    pub(super) title: Line,
    /// The index of the line that stands as headline above the article.
    pub(super) at: usize,
    /// The hash of its words.
    pub(super) hash: u64,
}

/// The most words that a title has; what is longer is a list or a paragraph.
const MAX_WORDS: u32 = 40;

/// Chooses the title among `lines`, of which the first is the page's own title in most dumps.
pub(super) fn choose(lines: &[Line], scanned: &[Scanned]) -> Headline {
    let first = usize::from(!is_plausible(scanned.first())) * repeated(scanned).unwrap_or(0);
    let hash = scanned.get(first).map_or(0, |s| s.shape.hash);
    let again = scanned.iter().skip(1).position(|s| s.shape.hash == hash);
    let at = if first == 0 { again.map_or(0, |at| at + 1) } else { first };
    let title = lines.get(first).or(lines.first()).cloned();
    #[expect(clippy::expect_used, reason = "a page always has its first line")]
    let title = title.expect("a page has a line");
    Headline { title, at, hash }
}

fn is_plausible(line: Option<&Scanned>) -> bool {
    line.is_some_and(|l| is_title_shaped(&l.shape))
}

fn is_title_shaped(shape: &Shape) -> bool {
    shape.words <= MAX_WORDS && shape.letters > shape.digits
}

/// The first line that is said again later and could be a title.
fn repeated(scanned: &[Scanned]) -> Option<usize> {
    let mut times: HashMap<u64, u32> = HashMap::new();
    for line in scanned {
        *times.entry(line.shape.hash).or_default() += 1;
    }
    scanned.iter().position(|line| {
        line.shape.words >= 3
            && is_title_shaped(&line.shape)
            && times.get(&line.shape.hash).is_some_and(|n| *n > 1)
    })
}
