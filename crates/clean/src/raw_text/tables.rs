//! Tables within an article, one cell a line.

use crate::lines::{Lines, Scanned};

/// Lines of a run from which it can be a table.
const LEAST: usize = 12;
/// Mean words of a cell, at most.
const MEAN_WORDS: f32 = 4.0;
/// Share of cells with a digit, at least.
const NUMBERED: f32 = 0.3;

/// Keeps the runs of lines between kept ones that are tables: many short lines, many of them
/// with numbers. Nothing is cut from within an article because it is short.
pub(super) fn keep(lines: &Lines, headline: usize, keep: &mut [bool]) {
    let kept = |keep: &[bool], at: usize| keep.get(at).copied().unwrap_or_default();
    let Some(first) = (headline + 1..keep.len()).find(|at| kept(keep, *at)) else { return };
    let mut above = first;
    for at in first + 1..keep.len() {
        if !kept(keep, at) {
            continue;
        }
        let run = lines.all.get(above + 1..at).unwrap_or_default();
        if is_table(run)
            && let Some(cells) = keep.get_mut(above + 1..at)
        {
            cells.fill(true);
        }
        above = at;
    }
}

fn is_table(run: &[Scanned]) -> bool {
    let lines = run.len() as f32;
    let words: f32 = run.iter().map(Scanned::length).sum();
    let numbered = run.iter().filter(|line| line.shape.digits > 0).count() as f32;
    run.len() >= LEAST && words <= MEAN_WORDS * lines && numbered >= NUMBERED * lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(cells: [&str; 3]) -> usize {
        let prose = "It rained on Thursday for the first time in four months.";
        let mut text = vec!["Rain ends the drought", prose];
        text.extend(cells.iter().cycle().take(15));
        text.push(prose);
        let mut mask: Vec<bool> = text.iter().map(|line| *line == prose).collect();
        keep(&Lines::scan(text.iter().copied()), 0, &mut mask);
        mask.iter().filter(|kept| **kept).count()
    }

    #[test]
    fn only_a_run_with_numbers_is_a_table() {
        assert_eq!(kept(["Team Red", "3", "1:0"]), 17);
        assert_eq!(kept(["Home", "Sign in", "Read more"]), 2);
        let teaser = "Nine things that you did not know about the valley, by our reporter";
        assert_eq!(kept([teaser, "3", "1:0"]), 2);
    }
}
