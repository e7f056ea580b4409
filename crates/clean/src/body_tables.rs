//! Tables of data are kept or left as a whole, and come out a row a paragraph: a cell alone
//! says nothing for or against itself.

use std::ops::Range;

use crate::body_blocks::Blocks;
use crate::body_tags::Tag;
use crate::body_totals::AllTotals;

/// Cells that a table of data has at least.
const CELLS: usize = 6;

/// Words in a cell of data, on the average, at most: cells of more are columns of a layout.
const WORDS: f32 = 12.0;

/// Mean chance of its blocks from which on a table amid the article is kept …
const AMID: f32 = 0.1;

/// … and one before its first or behind its last paragraph. By folds by host.
const BESIDE: f32 = 0.4;

/// Adds every table of data that belongs to the article to `kept`, the indices of the blocks
/// kept, in order.
pub(crate) fn complete(
    page: &Blocks,
    totals: &AllTotals,
    probabilities: &[f32],
    kept: &mut Vec<usize>,
) {
    for table in of_data(page, totals) {
        let chances = probabilities.get(table.clone()).unwrap_or_default();
        let mean = chances.iter().sum::<f32>() / chances.len().max(1) as f32;
        let start = kept.partition_point(|at| *at < table.start);
        let end = kept.partition_point(|at| *at < table.end);
        let least = match (start > 0, end < kept.len()) {
            (true, true) => AMID,
            (false, false) => continue,
            _ => BESIDE,
        };
        if mean >= least {
            kept.splice(start..end, table);
        }
    }
}

/// The blocks of each table of data; of nested ones the innermost.
fn of_data(page: &Blocks, totals: &AllTotals) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for table in page.containers.iter().filter(|c| c.tag == Tag::Table) {
        let range = table.first..table.end;
        let counts = totals.counts.get(range.clone()).unwrap_or_default();
        let words = counts.iter().map(|c| c.words).sum::<f32>();
        let cells = range.clone().filter(|at| row_of(page, *at).is_some()).count();
        let data = cells >= CELLS && cells * 10 >= range.len() * 9;
        if !data || words > WORDS * range.len() as f32 {
            continue;
        }
        if ranges.last().is_some_and(|outer| outer.end > range.start) {
            ranges.pop();
        }
        ranges.push(range);
    }
    ranges
}

/// Bytes of a row that is one paragraph.
const ROW: usize = 240;

/// Does the block at `at` go on in the row of the block kept `before` it, if that is the next
/// on the page, as a cell of data, when
/// the row has come to `length` bytes?
pub(crate) fn goes_on(page: &Blocks, before: Option<usize>, at: usize, length: usize) -> bool {
    let row = before.and_then(|before| row_of(page, before));
    let added = page.blocks.get(at).map_or(ROW, |block| block.text.len());
    let is_next = before.is_some_and(|before| before + 1 == at);
    is_next && row.is_some() && row == row_of(page, at) && length + added < ROW
}

/// Does a block stand in a row of a table?
pub(crate) fn is_in_row(page: &Blocks, at: usize) -> bool {
    row_of(page, at).is_some()
}

/// The row that a block stands in: its container or one of the two around that.
fn row_of(page: &Blocks, at: usize) -> Option<usize> {
    let mut container = page.blocks.get(at)?.container;
    for _ in 0..3 {
        let here = page.containers.get(container)?;
        if here.tag == Tag::Row {
            return Some(container);
        }
        container = here.parent;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    const TABLE: &str = "<table><tr><th>Pos<th>Driver<th>Points<tr><td>1<td>Ann<td>50\
                         <tr><td>2<td>Bo<td>48</table>";

    fn kept(html: &str, chance: f32) -> usize {
        let page = Blocks::of(&Html::parse_document(html));
        let totals = AllTotals::of(&page);
        let sure = |at: &usize| page.blocks.get(*at).unwrap().text.starts_with("It");
        let mut kept: Vec<usize> = (0..page.blocks.len()).filter(sure).collect();
        complete(&page, &totals, &vec![chance; page.blocks.len()], &mut kept);
        kept.len()
    }

    #[test]
    fn a_table_amid_the_article_is_kept_whole() {
        let amid = format!("<p>It rained.{TABLE}<p>It stopped.");
        assert_eq!(kept(&amid, 0.2), 11);
        assert_eq!(kept(&amid, 0.05), 2);
        let behind = format!("<p>It rained.{TABLE}<p>More");
        assert_eq!(kept(&behind, 0.2), 1);
        assert_eq!(kept(&behind, 0.5), 10);
        assert_eq!(kept(TABLE, 0.5), 0);
    }

    #[test]
    fn a_layout_is_no_table_of_data() {
        let column = format!("<td>{}</td>", "Words of a column that is not data. ".repeat(4));
        let layout = format!("<p>It rained.<table><tr>{}</table><p>It stopped.", column.repeat(8));
        assert_eq!(kept(&layout, 0.5), 2);
    }
}
