//! What the page and its feed say of the article beside the blocks: where it is called what,
//! and its text as given for machines.

use record::Entry;
use scraper::{Html, Node};

use crate::body_shingles::Shingles;

/// Evidence that blocks are compared with.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// The title's words as hashes.
    pub(crate) title: Vec<u64>,
    /// The publisher's summary.
    pub(crate) summary: Shingles,
    /// The article's text in JSON-LD or in the feed.
    pub(crate) given: Shingles,
    /// The text in JSON-LD itself, for a page that shows nothing else.
    pub(crate) article_body: Option<String>,
}

impl Evidence {
    /// Gathers it: the title, the descriptions of the page and of the feed's entry, and
    /// `articleBody` of its JSON-LD. Linear.
    pub(crate) fn of(html: &Html, title: &str, entry: Option<&Entry>) -> Self {
        let title = crate::body_shingles::word_hashes(title);
        let mut evidence = Self { title, ..Self::default() };
        for node in html.tree.nodes() {
            let Node::Element(element) = node.value() else { continue };
            match element.name() {
                "meta" => evidence.read_meta(element),
                "script" if element.attr("type").is_some_and(is_json_ld) => {
                    if let Some(Node::Text(text)) = node.first_child().map(|n| n.value()) {
                        evidence.read_json_ld(text);
                    }
                }
                _ => {}
            }
        }
        if let Some(entry) = entry {
            evidence.read_entry(entry);
        }
        evidence
    }

    fn read_meta(&mut self, element: &scraper::node::Element) {
        let name = element.attr("name").or_else(|| element.attr("property"));
        let known = ["description", "og:description", "twitter:description"];
        if name.is_some_and(|name| known.iter().any(|k| name.eq_ignore_ascii_case(k))) {
            self.summary.add(element.attr("content").unwrap_or_default());
        }
    }

    /// Takes every `articleBody` of a script, also of one that is not valid JSON as a whole.
    fn read_json_ld(&mut self, script: &str) {
        for (at, key) in script.match_indices("\"articleBody\"").take(20) {
            let after = script.get(at + key.len()..).unwrap_or_default().trim_start();
            let Some(value) = after.strip_prefix(':') else { continue };
            let mut values = serde_json::Deserializer::from_str(value).into_iter::<String>();
            let Some(Ok(text)) = values.next() else { continue };
            let text = plain(&text);
            self.given.add(&text);
            if self.article_body.as_ref().is_none_or(|known| known.len() < text.len()) {
                self.article_body = Some(text);
            }
        }
    }

    fn read_entry(&mut self, entry: &Entry) {
        if let Some(summary) = &entry.summary {
            self.summary.add(&plain(summary));
        }
        if let Some(content) = entry.content.as_ref().filter(|_| entry.whole) {
            self.given.add(&plain(content));
        }
    }
}

fn is_json_ld(kind: &str) -> bool {
    kind.trim().eq_ignore_ascii_case("application/ld+json")
}

/// Text without the markup that some publishers leave in it; ends of paragraphs become line
/// breaks.
pub(crate) fn plain(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.to_owned();
    }
    let escaped = !text.contains('<') && text.contains("&lt;");
    let unescaped =
        if escaped { text.replace("&lt;", "<").replace("&gt;", ">") } else { text.to_owned() };
    let parsed = crate::html_parse::parse(&unescaped).html;
    let blocks = crate::body_blocks::Blocks::of(&parsed).blocks;
    blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_body_is_read_from_broken_json_too() {
        let page =
            r#"<script type="application/ld+json">{"articleBody": "One.\nTwo &amp; more.", oops"#;
        let evidence = Evidence::of(&Html::parse_document(page), "A title", None);
        assert_eq!(evidence.article_body.as_deref(), Some("One.\nTwo & more."));
        assert_eq!(evidence.title.len(), 2);
    }
}
