//! The walk: where on the page it is, and the counts of what it passes.

use scraper::node::Element;

use super::attributes::Attributes;
use super::{Evidence, MAX_HEADLINE, Piece, Place};
use crate::fields::roles::{self, Memo, Roles};
use crate::fields::text_of::{NodeRef, text_of};
use crate::html_parse::LongScript;

#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what a place is inside of, independently")]
pub(super) struct Frame<'a> {
    pub(super) roles: Roles,
    pub(super) inside: bool,
    pub(super) aside: bool,
    /// As `aside`, by the element's name alone.
    pub(super) inside_furniture: bool,
    pub(super) other: bool,
    pub(super) comment: bool,
    pub(super) linked: bool,
    pub(super) hidden: bool,
    /// How many more elements down the line of facts about an article reaches.
    pub(super) facts: u8,
    /// A candidate was taken here or above: its parts are not taken again.
    pub(super) taken_byline: bool,
    pub(super) taken_stamp: bool,
    pub(super) heading: bool,
    pub(super) paragraph: bool,
    pub(super) noscript: bool,
    pub(super) item_type: &'a str,
    pub(super) item_prop: &'a str,
}

#[derive(Default)]
pub(super) struct Walk<'a> {
    pub(super) found: Evidence<'a>,
    pub(super) stack: Vec<Frame<'a>>,
    /// The long scripts still to come.
    pub(super) long_scripts: &'a [LongScript<'a>],
    pub(super) paragraph_text: u32,
    /// The last text was the label of a byline.
    pub(super) name_follows: bool,
    /// The last visible text, if it is short.
    pub(super) lead: &'a str,
    /// What the classes met so far say.
    pub(super) memo: Memo<'a>,
}

impl<'a> Walk<'a> {
    pub(super) fn open(&mut self, node: NodeRef<'a>, element: &'a Element) {
        let tag = element.name();
        let at = Attributes::of(element);
        let frame = self.frame(tag, &at);
        self.count(node, tag, &at, &frame);
        self.stack.push(frame);
        match tag {
            "html" => self.found.html_lang = at.lang,
            "meta" => self.meta(&at),
            "link" => self.link(&at),
            "script" => self.script(node, &at),
            "title" if self.found.title.is_none() && !is_drawing(node) => {
                self.found.title = Some(text_of(node, MAX_HEADLINE, false));
            }
            _ => {}
        }
        if at.lang.is_some() && matches!(tag, "body" | "article" | "main") {
            self.found.body_lang = self.found.body_lang.or(at.lang);
        }
        if let Some(name) = at.itemprop {
            self.item(node, name, &at);
        }
        if !frame.hidden {
            self.visible(node, tag, &at);
        }
    }

    pub(super) fn frame(&mut self, tag: &str, at: &Attributes<'a>) -> Frame<'a> {
        let above = self.stack.last().copied().unwrap_or_default();
        let mut roles = Roles::default();
        if !above.hidden && !is_bare(tag) {
            roles = self.memo.of(at.class).with(roles::of(at.id));
        }
        let mut frame = Frame { roles, facts: above.facts.saturating_sub(1), ..above };
        let facts = above.facts > 0 && !above.other;
        if roles.has(HEADER) && self.is_near_headline() {
            frame.facts = FACTS_DEPTH;
        }
        frame.inside |= matches!(tag, "article" | "main")
            || at.role == Some("main")
            || at.itemprop == Some("articleBody");
        let container = !matches!(tag, "article" | "main" | "h1" | "time");
        frame.inside_furniture |= matches!(tag, "aside" | "footer" | "nav");
        if matches!(tag, "article" | "main") && !frame.inside_furniture {
            // Wrappers say "sidebar" when they mean a page that has one.
            (frame.aside, frame.other) = (false, false);
        }
        frame.aside |= matches!(tag, "aside" | "footer" | "nav")
            || (container && roles.has(Roles::ASIDE) && !roles.has(HEADER));
        frame.other |= tag == "blockquote"
            || (tag == "li" && !facts)
            || (container && !facts && self.is_of_another(roles));
        frame.comment |= container && !facts && roles.has(Roles::COMMENT);
        frame.linked |= tag == "a" && at.href.is_some();
        // React streams the page's parts in hidden boxes named `S:…` and moves them later.
        frame.hidden |= (at.hidden && !at.id.starts_with("S:"))
            || matches!(tag, "script" | "style" | "noscript" | "template" | "svg" | "head");
        frame.noscript |= tag == "noscript";
        frame.heading |= matches!(tag, "h1" | "h2" | "h3" | "h4");
        frame.paragraph |= tag == "p";
        if at.itemscope || at.itemtype.is_some() {
            frame.item_type = at.itemtype.unwrap_or_default();
            frame.item_prop = at.itemprop.unwrap_or_default();
        }
        frame
    }

    /// Do the words of the element say that it is another article's teaser or a comment? In the
    /// line of facts under the headline they do not; the facts about a comment are a comment's.
    fn is_of_another(&self, roles: Roles) -> bool {
        let head = || roles.has(HEADER) && !roles.has(Roles::COMMENT) && self.is_near_headline();
        roles.has(Roles::OTHER) && !head()
    }

    /// Is this above the first `h1`, or not far below it?
    pub(super) fn is_near_headline(&self) -> bool {
        let first = self.found.headings.iter().find(|(level, _)| *level == 1);
        first.is_none_or(|(_, h1)| self.found.traits.text < h1.place.text_before + HEAD)
    }

    pub(super) fn place(&self) -> Place {
        let frame = self.stack.last().copied().unwrap_or_default();
        Place {
            text_before: self.found.traits.text,
            inside: frame.inside,
            aside: frame.aside,
            other: frame.other,
            comment: frame.comment,
            linked: frame.linked,
        }
    }

    pub(super) fn piece(&self, node: NodeRef<'a>, max: usize, apart: bool) -> Piece {
        let roles = self.stack.last().map_or_else(Roles::default, |f| f.roles);
        Piece { text: text_of(node, max, apart), roles, place: self.place() }
    }

    pub(super) fn count(
        &mut self,
        node: NodeRef<'a>,
        tag: &str,
        at: &Attributes<'a>,
        frame: &Frame<'a>,
    ) {
        let traits = &mut self.found.traits;
        traits.paywalls += u32::from(frame.roles.has(Roles::PAYWALL));
        match tag {
            "a" => {
                traits.links += 1;
                traits.linked_headings += u32::from(frame.heading);
            }
            "h1" | "h2" | "h3" | "h4" => {
                traits.headings += 1;
                traits.linked_headings += u32::from(frame.linked);
            }
            "article" => traits.articles += 1,
            "img" | "picture" | "amp-img" => traits.images += 1,
            "video" | "audio" | "amp-video" => traits.players += 1,
            "iframe" | "embed" | "object" => {
                traits.players += 1;
                if let Some(src) = at.src
                    && traits.sources.len() < 40
                {
                    traits.sources.push(src.chars().take(200).collect());
                }
            }
            "input" if at.kind.is_some_and(|k| k.eq_ignore_ascii_case("password")) => {
                traits.passwords += 1;
            }
            "div" if !node.has_children() && !at.id.is_empty() => {
                traits.mounts += u32::from(is_mount(at.id));
            }
            _ => {}
        }
    }

    pub(super) fn close(&mut self) {
        let Some(frame) = self.stack.pop() else { return };
        let outside = self.stack.last().is_none_or(|above| !above.paragraph);
        if frame.paragraph && outside {
            self.found.traits.paragraphs += u32::from(self.paragraph_text >= 80);
            self.paragraph_text = 0;
        }
    }
}

/// Roles that speak for a place at the head of an article even among list-like words.
const HEADER: Roles = Roles::META.with(Roles::HEADLINE).with(Roles::AUTHOR).with(Roles::DATE);

/// Lists in the line of facts about an article: what stands this far below it belongs to it.
const FACTS_DEPTH: u8 = 4;

/// Bytes of text below the headline in which the line of facts is looked for.
const HEAD: u32 = 1500;

/// Elements whose names say nothing about an article's facts.
fn is_bare(tag: &str) -> bool {
    matches!(
        tag,
        "html"
            | "body"
            | "script"
            | "link"
            | "meta"
            | "style"
            | "svg"
            | "img"
            | "button"
            | "input"
            | "option"
            | "br"
            | "source"
            | "i"
            | "picture"
            | "iframe"
            | "label"
            | "select"
            | "hr"
    )
}

/// A `title` inside an SVG names a drawing.
fn is_drawing(node: NodeRef<'_>) -> bool {
    let parent = node.parent().and_then(|p| p.value().as_element());
    parent.is_some_and(|p| !matches!(p.name(), "head" | "body" | "html"))
}

fn is_mount(id: &str) -> bool {
    matches!(id, "root" | "app" | "__next" | "__nuxt" | "main" | "application" | "app-root")
}
