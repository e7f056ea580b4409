//! An arrival beside one earlier text.

use record::{Duplicate, DuplicateKind, RecordId};

use crate::evidence::{Circumstances, FEATURES, features, in_order, is_furniture};
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
    let body = if is_arrival_shorter { &side.body } else { other_body };
    Compared {
        evidence,
        score: if is_furniture(&side.text, other) { 0.0 } else { decision::probability(&evidence) },
        kind: link::kind(shorter, longer, is_arrival_shorter, &pair),
        shared: link::shared(shorter, body, &pair),
    }
}
