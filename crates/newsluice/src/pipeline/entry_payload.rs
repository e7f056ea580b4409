//! An entry as the frontier keeps it until its page was fetched.

use record::{ContentHash, DateText, Entry, PageUrl, date};
use serde::{Deserialize, Serialize};
use store::FoundEntry;

use fetch::HostKey;
use jiff::Timestamp;

/// What is kept of an entry: what helps to clean its page.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Payload {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    whole: bool,
    authors: Vec<String>,
    tags: Vec<String>,
    media: Vec<String>,
    /// Only wanted in this language: nothing said in which it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    only_language: Option<String>,
}

/// Most bytes of content kept with an entry: beyond it the page is all there is.
const MAX_CONTENT: usize = 256 << 10;

/// An entry on its way to the frontier. `feed` is the URL that the feed was read from.
pub(super) fn found(entry: Entry, feed: &str, now: Timestamp) -> FoundEntry {
    let url = entry.link.clone().filter(|link| PageUrl::parse(link).is_ok());
    let identity = url.as_deref().and_then(|url| PageUrl::parse(url).ok());
    let is_foreign = url.as_deref().is_some_and(|url| is_foreign(url, feed));
    let name =
        identity.map_or_else(|| format!("{feed}#{}", entry.id), |identity| identity.identity());
    let host = HostKey::of_url(url.as_deref().unwrap_or(feed));
    FoundEntry {
        guid: entry.id.clone(),
        name,
        host: host.map(|host| host.as_str().to_owned()).unwrap_or_default(),
        fingerprint: fingerprint(&entry),
        payload: payload_of(entry),
        url,
        is_foreign,
        due_at: now,
    }
}

/// Is a page on another site than the feed that lists it?
pub(super) fn is_foreign(page: &str, feed: &str) -> bool {
    match (PageUrl::parse(page), PageUrl::parse(feed)) {
        (Ok(page), Ok(feed)) => page.domain() != feed.domain(),
        _ => false,
    }
}

/// What is kept of an entry, as text.
pub(super) fn payload_of(entry: Entry) -> Option<String> {
    serde_json::to_string(&Payload::of(entry)).ok()
}

/// A hash of what would make the page worth fetching again: what the feed says of it, folded,
/// so that other markup or spacing is no change.
fn fingerprint(entry: &Entry) -> ContentHash {
    let raw = |date: &Option<DateText>| date.as_ref().map(|d| d.raw.clone()).unwrap_or_default();
    let text = entry.content.as_deref().or(entry.summary.as_deref()).unwrap_or_default();
    let parts = [
        record::fold(entry.title.as_deref().unwrap_or_default()),
        raw(&entry.published),
        raw(&entry.updated),
        record::fold(text),
    ];
    ContentHash::of_bytes(parts.join("\n").as_bytes())
}

impl Payload {
    fn of(entry: Entry) -> Self {
        let bounded = |text: Option<String>| text.filter(|text| text.len() <= MAX_CONTENT);
        Self {
            id: entry.id,
            title: entry.title,
            published: entry.published.map(|d| d.raw),
            updated: entry.updated.map(|d| d.raw),
            summary: bounded(entry.summary),
            content: bounded(entry.content),
            whole: entry.whole,
            authors: entry.authors,
            tags: entry.tags,
            media: entry.media,
            only_language: None,
        }
    }
}

/// The same entry, wanted only in this language: the text is to say in which it is.
pub(crate) fn only_in(found: FoundEntry, language: &str) -> FoundEntry {
    let payload = found.payload.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let only_language = Some(language.to_owned());
    let payload = Payload { only_language, ..payload.unwrap_or_default() };
    FoundEntry { payload: serde_json::to_string(&payload).ok(), ..found }
}

/// The language in which alone an entry is wanted.
pub(super) fn language_of(payload: &str) -> Option<String> {
    serde_json::from_str::<Payload>(payload).ok()?.only_language
}

/// The entry that a payload holds; an empty one where it cannot be read.
pub(super) fn entry_of(payload: &str, url: Option<&str>) -> Entry {
    let payload: Payload = serde_json::from_str(payload).unwrap_or_default();
    let date = |raw: Option<String>| raw.map(|raw| DateText { stated: date::parse(&raw), raw });
    Entry {
        id: payload.id,
        title: payload.title,
        link: url.map(str::to_owned),
        published: date(payload.published),
        updated: date(payload.updated),
        summary: payload.summary,
        content: payload.content,
        whole: payload.whole,
        authors: payload.authors,
        tags: payload.tags,
        media: payload.media,
    }
}

/// The title that a payload holds.
pub(crate) fn title_of(payload: &str) -> Option<String> {
    serde_json::from_str::<Payload>(payload).ok()?.title
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str, link: Option<&str>) -> Entry {
        Entry {
            id: "1".into(),
            title: Some(title.into()),
            link: link.map(str::to_owned),
            summary: Some("<p>It rained.</p>".into()),
            ..Entry::default()
        }
    }

    #[test]
    fn what_goes_in_comes_out() {
        let before = entry("Rain", Some("https://e.org/1?utm_source=rss"));
        let found = found(before.clone(), "https://e.org/feed", Timestamp::UNIX_EPOCH);
        assert_eq!(found.name, "https://e.org/1");
        assert!(!found.is_foreign);
        let after = entry_of(found.payload.as_deref().unwrap(), before.link.as_deref());
        assert_eq!(after, before);
    }

    #[test]
    fn a_language_that_is_wanted_travels_along() {
        let before = found(entry("Rain", None), "https://e.org/feed", Timestamp::UNIX_EPOCH);
        assert_eq!(language_of(before.payload.as_deref().unwrap()), None);
        let after = only_in(before, "pt-br");
        let payload = after.payload.unwrap();
        assert_eq!(language_of(&payload).as_deref(), Some("pt-br"));
        assert_eq!(title_of(&payload).as_deref(), Some("Rain"));
    }

    #[test]
    fn only_another_text_is_a_change() {
        let of = |e: &Entry| fingerprint(e);
        let first = entry("Rain", None);
        let mut same = first.clone();
        same.summary = Some("<p>It  rained.</p>".into());
        assert_eq!(of(&first), of(&same));
        assert_ne!(of(&first), of(&entry("Sun", None)));
    }

    #[test]
    fn an_item_without_a_link_is_named_after_its_feed() {
        let found = found(entry("Rain", None), "https://e.org/feed", Timestamp::UNIX_EPOCH);
        assert_eq!((found.name.as_str(), found.url), ("https://e.org/feed#1", None));
    }
}
