//! One bounded parse.
//!
//! html5ever has no cap on nesting and its work is quadratic in depth and in the attributes of
//! one tag, and a short page can ask for very many nodes (unclosed formatting elements are
//! opened again in every paragraph). So the page is fed in pieces, and what the parser has made
//! of it so far is looked at between them; over a cap the rest of the page is left unread.

use ego_tree::{NodeId, Tree};
use html5ever::ParseOpts;
use html5ever::driver::{Parser, parse_document};
use html5ever::tendril::TendrilSink;
use record::ReasonKind;
use scraper::{Html, HtmlTreeSink, Node};

use crate::html_attributes::Attributes;
use crate::html_skips::{self, Open, Skip};

/// Nodes that a page may have. News pages have 2,000 to 20,000; the longest live blogs seen
/// had 90,000.
const MAX_NODES: usize = 400_000;

/// Nesting that a page may have. Browsers stop at 512; what is never closed counts here.
const MAX_DEPTH: usize = 600;

/// Attributes that one tag may have, and `html` and `body` over all their tags.
const MAX_ATTRIBUTES: usize = 2_000;

/// Bytes fed between two looks. Nesting can grow by a third of it unseen, attributes by half.
const PIECE: usize = 8 * 1024;

/// A parsed page.
#[derive(Debug)]
pub(crate) struct Parsed<'a> {
    /// The tree. Long scripts and styles are empty in it, and most drawings.
    pub(crate) html: Html,
    /// The long scripts and styles, in the order of their nodes.
    pub(crate) long_scripts: Vec<LongScript<'a>>,
    /// The cap at which reading ended early.
    pub(crate) cut: Option<ReasonKind>,
}

/// A script or style that the tree holds nothing of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LongScript<'a> {
    /// Its element.
    pub(crate) node: NodeId,
    /// Its text, as it stands in the page.
    pub(crate) text: &'a str,
}

/// Parses `text`. Time and memory are linear in its length for any input: within the caps each
/// tag costs at most a constant.
pub(crate) fn parse(text: &str) -> Parsed<'_> {
    let mut html = Html::new_document();
    html.tree = Tree::with_capacity(Node::Document, nodes_in(text));
    let sink = HtmlTreeSink::new(html);
    let mut reading = Reading {
        parser: parse_document(sink, ParseOpts::default()),
        attributes: Attributes::default(),
        seen: Growth::default(),
        cut: None,
    };
    let mut long_scripts = Vec::new();
    let mut skip = html_skips::next(text, 0);
    let mut at = 0;
    while at < text.len() && reading.cut.is_none() {
        let end = text.floor_char_boundary(at + PIECE);
        let Some(Skip { tag, start, content }) = skip.as_ref().filter(|skip| skip.tag < end) else {
            reading.feed(text.get(at..end).unwrap_or_default());
            at = end;
            continue;
        };
        reading.feed(text.get(at..*tag).unwrap_or_default());
        let before = reading.nodes();
        reading.feed(text.get(*tag..*start).unwrap_or_default());
        at = *start;
        let after = *start + content.len();
        if let Some(open) = reading.open_element(before) {
            if let Open::Script(node) = open {
                long_scripts.push(LongScript { node, text: content });
            }
            at = after;
        }
        skip = html_skips::next(text, after);
    }
    let cut = reading.cut.filter(|_| at < text.len());
    Parsed { html: reading.parser.finish(), long_scripts, cut }
}

/// Bytes of text for each node in pages that are full of markup.
const DENSEST: usize = 20;

/// About as many nodes as `text` will have: the tree need not be moved as it grows, nor take
/// twice its room.
fn nodes_in(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut nodes = 8; // what the parser adds by itself
    for at in memchr::memchr_iter(b'<', bytes) {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        nodes += usize::from(before.is_some_and(|b| *b != b'>'));
        nodes += usize::from(bytes.get(at + 1).is_some_and(|b| *b != b'/'));
    }
    nodes.min(8 + bytes.len() / DENSEST)
}

/// The parser, and what is known of where it is.
struct Reading {
    parser: Parser<HtmlTreeSink>,
    attributes: Attributes,
    seen: Growth,
    cut: Option<ReasonKind>,
}

impl Reading {
    /// Feeds a piece and looks at what has become of it.
    fn feed(&mut self, piece: &str) {
        if piece.is_empty() || self.cut.is_some() {
            return;
        }
        self.parser.process(piece.into());
        let now = Growth::of(&self.parser);
        self.attributes.read(piece.as_bytes(), now != self.seen);
        self.seen = now;
        self.cut = over_cap(&self.parser, &self.attributes);
    }

    fn nodes(&self) -> usize {
        self.seen.nodes
    }

    fn open_element(&self, before: usize) -> Option<Open> {
        html_skips::open_element(&self.parser.tokenizer.sink.sink.0.borrow().tree, before)
    }
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
        let page = "<div><b a=1>".repeat(50_000);
        let parsed = parse(&page);
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
        let page = format!("<p><b a={opened}>{}", "<p>x".repeat(100_000));
        let parsed = parse(&page);
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

    /// The nodes in order with their texts, without what scripts, styles and drawings hold.
    fn outline(html: &Html) -> Vec<String> {
        let skipped = |node: ego_tree::NodeRef<'_, Node>| {
            let element = node.value().as_element();
            element.is_some_and(|e| matches!(e.name(), "script" | "style" | "svg"))
        };
        let nodes = html.tree.root().descendants();
        let shown = nodes.filter(|node| !node.ancestors().any(skipped));
        shown.map(|node| format!("{:?}", node.value())).collect()
    }

    #[test]
    fn a_long_script_is_read_beside_the_tree() {
        let script = format!("var a = '{}';", "é".repeat(999));
        let page = format!("<script src=x></script><script>{script}</script><p>Text.");
        let parsed = parse(&page);
        assert_eq!(parsed.long_scripts.len(), 1);
        assert_eq!(parsed.long_scripts[0].text, script);
        assert_eq!(outline(&parsed.html), outline(&Html::parse_document(&page)));
        // The same letters in a comment open no script, though the script before it is empty.
        let page = format!("<script></script><!-- <script> -->{script}<script></script><p>Text.");
        let parsed = parse(&page);
        assert!(parsed.long_scripts.is_empty());
        assert_eq!(parsed.html, Html::parse_document(&page));
    }

    proptest! {
        #[test]
        fn what_is_skipped_leaves_the_rest_as_it_is(
            parts in proptest::collection::vec(0_usize..28, 0..24),
        ) {
            let long = "var a = 1; ".repeat(200);
            let parts: Vec<&str> = parts
                .iter()
                .map(|part| match *part {
                    0 | 1 => long.as_str(),
                    2 | 3 => "<script>",
                    4 | 5 => "</script>",
                    part => [
                        "<style>", "</style>", "<!--", "-->", "<title>", "</title>", "<textarea>",
                        "</textarea>", "<svg>", "</svg>", "<p>", "text", "<template>",
                        "</template>", "<noscript>", "</noscript>", "<table>", "<select>",
                        "<div a='", "'>", "<path d=\"M1\"/>", "<svg><g></g></svg>",
                    ]
                    .get(part - 6)
                    .copied()
                    .unwrap_or_default(),
                })
                .collect();
            let page = parts.concat();
            prop_assert_eq!(outline(&parse(&page).html), outline(&Html::parse_document(&page)));
        }

        #[test]
        fn pieces_make_the_same_tree(text in "(<[a-z]{1,3}( [a-z]=\"é\")?>|é|</[a-z]>|&amp;){0,3000}") {
            prop_assert_eq!(parse(&text).html, Html::parse_document(&text));
        }
    }
}
