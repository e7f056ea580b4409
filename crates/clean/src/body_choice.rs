//! Which blocks are kept: those that the trees take for the article, less what is there twice.

use foldhash::HashMap;

use crate::body_blocks::Blocks;
use crate::body_cues::Cues;
use crate::body_evidence::Evidence;
use crate::body_next_article;
use crate::body_pointers;
use crate::body_shingles::shingle_hashes;
use crate::body_tables;
use crate::body_tags::Tag;
use crate::body_text::TextCounts;
use crate::body_totals::{AllTotals, prose_words};

/// From this probability on a block is kept. Fitted: precision and recall weigh alike.
pub(crate) const KEPT: f32 = 0.52;

/// A page of which little passes is asked again with this.
pub(crate) const KEPT_OF_THIN: f32 = 0.15;

/// Fewer words than this are no article: news in brief has 30 and more.
pub(crate) const THIN: f32 = 12.0;

/// The indices of the blocks kept, those of more than the chance `least` first of all, in
/// document order.
pub(crate) fn choose(
    page: &Blocks,
    totals: &AllTotals,
    evidence: &Evidence,
    probabilities: &[f32],
    least: f32,
) -> Vec<usize> {
    let passes = |(at, p): (usize, &f32)| (*p > least).then_some(at);
    let mut kept: Vec<usize> = probabilities.iter().enumerate().filter_map(passes).collect();
    body_next_article::take_out(page, totals, evidence, &mut kept);
    body_tables::complete(page, totals, probabilities, &mut kept);
    complete_quotes(page, totals, probabilities, &mut kept);
    body_pointers::take_out(page, totals, &mut kept);
    without_repeats(totals, &mut kept);
    without_title(totals, evidence, &mut kept);
    kept
}

/// Words of prose from which on a page of which nothing passes is read by its prose.
const READ_BY_PROSE: f32 = 250.0;

/// Where no block is likely: the prose of the container that holds the article most closely, by
/// the points that its paragraphs give. Empty where that is little.
pub(crate) fn by_prose(page: &Blocks, totals: &AllTotals, evidence: &Evidence) -> Vec<usize> {
    let told = totals.inside.get(totals.main).map_or(0.0, |held| held.prose);
    let Some(main) = page.containers.get(totals.main).filter(|_| told >= READ_BY_PROSE) else {
        return Vec::new();
    };
    let is_prose = |at: &usize| {
        let counted = page.blocks.get(*at).zip(totals.counts.get(*at));
        counted.is_some_and(|(block, counts)| prose_words(block, *counts) > 0.0)
    };
    let mut kept: Vec<usize> = (main.first..main.end).filter(is_prose).collect();
    body_pointers::take_out(page, totals, &mut kept);
    without_repeats(totals, &mut kept);
    without_title(totals, evidence, &mut kept);
    kept
}

/// Mean chance of its words from which on a quote or an embedded post amid the article is kept
/// whole: its own last line, who wrote it and when, looks like furniture alone. By folds by host.
const QUOTED: f32 = 0.2;

/// The same for what its names say is an embedded post: hardly any is furniture.
const EMBEDDED: f32 = 0.05;

/// Words and blocks of a quote that is looked at as a whole, at most.
const QUOTE: (f32, usize) = (150.0, 12);

/// Keeps quotes amid the article whole.
fn complete_quotes(
    page: &Blocks,
    totals: &AllTotals,
    probabilities: &[f32],
    kept: &mut Vec<usize>,
) {
    let embed = Cues::named("embed");
    for quote in page.containers.iter().filter(|c| c.tag == Tag::Quote) {
        let range = quote.first..quote.end;
        let weight = |at: usize| totals.counts.get(at).map_or(0.0, |c| c.words) + 2.0;
        let chance = |at: usize| probabilities.get(at).copied().unwrap_or_default();
        let words = range.clone().map(weight).sum::<f32>();
        let taken = range.clone().map(|at| weight(at) * chance(at)).sum::<f32>();
        let start = kept.partition_point(|at| *at < range.start);
        let end = kept.partition_point(|at| *at < range.end);
        let amid = start > 0 && end < kept.len();
        let short = words < QUOTE.0 && (2..QUOTE.1).contains(&range.len());
        let asked = if quote.cues.has(embed) { EMBEDDED } else { QUOTED };
        if amid && short && taken >= asked * words {
            kept.splice(start..end, range);
        }
    }
}

/// Words in these blocks.
pub(crate) fn words_of(totals: &AllTotals, kept: &[usize]) -> f32 {
    kept.iter().filter_map(|at| totals.counts.get(*at)).map(|c| c.words).sum()
}

/// A block of so many words in one piece is taken for a copy of the paragraphs, not they for
/// copies of it.
const IN_ONE_PIECE: f32 = 150.0;

/// Shorter blocks, and those that tell no sentence, may say the same twice: recipes, scores.
const REPEATED: f32 = 12.0;

/// Takes out what other kept blocks say word for word: the copy for another width of screen,
/// the summary made of first sentences, the whole text once more in one piece.
fn without_repeats(totals: &AllTotals, kept: &mut Vec<usize>) {
    let shingles = |at: usize| shingle_hashes(totals.words.at(at));
    let mut seen = met_again(kept.iter().flat_map(|at| shingles(*at)));
    if seen.is_empty() {
        return;
    }
    let words = |at: usize| totals.counts.get(at).map_or(0.0, |c| c.words);
    let told = |c: &TextCounts| c.words >= REPEATED && c.ends_sentence;
    let is_told = |at: usize| totals.counts.get(at).is_some_and(told);
    let mut order: Vec<usize> = (0..kept.len()).rev().collect();
    order.sort_by_key(|i| kept.get(*i).is_none_or(|at| words(*at) < IN_ONE_PIECE));
    let mut repeated = vec![false; kept.len()];
    for i in order {
        let Some(at) = kept.get(i).copied().filter(|at| is_told(*at)) else { continue };
        let twice = shingles(at).filter(|s| seen.get(s).is_some_and(|n| *n > 1)).count();
        if twice * 10 >= shingles(at).count() * 9 {
            for shingle in shingles(at) {
                seen.entry(shingle).and_modify(|n| *n -= 1);
            }
            if let Some(flag) = repeated.get_mut(i) {
                *flag = true;
            }
        }
    }
    let mut flags = repeated.into_iter();
    kept.retain(|_| !flags.next().unwrap_or(false));
}

/// The hashes met more than once, and how often: most texts have next to none.
fn met_again(hashes: impl Iterator<Item = u64>) -> HashMap<u64, u32> {
    let mut all: Vec<u64> = hashes.collect();
    all.sort_unstable();
    let runs = all.chunk_by(|a, b| a == b).filter(|run| run.len() > 1);
    runs.filter_map(|run| Some((*run.first()?, run.len() as u32))).collect()
}

/// Takes out the title where it stands in the text once more.
fn without_title(totals: &AllTotals, evidence: &Evidence, kept: &mut Vec<usize>) {
    if evidence.title.is_empty() {
        return;
    }
    let is_title = |at: &usize| totals.words.at(*at) == evidence.title;
    if kept.iter().any(|at| !is_title(at)) {
        kept.retain(|at| !is_title(at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    /// The texts kept of a page with these chances, block by block.
    fn kept(html: &str, chances: &[f32]) -> Vec<String> {
        let page = Blocks::of(&Html::parse_document(html));
        let totals = AllTotals::of(&page);
        let kept = choose(&page, &totals, &Evidence::default(), chances, KEPT);
        kept.iter().map(|at| page.blocks[*at].text.clone()).collect()
    }

    const BEFORE: &str = "<p>It rained for three days in the north and then it stopped, at last.";
    const AFTER: &str = "<p>Nobody had expected it, said the mayor, who had lost his hat in it.";

    #[test]
    fn an_embedded_post_keeps_who_wrote_it() {
        let post = "<blockquote><p>We waited for this.</p>— Maria (@mk) May 2</blockquote>";
        let amid = format!("{BEFORE}{post}{AFTER}");
        assert_eq!(kept(&amid, &[0.9, 0.6, 0.1, 0.9])[2], "— Maria (@mk) May 2");
        assert_eq!(kept(&amid, &[0.9, 0.1, 0.1, 0.9]).len(), 2);
        let named = amid.replace("<blockquote>", "<blockquote class=twitter-tweet>");
        assert_eq!(kept(&named, &[0.9, 0.1, 0.1, 0.9]).len(), 4);
        assert_eq!(kept(&format!("{BEFORE}{AFTER}{post}"), &[0.9, 0.9, 0.4, 0.1]).len(), 2);
    }

    #[test]
    fn where_no_block_is_likely_prose_is_read_if_it_is_much() {
        let menu = "<ul><li><a href=/a>Ferries</a><li><a href=/b>Harbours</a></ul>";
        let read = |times: usize| {
            let told = (0..times).map(|n| format!("{BEFORE} It was day {n} of the flood."));
            let told = told.collect::<String>();
            let page = format!("{menu}<main><h2>Floods</h2>{told}</main><p>All rights reserved");
            let page = Blocks::of(&Html::parse_document(&page));
            let totals = AllTotals::of(&page);
            assert!(choose(&page, &totals, &Evidence::default(), &[0.1; 50], KEPT).is_empty());
            let kept = by_prose(&page, &totals, &Evidence::default());
            kept.iter().map(|at| page.blocks[*at].text.clone()).collect::<Vec<_>>()
        };
        let told = read(20);
        assert_eq!(told.len(), 20);
        assert!(told.iter().all(|text| text.starts_with("It rained")));
        assert!(read(5).is_empty());
    }
}
