//! Texts made ready, kept for the next question.

use std::collections::BTreeMap;
use std::sync::Arc;

use record::RecordId;

use crate::KnownText;
use crate::text::Text;

/// Texts kept: about 20 KB each for whole articles.
const KEPT: u64 = 32;

/// A longer body, in bytes, is not kept among the others: 32 of them would fill the memory.
const MAX_KEPT: usize = 1 << 15;

/// A cache with one place for each id. It saves work and changes no answer: what is kept is
/// used only for the very same text.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    places: BTreeMap<u64, (Arc<KnownText>, Text)>,
}

impl Texts {
    /// The text of `id`, made ready.
    pub(crate) fn get(&mut self, id: RecordId, known: &Arc<KnownText>) -> &Text {
        let make = || (Arc::clone(known), Text::of(&known.title, &known.body));
        let place = if known.body.len() > MAX_KEPT { KEPT } else { id.0 % KEPT };
        let kept = self.places.entry(place).or_insert_with(make);
        if !Arc::ptr_eq(&kept.0, known) && kept.0 != *known {
            *kept = make();
        }
        &kept.1
    }
}
