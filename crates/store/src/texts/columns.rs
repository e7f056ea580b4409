//! A text as the columns hold it.

use record::{ContentHash, Duplicate, Record, date};

use crate::error::Sql;
use crate::meta_json;

/// A text as the columns hold it.
pub(crate) struct TextColumns<'a> {
    pub(crate) url: Option<&'a str>,
    pub(crate) title: &'a str,
    pub(crate) day: Option<String>,
    pub(crate) body: String,
    pub(super) hash: ContentHash,
    pub(crate) lang: Option<&'a str>,
    pub(super) feed: Option<&'a str>,
    pub(crate) meta: String,
    pub(super) duplicate_of: Option<String>,
    pub(super) duplicate_kind: Option<&'static str>,
    pub(super) similarity: Option<f64>,
    pub(super) shared: Option<&'a str>,
}

impl<'a> TextColumns<'a> {
    pub(crate) fn of(record: &'a Record, duplicate: Option<&'a Duplicate>) -> Sql<Self> {
        Ok(Self {
            url: record.url.as_ref().map(record::PageUrl::as_str),
            title: &record.title,
            day: record.date.map(date::compact),
            body: record.body_text(),
            hash: record.content_hash(),
            lang: record.meta.lang.as_deref(),
            feed: record.meta.feed.as_deref(),
            meta: meta_json::write(&record.meta)?,
            duplicate_of: duplicate.map(|d| d.of.to_string()),
            duplicate_kind: duplicate.map(|d| d.kind.code()),
            similarity: duplicate.map(|d| d.similarity),
            shared: duplicate.map(|d| d.shared.as_str()).filter(|s| !s.is_empty()),
        })
    }
}
