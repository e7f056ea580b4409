//! The blocks of a page: its runs of text between the borders of block-level elements, each
//! with the container it stands in. One iterative walk over the tree, linear in it.

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::node::{Element, Text};
use scraper::{Html, Node};

use crate::body_cues::{CueReader, Cues};
use crate::body_links::leads_to_author;
use crate::body_tags::Tag;

/// An element that can hold blocks.
#[derive(Debug, Clone)]
pub(crate) struct Container {
    /// The element in the tree.
    pub(crate) node: NodeId,
    /// The index of the container around it; the first container is its own parent.
    pub(crate) parent: usize,
    pub(crate) tag: Tag,
    /// What its own class, id and roles say.
    pub(crate) cues: Cues,
    pub(crate) depth: u16,
    /// A hash of the tags and classes of it and of the two containers around it: equal for
    /// elements that the page's template made alike.
    pub(crate) shape: u64,
    /// The blocks in it: from this index …
    pub(crate) first: usize,
    /// … to before this one.
    pub(crate) end: usize,
}

/// One run of text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    /// The index of the container that it stands in.
    pub(crate) container: usize,
    /// The text, white space folded.
    pub(crate) text: String,
    /// Bytes of the text inside links.
    pub(crate) link_bytes: u32,
    /// Links that begin in it.
    pub(crate) links: u32,
    /// Bytes of the text in bold.
    pub(crate) bold_bytes: u32,
    /// Bytes of the text in italics.
    pub(crate) italic_bytes: u32,
    /// Links in it that lead to a page about an author.
    pub(crate) author_links: u16,
    /// `time` elements in it.
    pub(crate) times: u16,
    /// Pictures and players since the block before.
    pub(crate) media_before: u32,
}

/// The page as containers and blocks, both in document order.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    pub(crate) containers: Vec<Container>,
    pub(crate) blocks: Vec<Block>,
}

impl Blocks {
    /// Reads the page.
    pub(crate) fn of(html: &Html) -> Self {
        let mut walk = Walk::default();
        let mut tags = Vec::new();
        let mut skipped = 0usize;
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    let Node::Element(element) = node.value() else {
                        walk.text(node.value().as_text().filter(|_| skipped == 0));
                        continue;
                    };
                    let tag = if skipped > 0 { Tag::Skipped } else { flow_tag(node, element) };
                    if tag == Tag::Skipped {
                        skipped += 1;
                        walk.media += u32::from(is_player(element));
                    } else {
                        tags.push(tag);
                        walk.open(tag, node.id(), element);
                    }
                }
                Edge::Close(node) if !node.value().is_element() => {}
                Edge::Close(_) if skipped > 0 => skipped -= 1,
                Edge::Close(_) => walk.close(tags.pop()),
            }
        }
        walk.flush();
        walk.out
    }

    /// Is the container `inner` in `outer`, or the same?
    pub(crate) fn holds(&self, outer: usize, inner: usize) -> bool {
        let range = |index: usize| self.containers.get(index).map(|c| (c.first, c.end, c.depth));
        let (Some(o), Some(i)) = (range(outer), range(inner)) else { return true };
        outer == inner || o.2 == 0 || (o.0 <= i.0 && i.1 <= o.1 && o.2 < i.2 && outer < inner)
    }

    /// The containers around a block, from the inside out.
    pub(crate) fn around(&self, block: &Block) -> impl Iterator<Item = &Container> {
        let mut at = Some(block.container);
        std::iter::from_fn(move || {
            let here = at?;
            let container = self.containers.get(here)?;
            at = (container.parent != here).then_some(container.parent);
            Some(container)
        })
    }
}

fn is_author_link(element: &Element) -> bool {
    let mut attributes = element.attrs();
    attributes.any(|(name, value)| match name.as_bytes() {
        b"href" => leads_to_author(value.trim()),
        b"rel" => value == "author",
        _ => false,
    })
}

/// The state of the walk: the containers that are open and the line that is being built.
#[derive(Default)]
struct Walk<'a> {
    out: Blocks,
    open: Vec<usize>,
    line: Line,
    link: usize,
    bold: usize,
    italic: usize,
    media: u32,
    cues: CueReader<'a>,
}

#[derive(Default)]
struct Line {
    block: Block,
    gap: bool,
    breaks: usize,
}

impl<'a> Walk<'a> {
    fn open(&mut self, tag: Tag, node: NodeId, element: &'a Element) {
        match tag {
            Tag::Br => self.line.breaks += 1,
            Tag::Link => {
                self.link += 1;
                self.line.block.links += 1;
                let authors = &mut self.line.block.author_links;
                *authors = authors.saturating_add(u16::from(is_author_link(element)));
            }
            Tag::Bold => self.bold += 1,
            Tag::Italic => self.italic += 1,
            Tag::Inline => self.inline(element.name()),
            _ => self.enter(tag, node, element),
        }
    }

    fn close(&mut self, tag: Option<Tag>) {
        match tag {
            None | Some(Tag::Br | Tag::Inline) => {}
            Some(Tag::Link) => self.link = self.link.saturating_sub(1),
            Some(Tag::Bold) => self.bold = self.bold.saturating_sub(1),
            Some(Tag::Italic) => self.italic = self.italic.saturating_sub(1),
            Some(_) => self.leave(),
        }
    }

    fn enter(&mut self, tag: Tag, node: NodeId, element: &'a Element) {
        self.flush();
        let index = self.out.containers.len();
        let parent = self.open.last().copied();
        let around = parent.and_then(|p| self.out.containers.get(p));
        let (cues, own_shape) = self.cues.read(element);
        let outer_shape = around.map_or(0, |c| c.shape);
        self.out.containers.push(Container {
            node,
            parent: parent.unwrap_or(index),
            tag,
            cues,
            depth: around.map_or(0, |c| c.depth.saturating_add(1)),
            // 21 bits for each level: the fourth falls off.
            shape: (outer_shape << 21) ^ (own_shape & 0x1f_ffff),
            first: self.out.blocks.len(),
            end: self.out.blocks.len(),
        });
        self.open.push(index);
    }

    fn leave(&mut self) {
        self.flush();
        let end = self.out.blocks.len();
        if let Some(container) = self.open.pop().and_then(|at| self.out.containers.get_mut(at)) {
            container.end = end;
        }
    }

    fn text(&mut self, text: Option<&Text>) {
        let Some(text) = text.map(|text| &**text) else { return };
        let line = &mut self.line;
        let said = text.trim_start();
        line.gap |= said.len() < text.len();
        if said.is_empty() {
            return;
        }
        if line.breaks >= 2 && !line.block.text.is_empty() {
            break_here(line, &mut self.out, &self.open);
        }
        let block = &mut line.block;
        let from = block.text.len();
        block.text.reserve(said.len() + 1);
        if from > 0 && (line.gap || line.breaks > 0) {
            block.text.push(if line.breaks > 0 { '\n' } else { ' ' });
        }
        line.breaks = 0;
        let words = said.trim_end();
        line.gap = words.len() < said.len();
        push_folded(words, &mut block.text);
        let grown = (block.text.len() - from) as u32; // a page has 8 MiB at most
        block.link_bytes += if self.link > 0 { grown } else { 0 };
        block.bold_bytes += if self.bold > 0 { grown } else { 0 };
        block.italic_bytes += if self.italic > 0 { grown } else { 0 };
        block.media_before += std::mem::take(&mut self.media);
    }

    fn inline(&mut self, name: &str) {
        match name {
            "img" | "picture" | "amp-img" => self.media += 1,
            "time" => self.line.block.times = self.line.block.times.saturating_add(1),
            _ => {}
        }
    }

    fn flush(&mut self) {
        break_here(&mut self.line, &mut self.out, &self.open);
        self.line = Line::default();
    }
}

/// Appends trimmed text, white space folded.
fn push_folded(words: &str, text: &mut String) {
    if is_folded(words) {
        return text.push_str(words);
    }
    for (at, word) in words.split_whitespace().enumerate() {
        if at > 0 {
            text.push(' ');
        }
        text.push_str(word);
    }
}

/// Has it surely no white space but single spaces? Most text has none, and is told by its bytes.
fn is_folded(words: &str) -> bool {
    let mut before = 0;
    words.bytes().all(|byte| {
        let two = byte == b' ' && before == b' ';
        before = byte;
        // White space beyond ASCII begins with one of four bytes.
        byte >= b' ' && !two && !matches!(byte, 0xc2 | 0xe1..=0xe3)
    })
}

/// Blocks that are looked at; the longest live blogs seen had 12,000.
const MAX_BLOCKS: usize = 40_000;

/// Ends the block of `line` and begins the next in the same container.
fn break_here(line: &mut Line, out: &mut Blocks, open: &[usize]) {
    let mut block = std::mem::take(&mut line.block);
    line.gap = false;
    line.breaks = 0;
    if block.text.is_empty() {
        return;
    }
    if out.blocks.len() >= MAX_BLOCKS {
        return;
    }
    block.container = open.last().copied().unwrap_or(0);
    out.blocks.push(block);
}

fn is_player(element: &Element) -> bool {
    matches!(element.name().as_bytes(), b"iframe" | b"video" | b"audio" | b"object" | b"embed")
}

/// The element's tag; a custom element stands inside a line when text stands beside it.
fn flow_tag(node: NodeRef<'_, Node>, element: &Element) -> Tag {
    let tag = Tag::of(element.name());
    if tag == Tag::Skipped && is_shadow_root(element) {
        return Tag::Block;
    }
    if tag != Tag::Inline || !element.name().contains('-') {
        return tag;
    }
    let is_text = |beside: Option<NodeRef<'_, Node>>| {
        beside.is_some_and(|n| n.value().as_text().is_some_and(|t| !t.trim().is_empty()))
    };
    if is_text(node.prev_sibling()) || is_text(node.next_sibling()) { tag } else { Tag::Block }
}

/// A template that the browser shows: declarative shadow DOM.
fn is_shadow_root(element: &Element) -> bool {
    element.name() == "template" && element.attr("shadowrootmode").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_folded_of_whatever_kind() {
        for words in [
            "a b",
            "a  b",
            "a\u{a0}b",
            "a\u{2003} b",
            "a\u{3000}b",
            "a\u{1680}b",
            "a\t\nb",
            "a\u{85}b",
        ] {
            let mut text = String::new();
            push_folded(words, &mut text);
            assert_eq!(text, "a b", "{words:?}");
        }
        let white =
            (0..=u32::from(char::MAX)).filter_map(char::from_u32).filter(|c| c.is_whitespace());
        assert!(white.filter(|c| *c != ' ').all(|c| !is_folded(&format!("a{c}b"))));
        assert!(is_folded("Größe: a b"));
    }
}
