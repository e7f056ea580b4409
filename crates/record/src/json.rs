//! The JSON form of a record: one object, unknown fields left out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{DateZone, Duplicate, Record, RecordId, StoryId, date};
use std::collections::BTreeMap;

/// A record as exports, APIs and webhooks show it. Field order is the order of the document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordJson {
    /// 16 hex digits.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The canonical URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The headline.
    pub title: String,
    /// RFC 3339 with the publisher's offset, or a plain date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// `YYYYMMDD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Where the zone of the day came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_zone: Option<DateZone>,
    /// As `published`, of the last change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
    /// The authors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The site's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The feed that led here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feed: Option<String>,
    /// The publisher's summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The leading image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Keywords.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The section of the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Declared free to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free: Option<bool>,
    /// The licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Declared opt-outs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub opt_outs: Vec<String>,
    /// The paragraphs joined by LF.
    pub body: String,
    /// Sanitised HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_html: Option<String>,
    /// Words in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word_count: Option<usize>,
    /// 32 hex digits: equal for equal folded texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<String>,
    /// When this article was first seen (RFC 3339, UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<String>,
    /// When this text was captured (RFC 3339, UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<String>,
    /// The id of the record that this one copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<String>,
    /// How it copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_kind: Option<String>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
    /// The story.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub story_id: Option<String>,
    /// Which revision this text is, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// Who changed the text: `newsluice` where it was cleaned anew; left out where it was the
    /// publisher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revised_by: Option<String>,
    /// Field → the evidence that gave it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub provenance: BTreeMap<String, String>,
}

/// What the database knows of a stored text, beside the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// The record's id.
    pub id: RecordId,
    /// When the article was first seen.
    pub first_seen: Timestamp,
    /// When this text was captured.
    pub fetched_at: Timestamp,
    /// Which revision it is, from 1.
    pub revision: u32,
    /// What it copies.
    pub duplicate: Option<Duplicate>,
    /// The story.
    pub story: Option<StoryId>,
    /// Which version of the program cleaned this text, where that was noted.
    pub cleaner: Option<String>,
    /// Was it cleaned anew from a capture that had given another text? Then the change is the
    /// program's, and not the publisher's.
    pub is_ours: bool,
}

impl RecordJson {
    /// The JSON form of a record that has not been stored.
    ///
    /// ```
    /// use record::{Line, Record, json::RecordJson};
    ///
    /// let line = |s: &str| Line::new(s).unwrap();
    /// let record = Record::new(line("Rain"), vec![line("It rained.")]);
    /// let json = serde_json::to_value(RecordJson::of(&record)).unwrap();
    /// assert_eq!(json["body"], "It rained.");
    /// assert!(json.get("url").is_none());
    /// ```
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let meta = record.meta.clone();
        Self {
            url: record.url.as_ref().map(ToString::to_string),
            title: record.title.to_string(),
            published: meta.published.map(|p| p.to_string()),
            date: record.date.map(date::compact),
            date_zone: meta.date_zone,
            updated: meta.updated.map(|p| p.to_string()),
            authors: meta.authors,
            lang: meta.lang,
            site: meta.site,
            feed: meta.feed,
            summary: meta.summary,
            image: meta.image,
            tags: meta.tags,
            section: meta.section,
            free: meta.free,
            licence: meta.licence,
            opt_outs: meta.opt_outs,
            body: record.body_text(),
            body_html: meta.body_html,
            word_count: Some(record.word_count()),
            content_hash: Some(record.content_hash().to_string()),
            provenance: meta.provenance,
            ..Self::default()
        }
    }

    /// The JSON form of a stored text.
    #[must_use]
    pub fn of_stored(record: &Record, stored: &Stored) -> Self {
        let duplicate = stored.duplicate.as_ref();
        Self {
            id: stored.id.to_string(),
            first_seen: Some(stored.first_seen.to_string()),
            fetched_at: Some(stored.fetched_at.to_string()),
            duplicate_of: duplicate.map(|d| d.of.to_string()),
            duplicate_kind: duplicate.map(|d| d.kind.code().to_owned()),
            similarity: duplicate.map(|d| (d.similarity * 1e4).round() / 1e4),
            story_id: stored.story.map(|s| s.to_string()),
            revision: Some(stored.revision),
            revised_by: stored.is_ours.then(|| "newsluice".to_owned()),
            ..Self::of(record)
        }
    }

    /// The record that this JSON says, for input in JSON lines; its text fields are
    /// normalised as everywhere. `None` without a visible title.
    #[must_use]
    pub fn to_record(&self) -> Option<Record> {
        let title = crate::Line::new(&self.title)?;
        let body = self.body.split('\n').filter_map(crate::Line::new).collect();
        let mut record = Record::new(title, body);
        record.url = self.url.as_deref().and_then(|u| crate::PageUrl::parse(u).ok());
        let published = self.published.as_deref().and_then(date::parse);
        let published = published.map(|stated| stated.published(&crate::Zones::default()).0);
        record.date = self
            .date
            .as_deref()
            .and_then(|d| {
                date::parse_compact(d).or_else(|| match date::parse(d)? {
                    date::Stated::Day(day) => Some(day),
                    other => Some(other.published(&crate::Zones::default()).0.day()),
                })
            })
            .or_else(|| published.map(|p| p.day()));
        let updated = self.updated.as_deref().and_then(date::parse);
        record.meta = crate::Meta {
            published,
            date_zone: self.date_zone,
            updated: updated.map(|stated| stated.published(&crate::Zones::default()).0),
            authors: self.authors.clone(),
            lang: self.lang.clone(),
            site: self.site.clone(),
            feed: self.feed.clone(),
            summary: self.summary.clone(),
            image: self.image.clone(),
            tags: self.tags.clone(),
            section: self.section.clone(),
            free: self.free,
            licence: self.licence.clone(),
            opt_outs: self.opt_outs.clone(),
            body_html: None, // from outside: would have to be sanitised again
            provenance: self.provenance.clone(),
        };
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Line, Meta, PageUrl, Published};
    use jiff::tz::Offset;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            title in "[A-Za-zé ]{1,20}", body in proptest::collection::vec("\\PC{1,30}", 1..4),
            second in 0i64..2_000_000_000, hours in -12i8..=14,
        ) {
            let Some(title) = Line::new(&title) else { return Ok(()) };
            let mut record = Record::new(title, body.iter().filter_map(|b| Line::new(b)).collect());
            let published = Published::At {
                instant: Timestamp::from_second(second).unwrap(),
                offset: Offset::constant(hours),
            };
            record.date = Some(published.day());
            record.url = PageUrl::parse("https://example.org/a").ok();
            record.meta = Meta { published: Some(published), ..Meta::default() };
            let json = serde_json::to_string(&RecordJson::of(&record)).unwrap();
            let back: RecordJson = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(back.to_record(), Some(record));
            prop_assert!(!json.contains("null"));
        }
    }
}
