//! The one form that is handed to feed-rs: RSS 2.0 with a few modules, every field once and
//! all of them text.

use std::borrow::Cow;

use super::draft::{Draft, best_date, text};
use crate::problem::{ProblemKind, Problems};

/// Before the entries.
pub(crate) const HEAD: &str = "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" \
    xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
    xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>";

/// After everything.
pub(crate) const TAIL: &str = "</channel></rss>";

/// Writes one entry.
pub(super) fn entry(
    entry: &Draft<'_>,
    room: &mut usize,
    problems: &mut Problems,
    out: &mut String,
) {
    out.push_str("<item>");
    element("title", text(entry.title.as_ref()), out);
    let id = text(entry.id.as_ref());
    let link = text(entry.link.as_ref());
    let permalink = id.filter(|id| !entry.id_is_opaque && is_web(id));
    let link = resolved(link.or(permalink), entry.base.as_ref(), room, problems);
    element("link", link.as_deref(), out);
    if let Some(id) = id {
        out.push_str(if entry.id_is_opaque { "<guid isPermaLink=\"false\">" } else { "<guid>" });
        escaped(id, out);
        out.push_str("</guid>");
    }
    element("pubDate", best_date(&entry.published), out);
    element("atom:updated", best_date(&entry.updated), out);
    element("description", text(entry.summary.as_ref()), out);
    element("content:encoded", text(entry.content.as_ref()), out);
    for author in entry.best_authors() {
        element("dc:creator", author_name(author).as_deref(), out);
    }
    for tag in &entry.tags {
        element("category", Some(tag), out);
    }
    for media in &entry.media {
        if let Some(url) = resolved(Some(media), entry.base.as_ref(), room, problems) {
            out.push_str("<enclosure url=\"");
            escaped(&url, out);
            out.push_str("\"/>");
        }
    }
    out.push_str("</item>");
}

/// Writes the feed's own fields.
pub(super) fn feed(feed: &Draft<'_>, room: &mut usize, problems: &mut Problems, out: &mut String) {
    element("title", text(feed.title.as_ref()), out);
    let link = resolved(text(feed.link.as_ref()), feed.base.as_ref(), room, problems);
    element("link", link.as_deref(), out);
    element("description", text(feed.summary.as_ref()), out);
    let language = text(feed.language.as_ref()).map(|language| language.replace('_', "-"));
    element("language", language.as_deref(), out);
    for link in &feed.links {
        let Some(href) = resolved(Some(&link.href), feed.base.as_ref(), room, problems) else {
            continue;
        };
        out.push_str("<atom:link rel=\"");
        escaped(&link.rel, out);
        out.push_str("\" href=\"");
        escaped(&href, out);
        if let Some(media_type) = &link.media_type {
            out.push_str("\" type=\"");
            escaped(media_type, out);
        }
        out.push_str("\"/>");
    }
}

fn element(name: &str, text: Option<&str>, out: &mut String) {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return };
    out.push('<');
    out.push_str(name);
    out.push('>');
    if text.bytes().all(|b| !matches!(b, b'<' | b'&' | b'>')) {
        out.push_str(text);
    } else if can_be_cdata(text) {
        out.push_str("<![CDATA[");
        out.push_str(text);
        out.push_str("]]>");
    } else {
        escaped(text, out);
    }
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// A section cannot hold its own end; its start is left out as well, so that what is written
/// cannot be taken for damage when it is read again.
fn can_be_cdata(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"]]>").is_none()
        && !text.ends_with(']')
        && memchr::memmem::find(text.as_bytes(), b"<![").is_none()
}

fn escaped(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&', '>', '"']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        out.push_str(match from.as_bytes().first() {
            Some(b'<') => "&lt;",
            Some(b'&') => "&amp;",
            Some(b'>') => "&gt;",
            _ => "&quot;",
        });
        rest = from.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
}

pub(super) fn is_web(url: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| url.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)))
}

/// `link` as an absolute URL where a base makes it one; links of other schemes stay. `room` is
/// how many bytes the links of the document may still grow by: a link beyond it is none.
pub(super) fn resolved<'a>(
    link: Option<&'a str>,
    base: Option<&url::Url>,
    room: &mut usize,
    problems: &mut Problems,
) -> Option<Cow<'a, str>> {
    let link = link.map(str::trim).filter(|link| !link.is_empty())?;
    if link.len() > LONGEST_LINK || link.starts_with("javascript:") {
        problems.note(ProblemKind::BadLink);
        return None;
    }
    if is_web(link) {
        return Some(Cow::Borrowed(link));
    }
    let Some(url) = base.and_then(|base| base.join(link).ok()) else {
        return Some(Cow::Borrowed(link));
    };
    let Some(left) = room.checked_sub(url.as_str().len().saturating_sub(link.len())) else {
        problems.note(ProblemKind::BadLink);
        return None;
    };
    *room = left;
    Some(Cow::Owned(url.into()))
}

/// Longest link taken, in bytes.
const LONGEST_LINK: usize = 8192;

/// The name of an author who may come with an address: `ann@example.org (Ann)`,
/// `Ann <ann@example.org>`. An address alone stays, if it is plain ASCII: feed-rs cuts
/// names around addresses at bytes.
fn author_name(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('@') {
        return Some(Cow::Borrowed(text));
    }
    let name: Vec<&str> = text
        .split(char::is_whitespace)
        .filter(|word| !word.contains('@'))
        .map(|word| word.trim_matches(['(', ')', '<', '>', ',', '"']))
        .filter(|word| !word.is_empty())
        .collect();
    if !name.is_empty() {
        return Some(Cow::Owned(name.join(" ")));
    }
    let address = text.trim_start_matches("mailto:").trim_matches(['(', ')', '<', '>']);
    (address.is_ascii() && !address.contains(['(', '<', ' '])).then_some(Cow::Borrowed(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_lose_their_addresses() {
        for (text, name) in [
            ("ann@example.org (Ann Other)", Some("Ann Other")),
            ("Ann Öther <ann@example.org>", Some("Ann Öther")),
            ("ann@example.org", Some("ann@example.org")),
            ("—ann@example.org", None),
            ("Ann", Some("Ann")),
        ] {
            assert_eq!(author_name(text).as_deref(), name, "{text}");
        }
    }
}
