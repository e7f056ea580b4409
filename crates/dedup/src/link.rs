//! What kind of copy it is, and the text that shows it.

use record::DuplicateKind;

use crate::pair::Pair;
use crate::text::Text;
use crate::words::Word;

/// At most so many characters of the shared text are kept.
const MAX_SHARED: usize = 200;

/// All of a text is in the other one when this share of its words is: a copy's seams break a
/// few shingles.
const WHOLE: f64 = 0.97;

/// A few words: at most so many, and at most this share of the text.
const FEW: (usize, f64) = (12, 0.1);

/// The kind of a copy that is not exact.
pub(crate) fn kind(
    shorter: &Text,
    longer: &Text,
    is_arrival_shorter: bool,
    pair: &Pair,
) -> DuplicateKind {
    let (len, long_len) = (shorter.words.len().max(1), longer.words.len().max(1));
    let loose = len - pair.covered.iter().filter(|c| **c).count().min(len);
    let loose_longer = long_len - pair.covered_longer.min(long_len);
    let is_few = |loose: usize, len: usize| loose <= FEW.0 && (loose as f64) < FEW.1 * len as f64;
    let is_whole = (len - loose) as f64 >= WHOLE * len as f64;
    if is_whole && is_arrival_shorter && len * 2 < long_len {
        DuplicateKind::Excerpt
    } else if loose > 0 && is_few(loose, len) && is_few(loose_longer, long_len) {
        DuplicateKind::Corrected
    } else if is_whole {
        DuplicateKind::Contained
    } else {
        DuplicateKind::Near
    }
}

/// The longest run of words that both have, as `body`, the text of the shorter, writes it.
pub(crate) fn shared(shorter: &Text, body: &str, pair: &Pair) -> String {
    let Some(run) = pair.runs.iter().rev().max_by_key(|run| run.len) else { return String::new() };
    let first: Option<&Word> = shorter.words.get(run.shorter);
    let last = shorter.words.get((run.shorter + run.len).saturating_sub(1));
    let (Some(first), Some(last)) = (first, last) else { return String::new() };
    let text = body.get(first.start as usize..last.end as usize).unwrap_or_default();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MAX_SHARED) {
        None => text,
        Some((end, _)) => {
            let cut = text.get(..end).unwrap_or_default();
            // At a space where the script has them.
            let cut = cut.rsplit_once(' ').map_or(cut, |(before, _)| before);
            format!("{cut} …")
        }
    }
}
