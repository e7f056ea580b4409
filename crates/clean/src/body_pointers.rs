//! Lines amid the article that are not of it: what points to another article, who made a
//! picture, labels, subscriptions. By what the line says, where its place and tags say nothing.

use crate::body_blocks::{Block, Blocks};
use crate::body_phrases;
use crate::body_tags::Tag;
use crate::body_text::TextCounts;
use crate::body_totals::{AllTotals, link_share};
use crate::fields::names_the_job;

/// Lines that begin as furniture does are furniture up to so many words …
const SHORT: f32 = 12.0;

/// … and those that point to another article, mostly as a link, up to so many.
const POINTER: f32 = 30.0;

/// Captions have up to so many words.
const CAPTION: f32 = 60.0;

/// Who made a picture is said in so many words, white space between them.
const CREDIT: usize = 9;

/// So many lines at the end are asked whether they are for the publisher's sake.
const LAST: usize = 3;

/// So many lines at the start may be bylines.
const FIRST: usize = 2;

/// Characters up to which a line that names its writers is a byline.
const BYLINE: usize = 40;

/// Takes out of `kept` the lines that are not of the article. Linear.
pub(crate) fn take_out(page: &Blocks, totals: &AllTotals, kept: &mut Vec<usize>) {
    let line = |at: usize| Some((page.blocks.get(at)?, totals.counts.get(at).copied()?));
    let is_of_article = |at: usize| {
        let Some((block, counts)) = line(at) else { return true };
        !leads_elsewhere(block, counts)
            && !is_caption(block, counts)
            && !block.text.starts_with("Lorem ipsum dolor")
            && (!is_shouted_link(block, counts) || is_heading(page, block))
    };
    let mut rest: Vec<usize> = kept.iter().copied().filter(|at| is_of_article(*at)).collect();
    let is_byline = |at: &usize| line(*at).is_some_and(|(block, _)| is_byline(&block.text));
    let bylines = rest.iter().take(FIRST).take_while(|at| is_byline(at)).count();
    rest.drain(..bylines);
    if rest.last().is_some_and(is_byline) {
        rest.pop();
    }
    let last = rest.split_off(rest.len().saturating_sub(LAST));
    let solicits = |at: &usize| line(*at).is_some_and(|(block, counts)| solicits(block, counts));
    rest.extend(last.into_iter().filter(|at| !solicits(at)));
    if !rest.is_empty() {
        *kept = rest;
    }
}

/// Is this a byline of East Asia? Others look like what they are to the trees.
fn is_byline(text: &str) -> bool {
    !text.is_ascii()
        && text.chars().take(BYLINE + 1).count() <= BYLINE
        && !text.ends_with(['。', '.', '」', '！', '？'])
        && names_the_job(text)
}

/// "Read also", credits, labels, subscriptions: by how the line begins.
fn leads_elsewhere(block: &Block, counts: TextCounts) -> bool {
    if counts.words >= POINTER {
        return false;
    }
    let phrases = body_phrases::kinds_in(&block.text);
    let pointer = phrases.are_read_also() && link_share(block) > 0.4;
    pointer || (counts.words < SHORT && phrases.are_any())
}

/// Does a sentence of the line ask to subscribe or to follow? Not in what somebody is quoted with.
/// Of such lines at the end of an article, one of six was wanted.
fn solicits(block: &Block, counts: TextCounts) -> bool {
    let mut sentences = block.text.split_inclusive(['.', '!', '?', '\n']);
    counts.words < CAPTION
        && counts.quotes == 0
        && sentences.any(|s| body_phrases::kinds_in(s).are_newsletter())
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
    let credits = |(_, last): (&str, &str)| {
        let named = last.contains([':', '：', '©', '/', '=', '＝']) || last.contains(" by ");
        named && last.split(' ').count() <= CREDIT && body_phrases::kinds_in(last).are_credit()
    };
    let ends: [&[char]; 2] = [&['(', '['], &['.', '|', '\n', '”', '"']];
    ends.into_iter().any(|marks| text.rsplit_once(marks).is_some_and(credits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    /// The first words of the blocks that stay.
    fn left(html: &str) -> Vec<String> {
        let page = Blocks::of(&Html::parse_document(html));
        let totals = AllTotals::of(&page);
        let mut kept = (0..page.blocks.len()).collect();
        take_out(&page, &totals, &mut kept);
        let start = |at: &usize| page.blocks[*at].text.chars().take(10).collect();
        kept.iter().map(start).collect()
    }

    const STAYS: &str = "<p>The ferry to the islands was late again on Monday, said the harbour.";

    #[test]
    fn bylines_of_east_asia_stand_at_the_ends() {
        let byline = "<p>홍길동 기자 hong@example.org</p>";
        assert_eq!(left(&format!("{byline}{STAYS}{STAYS}<p>本报记者 王小明</p>")).len(), 2);
        assert_eq!(left(&format!("{STAYS}{byline}{STAYS}")).len(), 3);
        assert_eq!(left(&format!("<p>기자 회견은 오후에 열렸다.</p>{STAYS}")).len(), 2);
    }

    #[test]
    fn a_line_that_ends_with_who_made_the_picture_is_a_caption() {
        for caption in [
            "The ferry in the harbour (Image: GETTY )",
            "The ferry in the harbour, late again. Photo: Ann Field/Agency",
            "Die Fähre im Hafen [Foto: A. Feld]",
        ] {
            assert_eq!(left(&format!("{STAYS}<p>{caption}</p>{STAYS}")).len(), 2, "{caption}");
        }
        for prose in [
            "He sold the photo by the harbour (he has no other) and went home.",
            "Les pourparlers ont échoué lundi à Paris. Crédit Agricole a refusé de commenter.",
            "L'offre vient d'une banque de Genève (Crédit Suisse), qui ne la retire pas.",
            "He lost in court on Monday. Copyright law does not know such a case.",
            "The agency has sued twice. Getty Images declined to comment.",
        ] {
            assert_eq!(left(&format!("{STAYS}<p>{prose}</p>{STAYS}")).len(), 3, "{prose}");
        }
    }

    #[test]
    fn a_shouted_link_is_another_headline_but_a_heading_is_none() {
        let shouted = "<a href='/x'>MAYOR OPENS NEW HARBOUR WALL</a>";
        assert_eq!(left(&format!("{STAYS}<p>{shouted}</p>{STAYS}")).len(), 2);
        assert_eq!(left(&format!("{STAYS}<h2>{shouted}</h2>{STAYS}")).len(), 3);
        assert_eq!(left(&format!("{STAYS}<p>MAYOR OPENS NEW HARBOUR WALL</p>{STAYS}")).len(), 3);
    }

    #[test]
    fn what_asks_to_subscribe_goes_from_the_end_alone() {
        let asks = "<p>There is plenty more. Sign up for our morning letter, it is free of cost.";
        assert_eq!(left(&format!("{STAYS}{asks}")).len(), 1);
        assert_eq!(left(&format!("{asks}{}", STAYS.repeat(4))).len(), 5);
        assert_eq!(left(asks).len(), 1, "nothing else is there");
        let quoted = "<p>“We are few. Join the march on Sunday,” she told the crowd in the square.";
        assert_eq!(left(&format!("{STAYS}{quoted}")).len(), 2);
    }
}
