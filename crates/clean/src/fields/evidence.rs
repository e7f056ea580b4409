//! One pass over the tree that collects everything any field is judged from.

mod attributes;
mod byline_signs;
mod markup;
mod seams;
mod visible;
mod walk;

use scraper::{Html, Node};

use super::roles::Roles;
use crate::html_parse::LongScript;
use walk::{Frame, Walk};

/// Most pieces of one kind that are kept: pages with more are lists.
const MAX_PIECES: usize = 200;
/// Most headings kept.
const MAX_HEADINGS: usize = 48;
/// Longest text taken for a headline, in bytes.
const MAX_HEADLINE: usize = 600;
/// Longest text taken for a byline or a line with a date, in bytes.
const MAX_LINE: usize = 240;

/// Where on the page something stands.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what a place is inside of, independently")]
pub(crate) struct Place {
    /// Bytes of visible text before it.
    pub(crate) text_before: u32,
    /// Inside `article` or `main`, or what says it is one.
    pub(crate) inside: bool,
    /// Inside `aside`, `footer`, `nav` or what says it is one.
    pub(crate) aside: bool,
    /// Inside another article's teaser or a comment.
    pub(crate) other: bool,
    /// Inside a comment.
    pub(crate) comment: bool,
    /// Inside a link.
    pub(crate) linked: bool,
}

/// A piece of text with what its element says.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    /// Its text, white space as it stands.
    pub(crate) text: String,
    /// What the element is for.
    pub(crate) roles: Roles,
    /// Where it stands.
    pub(crate) place: Place,
}

/// A `time` element, or another element with a date in an attribute.
#[derive(Debug, Clone)]
pub(crate) struct TimeTag<'a> {
    /// The machine's form of the date.
    pub(crate) stamp: Option<&'a str>,
    /// What is shown, and where.
    pub(crate) piece: Piece,
    /// `pubdate` was set.
    pub(crate) pubdate: bool,
    /// The short text before it, which may be its label.
    pub(crate) lead: &'a str,
}

/// A text that holds a year and is short or says it is a date.
#[derive(Debug, Clone)]
pub(crate) struct Stamp<'a> {
    /// The text, and where it stands.
    pub(crate) piece: Piece,
    /// The short text before it, which may be its label.
    pub(crate) lead: &'a str,
}

/// A microdata property.
#[derive(Debug, Clone)]
pub(crate) struct Item<'a> {
    /// `itemprop`.
    pub(crate) name: &'a str,
    /// `content`, `datetime`, `href` or `src`.
    pub(crate) value: Option<&'a str>,
    /// `itemtype` of the value, where it is an item of its own.
    pub(crate) kind: Option<&'a str>,
    /// `itemtype` of the item that has this property.
    pub(crate) owner: &'a str,
    /// The `itemprop` under which that item hangs, if any.
    pub(crate) owner_prop: &'a str,
    /// What is shown, and where.
    pub(crate) piece: Piece,
}

/// What a byline was recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BylineKind {
    /// `rel=author`.
    Rel,
    /// The words of class or id.
    Class,
    /// A link to an author's page.
    Link,
    /// `address`.
    Address,
    /// The words of the text itself (`By …`).
    Words,
}

/// Something that may name the authors.
#[derive(Debug, Clone)]
pub(crate) struct Byline {
    /// What it was recognised by.
    pub(crate) kind: BylineKind,
    /// Its text and place.
    pub(crate) piece: Piece,
}

/// Everything collected.
#[derive(Debug, Default)]
pub(crate) struct Evidence<'a> {
    /// `lang` of the root element.
    pub(crate) html_lang: Option<&'a str>,
    /// `lang` of the article's element or the body, where another one.
    pub(crate) body_lang: Option<&'a str>,
    /// `name`, `property`, `itemprop` or `http-equiv` (lower case) and `content`.
    pub(crate) metas: Vec<(String, &'a str)>,
    /// `rel` and `href` of `link` and of links that state a licence.
    pub(crate) links: Vec<(&'a str, &'a str)>,
    /// Texts of `application/ld+json` scripts.
    pub(crate) json_ld: Vec<String>,
    /// Texts of inline scripts.
    pub(crate) scripts: Vec<&'a str>,
    /// The `title` element.
    pub(crate) title: Option<String>,
    /// `h1`, and other elements that say they are the headline.
    pub(crate) headings: Vec<(u8, Piece)>,
    /// Where headings that are one link lead, and their texts: a site's name leads home.
    pub(crate) linking: Vec<(&'a str, String)>,
    /// `time` elements.
    pub(crate) times: Vec<TimeTag<'a>>,
    /// Microdata.
    pub(crate) items: Vec<Item<'a>>,
    /// What may name authors.
    pub(crate) bylines: Vec<Byline>,
    /// Texts that hold a year and are short or say they are dates.
    pub(crate) stamps: Vec<Stamp<'a>>,
    /// Counts for the judgement of what is not an article.
    pub(crate) traits: Traits,
}

/// Counts that tell an article from other pages.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traits {
    /// Bytes of visible text.
    pub(crate) text: u32,
    /// Bytes of visible text inside links.
    pub(crate) linked_text: u32,
    /// Links.
    pub(crate) links: u32,
    /// Paragraphs of at least 80 bytes of text outside links.
    pub(crate) paragraphs: u32,
    /// `article` elements and what says it is one.
    pub(crate) articles: u32,
    /// Headings (`h1` to `h4`) that are or hold a link.
    pub(crate) linked_headings: u32,
    /// Headings.
    pub(crate) headings: u32,
    /// Password fields.
    pub(crate) passwords: u32,
    /// Scripts.
    pub(crate) scripts: u32,
    /// Bytes of inline scripts.
    pub(crate) script_text: u32,
    /// Images, pictures and their kin.
    pub(crate) images: u32,
    /// Videos, players, embedded frames.
    pub(crate) players: u32,
    /// `meta http-equiv=refresh`.
    pub(crate) refresh: bool,
    /// Text of `noscript` elements, shortened.
    pub(crate) noscript: String,
    /// The beginning of the visible text, shortened.
    pub(crate) opening: String,
    /// Addresses of scripts and frames, shortened: what names a wall's maker.
    pub(crate) sources: Vec<String>,
    /// `id` of empty containers that scripts fill (`root`, `app`, `__next`).
    pub(crate) mounts: u32,
    /// Elements that speak of a paywall.
    pub(crate) paywalls: u32,
}

/// Collects the evidence: one walk without recursion, linear in the nodes. Drawings are passed
/// by.
pub(crate) fn collect<'a>(html: &'a Html, long_scripts: &'a [LongScript<'a>]) -> Evidence<'a> {
    let mut walk = Walk { stack: vec![Frame::default()], long_scripts, ..Walk::default() };
    let mut node = html.tree.root();
    loop {
        let mut inside = true;
        match node.value() {
            Node::Element(element) => {
                walk.open(node, element);
                inside = element.name() != "svg";
            }
            Node::Text(text) => walk.text(node, text),
            _ => {}
        }
        if let Some(child) = node.first_child().filter(|_| inside) {
            node = child;
            continue;
        }
        loop {
            if node.value().is_element() {
                walk.close();
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else { return walk.found };
            node = parent;
        }
    }
}

/// Is there something like a year or a full date in numbers: four digits in a row, or two
/// separators between digits, in any script's digits?
pub(crate) fn has_year(text: &str) -> bool {
    if !text.bytes().any(|b| b.is_ascii_digit() || !b.is_ascii()) {
        return false;
    }
    let (mut run, mut groups, mut joined) = (0_u32, 0_u32, false);
    for c in text.chars() {
        if c.is_numeric() {
            if run == 0 {
                groups = if joined { groups + 1 } else { 1 };
            }
            run += 1;
            if run == 4 || (groups == 3 && run == 2) {
                return true;
            }
        } else {
            joined = run > 0 && matches!(c, '.' | '/' | '-' | '年' | '月' | '년' | '월' | ' ');
            run = 0;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_seen_in_every_script() {
        for yes in ["2 May 2024", "02.05.24", "2024年5月2日", "٢ مايو ٢٠٢٤", "12/5/24"]
        {
            assert!(has_year(yes), "{yes}");
        }
        for no in ["5 May", "12:30", "no digits", "3 of 10"] {
            assert!(!has_year(no), "{no}");
        }
    }

    #[test]
    fn a_hostile_depth_is_walked() {
        let html = Html::parse_document(&"<div>".repeat(3000));
        assert!(collect(&html, &[]).metas.is_empty());
    }
}
