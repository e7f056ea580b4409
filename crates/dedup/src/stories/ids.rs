//! Which remembered record has an id.

use record::RecordId;

use super::flat_table::FlatTable;
use super::rows::{Number, Rows};

/// The numbers of rows by the ids that stand in them.
#[derive(Debug, Default)]
pub(crate) struct Ids(FlatTable);

fn spread(id: RecordId) -> u32 {
    (id.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// What stands in the table for a row: no number is the greatest one.
fn entry(number: Number) -> u32 {
    number.wrapping_add(1)
}

fn id_of(entry: u32, rows: &Rows) -> Option<RecordId> {
    Some(rows.get(entry.checked_sub(1)?)?.id)
}

impl Ids {
    /// The number of the record with this id.
    pub(crate) fn get(&self, id: RecordId, rows: &Rows) -> Option<Number> {
        self.0.get(spread(id), |entry| id_of(entry, rows) == Some(id))?.checked_sub(1)
    }

    /// Notes that the row with this number, which must be there, has this id. The latest counts.
    pub(crate) fn insert(&mut self, id: RecordId, number: Number, rows: &Rows) {
        let is_it = |entry| id_of(entry, rows) == Some(id);
        self.0.insert(entry(number), is_it, |entry| id_of(entry, rows).map_or(0, spread));
    }

    /// Takes the id of a row out that is still there, unless another row has it by now.
    pub(crate) fn remove(&mut self, id: RecordId, number: Number, rows: &Rows) {
        if self.get(id, rows) == Some(number) {
            let spread_of = |entry| id_of(entry, rows).map_or(0, spread);
            self.0.remove(spread(id), |other| other == entry(number), spread_of);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stories::rows::{Row, tests::row};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn ids_are_found_as_in_a_plain_map(
            steps in proptest::collection::vec((0..90_u64, any::<bool>()), 0..600),
        ) {
            let (mut ids, mut rows) = (Ids::default(), Rows::default());
            let mut plain: BTreeMap<u64, Number> = BTreeMap::new();
            for (sequence, (id, comes)) in (0..).zip(steps) {
                if comes {
                    let id = RecordId(id);
                    let number = rows.push(&Row { id, ..row(sequence) }, &[]);
                    ids.insert(id, number, &rows);
                    plain.insert(id.0, number);
                } else if let Some(number) = plain.remove(&id) {
                    ids.remove(RecordId(id), number, &rows);
                    rows.remove(number);
                }
                prop_assert_eq!(ids.0.len(), plain.len());
                let found = |id: u64| ids.get(RecordId(id), &rows);
                prop_assert!((0..90).all(|id| found(id) == plain.get(&id).copied()));
            }
        }
    }
}
