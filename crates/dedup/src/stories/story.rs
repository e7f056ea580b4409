//! A remembered story, however it is kept.

use record::StoryId;

use super::cluster::Cluster;
use super::lexicon::TermId;
use super::likeness::Span;
use super::query::Query;
use super::rows::{Row, Rows};

/// Most stories are of one record, and are nothing but its row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Story<'a> {
    /// The record that the story is named after.
    One(Row<'a>),
    /// Any other.
    Many(&'a Cluster, &'a Rows),
}

impl<'a> Story<'a> {
    /// Its name.
    pub(crate) fn name(self) -> StoryId {
        match self {
            Self::One(row) => StoryId(row.id.0),
            Self::Many(cluster, _) => cluster.story,
        }
    }

    /// Sequence of the record that gave it its name.
    pub(crate) fn born(self) -> u64 {
        match self {
            Self::One(row) => row.sequence,
            Self::Many(cluster, _) => cluster.born,
        }
    }

    /// How many records are remembered of it.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(cluster, _) => cluster.members.len(),
        }
    }

    /// The remembered records, by sequence.
    pub(crate) fn members(self) -> impl DoubleEndedIterator<Item = Row<'a>> {
        let (one, many) = match self {
            Self::One(row) => (Some(row), None),
            Self::Many(cluster, rows) => {
                (None, Some(cluster.members.iter().filter_map(|number| rows.get(*number))))
            }
        };
        one.into_iter().chain(many.into_iter().flatten())
    }

    /// Sequence of the newest remembered record.
    pub(crate) fn newest(self) -> Option<u64> {
        self.members().next_back().map(|row| row.sequence)
    }

    /// Time of the earliest and of the latest remembered record.
    pub(crate) fn span(self) -> Span {
        match self {
            Self::One(row) => (row.time, row.time),
            Self::Many(cluster, _) => cluster.span,
        }
    }

    /// The weight of a term in the sum of the records.
    pub(crate) fn weight(self, id: TermId) -> u32 {
        match self {
            Self::One(row) => row.vector.weight(id),
            Self::Many(cluster, rows) => cluster.weight(id, rows),
        }
    }

    /// The sum, in no order.
    pub(crate) fn sum(self) -> Vec<(TermId, u32)> {
        match self {
            Self::One(row) => {
                row.vector.entries().map(|entry| (entry.id, entry.weight.into())).collect()
            }
            Self::Many(cluster, rows) => cluster.sum(rows),
        }
    }

    /// The length of the sum.
    pub(crate) fn length(self) -> f64 {
        match self {
            Self::One(row) => row.vector.length().max(1.0),
            Self::Many(cluster, _) => cluster.length(),
        }
    }

    /// The product of the sum with a query.
    pub(crate) fn product(self, query: &Query) -> u64 {
        match self {
            Self::One(row) => query.product(row.vector),
            Self::Many(cluster, rows) => cluster.product(query, rows),
        }
    }

    /// Whether any record is in this language.
    pub(crate) fn speaks(self, lang: u16) -> bool {
        match self {
            Self::One(row) => row.lang == lang,
            Self::Many(cluster, _) => cluster.speaks(lang),
        }
    }

    /// The product of the sum with a query, by the length of the sum.
    pub(crate) fn share(self, query: &Query) -> f64 {
        match self {
            Self::One(row) => {
                let (product, square) = query.product_and_square(row.vector);
                product as f64 / (square as f64).sqrt().max(1.0)
            }
            Self::Many(cluster, rows) => cluster.product(query, rows) as f64 / cluster.length(),
        }
    }

    /// Terms of a record on average.
    pub(crate) fn mean_terms(self) -> f64 {
        match self {
            Self::One(row) => row.vector.len() as f64,
            Self::Many(cluster, _) => cluster.mean_terms(),
        }
    }
}
