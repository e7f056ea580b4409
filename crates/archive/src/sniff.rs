//! What an input is, told by its content.

/// The kinds of input that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing but white space.
    Empty,
    /// Raw text or a record's text form.
    Text,
    /// An HTML page.
    Html,
    /// An XML document that is no page: a feed, a sitemap, OPML.
    Xml,
    /// One JSON document: a JSON feed, say.
    Json,
    /// JSON lines: one object a line.
    JsonLines,
    /// A WARC file.
    Warc,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// What a recorder noted where there was no answer: see [`crate::warc::NOTE_TYPE`].
    Note,
    /// Nothing that holds text.
    Binary,
}

/// How much of the start is looked at, in bytes.
pub(crate) const HEAD: usize = 4096;

/// Tells by the first bytes what an input is, in the manner of the WHATWG's MIME Sniffing
/// standard (section 7.1), with the kinds that matter here.
///
/// ```
/// use archive::{Kind, sniff};
///
/// assert_eq!(sniff(b"\n<!DOCTYPE html><title>x</title>"), Kind::Html);
/// assert_eq!(sniff(b"A title\nA paragraph."), Kind::Text);
/// ```
#[must_use]
pub fn sniff(bytes: &[u8]) -> Kind {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    match head {
        [0x1f, 0x8b, ..] => return Kind::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => return Kind::Zstd,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return sniff_utf16(head),
        _ => {}
    }
    if head.starts_with(b"WARC/") {
        return Kind::Warc;
    }
    if is_binary(head) {
        return Kind::Binary;
    }
    sniff_text(head, bytes.len())
}

/// UTF-16 with a byte order mark: the ASCII in it tells the kind.
fn sniff_utf16(head: &[u8]) -> Kind {
    let ascii: Vec<u8> = head.iter().skip(2).copied().filter(|b| b.is_ascii() && *b != 0).collect();
    if ascii.is_empty() && head.len() > 2 { Kind::Text } else { sniff_text(&ascii, ascii.len()) }
}

fn sniff_text(head: &[u8], length: usize) -> Kind {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = head.trim_ascii_start();
    match text.first() {
        None if length > head.len() => Kind::Text,
        None => Kind::Empty,
        Some(b'<') => sniff_markup(text),
        Some(b'{') if first_line_is_object(text) => Kind::JsonLines,
        Some(b'{' | b'[') if looks_like_json(text) => Kind::Json,
        Some(_) => Kind::Text,
    }
}

/// Starts of an HTML document.
const HTML_STARTS: [&[u8]; 12] = [
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<body",
    b"<title",
    b"<meta",
    b"<script",
    b"<style",
    b"<div",
    b"<p>",
    b"<h1",
    b"<article",
];

fn sniff_markup(text: &[u8]) -> Kind {
    let lower = text.to_ascii_lowercase();
    let starts = |prefixes: &[&[u8]]| prefixes.iter().any(|p| lower.starts_with(p));
    let contains = |needle: &[u8]| lower.windows(needle.len()).any(|w| w == needle);
    if starts(&HTML_STARTS) {
        Kind::Html
    } else if contains(b"<rss") || contains(b"<feed") || contains(b"<rdf:rdf") {
        Kind::Xml
    } else if contains(b"<html") || contains(b"<body") || contains(b"<!doctype html") {
        Kind::Html
    } else if starts(&[b"<?xml", b"<urlset", b"<sitemapindex", b"<opml", b"<!doctype"]) {
        Kind::Xml
    } else if starts(&[b"<!--"]) {
        Kind::Html
    } else {
        Kind::Text
    }
}

/// A complete line that is an object by its ends, or the whole head inside one object whose
/// first key comes at once: a long first line.
fn first_line_is_object(text: &[u8]) -> bool {
    let line = text.split(|b| *b == b'\n').next().unwrap_or(text).trim_ascii();
    if line.len() == text.trim_ascii_end().len() && text.len() < HEAD - 8 {
        return line.ends_with(b"}") && !is_json_feed(text);
    }
    let complete = line.ends_with(b"}") || line.len() >= HEAD / 2;
    complete && looks_like_json(line) && !is_json_feed(text)
}

fn is_json_feed(text: &[u8]) -> bool {
    text.windows(13).any(|w| w.eq_ignore_ascii_case(b"jsonfeed.org/"))
}

/// An object whose first token is a key, or a list of objects.
fn looks_like_json(text: &[u8]) -> bool {
    let inside = text.get(1..).unwrap_or_default().trim_ascii_start();
    matches!(inside.first(), Some(b'"' | b'}' | b'{' | b']'))
}

/// NUL bytes, or over a tenth of control characters that text does not have.
fn is_binary(head: &[u8]) -> bool {
    let odd = |b: &&u8| matches!(b, 0..=8 | 14..=26 | 28..=31);
    head.contains(&0) || head.iter().filter(odd).count() * 10 > head.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told() {
        let utf16: Vec<u8> =
            "\u{feff}Ein Titel".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cases: &[(&[u8], Kind)] = &[
            (b"", Kind::Empty),
            (b" \n\n", Kind::Empty),
            (b"A title", Kind::Text),
            (b"<3 for the team\nIt won.", Kind::Text),
            (b"\xef\xbb\xbf  <HTML><body>", Kind::Html),
            (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC \"x\"><html>", Kind::Html),
            (b"<?xml version='1.0'?><rss><channel/></rss>", Kind::Xml),
            (b"<!-- made by x --><feed xmlns='a'>", Kind::Xml),
            (b"{\"title\":\"a\"}\n{\"title\":\"b\"}\n", Kind::JsonLines),
            (b"{\"title\":\"a\"}", Kind::JsonLines),
            (b"{\n \"title\":\"a\"}", Kind::Json),
            (b"{\"version\":\"https://jsonfeed.org/version/1\"}", Kind::Json),
            (b"{Reuters} A title in braces\nText", Kind::Text),
            (b"WARC/1.1\r\n", Kind::Warc),
            (b"\x1f\x8b\x08", Kind::Gzip),
            (b"\x28\xb5\x2f\xfd\x00", Kind::Zstd),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind::Binary),
            (&utf16, Kind::Text),
        ];
        for (bytes, kind) in cases {
            assert_eq!(sniff(bytes), *kind, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
