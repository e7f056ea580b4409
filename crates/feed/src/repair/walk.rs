//! The pass over a document.

use std::borrow::Cow;

use record::FeedLink;
use url::Url;

use super::draft::Draft;
use super::extent::{End, Extent, Measure, role_of};
use super::names::{self, Field, Role, Space, Spaces};
use super::text::{self, Comments, Declared, Kind};
use super::{Repaired, emit, most_entries};
use crate::base64;
use crate::markup::{Markup, Tag, attribute, attributes, markup};
use crate::problem::{ProblemKind, Problems};

/// Walks `text` and writes it anew.
pub(super) fn walk(text: &str, base: Option<&str>, problems: &mut Problems) -> Repaired {
    let mut walk = Walk {
        text,
        problems,
        spaces: Spaces::default(),
        declared: Declared::default(),
        measure: Measure::new(text.len()),
        comments: Comments::default(),
        feed: Draft { base: base.and_then(usable_base), ..Draft::default() },
        entry: None,
        place: Place::default(),
        out: Repaired { entries: String::with_capacity(text.len() / 2), ..Repaired::default() },
    };
    walk.run();
    walk.finish()
}

struct Walk<'a, 'b> {
    text: &'a str,
    problems: &'b mut Problems,
    spaces: Spaces<'a>,
    declared: Declared<'a>,
    measure: Measure,
    comments: Comments,
    feed: Draft<'a>,
    entry: Option<Draft<'a>>,
    place: Place,
    out: Repaired,
}

/// Longest processing instruction that is skipped as one, in bytes.
const LONGEST_INSTRUCTION: usize = 1024;

/// The family of a root.
#[derive(Debug, Default, PartialEq, Eq)]
enum Format {
    #[default]
    Rss,
    Rdf,
    Atom,
}

/// Where in the document the walk is.
#[derive(Debug, Default)]
struct Place {
    root_seen: bool,
    format: Format,
    channel_closed: bool,
    root_closed: bool,
}

impl<'a> Walk<'a, '_> {
    fn run(&mut self) {
        let text = self.text;
        let mut at = 0;
        while let Some(found) = memchr::memchr(b'<', text.as_bytes().get(at..).unwrap_or_default())
        {
            at = self.step(at + found);
            if self.out.ends.len() >= most_entries(text.len()) {
                self.problems.note(ProblemKind::TooManyEntries);
                self.entry = None;
                return;
            }
        }
        if self.entry.take().is_some() {
            self.problems.note(ProblemKind::Truncated);
        } else if self.place.root_seen && !self.place.root_closed {
            self.problems.note(ProblemKind::Unclosed);
        }
    }

    /// Deals with what starts at the `<` at `here`; where to go on.
    fn step(&mut self, here: usize) -> usize {
        let rest = self.text.get(here..).unwrap_or_default();
        match markup(self.text, here) {
            Markup::Tag(tag) => {
                if tag.is_broken {
                    self.problems.note(ProblemKind::BadTag);
                }
                if tag.is_end { self.end(&tag) } else { self.start(tag) }
            }
            Markup::Comment => here + self.comments.length(self.text, here).unwrap_or(4),
            Markup::Cdata => here + 9,
            Markup::Instruction => {
                let bytes = rest.as_bytes();
                let near = bytes.get(..LONGEST_INSTRUCTION).unwrap_or(bytes);
                here + memchr::memchr(b'>', near).map_or(2, |end| end + 1)
            }
            Markup::Declaration if !self.place.root_seen => {
                here + text::doctype(rest, &mut self.declared)
            }
            Markup::Declaration | Markup::Literal => here + 1,
        }
    }

    fn end(&mut self, tag: &Tag<'a>) -> usize {
        match role_of(tag, &self.spaces) {
            Role::Entry => {
                if self.entry.is_some() {
                    self.close_entry();
                } else {
                    self.problems.note(ProblemKind::StrayEnd);
                }
            }
            role @ (Role::Channel | Role::Root) => {
                if self.entry.is_some() {
                    self.problems.note(ProblemKind::Unclosed);
                    self.close_entry();
                }
                self.place.channel_closed = true;
                self.place.root_closed |= role == Role::Root;
            }
            _ => {}
        }
        tag.end
    }

    fn start(&mut self, tag: Tag<'a>) -> usize {
        match self.role(&tag) {
            Role::Root => self.root(&tag),
            Role::Channel => self.channel(&tag),
            Role::Entry => self.open_entry(&tag),
            Role::Transparent => {}
            Role::Ignored => {
                let extent = self.measure.extent(self.text, &tag, None, &self.spaces);
                return extent.resume;
            }
            Role::Field(field, rank) => return self.field(tag, field, rank),
        }
        tag.end
    }

    /// The role of a start tag; its own declarations count.
    fn role(&mut self, tag: &Tag<'a>) -> Role {
        let mut own = None;
        if tag.attributes.contains("xmlns") {
            for (name, value) in attributes(tag.attributes) {
                if let Some(prefix) = name.strip_prefix("xmlns:") {
                    self.spaces.declare(prefix, value, self.problems);
                } else if name == "xmlns" {
                    own = names::space_of(value, self.problems);
                    if own.is_none() && !value.is_empty() && !self.place.root_seen {
                        self.problems.note(ProblemKind::OddNamespace);
                    }
                }
            }
        }
        let (prefix, local) = tag.name.rsplit_once(':').unwrap_or(("", tag.name));
        let space = if prefix.is_empty() {
            own.filter(|space| *space != Space::Other).unwrap_or(Space::Core)
        } else {
            self.spaces.of(prefix, self.problems)
        };
        names::role(space, local)
    }

    fn root(&mut self, tag: &Tag<'a>) {
        let local = tag.name.rsplit(':').next().unwrap_or(tag.name);
        if local.eq_ignore_ascii_case("rss") && !self.place.root_seen {
            let version = attribute(tag, "version");
            if !matches!(version.as_deref(), Some("2.0" | "0.91" | "0.92" | "")) {
                self.problems.note(ProblemKind::OddRoot);
            }
        }
        self.place.root_seen = true;
        if local.eq_ignore_ascii_case("rdf") {
            self.place.format = Format::Rdf;
        } else if local.eq_ignore_ascii_case("feed") {
            self.place.format = Format::Atom;
        }
        self.outer_attributes(tag);
    }

    fn channel(&mut self, tag: &Tag<'a>) {
        if !self.place.root_seen {
            self.place.root_seen = true;
            self.problems.note(ProblemKind::OddRoot);
        }
        self.outer_attributes(tag);
        if let Some(about) = attribute(tag, "rdf:about").or_else(|| attribute(tag, "href")) {
            self.feed.put(Field::Link, 5, about);
        }
        if tag.is_empty {
            self.place.channel_closed = true;
        }
    }

    fn outer_attributes(&mut self, tag: &Tag<'a>) {
        if let Some(language) = attribute(tag, "xml:lang") {
            self.feed.put(Field::Language, 2, language);
        }
        self.feed.base = self.base_of(tag).or(self.feed.base.take());
    }

    /// The base that an `xml:base` of `tag` sets.
    fn base_of(&mut self, tag: &Tag<'a>) -> Option<Url> {
        let base = attribute(tag, "xml:base")?;
        let outer = self.entry.as_ref().and_then(|e| e.base.as_ref()).or(self.feed.base.as_ref());
        let resolved = match outer {
            Some(outer) => outer.join(&base).ok().filter(is_short),
            None => usable_base(&base),
        };
        if resolved.is_none() {
            self.problems.note(ProblemKind::BadBase);
        }
        resolved
    }

    fn open_entry(&mut self, tag: &Tag<'a>) {
        if self.entry.is_some() {
            self.problems.note(ProblemKind::MisplacedEntry);
            self.close_entry();
        } else if self.place.channel_closed && self.place.format != Format::Rdf {
            self.problems.note(ProblemKind::MisplacedEntry);
        }
        self.place.root_seen = true;
        let mut entry = Draft { base: self.base_of(tag), ..Draft::default() };
        if entry.base.is_none() {
            entry.base.clone_from(&self.feed.base);
        }
        if let Some(about) = attribute(tag, "rdf:about") {
            entry.put(Field::Id, 3, about);
        }
        // CDF.
        if let Some(href) = attribute(tag, "href") {
            entry.put(Field::Link, 1, href);
        }
        if let Some(changed) = attribute(tag, "lastmod") {
            entry.put(Field::Updated, 1, changed);
        }
        self.entry = Some(entry);
        if tag.is_empty {
            self.close_entry();
        }
    }

    fn close_entry(&mut self) {
        let Some(entry) = self.entry.take() else { return };
        if entry.is_empty() {
            self.problems.note(ProblemKind::EmptyEntry);
            return;
        }
        emit::entry(&entry, self.problems, &mut self.out.entries);
        self.out.ends.push(self.out.entries.len());
    }

    fn draft(&mut self) -> &mut Draft<'a> {
        self.entry.as_mut().unwrap_or(&mut self.feed)
    }

    /// Takes a field; where to go on.
    fn field(&mut self, tag: Tag<'a>, field: Field, rank: u8) -> usize {
        match field {
            Field::Link if tag.attributes.contains("href") => {
                self.attribute_link(&tag);
                return tag.end;
            }
            Field::Enclosure => {
                let url = attribute(&tag, "url").or_else(|| attribute(&tag, "href"));
                if let Some(url) = url {
                    self.draft().put(field, rank, url);
                }
                return tag.end;
            }
            Field::Complete | Field::Archive => {
                let facts = &mut self.out.facts;
                facts.complete |= field == Field::Complete;
                facts.archive |= field == Field::Archive;
                return tag.end;
            }
            _ => {}
        }
        if field == Field::Category && self.category_attributes(&tag) {
            return tag.end;
        }
        let extent = if field == Field::Link && tag.is_empty {
            self.void_link(&tag)
        } else {
            self.measure.extent(self.text, &tag, Some(field), &self.spaces)
        };
        self.note_end(&extent);
        if extent.end == End::Cut {
            return extent.resume;
        }
        let raw = self.text.get(tag.end..extent.content_end).unwrap_or_default();
        self.text_field(&tag, field, rank, raw);
        extent.resume
    }

    fn note_end(&mut self, extent: &Extent) {
        match extent.end {
            End::Closed => {}
            End::Implied => self.problems.note(ProblemKind::Unclosed),
            End::Cut => self.problems.note(ProblemKind::Truncated),
        }
    }

    /// `<link/>http://…`: what a tool for HTML makes of RSS.
    fn void_link(&self, tag: &Tag<'a>) -> Extent {
        let after = self.text.get(tag.end..).unwrap_or_default();
        let end = match memchr::memchr(b'<', after.as_bytes()) {
            Some(end) if emit::is_web(after.trim_start()) => tag.end + end,
            _ => tag.end,
        };
        Extent { content_end: end, resume: end, end: End::Closed }
    }

    fn text_field(&mut self, tag: &Tag<'a>, field: Field, rank: u8, raw: &'a str) {
        let media_type = attribute(tag, "type");
        let kind = self.kind(field, media_type.as_deref());
        if field == Field::Author && raw.contains('<') && !raw.trim_start().starts_with("<!") {
            self.person(raw, rank);
            return;
        }
        let mut text = text::field_text(raw, kind, &self.declared, self.problems);
        if kind == Kind::Markup {
            text = without_div(text);
        }
        if is_base64(tag, media_type.as_deref())
            && let Some(decoded) = base64::decode(&text)
        {
            text = text::scrubbed(&decoded, self.problems).trim().to_owned().into();
        }
        match field {
            Field::Ttl
            | Field::UpdatePeriod
            | Field::UpdateFrequency
            | Field::SkipHours
            | Field::SkipDays => self.out.facts.take(field, &text),
            Field::Id => {
                let opaque = attribute(tag, "ispermalink").is_some_and(|v| v.trim() == "false");
                let draft = self.draft();
                if draft.id.is_none() {
                    draft.id_is_opaque = opaque;
                }
                draft.put(field, rank, text);
            }
            Field::Category if rank > 0 => {
                let words: Vec<String> = text.split(',').map(|w| w.trim().to_owned()).collect();
                for word in words {
                    self.draft().put(field, rank, Cow::Owned(word));
                }
            }
            Field::Link => {
                let base = self.base_of(tag);
                let text = rebased(text, base.as_ref());
                self.draft().put(field, rank, text);
            }
            _ => self.draft().put(field, rank, text),
        }
    }

    fn kind(&mut self, field: Field, media_type: Option<&str>) -> Kind {
        let Some(media_type) = media_type.filter(|_| self.place.format == Format::Atom) else {
            return Kind::Escaped;
        };
        let text_construct = matches!(field, Field::Title | Field::Summary | Field::Content);
        if text_construct && !matches!(media_type, "text" | "html" | "xhtml") {
            self.problems.note(ProblemKind::OddType);
        }
        let lower = media_type.to_ascii_lowercase();
        if lower.contains("xhtml") || lower.contains("xml") { Kind::Markup } else { Kind::Escaped }
    }

    /// An Atom person: the name, else the address.
    fn person(&mut self, raw: &'a str, rank: u8) {
        let inside = |name: &str| {
            let (_, after) = split_at_tag(raw, name)?;
            let end = memchr::memmem::find(after.as_bytes(), b"</").unwrap_or(after.len());
            after.get(..end).filter(|text| !text.trim().is_empty())
        };
        let Some(found) = inside("name").or_else(|| inside("email")) else { return };
        let text = text::field_text(found, Kind::Escaped, &self.declared, self.problems);
        self.draft().put(Field::Author, rank, text);
    }

    fn category_attributes(&mut self, tag: &Tag<'a>) -> bool {
        let label = attribute(tag, "term").filter(|t| !t.is_empty());
        let other = || attribute(tag, "label").or_else(|| attribute(tag, "text"));
        let Some(term) = label.or_else(other) else { return false };
        self.draft().put(Field::Category, 0, term);
        true
    }

    /// A link in an attribute: the entry's own link where its relation says so.
    fn attribute_link(&mut self, tag: &Tag<'a>) {
        let Some(href) = attribute(tag, "href").filter(|href| !href.is_empty()) else { return };
        let base = self.base_of(tag);
        let href = rebased(href, base.as_ref());
        let rel = attribute(tag, "rel").filter(|rel| !rel.is_empty());
        let media_type = attribute(tag, "type").map(Cow::into_owned);
        let rel = rel.map_or_else(|| "alternate".to_owned(), |rel| rel.to_ascii_lowercase());
        let is_page = media_type.as_deref().is_none_or(|t| t.contains("html"));
        match rel.as_str() {
            "alternate" => self.draft().put(Field::Link, u8::from(!is_page) * 2, href.clone()),
            "enclosure" if self.entry.is_some() => {
                self.draft().put(Field::Enclosure, 0, href.clone());
            }
            "related" | "via" if self.entry.is_some() => {
                self.draft().put(Field::Link, 6, href.clone());
            }
            _ => {}
        }
        if self.entry.is_none() {
            self.feed.put_link(FeedLink { href: href.into_owned(), rel, media_type });
        }
    }

    fn finish(mut self) -> Repaired {
        emit::feed(&self.feed, self.problems, &mut self.out.fields);
        self.out
    }
}

/// Longest base, in bytes. Every relative link grows by its base: with a long one, a small
/// document of many links would become a large one.
const LONGEST_BASE: usize = 512;

fn is_short(base: &Url) -> bool {
    base.as_str().len() <= LONGEST_BASE
}

/// `address` as a base, where it is a URL and not too long a one.
pub(crate) fn usable_base(address: &str) -> Option<Url> {
    Url::parse(address).ok().filter(is_short)
}

/// Said by `mode` in Atom 0.3, by the type in Atom 1.0 (RFC 4287, 4.1.3.3).
fn is_base64(tag: &Tag<'_>, media_type: Option<&str>) -> bool {
    let binary = |t: &str| t.contains('/') && !t.starts_with("text/") && !t.contains("xml");
    attribute(tag, "mode").is_some_and(|mode| mode == "base64") || media_type.is_some_and(binary)
}

fn rebased<'a>(link: Cow<'a, str>, base: Option<&Url>) -> Cow<'a, str> {
    match base.and_then(|base| base.join(&link).ok()) {
        Some(url) => Cow::Owned(url.into()),
        None => link,
    }
}

/// `raw` after the first start tag called `name`, whatever its prefix.
fn split_at_tag<'a>(raw: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', raw.as_bytes().get(at..)?) {
        at += found;
        if let Markup::Tag(tag) = markup(raw, at)
            && !tag.is_end
            && tag.name.rsplit(':').next().is_some_and(|local| local.eq_ignore_ascii_case(name))
        {
            return raw.split_at_checked(tag.end);
        }
        at += 1;
    }
    None
}

/// XHTML content without the `div` that RFC 4287, 3.1.1.3 asks for around it.
fn without_div(text: Cow<'_, str>) -> Cow<'_, str> {
    let inner = match markup(&text, 0) {
        Markup::Tag(tag) if tag.name.rsplit(':').next() == Some("div") && !tag.is_empty => {
            let rest = text.get(tag.end..).unwrap_or_default();
            rest.rfind("</")
                .filter(|end| rest.get(*end..).is_some_and(|e| e.contains("div")))
                .and_then(|end| rest.get(..end))
                .map(|inner| inner.trim().to_owned())
        }
        _ => None,
    };
    inner.map_or(text, Cow::Owned)
}
