//! One line of text in several nodes: frameworks mark where they joined it by comments without
//! words (`Updated<!-- -->: <!-- -->May 4`).

use std::borrow::Cow;

use scraper::Node;

use crate::fields::text_of::NodeRef;

/// Most parts of a line that are joined: a bound on what pages of nothing but seams cost.
const MAX_PARTS: usize = 16;

/// The line that begins with `node`, whose text is `text`; `None` where the node goes on a line
/// that began before it.
pub(super) fn line_from<'t>(node: NodeRef<'_>, text: &'t str) -> Option<Cow<'t, str>> {
    let is_blank = |text: &&str| text.trim().is_empty();
    if parts(node, |node| node.prev_sibling()).any(|part| !is_blank(&part)) {
        return None;
    }
    let mut rest = parts(node, |node| node.next_sibling()).peekable();
    if rest.peek().is_none() {
        return Some(Cow::Borrowed(text));
    }
    let own = node.value().as_text().map_or(text, |text| text);
    let line: String = std::iter::once(own).chain(rest).collect();
    Some(Cow::Owned(line.trim().to_owned()))
}

/// The texts beyond the seams beside `node`, the nearest first.
fn parts<'a>(
    node: NodeRef<'a>,
    beside: impl Fn(NodeRef<'a>) -> Option<NodeRef<'a>>,
) -> impl Iterator<Item = &'a str> {
    let mut at = Some(node);
    let next = move || {
        let seam = beside(at.take()?).filter(|node| is_seam(node.value()))?;
        at = beside(seam);
        at?.value().as_text().map(|text| &**text)
    };
    std::iter::from_fn(next).take(MAX_PARTS)
}

fn is_seam(node: &Node) -> bool {
    node.as_comment().is_some_and(|comment| matches!(comment.trim(), "" | "[" | "]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(html: &str) -> Vec<String> {
        let page = scraper::Html::parse_fragment(html);
        let texts = page.tree.root().descendants();
        let texts = texts.filter_map(|n| Some((n, n.value().as_text()?.trim())));
        let shown = texts.filter(|(_, text)| !text.is_empty());
        shown.filter_map(|(node, text)| line_from(node, text).map(Cow::into_owned)).collect()
    }

    #[test]
    fn what_a_framework_joined_is_one_line() {
        assert_eq!(lines("<p>Updated<!-- -->: <!-- -->May 4, 2025</p>"), ["Updated: May 4, 2025"]);
        assert_eq!(lines("<p>May<!-- --> <!-- -->4<!---->, 2025</p>"), ["May 4, 2025"]);
        assert_eq!(lines("<p> <!-- -->By Jo<!-- --> and Al</p>"), ["By Jo and Al"]);
    }

    #[test]
    fn other_comments_part_lines() {
        assert_eq!(lines("<p>May 4<!-- advert -->Read on</p>"), ["May 4", "Read on"]);
        assert_eq!(lines("<p>\n<!-- byline -->\nBy Jo</p>"), ["By Jo"]);
        assert_eq!(lines("<p>One<b>two</b>three</p>"), ["One", "two", "three"]);
    }
}
