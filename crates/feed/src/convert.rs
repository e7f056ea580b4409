//! feed-rs's model to ours.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use feed_rs::model;
use feed_rs::parser::{Builder, ParseFeedError};
use jiff::Timestamp;
use record::date;
use record::{DateText, Entry, Feed, FeedLink};

use crate::display::display_text;
use crate::problem::{ProblemKind, Problems};

/// Reads XML of the form that repair writes.
///
/// feed-rs keeps only the instant of a date. Its hook is handed the text, so the hook keeps
/// the text in a table and returns, as a time, the text's place there.
pub(crate) fn read_xml(
    xml: &str,
    now: Option<Timestamp>,
    problems: &mut Problems,
) -> Result<Feed, ParseFeedError> {
    let texts: Arc<Mutex<Vec<String>>> = Arc::default();
    let table = Arc::clone(&texts);
    let parser = Builder::new()
        .sanitize_content(false)
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(move |text| {
            let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
            let place = i64::try_from(table.len()).ok()?;
            table.push(text.trim().to_owned());
            DateTime::from_timestamp(place, 0)
        })
        .build();
    let feed = parser.parse(xml.as_bytes())?;
    let texts = std::mem::take(&mut *texts.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Conversion { dates: Dates { texts, now }, problems }.feed(feed))
}

struct Dates {
    texts: Vec<String>,
    now: Option<Timestamp>,
}

impl Dates {
    fn read(&self, place: Option<DateTime<Utc>>, problems: &mut Problems) -> Option<DateText> {
        let raw = self.texts.get(usize::try_from(place?.timestamp()).ok()?)?;
        if raw.is_empty() {
            return None;
        }
        let stated = date::parse_at(raw, self.now);
        if stated.is_none() {
            problems.note(ProblemKind::BadDate);
        }
        Some(DateText { raw: raw.clone(), stated })
    }
}

struct Conversion<'a> {
    dates: Dates,
    problems: &'a mut Problems,
}

impl Conversion<'_> {
    fn feed(&mut self, feed: model::Feed) -> Feed {
        Feed {
            title: feed.title.map(|t| display_text(&t.content)).filter(|t| !t.is_empty()),
            link: feed
                .links
                .iter()
                .find(|l| l.rel.as_deref().is_none_or(|rel| rel == "alternate"))
                .map(|l| l.href.clone())
                .filter(|href| !href.is_empty()),
            language: feed.language.map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()),
            description: feed.description.and_then(|t| filled(t.content)),
            links: feed.links.into_iter().filter_map(link).collect(),
            entries: feed.entries.into_iter().map(|e| self.entry(e)).collect(),
            ..Feed::default()
        }
    }

    fn entry(&mut self, entry: model::Entry) -> Entry {
        let published = self.dates.read(entry.published, self.problems);
        // feed-rs copies `published` to `updated` where that is missing: same place, no date.
        let updated = entry.updated.filter(|place| Some(*place) != entry.published);
        let updated = self.dates.read(updated, self.problems);
        Entry {
            id: entry.id,
            title: entry.title.map(|t| display_text(&t.content)).filter(|t| !t.is_empty()),
            link: entry.links.into_iter().map(|l| l.href).find(|href| !href.is_empty()),
            published,
            updated,
            summary: entry.summary.and_then(|t| filled(t.content)),
            content: entry.content.and_then(|c| c.body).and_then(filled),
            whole: false,
            authors: distinct(entry.authors.into_iter().filter_map(|p| p.name.or(p.email))),
            tags: distinct(entry.categories.into_iter().map(|c| c.term)),
            media: distinct(
                entry
                    .media
                    .into_iter()
                    .flat_map(|m| m.content)
                    .filter_map(|c| c.url)
                    .map(String::from),
            ),
        }
    }
}

fn filled(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}

fn link(link: model::Link) -> Option<FeedLink> {
    let rel = link.rel?;
    Some(FeedLink { href: link.href, rel, media_type: link.media_type })
}

/// Display texts in order, each once, none empty.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    // At most some hundred texts: see the caps of repair.
    for text in texts.map(|text| display_text(&text)) {
        if !text.is_empty() && !kept.contains(&text) {
            kept.reserve_exact(1);
            kept.push(text);
        }
    }
    kept
}
