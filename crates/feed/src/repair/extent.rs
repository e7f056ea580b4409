//! How far an element reaches, end tag or not.

use super::names::{Field, Role, Spaces, role};
use super::text::{Comments, cdata_parts};
use crate::markup::{Markup, Tag, markup};

/// Where an element's content ends and where reading goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// The byte behind the content.
    pub content_end: usize,
    /// Where to read on.
    pub resume: usize,
    /// How it ended.
    pub end: End,
}

/// How an element ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With its end tag.
    Closed,
    /// Without, where another element starts or an outer one ends.
    Implied,
    /// With the document.
    Cut,
}

/// Measures elements. Looking for an end tag that never comes costs the bytes looked at, so
/// there is a budget for fruitless looking; once it is spent, elements end at the first sign.
#[derive(Debug)]
pub(super) struct Measure {
    budget: usize,
    comments: Comments,
    /// Where the next `]]>` starts that was looked for, and from where that is so.
    cdata_end: (usize, Option<usize>),
}

/// Bytes of fruitless looking, as a multiple of the document.
const FRUITLESS: usize = 4;

impl Measure {
    pub(super) fn new(length: usize) -> Self {
        let budget = length.saturating_mul(FRUITLESS);
        Self { budget, comments: Comments::default(), cdata_end: (usize::MAX, None) }
    }

    /// The extent of the element that `tag` starts. `field` is what it is to us, if anything.
    pub(super) fn extent(
        &mut self,
        text: &str,
        tag: &Tag<'_>,
        field: Option<Field>,
        spaces: &Spaces<'_>,
    ) -> Extent {
        let nothing = Extent { content_end: tag.end, resume: tag.end, end: End::Implied };
        if tag.is_empty {
            return Extent { end: End::Closed, ..nothing };
        }
        if field.is_none() && self.budget == 0 {
            return nothing;
        }
        let mut at = tag.end;
        let mut sibling = None;
        while let Some(found) = memchr::memchr(b'<', text.as_bytes().get(at..).unwrap_or_default())
        {
            let here = at + found;
            match markup(text, here) {
                Markup::Tag(inner) => match self.judge(tag, &inner, field, spaces, &mut sibling) {
                    Judged::Inside => at = inner.end.max(here + 1),
                    Judged::End => {
                        return Extent { content_end: here, resume: inner.end, end: End::Closed };
                    }
                    Judged::Boundary => {
                        let end = if field.is_some() { sibling.unwrap_or(here) } else { tag.end };
                        return self.implied(tag, end, here);
                    }
                },
                Markup::Cdata => at = here + self.cdata_length(text, here, tag.name),
                Markup::Comment => at = here + self.comments.length(text, here).unwrap_or(4),
                _ => at = here + 1,
            }
        }
        match sibling {
            _ if field.is_none() => self.implied(tag, tag.end, text.len()),
            Some(sibling) => self.implied(tag, sibling, text.len()),
            None => Extent { content_end: text.len(), resume: text.len(), end: End::Cut },
        }
    }

    fn implied(&mut self, tag: &Tag<'_>, end: usize, looked_to: usize) -> Extent {
        self.budget = self.budget.saturating_sub(looked_to - tag.end.min(looked_to));
        Extent { content_end: end, resume: end, end: End::Implied }
    }

    /// What a tag inside means for the element. The first sibling is only a guess until it is
    /// clear that no end tag follows: `<title>The <link> element</title>`.
    fn judge(
        &self,
        outer: &Tag<'_>,
        inner: &Tag<'_>,
        field: Option<Field>,
        spaces: &Spaces<'_>,
        sibling: &mut Option<usize>,
    ) -> Judged {
        let same = inner.name.eq_ignore_ascii_case(outer.name);
        if inner.is_end {
            if same {
                return Judged::End;
            }
            return if is_structure(inner, spaces) { Judged::Boundary } else { Judged::Inside };
        }
        match role_of(inner, spaces) {
            Role::Entry => return Judged::Boundary,
            Role::Field(inner_field, _) => {
                let long = field.is_some_and(Field::is_long);
                let counts = field.is_some() && !(long && inner_field.is_long() && !same);
                if same && field.is_some() && (sibling.is_some() || !long) {
                    sibling.get_or_insert(inner.start);
                    return Judged::Boundary;
                }
                if counts && sibling.is_none() && !same {
                    *sibling = Some(inner.start);
                    if self.budget == 0 {
                        return Judged::Boundary;
                    }
                }
            }
            _ => {}
        }
        Judged::Inside
    }

    /// The length of a CDATA section in an element called `name`: up to its own end, or to
    /// the element's end tag where the section's end is missing or belongs to a later one.
    fn cdata_length(&mut self, text: &str, at: usize, name: &str) -> usize {
        let rest = text.get(at..).unwrap_or_default();
        let end = self.next_cdata_end(text, at).map(|end| end - at);
        let limit = end.unwrap_or(rest.len());
        let inside = rest.get(..limit).unwrap_or_default();
        let nested = inside
            .get(9..)
            .is_some_and(|i| memchr::memmem::find(i.as_bytes(), b"<![CDATA[").is_some());
        if end.is_some() && !nested {
            return limit + 3;
        }
        match own_end(inside, name) {
            Some(own) => own,
            None if end.is_some() => limit + 3,
            None => cdata_parts(text, at).1,
        }
    }

    fn next_cdata_end(&mut self, text: &str, at: usize) -> Option<usize> {
        let (from, end) = self.cdata_end;
        if at < from || end.is_some_and(|end| end < at) {
            let rest = text.as_bytes().get(at..).unwrap_or_default();
            let found = memchr::memmem::find(rest, b"]]>").map(|found| at + found);
            self.cdata_end = (at, found);
        }
        self.cdata_end.1
    }
}

enum Judged {
    Inside,
    End,
    Boundary,
}

/// The end tag of the element called `name` where another tag follows it at once.
fn own_end(inside: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let found = memchr::memmem::find(inside.as_bytes().get(from..)?, b"</")?;
        let at = from + found;
        if let Markup::Tag(tag) = markup(inside, at)
            && tag.name.eq_ignore_ascii_case(name)
            && inside.get(tag.end..).is_some_and(|after| after.trim_start().starts_with('<'))
        {
            return Some(at);
        }
        from = at + 2;
    }
}

/// The role of an element by its name.
pub(super) fn role_of(tag: &Tag<'_>, spaces: &Spaces<'_>) -> Role {
    let (prefix, local) = tag.name.rsplit_once(':').unwrap_or(("", tag.name));
    if prefix.is_empty() {
        return role(super::names::Space::Core, local);
    }
    role(spaces.peek(prefix), local)
}

fn is_structure(tag: &Tag<'_>, spaces: &Spaces<'_>) -> bool {
    matches!(role_of(tag, spaces), Role::Root | Role::Channel | Role::Entry)
}
