//! Markup as it stands, well formed or not.

use std::borrow::Cow;

use crate::entities;

/// A tag, from its `<` to behind its `>`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag<'a> {
    /// The name with its prefix, as written.
    pub name: &'a str,
    /// What stands between the name and the end.
    pub attributes: &'a str,
    /// Where the tag starts, and the byte behind it.
    pub start: usize,
    pub end: usize,
    /// `</name>`?
    pub is_end: bool,
    /// `<name/>`?
    pub is_empty: bool,
    /// Was it cut, or are its quotes broken?
    pub is_broken: bool,
}

/// What a `<` begins.
pub(crate) enum Markup<'a> {
    Tag(Tag<'a>),
    /// A CDATA section.
    Cdata,
    /// A comment.
    Comment,
    /// A processing instruction or declaration.
    Instruction,
    /// A doctype or another `<!`.
    Declaration,
    /// Text.
    Literal,
}

/// Longest name of an element, in bytes.
const LONGEST_NAME: usize = 128;

/// What the `<` at byte `at` begins.
pub(crate) fn markup(text: &str, at: usize) -> Markup<'_> {
    let rest = text.as_bytes().get(at + 1..).unwrap_or_default();
    match rest {
        [b'!', ..] => declaration(text, at),
        [b'?', ..] => Markup::Instruction,
        [b'/', c, ..] if is_name_start(*c) => tag(text, at),
        [c, ..] if is_name_start(*c) => tag(text, at),
        _ => Markup::Literal,
    }
}

fn declaration(text: &str, at: usize) -> Markup<'_> {
    let starts = |start: &str| {
        text.get(at..at + start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    if starts("<![CDATA[") {
        Markup::Cdata
    } else if starts("<!--") {
        Markup::Comment
    } else {
        Markup::Declaration
    }
}

const fn is_name_start(c: u8) -> bool {
    c.is_ascii_alphabetic() || c == b'_' || c == b':' || c >= 0x80
}

fn tag(text: &str, at: usize) -> Markup<'_> {
    let bytes = text.as_bytes();
    let is_end = bytes.get(at + 1) == Some(&b'/');
    let name_at = at + 1 + usize::from(is_end);
    let tail = bytes.get(name_at..).unwrap_or_default();
    let length = tail
        .iter()
        .take(LONGEST_NAME + 1)
        .position(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>' | b'<' | b'=' | b'"'))
        .unwrap_or(tail.len().min(LONGEST_NAME + 1));
    let Some(name) = text.get(name_at..name_at + length).filter(|_| length <= LONGEST_NAME) else {
        return Markup::Literal;
    };
    let (close, is_broken) = tag_end(bytes, name_at + length);
    let closed = bytes.get(close) == Some(&b'>');
    let inner = text.get(name_at + length..close).unwrap_or_default();
    let is_empty = !is_end && inner.ends_with('/');
    Markup::Tag(Tag {
        name,
        attributes: inner.strip_suffix('/').unwrap_or(inner),
        start: at,
        end: close + usize::from(closed),
        is_end,
        is_empty,
        is_broken: is_broken || !closed,
    })
}

/// The place of the `>` that ends the tag whose attributes start at `from`, and whether the
/// tag is broken. A tag never reaches beyond the next `<`, so that looking is linear.
fn tag_end(bytes: &[u8], from: usize) -> (usize, bool) {
    let mut at = from;
    let mut quoted = None;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let found = match quoted {
            None => rest.iter().position(|b| matches!(b, b'>' | b'<' | b'"' | b'\'')),
            Some(quote) => memchr::memchr2(quote, b'<', rest),
        };
        let Some(here) = found.map(|found| at + found) else {
            return unquoted_end(bytes, from, bytes.len());
        };
        match (bytes.get(here), quoted) {
            (Some(b'>'), None) => return (here, false),
            (Some(b'<'), None) => return (here, true),
            (Some(b'<'), Some(_)) if starts_markup(bytes, here) => {
                return unquoted_end(bytes, from, here);
            }
            (Some(b'<'), Some(_)) => {}
            (Some(quote), None) if follows_equals(bytes, from, here) => quoted = Some(*quote),
            (_, Some(_)) => quoted = None,
            _ => {}
        }
        at = here + 1;
    }
}

/// A quote opens a value only after `=`; elsewhere it is dirt.
fn follows_equals(bytes: &[u8], from: usize, quote: usize) -> bool {
    let before = bytes.get(from..quote).unwrap_or_default();
    before.trim_ascii_end().ends_with(b"=")
}

fn starts_markup(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1).is_some_and(|c| is_name_start(*c) || matches!(c, b'/' | b'!' | b'?'))
}

fn unquoted_end(bytes: &[u8], from: usize, to: usize) -> (usize, bool) {
    let inside = bytes.get(from..to).unwrap_or_default();
    (memchr::memchr(b'>', inside).map_or(to, |found| from + found), true)
}

/// The attributes of a tag with their values as written, quotes removed.
pub(crate) fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(|c: char| !is_attribute_name(c));
            if rest.is_empty() {
                return None;
            }
            let end = rest.find(|c| !is_attribute_name(c)).unwrap_or(rest.len());
            let (name, after) = rest.split_at_checked(end)?;
            let Some(value) = after.trim_start().strip_prefix('=') else {
                rest = after;
                continue;
            };
            let (value, after) = attribute_value(value.trim_start());
            rest = after;
            return Some((name, value));
        }
    })
}

fn is_attribute_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ':' | '_' | '-' | '.')
}

fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The value of the attribute called `name` (in lower case), references resolved.
pub(crate) fn attribute<'a>(tag: &Tag<'a>, name: &str) -> Option<Cow<'a, str>> {
    attributes(tag.attributes).find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| decoded(v))
}

/// An attribute's value with its references resolved.
pub(crate) fn decoded(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return Cow::Borrowed(value.trim());
    }
    let mut out = String::with_capacity(value.len());
    entities::decode_into(value.trim(), &mut out);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag_of(text: &str) -> Tag<'_> {
        match markup(text, 0) {
            Markup::Tag(tag) => tag,
            _ => panic!("no tag: {text}"),
        }
    }

    #[test]
    fn tags_are_read_as_far_as_they_go() {
        let tag = tag_of("<a:link rel='x' href = \"u?a>b&amp;c\" bare q=1/>rest");
        assert_eq!((tag.name, tag.is_empty, tag.is_broken), ("a:link", true, false));
        let all: Vec<_> = attributes(tag.attributes).collect();
        assert_eq!(all, [("rel", "x"), ("href", "u?a>b&amp;c"), ("q", "1")]);
        assert_eq!(attribute(&tag, "href").as_deref(), Some("u?a>b&c"));
        assert!(tag_of("</item >").is_end);
    }

    #[test]
    fn broken_tags_end_before_the_next() {
        let text = "<link href=\"http://e.org><title>x</title>";
        let tag = tag_of(text);
        assert!(tag.is_broken);
        assert_eq!(text.get(tag.end..), Some("<title>x</title>"));
        let text = "<item <title>";
        assert_eq!(text.get(tag_of(text).end..), Some("<title>"));
        assert_eq!(tag_of("<outline text=\"a < b\" x='1'>").attributes, " text=\"a < b\" x='1'");
    }
}
