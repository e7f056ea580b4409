//! The judgement.

use record::{ContentHash, Novelty, RecordId, Verdict};

use crate::compare::{Compared, Side, compare};
use crate::evidence::{self, Circumstances};
use crate::groups::{exact, root};
use crate::identity::{Named, name};
use crate::shingles::winnow;
use crate::shortlist::Shortlist;
use crate::sketch::{Sketch, own_day};
use crate::text::Text;
use crate::texts::Texts;
use crate::window::{Candidate, Window};
use crate::{Arrival, Known, Settings, decision};

/// Days within which one text of a group stands for an equal one.
const SAME_DAYS: u32 = 3;

/// The memory of what was seen. Bounded whatever streams through; what leaves it comes back
/// through [`Known::sketches`], so that a restart changes no verdict.
#[derive(Debug, Default)]
pub struct Index {
    settings: Settings,
    window: Window,
    texts: Texts,
}

/// An earlier record that an arrival was compared with, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Considered {
    /// The earlier record.
    pub id: RecordId,
    /// How likely it is that one copies the other, 0 to 1.
    pub score: f64,
    /// What was seen, by name: see the table of weights in the `decision` module.
    pub evidence: Vec<(&'static str, f64)>,
}

impl Index {
    /// An index that has seen nothing yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
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
    /// A record without a body copies nothing. Linear in the text; at most a dozen earlier
    /// texts are asked for.
    ///
    /// # Errors
    /// Whatever `known` fails with; no record was added to the index then.
    pub fn judge<E>(
        &mut self,
        arrival: &Arrival<'_>,
        known: &mut dyn Known<Error = E>,
    ) -> Result<Verdict, E> {
        let side = Side::of(arrival);
        let mut sketch = sketch(arrival, &side.text);
        self.window.fetch(&sketch.values, sketch.day, self.settings.window_days);
        let named = name(arrival, &side.text, known)?;
        let hash = arrival.record.content_hash();
        let novelty = novelty(arrival, named, hash, known)?;
        let mut verdict =
            Verdict { id: named.id, novelty, duplicate: None, story: None, sketch: Vec::new() };
        if novelty == Novelty::Unchanged {
            return Ok(verdict);
        }
        let candidates = self.candidates(&sketch, arrival.sequence, known)?;
        if !arrival.record.body.is_empty() {
            verdict.duplicate = exact(named.id, hash, known)?;
            if verdict.duplicate.is_none() {
                let short = Shortlist::of(&candidates, sketch.extent());
                let best = self.best(&side, named.id, &short, known)?;
                verdict.duplicate = best.map(|(compared, of)| compared.duplicate(of));
            }
        }
        sketch.root = verdict.duplicate.as_ref().map_or(named.id, |d| d.of);
        if !candidates.iter().any(|c| stands_for(c, &sketch)) {
            self.window.insert(named.id, arrival.sequence, &sketch);
            verdict.sketch = sketch.to_bytes();
        }
        Ok(verdict)
    }

    /// The earlier records that the arrival would be compared with, the most telling first,
    /// without remembering it: for showing why, and for fitting the decision anew.
    ///
    /// # Errors
    /// Whatever `known` fails with.
    pub fn consider<E>(
        &mut self,
        arrival: &Arrival<'_>,
        known: &mut dyn Known<Error = E>,
    ) -> Result<Vec<Considered>, E> {
        let side = Side::of(arrival);
        let sketch = sketch(arrival, &side.text);
        let candidates = self.candidates(&sketch, arrival.sequence, known)?;
        let short = Shortlist::of(&candidates, sketch.extent());
        let mut considered = Vec::new();
        for candidate in &short.candidates {
            let Some(compared) = self.compared(&side, candidate, &short, known)? else { continue };
            considered.push(Considered {
                id: candidate.entry.id,
                score: compared.score,
                evidence: evidence::NAMES.into_iter().zip(compared.evidence).collect(),
            });
        }
        Ok(considered)
    }

    fn candidates<E>(
        &mut self,
        sketch: &Sketch,
        sequence: u64,
        known: &mut dyn Known<Error = E>,
    ) -> Result<Vec<Candidate>, E> {
        if sketch.values.is_empty() {
            return Ok(Vec::new());
        }
        let reach = self.settings.window_days;
        self.window.load(sketch.day, reach, sequence, known)?;
        Ok(self.window.candidates(&sketch.values, sketch.day, reach))
    }

    /// The best of the candidates and the root of its group, where it is sure enough.
    fn best<E>(
        &mut self,
        side: &Side<'_>,
        id: RecordId,
        short: &Shortlist,
        known: &mut dyn Known<Error = E>,
    ) -> Result<Option<(Compared, RecordId)>, E> {
        let mut best: Option<(Compared, RecordId)> = None;
        for candidate in &short.candidates {
            let Some(compared) = self.compared(side, candidate, short, known)? else { continue };
            let is_better = match &best {
                None => compared.score >= self.settings.strictness.threshold(),
                Some((other, _)) => compared.score > other.score,
            };
            if !is_better {
                continue;
            }
            let Some(of) = root(candidate.entry.id, id, known)? else { continue };
            let is_sure = compared.score >= decision::SURE;
            best = Some((compared, of));
            if is_sure {
                break;
            }
        }
        Ok(best)
    }

    fn compared<E>(
        &mut self,
        side: &Side<'_>,
        candidate: &Candidate,
        short: &Shortlist,
        known: &mut dyn Known<Error = E>,
    ) -> Result<Option<Compared>, E> {
        let Some(theirs) = known.text(candidate.entry.id)? else { return Ok(None) };
        let other = self.texts.get(candidate.entry.id, &theirs);
        let around = Circumstances {
            is_same_publisher: side.is_publisher(&theirs.domain),
            days: candidate.entry.day.abs_diff(side.day),
            own: short.own(candidate),
        };
        Ok(Some(compare(side, other, &theirs.body, around)))
    }
}

fn sketch(arrival: &Arrival<'_>, text: &Text) -> Sketch {
    let day = own_day(arrival.record, arrival.at);
    Sketch { day, root: RecordId(0), values: winnow(&text.shingles) }
}

/// Does the index know all of this text by a member of its group, of about the same day? One
/// more entry would say nothing.
fn stands_for(candidate: &Candidate, sketch: &Sketch) -> bool {
    candidate.shared.count_ones() as usize == sketch.values.len()
        && candidate.entry.root == sketch.root
        && candidate.entry.day.abs_diff(sketch.day) <= SAME_DAYS
}

fn novelty<E>(
    arrival: &Arrival<'_>,
    named: Named,
    hash: ContentHash,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{Past, page, plain};
    use record::DuplicateKind;

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
