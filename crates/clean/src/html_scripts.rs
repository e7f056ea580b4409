//! Long scripts and styles, which half of a news page consists of, kept out of the parser.
//!
//! The parser would look at each of their bytes twice and copy it once, and nobody reads them in
//! the tree. [`next_long`] finds where one may begin; only the parser knows whether one does
//! ([`is_open`]): the same letters may stand in a comment, a value or another script.

use ego_tree::Tree;
use scraper::Node;

/// Bytes of a long script that the parser gets all the same, so that the tree shows that there
/// is one.
pub(crate) const SHOWN: usize = 2 * 1024;

/// Longest start tag that is looked at, in bytes.
const LONGEST_TAG: usize = 1024;

/// What looks like a long script or style.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Long<'a> {
    /// Where its start tag begins, in bytes.
    pub(crate) tag: usize,
    /// Where its content begins.
    pub(crate) start: usize,
    /// The content, up to its end tag.
    pub(crate) content: &'a str,
}

/// The next start tag in `text` at or after `from` that has more than [`SHOWN`] bytes up to the
/// end tag. Scripts of data (`type` with `json`) are not looked for: they are evidence. Nor are
/// those with `<!--`, which have rules of their own (HTML standard, 13.2.5.18 and following).
///
/// All calls for a text together are linear in it if each begins where the one before ended.
pub(crate) fn next_long(text: &str, from: usize) -> Option<Long<'_>> {
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
        let end = end_of(bytes.get(start..)?, name)?;
        from = start + end;
        let is_data = memchr::memmem::find(head.get(..length)?, b"json").is_some();
        let content = text.get(start..start + end)?;
        if end > SHOWN && !is_data && !content.contains("<!--") {
            return Some(Long { tag, start, content });
        }
    }
    None
}

/// Is the newest node of `tree`, made since it had `before` nodes, an empty script or style?
/// Then the parser reads text up to the end tag, whatever it holds.
pub(crate) fn is_open(tree: &Tree<Node>, before: usize) -> bool {
    let mut nodes = tree.nodes();
    let is_new = nodes.len() > before;
    let newest = nodes.next_back().filter(|node| is_new && !node.has_children());
    newest.and_then(|node| node.value().as_element()).is_some_and(|element| {
        element.name.ns == html5ever::ns!(html) && matches!(element.name(), "script" | "style")
    })
}

/// The name of the script or style tag whose name starts here.
fn name_at(bytes: &[u8]) -> Option<&'static [u8]> {
    let names: [&[u8]; 2] = [b"script", b"style"];
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
    fn only_long_ones_are_found_and_none_of_data() {
        let long = "x".repeat(SHOWN + 1);
        let found = |text: &str| next_long(text, 0).map(|found| (found.tag, found.start));
        assert_eq!(found(&format!("<p><script a=b>{long}</script>")), Some((3, 15)));
        assert_eq!(found(&format!("<STYLE>{long}</Style >")), Some((0, 7)));
        assert_eq!(found(&format!("<script>x</script><style>{long}</style>")), Some((18, 25)));
        for none in [
            format!("<script type=application/ld+json>{long}</script>"),
            format!("<script><!--{long}</script>"),
            format!("<script>{long}"),
            format!("<scripts>{long}</scripts>"),
            format!("<script>{long}</scripts>"),
        ] {
            assert_eq!(found(&none), None);
        }
    }
}
