//! The texts of one article in the order of their captures.

use record::ContentHash;

/// One text of an article: from its earliest to its latest capture, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) hash: ContentHash,
    /// The commit sequence of the text: with `from` it names the row.
    pub(crate) text_seq: i64,
}

/// Where a capture belongs among the texts known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The text of this number was captured once more: it is seen until then.
    Later(usize),
    /// The text of this number was captured earlier than known.
    Earlier(usize),
    /// A new text, which takes this number.
    Insert(usize),
    /// A new text amid the captures of the text of this number, which comes back after it.
    Split(usize),
}

/// The hashes of the texts around a time: at or before it, and after it.
pub(crate) fn neighbours(spans: &[Span], at: i64) -> (Option<ContentHash>, Option<ContentHash>) {
    let next = spans.partition_point(|span| span.from <= at);
    let before = next.checked_sub(1).and_then(|n| spans.get(n));
    let after = match before {
        Some(span) if at < span.until => Some(span),
        _ => spans.get(next),
    };
    (before.map(|s| s.hash), after.map(|s| s.hash))
}

/// Where a capture at `at` with this text belongs. `spans` are in order of `from`; of two
/// captures at the same time the one committed later is the later.
pub(crate) fn place(spans: &[Span], at: i64, hash: ContentHash) -> Place {
    let next = spans.partition_point(|span| span.from <= at);
    let before = next.checked_sub(1).and_then(|n| spans.get(n).map(|span| (n, span)));
    match (before, spans.get(next)) {
        (Some((n, span)), _) if span.hash == hash => Place::Later(n),
        (Some((n, span)), _) if at < span.until => Place::Split(n),
        (Some((_, span)), Some(after)) if after.hash == hash && span.from < at => {
            Place::Earlier(next)
        }
        (None, Some(after)) if after.hash == hash => Place::Earlier(next),
        _ => Place::Insert(next),
    }
}

/// The text that stands for a capture at `at`: the last one that begins by then.
pub(crate) fn standing(spans: &[Span], at: i64) -> Option<usize> {
    spans.partition_point(|span| span.from <= at).checked_sub(1)
}

/// Does to `spans` what storing a text cleaned anew does to the rows: from its capture on it
/// stands in place of the text that stood there.
pub(crate) fn apply_again(spans: &mut Vec<Span>, new: Span) {
    let Some(n) = standing(spans, new.from) else { return };
    let Some(old) = spans.get(n).copied() else { return };
    change(spans, n, |span| span.until = span.from);
    spans.insert(n + 1, Span { until: old.until.max(new.from), ..new });
}

/// Does to `spans` what storing a capture does to the rows. A text judged to be known adds no
/// span.
pub(crate) fn apply(spans: &mut Vec<Span>, new: Span, is_known: bool) {
    let at = new.from;
    match place(spans, at, new.hash) {
        Place::Later(n) => change(spans, n, |span| span.until = span.until.max(at)),
        Place::Earlier(n) => change(spans, n, |span| span.from = at),
        Place::Insert(_) | Place::Split(_) if is_known => {}
        Place::Insert(n) => spans.insert(n, new),
        Place::Split(n) => {
            let Some(split) = spans.get(n).copied() else { return };
            change(spans, n, |span| span.until = span.from);
            spans.insert(n + 1, new);
            spans.insert(n + 2, Span { from: split.until, ..split });
        }
    }
}

fn change(spans: &mut [Span], n: usize, how: impl FnOnce(&mut Span)) {
    if let Some(span) = spans.get_mut(n) {
        how(span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(n: u8) -> ContentHash {
        ContentHash::of_bytes(&[n])
    }

    fn put(spans: &mut Vec<Span>, at: i64, hash: ContentHash) {
        apply(spans, Span { from: at, until: at, hash, text_seq: 0 }, false);
    }

    #[test]
    fn an_older_capture_goes_in_before_never_on_top() {
        let mut spans = Vec::new();
        for (at, n) in [(10, 1), (30, 1), (20, 2), (5, 3), (25, 2), (40, 4)] {
            put(&mut spans, at, text(n));
        }
        let texts: Vec<_> = spans.iter().map(|s| s.hash).collect();
        assert_eq!(texts, [3, 1, 2, 1, 4].map(text), "{spans:?}");
        assert_eq!(neighbours(&spans, 22), (Some(text(2)), Some(text(2))));
        assert_eq!(neighbours(&spans, 4), (None, Some(text(3))));
        assert_eq!(neighbours(&spans, 41), (Some(text(4)), None));
    }

    #[test]
    fn a_text_cleaned_anew_stands_from_its_capture_to_where_the_old_one_ended() {
        let mut spans = Vec::new();
        for (at, n) in [(10, 1), (20, 1), (30, 1), (40, 2)] {
            put(&mut spans, at, text(n));
        }
        let again = |at, n| Span { from: at, until: at, hash: text(n), text_seq: 9 };
        apply_again(&mut spans, again(10, 7));
        apply_again(&mut spans, again(30, 8));
        let ends: Vec<_> = spans.iter().map(|s| (s.hash, s.from, s.until)).collect();
        let expected =
            [(1, 10, 10), (7, 10, 10), (8, 30, 30), (2, 40, 40)].map(|(n, a, b)| (text(n), a, b));
        assert_eq!(ends, expected);
        assert_eq!(standing(&spans, 25), Some(1));
        assert_eq!(standing(&spans, 9), None);
    }

    proptest! {
        #[test]
        fn spans_stay_in_order_and_neighbours_differ(
            captures in proptest::collection::vec((0i64..40, 0u8..4), 0..40),
        ) {
            let mut spans = Vec::new();
            for (at, n) in captures {
                put(&mut spans, at, text(n));
                prop_assert!(spans.iter().all(|s| s.from <= s.until));
                prop_assert!(spans.windows(2).all(|w| w[0].until <= w[1].from));
            }
        }

        #[test]
        fn the_newest_text_is_that_of_the_newest_capture(
            captures in proptest::collection::btree_map(0i64..40, 0u8..4, 1..20),
            order: u64,
        ) {
            let newest = *captures.last_key_value().unwrap().1;
            let mut shuffled: Vec<_> = captures.into_iter().collect();
            shuffled.sort_by_key(|(at, _)| (*at as u64 + 1).wrapping_mul(order | 1));
            let mut spans = Vec::new();
            for (at, n) in shuffled {
                put(&mut spans, at, text(n));
            }
            prop_assert_eq!(spans.last().map(|s| s.hash), Some(text(newest)));
        }
    }
}
