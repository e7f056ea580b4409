//! What the page and its feed say of the article beside the blocks: where it is called what,
//! and its text as given for machines.

use record::Entry;

use crate::body_shingles::{Shingles, word_hashes};
use crate::fields::Fields;

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
    /// Gathers it from the fields of the page and the feed's entry. Linear.
    pub(crate) fn of(fields: &Fields, entry: Option<&Entry>) -> Self {
        let title = fields.title.as_deref().map(word_hashes).unwrap_or_default();
        let mut evidence = Self { title, ..Self::default() };
        evidence.summary.add(fields.summary.as_deref().unwrap_or_default());
        for text in &fields.article_bodies {
            let text = plain(text);
            evidence.given.add(&text);
            if evidence.article_body.as_ref().is_none_or(|known| known.len() < text.len()) {
                evidence.article_body = Some(text);
            }
        }
        if let Some(entry) = entry {
            evidence.read_entry(entry);
        }
        evidence
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
    fn markup_in_given_texts_is_taken_for_what_it_means() {
        assert_eq!(plain("<p>One &amp; two.</p><p>Three</p>"), "One & two.\nThree");
        assert_eq!(plain("&lt;p&gt;One&lt;/p&gt;"), "One");
        assert_eq!(plain("One.\nTwo."), "One.\nTwo.");
    }

    #[test]
    fn the_longest_given_text_is_kept() {
        let fields = Fields {
            article_bodies: vec!["Short.".into(), "This is the longer one.".into()],
            ..Fields::default()
        };
        let evidence = Evidence::of(&fields, None);
        assert_eq!(evidence.article_body.as_deref(), Some("This is the longer one."));
        assert!(evidence.title.is_empty());
    }
}
