//! Lines amid the article that are not of it: what points to another article, who made a
//! picture, labels, subscriptions. By what the line says, where its place and tags say nothing.

use crate::body_blocks::{Block, Blocks};
use crate::body_phrases;
use crate::body_tags::Tag;
use crate::body_text::TextCounts;
use crate::body_totals::{AllTotals, link_share};

/// Lines that begin as furniture does are furniture up to so many words …
const SHORT: f32 = 12.0;

/// … and those that point to another article, mostly as a link, up to so many.
const POINTER: f32 = 30.0;

/// Captions have up to so many words.
const CAPTION: f32 = 60.0;

/// So many lines at the end are asked whether they are for the publisher's sake.
const LAST: usize = 3;

/// Takes out of `kept` the lines that are not of the article. Linear.
pub(crate) fn take_out(page: &Blocks, totals: &AllTotals, kept: &mut Vec<usize>) {
    let line = |at: usize| Some((page.blocks.get(at)?, totals.counts.get(at).copied()?));
    let is_of_article = |at: usize| {
        let Some((block, counts)) = line(at) else { return true };
        !leads_elsewhere(block, counts)
            && !is_caption(block, counts)
            && !(is_shouted_link(block, counts) && !is_heading(page, block))
    };
    let mut rest: Vec<usize> = kept.iter().copied().filter(|at| is_of_article(*at)).collect();
    let end = rest.len().saturating_sub(LAST);
    let solicits = |at: usize| line(at).is_some_and(|(block, counts)| solicits(block, counts));
    let mut place = 0..rest.len();
    rest.retain(|at| place.next().is_none_or(|i| i < end) || !solicits(*at));
    if !rest.is_empty() {
        *kept = rest;
    }
}

/// "Read also", credits, labels, subscriptions: by how the line begins.
fn leads_elsewhere(block: &Block, counts: TextCounts) -> bool {
    if counts.words >= POINTER {
        return false;
    }
    let phrases = body_phrases::kinds_in(&block.text);
    let pointer = phrases.is_read_also() && link_share(block) > 0.4;
    pointer || (counts.words < SHORT && phrases.leads_elsewhere())
}

/// Does a sentence of the line ask to subscribe or to follow? Of such lines at the end of an
/// article, one of six was wanted.
fn solicits(block: &Block, counts: TextCounts) -> bool {
    let mut sentences = block.text.split_inclusive(['.', '!', '?', '\n']);
    counts.words < CAPTION && sentences.any(|s| body_phrases::kinds_in(s).is_newsletter())
}

/// Another article's headline: in capitals, and a link as a whole.
fn is_shouted_link(block: &Block, counts: TextCounts) -> bool {
    let short = (4.0..POINTER).contains(&counts.words);
    short && link_share(block) > 0.9 && counts.upper * 20 >= counts.letters * 17
}

fn is_heading(page: &Blocks, block: &Block) -> bool {
    page.around(block).take(2).any(|c| matches!(c.tag, Tag::Heading(_)))
}

/// Does the line end with who made the picture? Of such lines that the trees kept of pages of
/// hosts not seen, one of six was wanted.
fn is_caption(block: &Block, counts: TextCounts) -> bool {
    if counts.words >= CAPTION {
        return false;
    }
    let text = block.text.trim_end_matches([')', ']', ' ', '.']);
    let Some((_, last)) = text.rsplit_once(['(', '[', '.', '|', '\n', '”', '"']) else {
        return false;
    };
    last.split(' ').count() <= 9 && body_phrases::kinds_in(last).is_credit()
}
