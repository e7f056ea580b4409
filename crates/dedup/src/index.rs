//! The judgement.

use record::{Duplicate, DuplicateKind, Novelty, RecordId, Verdict};

use crate::identity::{Named, name};
use crate::words::Words;
use crate::{Arrival, Known, Settings};

/// Links followed to the root of a group: revisions can put one group under another.
const MAX_HOPS: usize = 8;

/// Records with an equal text that are looked at: the first that is not the record itself.
const MAX_EQUAL: usize = 8;

/// The memory of what was seen. Bounded whatever streams through; what leaves it comes back
/// through [`Known::sketches`], so that a restart changes no verdict.
#[derive(Debug)]
pub struct Index {
    settings: Settings,
}

impl Index {
    /// An index that has seen nothing yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// The settings that it judges by.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Names the arrival and says what it is.
    ///
    /// For [`Novelty::Unchanged`] nothing is to be stored, and neither link nor sketch is
    /// given. A revision's link is judged anew; it never points into the record's own group.
    ///
    /// # Errors
    /// Whatever `known` fails with; the index is then as before.
    pub fn judge<E>(
        &mut self,
        arrival: &Arrival<'_>,
        known: &mut dyn Known<Error = E>,
    ) -> Result<Verdict, E> {
        let record = arrival.record;
        let words = Words::of(&record.title, &record.body_text());
        let named = name(arrival, &words, known)?;
        let hash = record.content_hash();
        let novelty = novelty(arrival, named, hash, known)?;
        let mut verdict =
            Verdict { id: named.id, novelty, duplicate: None, story: None, sketch: Vec::new() };
        if novelty != Novelty::Unchanged && !record.body.is_empty() {
            verdict.duplicate = exact(named.id, hash, known)?;
        }
        Ok(verdict)
    }
}

fn novelty<E>(
    arrival: &Arrival<'_>,
    named: Named,
    hash: record::ContentHash,
    known: &mut dyn Known<Error = E>,
) -> Result<Novelty, E> {
    if !named.is_known {
        return Ok(Novelty::New);
    }
    if arrival.record.url.is_none() {
        return Ok(Novelty::Unchanged); // the same bytes; without a URL there are no revisions
    }
    let around = known.neighbours(named.id, arrival.at)?;
    let same = around.before == Some(hash) || around.after == Some(hash);
    Ok(if same { Novelty::Unchanged } else { Novelty::Revision })
}

/// The first other record of all times with the same folded text.
fn exact<E>(
    id: RecordId,
    hash: record::ContentHash,
    known: &mut dyn Known<Error = E>,
) -> Result<Option<Duplicate>, E> {
    for other in known.ids_by_content(hash, MAX_EQUAL)? {
        if let Some(of) = root(other, id, known)? {
            let kind = DuplicateKind::Exact;
            return Ok(Some(Duplicate { of, kind, similarity: 1.0, shared: String::new() }));
        }
    }
    Ok(None)
}

/// The root of `other`'s group; `None` where that is `id` itself.
fn root<E>(
    other: RecordId,
    id: RecordId,
    known: &mut dyn Known<Error = E>,
) -> Result<Option<RecordId>, E> {
    let mut at = other;
    for _ in 0..MAX_HOPS {
        if at == id {
            return Ok(None);
        }
        match known.text(at)? {
            Some(text) if text.root != at => at = text.root,
            _ => return Ok(Some(at)),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{Past, page, plain};

    #[test]
    fn the_same_text_again_is_unchanged_and_another_is_a_revision() {
        let mut past = Past::default();
        let first = past.judge(&page("https://a.example/1", "Rain", "It rained all day."), 10);
        let again = past.judge(&page("http://a.example/1", "Rain", "It rained, all day!"), 20);
        let changed = past.judge(&page("https://a.example/1", "Rain", "It rained all week."), 30);
        let older = past.judge(&page("https://a.example/1", "Rain", "It rained all day."), 25);
        let back = past.judge(&page("https://a.example/1", "Rain", "It rained all day."), 40);
        assert_eq!(first.novelty, Novelty::New);
        assert_eq!((again.novelty, again.id), (Novelty::Unchanged, first.id));
        assert_eq!((changed.novelty, changed.id), (Novelty::Revision, first.id));
        assert_eq!(older.novelty, Novelty::Unchanged);
        assert_eq!(back.novelty, Novelty::Revision);
        assert!(back.duplicate.is_none(), "no link to itself");
    }

    #[test]
    fn the_same_text_elsewhere_is_an_exact_copy_of_the_first() {
        let mut past = Past::default();
        let first = past.judge(&page("https://a.example/1", "Rain", "It rained all day."), 10);
        for n in 2..5 {
            let url = format!("https://b.example/{n}");
            let copy = past.judge(&page(&url, "RAIN", "It rained all day"), 10 + n);
            let link = copy.duplicate.unwrap();
            assert_eq!(
                (link.of, link.kind, link.similarity),
                (first.id, DuplicateKind::Exact, 1.0)
            );
            assert_ne!(copy.id, first.id);
        }
    }

    #[test]
    fn a_revised_original_never_copies_its_own_copy() {
        let mut past = Past::default();
        past.judge(&page("https://a.example/1", "Rain", "It rained all day."), 10);
        past.judge(&page("https://b.example/1", "Rain", "It rained all day."), 11);
        past.judge(&page("https://b.example/1", "Rain", "It rained all week."), 12);
        let revised = past.judge(&page("https://a.example/1", "Rain", "It rained all week."), 13);
        assert_eq!(revised.novelty, Novelty::Revision);
        assert!(revised.duplicate.is_none_or(|d| d.of != revised.id));
    }

    #[test]
    fn without_a_url_equal_bytes_are_unchanged_and_equal_texts_are_copies() {
        let mut past = Past::default();
        let record = plain("Rain", "It rained all day.");
        let first = past.judge_as(&record, &["bytes-1"], 10);
        let again = past.judge_as(&record, &["bytes-1"], 20);
        let other = past.judge_as(&record, &["bytes-2"], 30);
        assert_eq!(again.novelty, Novelty::Unchanged);
        assert_eq!(other.id, first.id.next());
        assert_eq!(other.duplicate.unwrap().of, first.id);
    }

    #[test]
    fn a_claimed_url_joins_only_related_texts() {
        let mut past = Past::default();
        let rain = page("https://a.example/latest", "Rain", "It rained all day in the north.");
        let first = past.judge_as(&rain, &["https://a.example/1", "https://a.example/latest"], 10);
        let print = past.judge_as(
            &page("https://a.example/latest", "Rain", "It rained all day in the north again."),
            &["https://a.example/1?print=1", "https://a.example/latest"],
            20,
        );
        let other = past.judge_as(
            &page("https://a.example/latest", "Sun", "Farmers wait for clouds to come."),
            &["https://a.example/2", "https://a.example/latest"],
            30,
        );
        assert_eq!((print.id, print.novelty), (first.id, Novelty::Revision));
        assert_eq!(other.novelty, Novelty::New);
        let own = record::PageUrl::parse("https://a.example/2").unwrap();
        assert_eq!(other.id, RecordId::of_url(&own));
    }

    #[test]
    fn a_taken_id_is_never_given_twice() {
        let mut past = Past::default();
        let wanted = page("https://a.example/1", "Rain", "It rained all day.");
        let id = RecordId::of(&wanted);
        past.take(id);
        past.take(id.next());
        assert_eq!(past.judge(&wanted, 10).id, id.next().next());
    }
}
