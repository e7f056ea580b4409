//! A text as the judgement sees it: a row of folded words.

use record::fold_into;
use xxhash_rust::xxh3::xxh3_64;

/// Longest text looked at, in bytes: the rest of a longer one does not count. The largest
/// newspaper articles have about 100,000.
const MAX_TEXT: usize = 1 << 20;

/// The folded words of a title and a body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    title: Vec<u64>,
    body: Vec<u64>,
}

impl Words {
    /// Reads title and body. Linear in the text, of which the first MiB counts.
    pub(crate) fn of(title: &str, body: &str) -> Self {
        Self { title: hashes(title), body: hashes(body) }
    }
}

fn hashes(text: &str) -> Vec<u64> {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut folded = String::new();
    fold_into(text.get(..end).unwrap_or_default(), &mut folded);
    folded.split(' ').filter(|w| !w.is_empty()).map(|w| xxh3_64(w.as_bytes())).collect()
}

/// Can these be two texts of one article? A loose question, for URLs that claim so: the same
/// title, or a fifth of the shorter one's word pairs in the other.
pub(crate) fn are_related(a: &Words, b: &Words) -> bool {
    if !a.title.is_empty() && a.title == b.title {
        return true;
    }
    let (shorter, longer) = if a.body.len() <= b.body.len() { (a, b) } else { (b, a) };
    let pairs = |words: &Words| -> std::collections::HashSet<(u64, u64)> {
        words.body.iter().copied().zip(words.body.iter().skip(1).copied()).collect()
    };
    let (few, many) = (pairs(shorter), pairs(longer));
    let shared = few.intersection(&many).count();
    shared > 0 && shared * 5 >= few.len()
}
