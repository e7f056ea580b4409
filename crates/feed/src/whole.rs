//! Whole article or teaser?

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use record::Entry;

use crate::display::display_text;

/// How much visible text a content has at least when it is whole, in bytes of UTF-8, which
/// weigh a letter of Latin 1, of Cyrillic 2 and of Chinese 3. Own judgement: teasers of the
/// usual systems end at 55 words or 300 to 500 letters.
const CONTENT: usize = 700;

/// As above for a summary, which is whole only in feeds that have no other field for it.
const SUMMARY: usize = 1500;

/// How much of the end is searched for signs of a cut, in bytes.
const TAIL: usize = 700;

/// How teasers end. In lower case. Own list.
const SIGNS: &[&str] = &[
    "[…]",
    "[...]",
    "(…)",
    "(...)",
    "read more",
    "read the full",
    "read full",
    "read the rest",
    "continue reading",
    "keep reading",
    "full story",
    "weiterlesen",
    "mehr lesen",
    "lire la suite",
    "lire plus",
    "leer más",
    "seguir leyendo",
    "continua a leggere",
    "leggi tutto",
    "leia mais",
    "continue lendo",
    "lees verder",
    "lees meer",
    "läs mer",
    "les mer",
    "læs mere",
    "lue lisää",
    "czytaj dalej",
    "číst dál",
    "читать далее",
    "читать полностью",
    "читати далі",
    "devamını oku",
    "続きを読む",
    "阅读全文",
    "閱讀全文",
    "더 보기",
];

/// All signs at once. `None` only if they could not be compiled, which a test excludes.
static SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(SIGNS).ok());

/// Does the entry seem to carry the whole article? Linear in its text.
pub(crate) fn is_whole(entry: &Entry) -> bool {
    let (text, least) = match (&entry.content, &entry.summary) {
        (Some(content), _) => (content, CONTENT),
        (None, Some(summary)) => (summary, SUMMARY),
        (None, None) => return false,
    };
    shows(text, least) && !is_cut(text)
}

/// Are there so many bytes outside of tags?
fn shows(html: &str, least: usize) -> bool {
    let mut bytes = 0;
    let mut rest = html;
    while bytes < least && !rest.is_empty() {
        let end = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
        let (text, tag) = rest.split_at_checked(end).unwrap_or((rest, ""));
        bytes += text.trim().len();
        // What opens no tag counts as text.
        let after = match memchr::memchr2(b'>', b'<', tag.as_bytes().get(1..).unwrap_or_default()) {
            Some(end) if tag.as_bytes().get(end + 1) == Some(&b'>') => end + 2,
            _ => 1,
        };
        rest = tag.get(after..).unwrap_or_default();
    }
    bytes >= least
}

fn is_cut(html: &str) -> bool {
    let from = html.ceil_char_boundary(html.len().saturating_sub(TAIL));
    let tail = display_text(html.get(from..).unwrap_or_default()).to_lowercase();
    tail.ends_with('…')
        || tail.ends_with("...")
        || SEARCH.as_ref().is_some_and(|signs| signs.is_match(&tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_content(content: String) -> Entry {
        Entry { content: Some(content), ..Entry::default() }
    }

    #[test]
    fn every_sign_is_seen() {
        assert!(SIGNS.iter().all(|sign| is_cut(&format!("<p>and so {sign}</p>"))));
        assert!(!is_cut("<p>and so on</p>"));
    }

    #[test]
    fn long_text_without_a_cut_is_whole() {
        let paragraph = "<p>A sentence that says something about the matter.</p>".repeat(20);
        assert!(is_whole(&with_content(paragraph.clone())));
        assert!(!is_whole(&with_content(format!("{paragraph}<a href='x'>Continue reading</a>"))));
        assert!(!is_whole(&with_content(format!("{paragraph} and so on&#8230;"))));
        assert!(!is_whole(&with_content("<p>Short.</p>".into())));
        let summary = Entry { summary: Some(paragraph), ..Entry::default() };
        assert!(!is_whole(&summary));
    }
}
