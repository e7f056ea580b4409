//! The body: which blocks of a page are the article.
//!
//! One walk makes the page a list of blocks. What speaks for and against each of them (its
//! text, its tags and the names around it, how much of what kind of text its containers hold,
//! its place to the title, what JSON-LD and the feed give as the text, the phrases it and its
//! heading begin with, its neighbours) is put into numbers, and fitted trees weigh them, block
//! by block.

use record::{Entry, Line};
use scraper::Html;

use crate::body_blocks::Blocks;
use crate::body_evidence::Evidence;
use crate::body_totals::AllTotals;
use crate::fields::Fields;
use crate::{body_choice, body_fallback, body_features, body_paragraphs, body_trees};

/// The body of a page.
#[derive(Debug, Default)]
pub(crate) struct Body {
    /// The paragraphs; empty when there are none.
    pub(crate) paragraphs: Vec<Line>,
    /// Words in them, as the trees count.
    pub(crate) words: f32,
    /// Blocks of the page that were left out.
    pub(crate) removed: usize,
    /// How it was found, in words.
    pub(crate) trace: String,
}

/// Finds the article on a page with these fields, with the feed's entry that led there.
/// Linear in the page.
pub(crate) fn extract(html: &Html, fields: &Fields, entry: Option<&Entry>) -> Body {
    let page = Blocks::of(html);
    let totals = AllTotals::of(&page);
    let evidence = Evidence::of(fields, entry);
    let probabilities =
        body_features::rows(&page, &totals, &evidence, |row| body_trees::BODY.probability(row));
    from(html, &page, &totals, &evidence, &probabilities)
}

/// The body that follows from each block's probability.
pub(crate) fn from(
    html: &Html,
    page: &Blocks,
    totals: &AllTotals,
    evidence: &Evidence,
    probabilities: &[f32],
) -> Body {
    let kept = body_choice::choose(page, totals, evidence, probabilities);
    let words = kept.iter().filter_map(|at| totals.counts.get(*at)).map(|c| c.words).sum();
    if let Some((paragraphs, from)) = body_fallback::instead_of(words, html, evidence) {
        let words = body_fallback::words_of(&paragraphs);
        let trace = format!("body: the page shows next to nothing: taken from {from}");
        return Body { paragraphs, words, removed: page.blocks.len(), trace };
    }
    let paragraphs = body_paragraphs::form(page, &kept);
    let trace = format!("body: {} of {} blocks by the trees", kept.len(), page.blocks.len());
    Body { paragraphs, words, removed: page.blocks.len() - kept.len(), trace }
}
