//! The pass over a document.

mod fields;

use url::Url;

use super::draft::Draft;
use super::extent::{Measure, role_of};
use super::names::{self, Field, Role, Space, Spaces};
use super::text::{self, Comments, Declared};
use super::{Repaired, emit, most_entries};
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
        room: text.len() + SMALL_ROOM,
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
    /// How many bytes relative links may still grow by.
    room: usize,
    out: Repaired,
}

/// How much the relative links of even the smallest document may grow by, in bytes.
const SMALL_ROOM: usize = 16 * 1024;

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
        emit::entry(&entry, &mut self.room, self.problems, &mut self.out.entries);
        self.out.ends.push(self.out.entries.len());
    }

    fn draft(&mut self) -> &mut Draft<'a> {
        self.entry.as_mut().unwrap_or(&mut self.feed)
    }

    fn finish(mut self) -> Repaired {
        emit::feed(&self.feed, &mut self.room, self.problems, &mut self.out.fields);
        self.out
    }
}

/// Longest base, in bytes. Every relative link grows by its base: with a long one, a small
/// document of many links would become a large one.
const LONGEST_BASE: usize = 256;

fn is_short(base: &Url) -> bool {
    base.as_str().len() <= LONGEST_BASE
}

/// `address` as a base, where it is a URL and not too long a one. A query is no part of a base.
pub(crate) fn usable_base(address: &str) -> Option<Url> {
    let mut base = Url::parse(address).ok()?;
    if !is_short(&base) {
        base.set_query(None);
        base.set_fragment(None);
    }
    Some(base).filter(is_short)
}
