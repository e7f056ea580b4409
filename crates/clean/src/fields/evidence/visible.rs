//! What readers see: headlines, times, bylines and lines with dates.

use super::attributes::Attributes;
use super::byline_signs::{is_author_page, is_in_prose, list_after, speaks_of_others};
use super::seams;
use super::walk::{Frame, Walk};
use super::{
    Byline, BylineKind, MAX_HEADINGS, MAX_HEADLINE, MAX_LINE, MAX_PIECES, Piece, Stamp, TimeTag,
    has_year,
};
use crate::fields::person;
use crate::fields::roles::Roles;
use crate::fields::text_of::{BOUND, NodeRef, dated_text_of, text_of, whole_text_of};

const NO_BYLINE: Roles = Roles::BIO.with(Roles::CREDIT).with(Roles::OTHER);
/// Longest text that is taken for the label of the date after it, in bytes.
const MAX_LABEL: usize = 60;
const STAMPED: Roles = Roles::DATE.with(Roles::META).with(Roles::UPDATED).with(Roles::AUTHOR);

impl<'a> Walk<'a> {
    pub(super) fn visible(&mut self, node: NodeRef<'a>, tag: &str, at: &Attributes<'a>) {
        self.heading(node, tag);
        self.time(node, tag, at);
        self.byline(node, tag, at);
        self.stamp(node, tag, at);
        if tag == "a" && at.rel.split_ascii_whitespace().any(|r| r == "license") {
            self.link(at);
        }
    }

    pub(super) fn heading(&mut self, node: NodeRef<'a>, tag: &str) {
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
            if let Some(href) = only_link(node).filter(|_| level == 1) {
                self.found.linking.push((href, piece.text.clone()));
            }
            self.found.headings.push((level, piece));
        }
    }

    pub(super) fn time(&mut self, node: NodeRef<'a>, tag: &str, at: &Attributes<'a>) {
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
            let (stamp, pubdate, lead) = (at.datetime, at.pubdate, self.lead);
            self.found.times.push(TimeTag { stamp, piece, pubdate, lead });
            if let Some(top) = self.stack.last_mut().filter(|_| tag == "time") {
                top.taken_stamp = true; // its text is judged with it
            }
        }
    }

    pub(super) fn byline(&mut self, node: NodeRef<'a>, tag: &str, at: &Attributes<'a>) {
        let Some(frame) = self.stack.last().copied() else { return };
        let rel = at.rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case("author"));
        let kind = if rel {
            BylineKind::Rel
        } else if frame.roles.has(Roles::AUTHOR) && !frame.roles.has(NO_BYLINE) {
            if frame.taken_byline {
                return;
            }
            BylineKind::Class
        } else if tag == "a" && at.href.is_some_and(is_author_page) && !is_in_prose(node) {
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

    pub(super) fn stamp(&mut self, node: NodeRef<'a>, tag: &str, at: &Attributes<'a>) {
        let Some(frame) = self.stack.last().copied() else { return };
        if frame.taken_stamp || tag == "time" || self.found.stamps.len() >= MAX_PIECES {
            return;
        }
        if !frame.roles.has(STAMPED) {
            return;
        }
        let Some(mut text) = dated_text_of(node, MAX_LINE) else { return };
        if let Some(title) = at.title.filter(|t| t.len() < 80 && has_year(t)) {
            text.insert(0, BOUND);
            text.insert_str(0, title);
        }
        if has_year(&text) {
            let piece = Piece { text, roles: frame.roles, place: self.place() };
            self.found.stamps.push(Stamp { piece, lead: self.lead });
            if let Some(top) = self.stack.last_mut() {
                top.taken_stamp = true;
            }
        }
    }

    pub(super) fn text(&mut self, node: NodeRef<'a>, text: &'a str) {
        let Some(frame) = self.stack.last().copied() else { return };
        if frame.noscript && self.found.traits.noscript.len() < 400 {
            self.found.traits.noscript.extend(text.chars().take(300));
        }
        if frame.hidden {
            return;
        }
        let trimmed = trimmed(text);
        if trimmed.is_empty() {
            return;
        }
        let traits = &mut self.found.traits;
        if traits.opening.len() < 3000 {
            match trimmed.len() {
                0..=500 => traits.opening.push_str(trimmed),
                _ => traits.opening.extend(trimmed.chars().take(500)),
            }
            traits.opening.push(' ');
        }
        let length = trimmed.len() as u32;
        if frame.linked {
            traits.linked_text = traits.linked_text.saturating_add(length);
        } else if frame.paragraph {
            self.paragraph_text = self.paragraph_text.saturating_add(length);
        }
        if let Some(line) = seams::line_from(node, trimmed) {
            self.line(node, &line, frame);
        }
        self.lead = if trimmed.len() <= MAX_LABEL { trimmed } else { "" };
        let traits = &mut self.found.traits;
        traits.text = traits.text.saturating_add(length);
    }

    /// A text node that stands alone and may be a byline or a date.
    pub(super) fn line(&mut self, node: NodeRef<'a>, text: &str, frame: Frame<'a>) {
        let named = std::mem::take(&mut self.name_follows);
        if text.len() > MAX_LINE {
            return;
        }
        if text.len() < 30 && !frame.taken_byline && person::is_byline_label(text) {
            return self.label(node, text);
        }
        let place = self.place();
        let piece = || Piece { text: text.to_owned(), roles: frame.roles, place };
        if !frame.taken_stamp && self.found.stamps.len() < MAX_PIECES && has_year(text) {
            self.found.stamps.push(Stamp { piece: piece(), lead: self.lead });
        }
        if !frame.taken_byline
            && self.found.bylines.len() < MAX_PIECES
            && (named || person::starts_as_byline(text) && !speaks_of_others(node, text, frame))
        {
            self.found.bylines.push(Byline { kind: BylineKind::Words, piece: piece() });
        }
    }

    /// "By" alone: the names are the list below it, the rest of its parent, or the text that
    /// follows.
    pub(super) fn label(&mut self, node: NodeRef<'a>, label: &str) {
        let listed = list_after(node);
        let around = listed.or(node.parent()).map(|p| text_of(p, MAX_LINE, true));
        let around = around.unwrap_or_default();
        if around.trim().len() < label.len() + 4 {
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
}

/// Where the one element of a heading leads, if that is a link and there is no text beside it.
fn only_link(heading: NodeRef<'_>) -> Option<&str> {
    let is_blank = |node: &NodeRef<'_>| {
        node.value().as_text().is_some_and(|text| text.trim().is_empty())
            || node.value().is_comment()
    };
    let mut children = heading.children().filter(|node| !is_blank(node));
    let only = children.next().filter(|_| children.next().is_none())?.value().as_element()?;
    only.attr("href").filter(|_| only.name() == "a")
}

/// Without white space around: most texts have only that of ASCII, which is told by bytes.
fn trimmed(text: &str) -> &str {
    let text = text.trim_ascii();
    let other = |b: Option<&u8>| b.is_some_and(|b| !b.is_ascii() || *b == b'\x0b');
    if other(text.as_bytes().first()) || other(text.as_bytes().last()) { text.trim() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_of_every_kind_goes() {
        for text in ["", "  ", "\u{a0}Rain \x0b", " Rain\u{2003}\n", "Rain", "é ", "\x0b"] {
            assert_eq!(trimmed(text), text.trim(), "{text:?}");
        }
    }
}
