//! One pass over the tree that collects everything any field is judged from.

use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{Html, Node};

use super::roles::{self, Roles};
use super::text_of::{BOUND, NodeRef, text_of, whole_text_of};
use crate::html_scripts::SHOWN;

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
    /// Texts of inline scripts that speak of a publication date.
    pub(crate) scripts: Vec<&'a str>,
    /// The `title` element.
    pub(crate) title: Option<String>,
    /// `h1`, and other elements that say they are the headline.
    pub(crate) headings: Vec<(u8, Piece)>,
    /// `time` elements.
    pub(crate) times: Vec<TimeTag<'a>>,
    /// Microdata.
    pub(crate) items: Vec<Item<'a>>,
    /// What may name authors.
    pub(crate) bylines: Vec<Byline>,
    /// Texts that hold a year and are short or say they are dates.
    pub(crate) stamps: Vec<Piece>,
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

/// Collects the evidence: one walk without recursion, linear in the nodes.
pub(crate) fn collect<'a>(html: &'a Html, long_scripts: &'a [&'a str]) -> Evidence<'a> {
    let mut walk = Walk { stack: vec![Frame::default()], long_scripts, ..Walk::default() };
    for edge in html.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => walk.open(node, element),
                Node::Text(text) => walk.text(node, text),
                _ => {}
            },
            Edge::Close(node) => {
                if node.value().is_element() {
                    walk.close();
                }
            }
        }
    }
    walk.found
}

#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what a place is inside of, independently")]
struct Frame<'a> {
    roles: Roles,
    inside: bool,
    aside: bool,
    /// As `aside`, by the element's name alone.
    inside_furniture: bool,
    other: bool,
    linked: bool,
    hidden: bool,
    /// How many more elements down the line of facts about an article reaches.
    facts: u8,
    /// A candidate was taken here or above: its parts are not taken again.
    taken_byline: bool,
    taken_stamp: bool,
    heading: bool,
    paragraph: bool,
    noscript: bool,
    item_type: &'a str,
    item_prop: &'a str,
}

#[derive(Default)]
struct Walk<'a> {
    found: Evidence<'a>,
    stack: Vec<Frame<'a>>,
    /// The long scripts still to come.
    long_scripts: &'a [&'a str],
    paragraph_text: u32,
    /// The last text was the label of a byline.
    name_follows: bool,
}

/// The attributes that any field asks for.
#[derive(Debug, Clone, Copy, Default)]
struct Attributes<'a> {
    class: &'a str,
    id: &'a str,
    name: Option<&'a str>,
    property: Option<&'a str>,
    equiv: Option<&'a str>,
    content: Option<&'a str>,
    rel: &'a str,
    href: Option<&'a str>,
    src: Option<&'a str>,
    kind: Option<&'a str>,
    lang: Option<&'a str>,
    datetime: Option<&'a str>,
    pubdate: bool,
    itemprop: Option<&'a str>,
    itemtype: Option<&'a str>,
    itemscope: bool,
    role: Option<&'a str>,
    hidden: bool,
    title: Option<&'a str>,
}

impl<'a> Attributes<'a> {
    fn of(element: &'a Element) -> Self {
        let mut all = Self::default();
        for (name, value) in element.attrs() {
            match name {
                "class" => all.class = value,
                "id" => all.id = value,
                "name" => all.name = Some(value),
                "property" => all.property = Some(value),
                "http-equiv" => all.equiv = Some(value),
                "content" => all.content = Some(value),
                "rel" => all.rel = value,
                "href" => all.href = Some(value),
                "src" => all.src = Some(value),
                "type" => all.kind = Some(value),
                "lang" | "xml:lang" => all.lang = all.lang.or(Some(value)),
                "datetime" | "data-datetime" | "data-timestamp" | "data-time" | "data-date"
                | "publishdate" | "data-published" | "data-publish-date" | "data-publishdate" => {
                    all.datetime = Some(value);
                }
                "pubdate" => all.pubdate = true,
                "itemprop" => all.itemprop = Some(value),
                "itemtype" => all.itemtype = Some(value),
                "itemscope" => all.itemscope = true,
                "role" => all.role = Some(value),
                "hidden" => all.hidden = true,
                "title" => all.title = Some(value),
                _ => {}
            }
        }
        all
    }
}

impl<'a> Walk<'a> {
    fn open(&mut self, node: NodeRef<'a>, element: &'a Element) {
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

    fn frame(&self, tag: &str, at: &Attributes<'a>) -> Frame<'a> {
        let above = self.stack.last().copied().unwrap_or_default();
        let mut roles = Roles::default();
        if !above.hidden && !is_bare(tag) {
            roles = roles::of(at.class).with(roles::of(at.id));
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
            || (container && roles.has(Roles::OTHER) && !roles.has(HEADER) && !facts);
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

    /// Is this above the first `h1`, or not far below it?
    fn is_near_headline(&self) -> bool {
        let first = self.found.headings.iter().find(|(level, _)| *level == 1);
        first.is_none_or(|(_, h1)| self.found.traits.text < h1.place.text_before + HEAD)
    }

    fn place(&self) -> Place {
        let frame = self.stack.last().copied().unwrap_or_default();
        Place {
            text_before: self.found.traits.text,
            inside: frame.inside,
            aside: frame.aside,
            other: frame.other,
            linked: frame.linked,
        }
    }

    fn piece(&self, node: NodeRef<'a>, max: usize, apart: bool) -> Piece {
        let roles = self.stack.last().map_or_else(Roles::default, |f| f.roles);
        Piece { text: text_of(node, max, apart), roles, place: self.place() }
    }

    fn meta(&mut self, at: &Attributes<'a>) {
        if at.equiv.is_some_and(|e| e.eq_ignore_ascii_case("refresh")) {
            self.found.traits.refresh = true;
        }
        let Some(content) = at.content.filter(|c| !c.trim().is_empty()) else { return };
        for name in [at.property, at.name, at.equiv].into_iter().flatten() {
            if self.found.metas.len() < 2 * MAX_PIECES && name.len() < 80 {
                self.found.metas.push((name.trim().to_ascii_lowercase(), content));
            }
        }
    }

    fn link(&mut self, at: &Attributes<'a>) {
        if let Some(href) = at.href
            && self.found.links.len() < MAX_PIECES
        {
            self.found.links.push((at.rel, href));
        }
    }

    fn script(&mut self, node: NodeRef<'a>, at: &Attributes<'a>) {
        let traits = &mut self.found.traits;
        traits.scripts = traits.scripts.saturating_add(1);
        if let Some(src) = at.src
            && traits.sources.len() < 40
        {
            traits.sources.push(src.chars().take(200).collect());
        }
        let Some(text) = node.first_child().and_then(|c| c.value().as_text()) else { return };
        let text = self.whole_script(text);
        let traits = &mut self.found.traits;
        traits.script_text = traits.script_text.saturating_add(text.len() as u32);
        let kind = at.kind.unwrap_or_default();
        if kind.trim().eq_ignore_ascii_case("application/ld+json") {
            let texts = node.children().filter_map(|c| c.value().as_text());
            if self.found.json_ld.len() < 64 {
                self.found.json_ld.push(texts.map(|t| &**t).collect());
            }
        } else if self.found.scripts.len() < 64 && text.len() < 2_000_000 {
            self.found.scripts.push(text);
        }
    }

    /// The whole of a script of which the tree has `text`.
    fn whole_script(&mut self, text: &'a str) -> &'a str {
        let place = self.long_scripts.iter().position(|long| {
            text.len() + 4 > SHOWN && text.len() < long.len() && long.starts_with(text)
        });
        let Some(place) = place else { return text };
        let whole = self.long_scripts.get(place).copied().unwrap_or(text);
        self.long_scripts = self.long_scripts.get(place + 1..).unwrap_or_default();
        whole
    }

    fn item(&mut self, node: NodeRef<'a>, name: &'a str, at: &Attributes<'a>) {
        if self.found.items.len() >= MAX_PIECES {
            return;
        }
        // The item that has this property is the one around the element, not the element.
        let above = self.stack.iter().rev().nth(1).copied().unwrap_or_default();
        let value = at.content.or(at.datetime).or(match name {
            "url" | "image" | "license" | "thumbnailUrl" | "contentUrl" => at.href.or(at.src),
            _ => None,
        });
        let long = name == "articleBody";
        let piece = self.piece(node, if long { 0 } else { MAX_HEADLINE }, true);
        self.found.items.push(Item {
            name,
            value,
            kind: at.itemtype,
            owner: above.item_type,
            owner_prop: above.item_prop,
            piece,
        });
    }

    fn visible(&mut self, node: NodeRef<'a>, tag: &str, at: &Attributes<'a>) {
        self.heading(node, tag);
        self.time(node, tag, at);
        self.byline(node, tag, at);
        self.stamp(node, tag, at);
        if tag == "a" && at.rel.split_ascii_whitespace().any(|r| r == "license") {
            self.link(at);
        }
    }

    fn heading(&mut self, node: NodeRef<'a>, tag: &str) {
        let roles = self.stack.last().map_or_else(Roles::default, |f| f.roles);
        let level = match tag {
            "h1" => 1,
            "h2" => 2,
            "h3" if roles.has(Roles::HEADLINE) => 3,
            "div" | "span" | "p" | "header" if roles.has(Roles::HEADLINE) => 9,
            _ => return,
        };
        let place = self.place();
        let sure = level == 1 || (!place.other && !place.aside);
        if sure && self.found.headings.len() < MAX_HEADINGS {
            let piece = self.piece(node, MAX_HEADLINE, false);
            self.found.headings.push((level, piece));
        }
    }

    fn time(&mut self, node: NodeRef<'a>, tag: &str, at: &Attributes<'a>) {
        if tag != "time" && at.datetime.is_none() {
            return;
        }
        if self.found.times.len() < MAX_PIECES {
            let mut piece = self.piece(node, MAX_LINE, true);
            if let Some(title) = at.title.filter(|t| t.len() < 80 && has_year(t)) {
                piece.text = format!("{title}{BOUND}{}", piece.text);
            }
            // The words around say what the date is: the roles of the parent count too.
            let above = self.stack.iter().rev().nth(1).map_or_else(Roles::default, |f| f.roles);
            let piece = Piece { roles: piece.roles.with(above), ..piece };
            self.found.times.push(TimeTag { stamp: at.datetime, piece, pubdate: at.pubdate });
            if let Some(top) = self.stack.last_mut().filter(|_| tag == "time") {
                top.taken_stamp = true; // its text is judged with it
            }
        }
    }

    fn byline(&mut self, node: NodeRef<'a>, tag: &str, at: &Attributes<'a>) {
        let Some(frame) = self.stack.last().copied() else { return };
        let rel = at.rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case("author"));
        let kind = if rel {
            BylineKind::Rel
        } else if frame.roles.has(Roles::AUTHOR) && !frame.roles.has(NO_BYLINE) {
            if frame.taken_byline {
                return;
            }
            BylineKind::Class
        } else if tag == "a" && at.href.is_some_and(is_author_page) {
            BylineKind::Link
        } else if tag == "address" {
            BylineKind::Address
        } else {
            return;
        };
        if self.found.bylines.len() < MAX_PIECES {
            let Some(text) = whole_text_of(node, MAX_LINE) else { return };
            let piece = Piece { text, roles: frame.roles, place: self.place() };
            if !piece.text.trim().is_empty() {
                self.found.bylines.push(Byline { kind, piece });
                if let Some(top) = self.stack.last_mut() {
                    top.taken_byline |= kind == BylineKind::Class;
                }
            }
        }
    }

    fn stamp(&mut self, node: NodeRef<'a>, tag: &str, at: &Attributes<'a>) {
        let Some(frame) = self.stack.last().copied() else { return };
        if frame.taken_stamp || tag == "time" || self.found.stamps.len() >= MAX_PIECES {
            return;
        }
        if !frame.roles.has(STAMPED) {
            return;
        }
        let Some(mut text) = whole_text_of(node, MAX_LINE) else { return };
        if let Some(title) = at.title.filter(|t| t.len() < 80 && has_year(t)) {
            text.insert(0, BOUND);
            text.insert_str(0, title);
        }
        if has_year(&text) {
            let piece = Piece { text, roles: frame.roles, place: self.place() };
            self.found.stamps.push(piece);
            if let Some(top) = self.stack.last_mut() {
                top.taken_stamp = true;
            }
        }
    }

    fn text(&mut self, node: NodeRef<'a>, text: &str) {
        let Some(frame) = self.stack.last().copied() else { return };
        if frame.noscript && self.found.traits.noscript.len() < 400 {
            self.found.traits.noscript.extend(text.chars().take(300));
        }
        if frame.hidden {
            return;
        }
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return;
        }
        let traits = &mut self.found.traits;
        if traits.opening.len() < 3000 {
            traits.opening.extend(trimmed.chars().take(500));
            traits.opening.push(' ');
        }
        let length = trimmed.len() as u32;
        if frame.linked {
            traits.linked_text = traits.linked_text.saturating_add(length);
        } else if frame.paragraph {
            self.paragraph_text = self.paragraph_text.saturating_add(length);
        }
        self.line(node, trimmed, frame);
        let traits = &mut self.found.traits;
        traits.text = traits.text.saturating_add(length);
    }

    /// A text node that stands alone and may be a byline or a date.
    fn line(&mut self, node: NodeRef<'a>, text: &str, frame: Frame<'a>) {
        let named = std::mem::take(&mut self.name_follows);
        if text.len() > MAX_LINE {
            return;
        }
        if text.len() < 30 && !frame.taken_byline && super::person::is_byline_label(text) {
            return self.label(node, text);
        }
        let piece = || Piece { text: text.to_owned(), roles: frame.roles, place: self.place() };
        if !frame.taken_stamp && self.found.stamps.len() < MAX_PIECES && has_year(text) {
            let piece = piece();
            self.found.stamps.push(piece);
        } else if !frame.taken_byline
            && self.found.bylines.len() < MAX_PIECES
            && (named || super::person::starts_as_byline(text))
        {
            let piece = piece();
            self.found.bylines.push(Byline { kind: BylineKind::Words, piece });
        }
    }

    /// "By" alone: the names are the rest of its parent, or the text that follows.
    fn label(&mut self, node: NodeRef<'a>, label: &str) {
        let around = node.parent().map(|p| text_of(p, MAX_LINE, true)).unwrap_or_default();
        if around.len() < label.len() + 4 {
            self.name_follows = true;
        } else if self.found.bylines.len() < MAX_PIECES {
            let roles = self.stack.last().map_or_else(Roles::default, |f| f.roles);
            let piece = Piece { text: around, roles, place: self.place() };
            self.found.bylines.push(Byline { kind: BylineKind::Words, piece });
            if let Some(top) = self.stack.last_mut() {
                top.taken_byline = true;
            }
        }
    }

    fn count(&mut self, node: NodeRef<'a>, tag: &str, at: &Attributes<'a>, frame: &Frame<'a>) {
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

    fn close(&mut self) {
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
const NO_BYLINE: Roles = Roles::BIO.with(Roles::CREDIT).with(Roles::OTHER);
/// Lists in the line of facts about an article: what stands this far below it belongs to it.
const FACTS_DEPTH: u8 = 4;
const STAMPED: Roles = Roles::DATE.with(Roles::META).with(Roles::UPDATED).with(Roles::AUTHOR);

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

fn is_author_page(href: &str) -> bool {
    [
        "/author/",
        "/authors/",
        "/autor/",
        "/auteur/",
        "/autoren/",
        "/autores/",
        "/people/",
        "/profile/",
        "/staff/",
        "/by/",
        "/contributor/",
        "/contributors/",
        "/journalist/",
        "/firma/",
        "/redaktion/",
        "/columnist/",
        "/reporter/",
    ]
    .iter()
    .any(|part| href.contains(part))
}

/// Is there something like a year or a full date in numbers: four digits in a row, or two
/// separators between digits, in any script's digits?
pub(crate) fn has_year(text: &str) -> bool {
    if text.is_ascii() && !text.bytes().any(|b| b.is_ascii_digit()) {
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
