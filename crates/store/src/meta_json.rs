//! [`Meta`] as the JSON of the `meta` columns. Language and feed have columns of their own.

use jiff::tz::Offset;
use record::{DateZone, Meta, Published, date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::error::{ErrorKind, Fault, Sql};

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct MetaJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_zone: Option<DateZone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    free: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    opt_outs: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_html: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    provenance: BTreeMap<String, String>,
}

/// The JSON of everything but language and feed.
pub(crate) fn write(meta: &Meta) -> Sql<String> {
    let meta = meta.clone();
    let json = MetaJson {
        published: meta.published.map(written),
        date_zone: meta.date_zone,
        updated: meta.updated.map(written),
        authors: meta.authors,
        site: meta.site,
        summary: meta.summary,
        image: meta.image,
        tags: meta.tags,
        section: meta.section,
        free: meta.free,
        licence: meta.licence,
        opt_outs: meta.opt_outs,
        body_html: meta.body_html,
        provenance: meta.provenance,
    };
    serde_json::to_string(&json).map_err(|e| Fault::new(ErrorKind::Broken, e.to_string()))
}

/// Reads what [`write()`] wrote.
pub(crate) fn read(json: &str, lang: Option<String>, feed: Option<String>) -> Sql<Meta> {
    let json: MetaJson = serde_json::from_str(json)
        .map_err(|e| Fault::new(ErrorKind::Corrupt, format!("column meta: {e}")))?;
    Ok(Meta {
        published: json.published.as_deref().and_then(published),
        date_zone: json.date_zone,
        updated: json.updated.as_deref().and_then(published),
        authors: json.authors,
        lang,
        site: json.site,
        feed,
        summary: json.summary,
        image: json.image,
        tags: json.tags,
        section: json.section,
        free: json.free,
        licence: json.licence,
        opt_outs: json.opt_outs,
        body_html: json.body_html,
        provenance: json.provenance,
    })
}

/// Like the JSON form, but with the fraction of the second, so that nothing is lost.
fn written(published: Published) -> String {
    match published {
        Published::At { instant, offset } => instant.display_with_offset(offset).to_string(),
        Published::Day(day) => day.to_string(),
    }
}

fn published(text: &str) -> Option<Published> {
    match date::parse(text)? {
        date::Stated::Instant { instant, offset } => Some(Published::At { instant, offset }),
        date::Stated::Day(day) => Some(Published::Day(day)),
        date::Stated::Local(time) => {
            let instant = Offset::UTC.to_timestamp(time).ok()?;
            Some(Published::At { instant, offset: Offset::UTC })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            nanos in 0i64..2_000_000_000_000_000_000, quarters in -56i32..=56,
            words in proptest::collection::vec("\\PC{0,20}", 3),
            free: Option<bool>,
        ) {
            let instant = Timestamp::from_nanosecond(nanos.into()).unwrap();
            let offset = Offset::from_seconds(quarters * 900).unwrap();
            let meta = Meta {
                published: Some(Published::At { instant, offset }),
                updated: Some(Published::Day(jiff::civil::date(2024, 5, 2))),
                date_zone: Some(DateZone::Host),
                authors: words.clone(),
                lang: Some("en".into()),
                feed: words.first().cloned(),
                free,
                provenance: words.iter().map(|w| (w.clone(), w.clone())).collect(),
                ..Meta::default()
            };
            let json = write(&meta).unwrap();
            prop_assert!(!json.contains("null"));
            prop_assert_eq!(read(&json, meta.lang.clone(), meta.feed.clone()).unwrap(), meta);
        }
    }

    #[test]
    fn what_nobody_wrote_is_damage() {
        assert_eq!(read("[", None, None).unwrap_err().kind, ErrorKind::Corrupt);
    }
}
