//! Which record is it?

use record::{ContentHash, PageUrl, RecordId};

use crate::text::{Text, are_related};
use crate::{Arrival, Known};

/// Aliases looked at, of one arrival: requested, final, canonical and a few to spare.
const MAX_ALIASES: usize = 8;

/// Neighbouring ids tried before jumping elsewhere: a chain of equal texts without URLs must
/// not make each further one dearer.
const MAX_STEPS: usize = 16;

/// The id of an arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named {
    /// The id.
    pub(crate) id: RecordId,
    /// Has a record with this id been seen before?
    pub(crate) is_known: bool,
}

/// Looks every alias up; gives a new id where none names a record that it may join.
pub(crate) fn name<K: Known + ?Sized>(
    arrival: &Arrival<'_>,
    text: &Text,
    known: &mut K,
) -> Result<Named, K::Error> {
    let canonical = arrival.record.url.as_ref().map(PageUrl::identity);
    let place = arrival.aliases.first().or(canonical.as_ref());
    if let Some(place) = place
        && let Some(id) = known.id_by_alias(place)?
    {
        return Ok(Named { id, is_known: true });
    }
    let claims = arrival.aliases.iter().skip(1).take(MAX_ALIASES).chain(&canonical);
    let mut is_free = true;
    for claim in claims.filter(|claim| Some(*claim) != place) {
        let Some(id) = known.id_by_alias(claim)? else { continue };
        let theirs = known.text(id)?;
        if theirs.is_some_and(|t| are_related(text, &Text::of(&t.title, &t.body))) {
            return Ok(Named { id, is_known: true });
        }
        is_free &= Some(claim) != canonical.as_ref();
    }
    Ok(Named { id: next_free(arrival, is_free, known)?, is_known: false })
}

/// The id of the URL, else of the text; the next one that nobody has.
fn next_free<K: Known + ?Sized>(
    arrival: &Arrival<'_>,
    is_canonical_free: bool,
    known: &mut K,
) -> Result<RecordId, K::Error> {
    let place = arrival.aliases.first();
    let url = match &arrival.record.url {
        Some(url) if is_canonical_free => Some(url.clone()),
        // Another article has the URL that this page claims: named after its own place.
        Some(_) => place.and_then(|alias| PageUrl::parse(alias).ok()),
        None => None,
    };
    let mut id =
        url.map_or_else(|| RecordId::of_text(arrival.record), |url| RecordId::of_url(&url));
    let mut salt = place.cloned().unwrap_or_default();
    loop {
        for _ in 0..MAX_STEPS {
            if !known.is_taken(id)? {
                return Ok(id);
            }
            id = id.next();
        }
        salt.push('+');
        let hash = u128::from_be_bytes(*ContentHash::of_bytes(salt.as_bytes()).as_bytes());
        id = RecordId((hash >> 64) as u64);
    }
}
