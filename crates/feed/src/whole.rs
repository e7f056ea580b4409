//! Whole article or teaser?

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

/// Does the entry seem to carry the whole article? Linear in its text.
pub(crate) fn is_whole(entry: &Entry) -> bool {
    let (text, least) = match (&entry.content, &entry.summary) {
        (Some(content), _) => (content, CONTENT),
        (None, Some(summary)) => (summary, SUMMARY),
        (None, None) => return false,
    };
    visible(text) >= least && !is_cut(text)
}

/// Bytes outside of tags.
fn visible(html: &str) -> usize {
    let mut bytes = 0;
    for part in html.split('<') {
        bytes += part.split_once('>').map_or(part, |(_, after)| after).trim().len();
    }
    bytes
}

fn is_cut(html: &str) -> bool {
    let from = html.ceil_char_boundary(html.len().saturating_sub(TAIL));
    let tail = display_text(html.get(from..).unwrap_or_default()).to_lowercase();
    tail.ends_with('…') || tail.ends_with("...") || SIGNS.iter().any(|sign| tail.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_content(content: String) -> Entry {
        Entry { content: Some(content), ..Entry::default() }
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
