//! An arrival beside one earlier text.

use record::{Duplicate, DuplicateKind, RecordId};

use crate::evidence::{Circumstances, FEATURES, features, in_order, is_chance, is_furniture};
use crate::pair::Pair;
use crate::sketch::own_day;
use crate::text::Text;
use crate::{Arrival, decision, link};

/// No link but an exact one is surer than this.
const MAX_SIMILARITY: f64 = 0.9999;

/// The arrival's side of a comparison.
#[derive(Debug)]
pub(crate) struct Side<'a> {
    pub(crate) text: Text,
    pub(crate) day: i32,
    body: String,
    domain: &'a str,
}

impl<'a> Side<'a> {
    /// The arrival, made ready.
    pub(crate) fn of(arrival: &Arrival<'a>) -> Self {
        let record = arrival.record;
        let body = record.body_text();
        Self {
            text: Text::of(&record.title, &body),
            day: own_day(record, arrival.at),
            body: if record.body.is_empty() { record.title.to_string() } else { body },
            domain: record.url.as_ref().map_or("", |url| url.domain()),
        }
    }

    /// Is it from the publisher with this domain?
    pub(crate) fn is_publisher(&self, domain: &str) -> bool {
        !domain.is_empty() && self.domain == domain
    }
}

/// What came of a comparison.
#[derive(Debug)]
pub(crate) struct Compared {
    pub(crate) evidence: [f64; FEATURES],
    pub(crate) score: f64,
    kind: DuplicateKind,
    shared: String,
}

impl Compared {
    /// The link that this makes, to the root of the other's group.
    pub(crate) fn duplicate(self, of: RecordId) -> Duplicate {
        let similarity = self.score.min(MAX_SIMILARITY);
        Duplicate { of, kind: self.kind, similarity, shared: self.shared }
    }
}

/// Compares the arrival with an earlier text, whose body is `other_body`.
pub(crate) fn compare(
    side: &Side<'_>,
    other: &Text,
    other_body: &str,
    around: Circumstances,
) -> Compared {
    let (shorter, longer) = in_order(&side.text, other);
    let is_arrival_shorter = std::ptr::eq(shorter, &raw const side.text);
    let pair = Pair::of(shorter, longer);
    let evidence = features(&side.text, other, &pair, around);
    let is_nothing = is_chance(shorter, &pair) || is_furniture(&side.text, other);
    let body = if is_arrival_shorter { &side.body } else { other_body };
    Compared {
        evidence,
        score: if is_nothing { 0.0 } else { decision::probability(&evidence) },
        kind: link::kind(shorter, longer, is_arrival_shorter, &pair),
        shared: link::shared(shorter, body, &pair),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::plain;
    use jiff::Timestamp;

    /// Words that no other count gives.
    fn prose(first: u32, words: u32) -> String {
        let letter = |n: u32| char::from(b'a' + (n % 26) as u8);
        let word = |n: u32| -> String {
            ['w', letter(n), letter(n / 26), letter(n / 676)].into_iter().collect()
        };
        (first..first + words).map(word).collect::<Vec<_>>().join(" ")
    }

    fn score(a: &str, b: &str) -> f64 {
        let (one, other) = (plain("morning briefing", a), plain("morning briefing", b));
        let arrival =
            Arrival { record: &one, aliases: &[], at: Timestamp::UNIX_EPOCH, sequence: 2 };
        let text = Text::of(&other.title, b);
        compare(&Side::of(&arrival), &text, b, Circumstances { own: 1.0, ..Default::default() })
            .score
    }

    #[test]
    fn texts_of_one_title_and_nothing_else_are_no_copies() {
        let chance = "at the end of the day";
        let (a, b) = (prose(0, 80), prose(1_000, 90));
        assert_eq!(score(&format!("{a} {chance} {a}"), &format!("{b} {chance} {b}")), 0.0);
        assert_eq!(score(&a, &b), 0.0);
        assert!(score(&a, &format!("{a} {b}")) > 0.9);
        // A short text has no long run to share.
        let short = prose(0, 9);
        assert!(score(&short, &format!("{short} {}", prose(500, 3))) > 0.0);
    }
}
