//! One bounded parse.
//!
//! html5ever has no cap on nesting and its work is quadratic in depth and in the attributes of
//! one tag, and a short page can ask for very many nodes (unclosed formatting elements are
//! opened again in every paragraph). So the page is fed in pieces, and what the parser has made
//! of it so far is looked at between them; over a cap the rest of the page is left unread.

use ego_tree::Tree;
use html5ever::ParseOpts;
use html5ever::driver::{Parser, parse_document};
use html5ever::tendril::TendrilSink;
use record::ReasonKind;
use scraper::{Html, HtmlTreeSink, Node};

use crate::html_attributes::Attributes;

/// Nodes that a page may have. News pages have 2,000 to 20,000; the longest live blogs seen
/// had 90,000.
const MAX_NODES: usize = 400_000;

/// Nesting that a page may have. Browsers stop at 512; what is never closed counts here.
const MAX_DEPTH: usize = 600;

/// Attributes that one tag may have, and `html` and `body` over all their tags.
const MAX_ATTRIBUTES: usize = 2_000;

/// Bytes fed between two looks. Nesting can grow by a third of it unseen, attributes by half.
const PIECE: usize = 8 * 1024;

/// A parsed page, and the cap at which reading it ended early.
pub(crate) struct Parsed {
    pub(crate) html: Html,
    pub(crate) cut: Option<ReasonKind>,
}

/// Parses `text`. Time and memory are linear in its length for any input: within the caps each
/// tag costs at most a constant.
pub(crate) fn parse(text: &str) -> Parsed {
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut parser = parse_document(sink, ParseOpts::default());
    let mut attributes = Attributes::default();
    let mut seen = Growth::default();
    let mut rest = text;
    let mut cut = None;
    while !rest.is_empty() && cut.is_none() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        rest = after;
        parser.process(piece.into());
        let now = Growth::of(&parser);
        attributes.read(piece.as_bytes(), now != seen);
        seen = now;
        cut = over_cap(&parser, &attributes);
    }
    Parsed { html: parser.finish(), cut: cut.filter(|_| !rest.is_empty()) }
}

/// What tells that the parser has left the tag or comment that it was in.
#[derive(Default, PartialEq, Eq)]
struct Growth {
    nodes: usize,
    last_text: usize,
}

impl Growth {
    fn of(parser: &Parser<HtmlTreeSink>) -> Self {
        let html = parser.tokenizer.sink.sink.0.borrow();
        let nodes = html.tree.nodes();
        let last = html.tree.nodes().next_back();
        let last_text = match last.map(|node| node.value()) {
            Some(Node::Text(text)) => text.text.len(),
            _ => 0,
        };
        Self { nodes: nodes.len(), last_text }
    }
}

fn over_cap(parser: &Parser<HtmlTreeSink>, attributes: &Attributes) -> Option<ReasonKind> {
    let html = parser.tokenizer.sink.sink.0.borrow();
    let deepest = html.tree.nodes().next_back().map_or(0, |node| node.ancestors().count());
    if deepest > MAX_DEPTH {
        return Some(ReasonKind::TooDeep);
    }
    let crowded = html.tree.nodes().len() > MAX_NODES
        || attributes.most() > MAX_ATTRIBUTES
        || top_attributes(&html.tree) > MAX_ATTRIBUTES;
    crowded.then_some(ReasonKind::TooComplex)
}

/// Attributes of the `html` and `body` elements: every further such tag adds its own to them.
fn top_attributes(tree: &Tree<Node>) -> usize {
    let count = |node: &Node| node.as_element().map_or(0, |element| element.attrs.len());
    let tops = tree.root().children().take(8).filter(|node| node.value().is_element());
    tops.map(|top| {
        let inner = top.children().take(8).map(|child| count(child.value())).max();
        count(top.value()).max(inner.unwrap_or(0))
    })
    .max()
    .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nesting_is_cut() {
        let parsed = parse(&"<div><b a=1>".repeat(50_000));
        assert_eq!(parsed.cut, Some(ReasonKind::TooDeep));
    }

    #[test]
    fn attributes_are_cut_wherever_they_hide() {
        let many = (0..200_000).map(|i| i.to_string() + " a").collect::<String>();
        for start in ["<div ", "<script>if(a<b x=\"</script><div ", "<!--><div ", "<p a='<div '"] {
            assert_eq!(parse(&format!("{start}{many}>")).cut, Some(ReasonKind::TooComplex));
        }
        let tags = (0..100_000).map(|i| i.to_string() + "=0><body a").collect::<String>();
        assert_eq!(parse(&tags).cut, Some(ReasonKind::TooComplex));
    }

    #[test]
    fn reopened_formatting_is_cut() {
        let opened = (0..400).map(|i| i.to_string() + "><b a=").collect::<String>();
        let parsed = parse(&format!("<p><b a={opened}>{}", "<p>x".repeat(100_000)));
        assert_eq!(parsed.cut, Some(ReasonKind::TooComplex));
    }

    #[test]
    fn long_scripts_comments_and_values_are_read() {
        let words = "word one two ".repeat(20_000);
        let page = format!(
            "<script>var a = {words};</script><!-- {words} --><img alt=\"{words}\"><p>End.</p>"
        );
        assert_eq!(parse(&page).cut, None);
    }

    proptest! {
        #[test]
        fn pieces_make_the_same_tree(text in "(<[a-z]{1,3}( [a-z]=\"é\")?>|é|</[a-z]>|&amp;){0,3000}") {
            prop_assert_eq!(parse(&text).html, Html::parse_document(&text));
        }
    }
}
