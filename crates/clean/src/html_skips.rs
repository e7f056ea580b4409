//! What is kept out of the parser: long scripts and styles, which half of a news page consists
//! of, and drawings.
//!
//! The parser would look at each of their bytes twice and copy it once, and nobody reads them in
//! the tree. [`next`] finds where one may begin; only the parser knows whether one does
//! ([`open_element`]): the same letters may stand in a comment, a value or another script.

use ego_tree::{NodeId, Tree};
use scraper::Node;

use crate::html_drawings;

/// A script or style up to so many bytes goes through the parser: to stop for it would cost more.
const SHORT: usize = 256;

/// Longest start tag that is looked at, in bytes.
const LONGEST_TAG: usize = 1024;

/// What looks like a long script or style, or a drawing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Skip<'a> {
    /// Where its start tag begins, in bytes.
    pub(crate) tag: usize,
    /// Where its content begins.
    pub(crate) start: usize,
    /// The content, up to its end tag.
    pub(crate) content: &'a str,
}

/// The next start tag in `text` at or after `from` of a script or style that has more than
/// [`SHORT`] bytes up to the end tag, or of a drawing that holds shapes and nothing else. Scripts
/// with `<!--` are not looked for: they have rules of their own (HTML standard, 13.2.5.18 and
/// following).
///
/// All calls for a text together are linear in it if each begins where the one before ended.
pub(crate) fn next(text: &str, from: usize) -> Option<Skip<'_>> {
    let bytes = text.as_bytes();
    let mut from = from;
    while let Some(found) = memchr::memchr(b'<', bytes.get(from..)?) {
        let tag = from + found;
        from = tag + 1;
        let Some(name) = name_at(bytes.get(from..)?) else { continue };
        let head = bytes.get(from..)?;
        let length = memchr::memchr(b'>', head)?;
        if length > LONGEST_TAG {
            continue;
        }
        let start = from + length + 1;
        let rest = bytes.get(start..)?;
        let (end, is_skipped) = match name {
            b"svg" if head.get(..length)?.ends_with(b"/") => continue,
            b"svg" => {
                html_drawings::end_of(rest).map_or_else(|read| (read, false), |end| (end, true))
            }
            _ => {
                let end = end_of(rest, name)?;
                let content = rest.get(..end)?;
                (end, end > SHORT && memchr::memmem::find(content, b"<!--").is_none())
            }
        };
        from = start + end;
        if is_skipped {
            return Some(Skip { tag, start, content: text.get(start..from)? });
        }
    }
    None
}

/// What the newest node of `tree` is, when it was made since there were `before` nodes and holds
/// nothing yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// A script or style: the parser reads text up to the end tag, whatever it holds.
    Script(NodeId),
    /// A drawing.
    Drawing,
}

/// The element that the parser has just opened, if it is one to be skipped.
pub(crate) fn open_element(tree: &Tree<Node>, before: usize) -> Option<Open> {
    let mut nodes = tree.nodes();
    let is_new = nodes.len() > before;
    let newest = nodes.next_back().filter(|node| is_new && !node.has_children())?;
    let element = newest.value().as_element()?;
    match element.name() {
        "script" | "style" if element.name.ns == html5ever::ns!(html) => {
            Some(Open::Script(newest.id()))
        }
        "svg" if element.name.ns == html5ever::ns!(svg) => Some(Open::Drawing),
        _ => None,
    }
}

/// The name of the tag to be skipped whose name starts here.
fn name_at(bytes: &[u8]) -> Option<&'static [u8]> {
    let names: [&[u8]; 3] = [b"script", b"style", b"svg"];
    if !matches!(bytes.first(), Some(b's' | b'S')) {
        return None;
    }
    names.into_iter().find(|name| {
        let is_name = bytes.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
        is_name && bytes.get(name.len()).is_some_and(|b| b.is_ascii_whitespace() || *b == b'>')
    })
}

/// Where the end tag of `name` begins.
fn end_of(bytes: &[u8], name: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(bytes, b"</").find(|at| {
        let after = bytes.get(at + 2..).unwrap_or_default();
        let is_name = after.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
        is_name
            && after
                .get(name.len())
                .is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_ones_are_found() {
        let long = "x".repeat(SHORT + 1);
        let found = |text: &str| next(text, 0).map(|found| (found.tag, found.start));
        assert_eq!(found(&format!("<p><script a=b>{long}</script>")), Some((3, 15)));
        assert_eq!(found(&format!("<STYLE>{long}</Style >")), Some((0, 7)));
        assert_eq!(found(&format!("<script>x</script><style>{long}</style>")), Some((18, 25)));
        assert_eq!(found("<b><svg a=\"b\"><path d=\"M1\"/></svg>"), Some((3, 14)));
        for none in [
            format!("<script><!--{long}</script>"),
            format!("<script>{long}"),
            format!("<scripts>{long}</scripts>"),
            format!("<script>{long}</scripts>"),
            "<svg/><p>x</p></svg>".to_owned(),
        ] {
            assert_eq!(found(&none), None);
        }
    }
}
