//! The visible text of a small part of the tree.

use ego_tree::iter::Edge;
use scraper::Node;

use super::roles::{self, Roles};

/// A node of the tree that scraper builds.
pub(crate) type NodeRef<'a> = ego_tree::NodeRef<'a, Node>;

/// Stands between the texts of two elements: the unit separator of ASCII, which no page shows.
pub(crate) const BOUND: char = '\u{1f}';

/// Stands before the text of an element that says it is the date of a change.
pub(crate) const CHANGED: char = '\u{1e}';

/// Nodes looked at below one element: enough for any headline or byline, and a bound on what
/// nested candidates can cost together.
const MAX_NODES: usize = 160;

/// The text below `node`, white space as it stands, up to `max` bytes and [`MAX_NODES`]
/// nodes. With `apart` every element is set off by [`BOUND`], as boxes are in a line of facts;
/// without it only breaks and blocks are, by a space, as in a headline.
pub(crate) fn text_of(node: NodeRef<'_>, max: usize, apart: bool) -> String {
    let mut out = String::new();
    let form = if apart { Form::Apart } else { Form::Joined };
    gather(node, max, form, &mut out);
    shorten(&mut out, max);
    out
}

/// As [`text_of`], set apart, if that is all the text there is.
pub(crate) fn whole_text_of(node: NodeRef<'_>, max: usize) -> Option<String> {
    let mut out = String::new();
    gather(node, max, Form::Apart, &mut out).then_some(out)
}

/// As [`whole_text_of`], with [`CHANGED`] before the dates of changes.
pub(crate) fn dated_text_of(node: NodeRef<'_>, max: usize) -> Option<String> {
    let mut out = String::new();
    gather(node, max, Form::Dated, &mut out).then_some(out)
}

/// What stands between the texts of elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A space at breaks and blocks.
    Joined,
    /// [`BOUND`].
    Apart,
    /// [`BOUND`], and [`CHANGED`] before dates of changes.
    Dated,
}

/// Appends the text; false when it was cut.
fn gather(node: NodeRef<'_>, max: usize, form: Form, out: &mut String) -> bool {
    let mut left = 2 * MAX_NODES;
    let mut hidden = 0_usize;
    for edge in node.traverse() {
        left -= 1;
        let (inner, opens) = match edge {
            Edge::Open(inner) => (inner, true),
            Edge::Close(inner) => (inner, false),
        };
        match inner.value() {
            Node::Element(element) => {
                let name = element.name();
                if is_hidden(name) || (inner != node && is_marked_hidden(element)) {
                    hidden = if opens { hidden + 1 } else { hidden.saturating_sub(1) };
                } else if form != Form::Joined && inner != node {
                    if !out.is_empty() && !out.ends_with(BOUND) {
                        out.push(BOUND);
                    }
                    if opens && form == Form::Dated && is_change(element) {
                        out.push(CHANGED);
                    }
                } else if is_break(name) {
                    out.push(' ');
                }
            }
            Node::Text(text) if opens && hidden == 0 => out.push_str(text),
            _ => {}
        }
        if out.len() > max || left == 0 {
            return false;
        }
    }
    true
}

/// Cuts `text` to at most `max` bytes, at a character.
pub(crate) fn shorten(text: &mut String, max: usize) {
    if text.len() > max {
        text.truncate(text.floor_char_boundary(max));
    }
}

fn is_hidden(name: &str) -> bool {
    matches!(name, "script" | "style" | "noscript" | "template" | "svg" | "button" | "rt" | "rp")
}

fn is_marked_hidden(element: &scraper::node::Element) -> bool {
    element.attrs().any(|(name, value)| match name {
        "hidden" => true,
        "style" => value.contains("display:none") || value.contains("display: none"),
        _ => false,
    })
}

fn is_change(element: &scraper::node::Element) -> bool {
    let roles = element.attr("class").map(roles::of).unwrap_or_default();
    roles.has(Roles::UPDATED) && !roles.has(Roles::PUBLISHED)
}

fn is_break(name: &str) -> bool {
    matches!(
        name,
        "br" | "div" | "p" | "li" | "ul" | "td" | "tr" | "h1" | "h2" | "h3" | "h4" | "section"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    fn text(html: &str, apart: bool) -> String {
        let html = Html::parse_fragment(html);
        let text = text_of(*html.root_element(), 100, apart).replace(BOUND, " ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn headlines_keep_words_whole_and_bylines_keep_boxes_apart() {
        assert_eq!(text("<h1><b>R</b>ain<br>falls</h1>", false), "Rain falls");
        assert_eq!(text("<div><span>By</span><a>Jo</a><i hidden>x</i></div>", true), "By Jo");
        assert_eq!(text("a<script>b</script>c", false), "ac");
    }

    #[test]
    fn the_text_is_cut_at_a_character() {
        let html = Html::parse_fragment(&"é".repeat(200));
        assert!(text_of(*html.root_element(), 101, false).len() <= 101);
    }
}
