//! Whether a record's body stands in its page: an oracle of its own, that shares nothing with
//! the way bodies are found.

use record::Record;
use scraper::{Html, Node};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Elements whose text nobody is shown within a line.
const HIDDEN: [&str; 34] = [
    "script", "style", "noscript", "svg", "iframe", "object", "embed", "canvas", "select",
    "option", "optgroup", "textarea", "input", "audio", "video", "map", "datalist", "head",
    "title", "meta", "link", "base", "param", "source", "track", "progress", "meter", "rt", "rp",
    "frameset", "noframes", "noembed", "dialog", "template",
];

/// The first paragraph of `record` that is no run of the page's visible text, nor of a string in
/// its scripts or a `content`; white space, marks and the form of accents do not count.
pub(crate) fn stray<'a>(page: &str, record: &'a Record) -> Option<&'a str> {
    let html = Html::parse_document(page);
    let shown = shown(&html);
    let mut given: Option<String> = None;
    record.body.iter().map(record::Line::as_str).find(|paragraph| {
        let wanted = key(paragraph);
        let mut is_given = || given.get_or_insert_with(|| strings(&html)).contains(&wanted);
        !shown.contains(&wanted) && !is_given()
    })
}

/// Letters and digits, decomposed, without their marks: what no way of joining texts changes.
fn key(text: &str) -> String {
    text.nfd().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)).collect()
}

fn shown(html: &Html) -> String {
    let is_hidden = |node: &Node| {
        node.as_element().is_some_and(|element| {
            let root = element.name() == "template" && element.attr("shadowrootmode").is_some();
            HIDDEN.contains(&element.name()) && !root
        })
    };
    let mut text = String::new();
    let mut hidden = 0_usize;
    for edge in html.tree.root().traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) => {
                hidden += usize::from(is_hidden(node.value()));
                if let Some(here) = node.value().as_text().filter(|_| hidden == 0) {
                    text.push_str(&key(here));
                }
            }
            ego_tree::iter::Edge::Close(node) => hidden -= usize::from(is_hidden(node.value())),
        }
    }
    text
}

/// The strings of all scripts and the values of `content`, as text and as markup.
fn strings(html: &Html) -> String {
    let mut out = String::new();
    for node in html.tree.nodes() {
        let Some(element) = node.value().as_element() else { continue };
        if let Some(text) = element.attr("content") {
            add(text, &mut out);
        }
        if element.name() == "script" {
            for text in node.children().filter_map(|child| child.value().as_text()) {
                literals(text).for_each(|literal| add(&literal, &mut out));
            }
        }
    }
    out
}

fn add(text: &str, out: &mut String) {
    let unescaped = text.replace("&lt;", "<").replace("&gt;", ">");
    for text in [key(text), shown(&Html::parse_document(&unescaped))] {
        out.push('\n');
        out.push_str(&text);
    }
}

/// The string literals of a script.
fn literals(script: &str) -> impl Iterator<Item = String> {
    let mut rest = script;
    std::iter::from_fn(move || {
        let (_, from) = rest.split_once('"')?;
        let mut escaped = false;
        let end = from.find(|c| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        })?;
        let (literal, after) = from.split_at(end);
        rest = after.get(1..)?;
        let lines = literal.replace(['\n', '\r', '\t'], " ");
        Some(serde_json::from_str(&format!("\"{lines}\"")).unwrap_or(lines))
    })
}
