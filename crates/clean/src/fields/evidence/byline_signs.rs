//! What tells a byline from a text that only begins like one, and a link to an author's page
//! from others.

use super::walk::Frame;
use super::{MAX_LINE, has_year};
use crate::fields::person;
use crate::fields::text_of::{NodeRef, text_of, whole_text_of};

/// The list right after the element that holds the text alone (`<h6>Authors</h6><ul>…`).
pub(super) fn list_after(label: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let heading = label.parent().filter(|heading| heading.children().count() == 1)?;
    let next = heading.next_siblings().find(|node| node.value().is_element())?;
    let is_list = |tag: &str| matches!(tag, "ul" | "ol" | "dd");
    next.value().as_element().is_some_and(|element| is_list(element.name())).then_some(next)
}

/// Does what starts as a byline name somebody else, or nobody?
pub(super) fn speaks_of_others(node: NodeRef<'_>, text: &str, frame: Frame<'_>) -> bool {
    goes_on(node) || is_credit_of_work(node, text) || frame.aside && is_menu(node, text)
}

/// Is this the heading of a list in a menu, "By Country"? "Written by" heads none.
fn is_menu(node: NodeRef<'_>, text: &str) -> bool {
    let parent = node.parent().and_then(|parent| parent.value().as_element());
    let heading = |tag: &str| matches!(tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    parent.is_some_and(|parent| heading(parent.name()))
        && text.split_whitespace().nth(1).is_some_and(|word| word.starts_with(char::is_uppercase))
}

/// Does the text go on a sentence of its paragraph? What stands before bylines is dates and
/// labels.
fn goes_on(node: NodeRef<'_>) -> bool {
    before(node).is_some_and(|before| {
        before.split_whitespace().count() >= 3
            && !before.contains(|c: char| c.is_numeric())
            && !before.ends_with([':', '|'])
    })
}

/// Does the text say whose work the link before it is (`<a>Moby Dick</a> by Herman Melville,
/// 1851`)?
fn is_credit_of_work(node: NodeRef<'_>, text: &str) -> bool {
    let before = node.prev_sibling().and_then(|sibling| sibling.value().as_element());
    before.is_some_and(|element| element.name() == "a")
        && has_year(text)
        && text.starts_with(char::is_lowercase)
}

/// Does the element stand amid a long paragraph? The people whom a text is about have pages too.
pub(super) fn is_in_prose(node: NodeRef<'_>) -> bool {
    let is_long = |node: NodeRef<'_>| whole_text_of(node, MAX_LINE / 2).is_none();
    node.parent().is_some_and(is_long)
        && before(node).is_some_and(|before| {
            before.contains(char::is_alphabetic) && !person::is_byline_label(&before)
        })
}

/// The text before a node in its line of a paragraph; `None` where it is in none.
fn before(node: NodeRef<'_>) -> Option<String> {
    let parent = node.parent()?;
    if parent.value().as_element()?.name() != "p" {
        return None;
    }
    let is_break = |node: &NodeRef<'_>| node.value().as_element().is_some_and(|e| e.name() == "br");
    let line = node.prev_siblings().take(8).take_while(|sibling| !is_break(sibling));
    let mut texts: Vec<String> = line.map(|node| text_of(node, MAX_LINE, false)).collect();
    texts.reverse();
    Some(texts.join(" ").trim().to_owned())
}

/// Is there a folder of authors' pages in the path?
pub(super) fn is_author_page(href: &str) -> bool {
    if href.contains("creativecommons.org/") {
        return false; // /licenses/by/4.0
    }
    let mut rest = href.bytes().position(|b| b == b'/').and_then(|at| href.get(at + 1..));
    while let Some(path) = rest {
        let Some(end) = path.bytes().position(|b| b == b'/') else { return false };
        if path.get(..end).is_some_and(is_of_authors) {
            return true;
        }
        rest = path.get(end + 1..);
    }
    false
}

fn is_of_authors(folder: &str) -> bool {
    (2..=12).contains(&folder.len())
        && matches!(
            folder,
            "author"
                | "authors"
                | "autor"
                | "auteur"
                | "autoren"
                | "autores"
                | "people"
                | "profile"
                | "staff"
                | "by"
                | "contributor"
                | "contributors"
                | "journalist"
                | "firma"
                | "redaktion"
                | "columnist"
                | "reporter"
                | "reporters"
                | "journalists"
                | "byline"
                | "bylines"
                | "writer"
                | "writers"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_authors_are_told_by_a_folder() {
        for yes in ["/author/jo", "https://e.org/en/staff/jo-doe", "../by/jo", "a/autor/x/"] {
            assert!(is_author_page(yes), "{yes}");
        }
        let licence = "https://creativecommons.org/licenses/by/4.0/";
        for no in ["/authority/jo", "author/jo", "/by", "/news/by-jo/", "", licence] {
            assert!(!is_author_page(no), "{no}");
        }
    }
}
