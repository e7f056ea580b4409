//! The fields of a feed or an entry, as the pass comes upon them.

use std::borrow::Cow;

use record::FeedLink;
use url::Url;

use super::super::emit;
use super::super::extent::{End, Extent};
use super::super::names::Field;
use super::super::text::{self, Kind};
use super::{Format, Walk};
use crate::base64;
use crate::markup::{Markup, Tag, attribute, markup};
use crate::problem::ProblemKind;

impl<'a> Walk<'a, '_> {
    /// Takes a field; where to go on.
    pub(super) fn field(&mut self, tag: Tag<'a>, field: Field, rank: u8) -> usize {
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
                let text = self.rebased(text, base.as_ref());
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

    /// `link` by the base that its own element sets, as far as there is room.
    fn rebased(&mut self, link: Cow<'a, str>, base: Option<&Url>) -> Cow<'a, str> {
        let Some(url) = base.and_then(|base| base.join(&link).ok()) else { return link };
        let growth = url.as_str().len().saturating_sub(link.len());
        let Some(left) = self.room.checked_sub(growth) else { return link };
        self.room = left;
        Cow::Owned(url.into())
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
        let href = self.rebased(href, base.as_ref());
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
}

/// Said by `mode` in Atom 0.3, by the type in Atom 1.0 (RFC 4287, 4.1.3.3).
fn is_base64(tag: &Tag<'_>, media_type: Option<&str>) -> bool {
    let binary = |t: &str| t.contains('/') && !t.starts_with("text/") && !t.contains("xml");
    attribute(tag, "mode").is_some_and(|mode| mode == "base64") || media_type.is_some_and(binary)
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
