//! The body: which blocks of a page are the article.
//!
//! One walk makes the page a list of blocks. What speaks for and against each of them (its
//! text, its tags and the names around it, how much of what kind of text its containers hold,
//! its place to the title, what JSON-LD and the feed give as the text, the phrases it and its
//! heading begin with, its neighbours) is put into numbers, and fitted trees weigh them, block
//! by block.

use std::borrow::Cow;

use record::{Entry, Line};
use scraper::Html;

use crate::body_blocks::{Block, Blocks};
use crate::body_evidence::Evidence;
use crate::body_shingles::{Shingles, word_hashes};
use crate::body_totals::AllTotals;
use crate::fields::Fields;
use crate::html_parse::LongScript;
use crate::{
    SiteRule, body_choice, body_fallback, body_features, body_paragraphs, body_trees, html_parse,
    site_rules,
};

/// The body of a page.
#[derive(Debug, Default)]
pub(crate) struct Body {
    /// The paragraphs; empty when there are none.
    pub(crate) paragraphs: Vec<Line>,
    /// Words in them, as the trees count.
    pub(crate) words: f32,
    /// Of these words, those that are likely to be of an article: a list of articles has many in
    /// doubt.
    pub(crate) likely: f32,
    /// Blocks of the page that were left out.
    pub(crate) removed: usize,
    /// How it was found, in words: one line for all, then what was taken away.
    pub(crate) trace: Vec<String>,
}

/// Finds the article on a page with these fields, with the feed's entry that led there and the
/// rule of its site. Linear in the page. Takes the tree, to be rid of it before the memory is
/// needed for what is counted.
pub(crate) fn extract(
    html: Html,
    long_scripts: &[LongScript<'_>],
    fields: &Fields,
    entry: Option<&Entry>,
    rule: Option<&SiteRule>,
) -> Body {
    let page = Blocks::of(&html);
    let state = body_fallback::state(&html, long_scripts);
    let said = rule.map(|rule| (rule, site_rules::said(rule, &html, &page)));
    drop(html);
    let totals = AllTotals::of(&page);
    let evidence = Evidence::of(fields, entry);
    let mut probabilities = body_features::rows(&page, &totals, &evidence, |row| match row {
        Some(row) => body_trees::BODY.probability(row),
        None => *body_trees::OF_MENU,
    });
    let weighed = said
        .map(|(rule, said)| site_rules::weigh(rule, said.as_deref(), &totals, &mut probabilities));
    let mut body = from(&state, &page, &totals, &evidence, &probabilities);
    body.trace.extend(weighed);
    body
}

/// The feed's text must have so many times the words that a page shows.
const WHOLE: f32 = 2.0;

/// The share of what the page shows that the feed's text must hold: the page is its beginning.
const HELD: f32 = 0.5;

/// What the feed carries where the page shows next to nothing, or the beginning only, of an
/// article that the feed's entry has as a whole. Never for a page that says more.
pub(crate) fn of_entry(shown: &Body, fields: &Fields, entry: Option<&Entry>) -> Option<Body> {
    let entry = entry.filter(|entry| entry.whole)?;
    let markup = entry.content.as_deref()?;
    let page = format!("<!DOCTYPE html><article>{markup}</article>");
    let parsed = html_parse::parse(&page);
    let carried = extract(parsed.html, &parsed.long_scripts, fields, None, None);
    if carried.words < body_fallback::THIN / 2.0 || carried.words < shown.words * WHOLE {
        return None;
    }
    if shown.words >= body_fallback::THIN && held(shown, &carried) < HELD {
        return None;
    }
    let mut trace = vec!["body: the page shows less than the feed carries: taken from feed".into()];
    trace.extend(shown.trace.iter().cloned());
    Some(Body { removed: shown.removed, trace, ..carried })
}

/// The share of the word runs of one body that stand in another.
fn held(shown: &Body, carried: &Body) -> f32 {
    let mut known = Shingles::default();
    carried.paragraphs.iter().for_each(|line| known.add(line));
    let words: Vec<u64> = shown.paragraphs.iter().flat_map(|line| word_hashes(line)).collect();
    known.share_of(&words)
}

/// The body that follows from each block's probability, on a page with this state.
pub(crate) fn from(
    state: &[Cow<'_, str>],
    page: &Blocks,
    totals: &AllTotals,
    evidence: &Evidence,
    probabilities: &[f32],
) -> Body {
    let Kept { mut blocks, mut words, likely, mut trace } =
        likeliest(page, totals, evidence, probabilities);
    if let Some((paragraphs, from)) = body_fallback::instead_of(words, state, evidence) {
        let words = body_fallback::words_of(&paragraphs);
        let trace = format!("body: the page shows next to nothing: taken from {from}");
        let removed = page.blocks.len();
        return Body { paragraphs, words, likely: words, removed, trace: vec![trace] };
    }
    if blocks.is_empty() {
        blocks = body_choice::by_prose(page, totals, evidence);
        words = body_choice::words_of(totals, &blocks);
        if !blocks.is_empty() {
            trace.push("body: no block is likely: prose of the main container is kept".into());
        }
    }
    trace.push(format!("body: {} of {} blocks kept", blocks.len(), page.blocks.len()));
    trace.extend(judged(page, &blocks, probabilities));
    let paragraphs = body_paragraphs::form(page, &blocks);
    Body { paragraphs, words, likely, removed: page.blocks.len() - blocks.len(), trace }
}

/// The blocks that are kept, before another source is asked.
struct Kept {
    blocks: Vec<usize>,
    words: f32,
    likely: f32,
    trace: Vec<String>,
}

/// The blocks that are likely to be of the article; with those in doubt, where next to nothing
/// is likely, they say much more and JSON-LD has no text.
fn likeliest(
    page: &Blocks,
    totals: &AllTotals,
    evidence: &Evidence,
    probabilities: &[f32],
) -> Kept {
    let read = |least| body_choice::choose(page, totals, evidence, probabilities, least);
    let blocks = read(body_choice::KEPT);
    let words = body_choice::words_of(totals, &blocks);
    let mut kept = Kept { blocks, words, likely: words, trace: Vec::new() };
    if words < body_fallback::THIN && !body_fallback::is_given(words, evidence) {
        let more = read(body_choice::KEPT_OF_THIN);
        let in_doubt = body_choice::words_of(totals, &more);
        if in_doubt >= body_fallback::least(words, body_choice::THIN) {
            kept.trace.push("body: next to nothing is likely: blocks in doubt are kept".into());
            let likely = if words < body_choice::THIN { in_doubt } else { words };
            kept = Kept { blocks: more, words: in_doubt, likely, ..kept };
        }
    }
    kept
}

/// Blocks told of at most, of those kept against the odds and of those left out.
const TOLD: usize = 16;

/// What the trees said of the blocks that were left out, and of those kept in doubt; each with
/// its chance to be article and its first words.
fn judged(page: &Blocks, kept: &[usize], probabilities: &[f32]) -> Vec<String> {
    let told = |(at, block): (usize, &Block)| {
        let chance = probabilities.get(at).copied().unwrap_or_default();
        let what = match kept.binary_search(&at).is_ok() {
            true if chance >= 0.7 => return None,
            true => "kept",
            false => "left out",
        };
        let words: Vec<&str> = block.text.split_whitespace().take(9).collect();
        Some(format!("block: {what}, chance {chance:.2}: {}", words.join(" ")))
    };
    page.blocks
        .iter()
        .enumerate()
        .filter(|(_, b)| !b.text.is_empty())
        .filter_map(told)
        .take(TOLD)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<p>It rained for three days in the north, and then it stopped as it had \
        begun: at night, and with a wind that took the roofs of two barns by the river with it.\
        <p>Nobody had expected as much of it, said the mayor of the town on Monday, who had lost \
        his hat on the bridge while he looked for the boat that was meant to bring the bread.\
        <p>The bakers went from door to door with what they had left, and whoever had an oven \
        that was dry lent it to them, so that by noon there was enough for the school as well.\
        <p>Engineers from the capital have measured the dam twice since then and found that it \
        would bear another metre, but not two, and that its gates had been painted shut.\
        <p>Work on a second one begins in autumn if the council agrees to pay for half of it, \
        which it has refused three times in the past because the meadows would be lost.";

    /// The body of five paragraphs with these chances.
    fn of(chances: [f32; 5]) -> Body {
        let page = Blocks::of(&Html::parse_document(PAGE));
        let totals = AllTotals::of(&page);
        from(&[], &page, &totals, &Evidence::default(), &chances)
    }

    #[test]
    fn blocks_in_doubt_are_kept_where_next_to_nothing_is_likely() {
        let body = of([0.3, 0.6, 0.3, 0.3, 0.3]);
        assert_eq!(body.paragraphs.len(), 5);
        assert!(body.likely * 4.0 < body.words, "{} of {}", body.likely, body.words);
        assert_eq!(of([0.3, 0.6, 0.1, 0.1, 0.1]).paragraphs.len(), 1);
        let sure = of([0.3, 0.6, 0.6, 0.3, 0.3]);
        assert_eq!(sure.paragraphs.len(), 2);
        assert!((sure.likely - sure.words).abs() < 0.5);
    }
}
