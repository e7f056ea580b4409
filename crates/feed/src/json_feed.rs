//! JSON Feed 1 and 1.1, read leniently.
//!
//! Ids may be numbers, fields may be missing or of another type, the document may be cut:
//! every complete item counts.

mod lenient;
mod mend;

use std::fmt;

use jiff::Timestamp;
use record::{DateText, Entry, Feed, FeedLink, Reason, ReasonKind, date};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use self::lenient::{Many, Named, Object, Text};
use crate::display::display_text;
use crate::problem::{ProblemKind, Problems};
use crate::repair::most_entries;

/// Reads a JSON Feed. Linear in the text.
pub(crate) fn parse(
    text: &str,
    now: Option<Timestamp>,
    problems: &mut Problems,
) -> Result<Feed, Reason> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let (mut found, mut is_sound) = read(text);
    if !is_sound {
        let (mended, sound) = read(&mend::mended(text));
        if mended.holds_more_than(&found) {
            problems.note(ProblemKind::LooseJson);
            (found, is_sound) = (mended, sound);
        }
    }
    if !found.is_feed() {
        let what = if is_sound { "json, but no json feed" } else { "broken json" };
        return Err(Reason::new(
            ReasonKind::NotAFeed,
            format!("the answer is {what}; ask the site for the address of its feed"),
        ));
    }
    if !is_sound {
        problems.note(ProblemKind::Truncated);
    }
    if found.version.as_deref().is_none_or(|v| !v.starts_with("https://jsonfeed.org/version/1")) {
        problems.note(ProblemKind::LooseJson);
    }
    Ok(found.into_feed(now, problems))
}

/// What a document holds, to its end or to where it breaks off, and whether it came to its end.
fn read(text: &str) -> (Found, bool) {
    let mut found = Found::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let document = Document { found: &mut found, most: most_entries(text.len() / 2) };
    let is_sound = document.deserialize(&mut reader).is_ok() && reader.end().is_ok();
    (found, is_sound)
}

/// What was read before the document ended or broke off.
#[derive(Default)]
struct Found {
    version: Option<String>,
    title: Text,
    home_page_url: Text,
    feed_url: Text,
    next_url: Text,
    description: Text,
    language: Text,
    items: Option<Vec<Item>>,
    hubs: Many<Named>,
    authors: Many<Named>,
    author: Many<Named>,
}

impl Found {
    fn holds_more_than(&self, other: &Self) -> bool {
        let count = |found: &Self| found.items.as_ref().map_or(0, |items| 1 + items.len());
        self.is_feed() && (count(self) > count(other) || !other.is_feed())
    }

    fn is_feed(&self) -> bool {
        let said = self.version.as_deref().is_some_and(|v| v.contains("jsonfeed.org"));
        said || self.items.as_ref().is_some_and(|items| {
            items.iter().any(|item| item.url.0.is_some() || item.content_html.0.is_some())
                || (items.is_empty() && self.title.0.is_some() && self.home_page_url.0.is_some())
        })
    }

    fn into_feed(self, now: Option<Timestamp>, problems: &mut Problems) -> Feed {
        let link = |rel: &str, href: &Text| {
            let href = href.0.clone()?;
            Some(FeedLink { href, rel: rel.to_owned(), media_type: None })
        };
        let mut links: Vec<FeedLink> = [link("self", &self.feed_url), link("next", &self.next_url)]
            .into_iter()
            .flatten()
            .collect();
        links.extend(self.hubs.0.iter().filter_map(|hub| link("hub", &hub.url)));
        let authors = inherited(names(&self.authors, &self.author));
        let entries = self.items.unwrap_or_default();
        Feed {
            title: self.title.0.as_deref().map(display_text).filter(|t| !t.is_empty()),
            link: self.home_page_url.0,
            language: self.language.0,
            description: self.description.0,
            links,
            entries: entries.into_iter().map(|i| i.into_entry(&authors, now, problems)).collect(),
            ..Feed::default()
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Item {
    id: Text,
    url: Text,
    external_url: Text,
    title: Text,
    summary: Text,
    content_html: Text,
    content_text: Text,
    date_published: Text,
    date_modified: Text,
    image: Text,
    banner_image: Text,
    tags: Many<Text>,
    authors: Many<Named>,
    author: Many<Named>,
    attachments: Many<Named>,
}

impl Item {
    fn says_something(&self) -> bool {
        let texts = [&self.id, &self.url, &self.external_url, &self.title, &self.summary];
        let more = [&self.content_html, &self.content_text, &self.date_published, &self.image];
        texts.iter().chain(&more).any(|text| text.0.is_some()) || !self.attachments.0.is_empty()
    }

    fn into_entry(
        self,
        feed_authors: &[String],
        now: Option<Timestamp>,
        problems: &mut Problems,
    ) -> Entry {
        let mut authors = names(&self.authors, &self.author);
        if authors.is_empty() {
            authors = feed_authors.to_vec();
        }
        let attached = self.attachments.0.into_iter().map(|a| a.url);
        let media = attached.chain([self.image, self.banner_image]).filter_map(|text| text.0);
        Entry {
            id: self.id.0.unwrap_or_default(),
            title: self.title.0.as_deref().map(display_text).filter(|t| !t.is_empty()),
            link: self.url.0.or(self.external_url.0),
            published: date_text(self.date_published, now, problems),
            updated: date_text(self.date_modified, now, problems),
            summary: self.summary.0,
            content: self.content_html.0.or(self.content_text.0),
            whole: false,
            authors,
            tags: self.tags.0.into_iter().filter_map(|tag| tag.0).collect(),
            media: media.collect(),
        }
    }
}

fn date_text(text: Text, now: Option<Timestamp>, problems: &mut Problems) -> Option<DateText> {
    let raw = text.0?;
    let stated = date::parse_at(&raw, now);
    if stated.is_none() {
        problems.note(ProblemKind::BadDate);
    }
    Some(DateText { raw, stated })
}

fn names(authors: &Many<Named>, author: &Many<Named>) -> Vec<String> {
    let said = if authors.0.is_empty() { author } else { authors };
    let name = |author: &Named| author.name.0.clone().or_else(|| author.url.0.clone());
    said.0.iter().filter_map(name).collect()
}

/// The authors of the feed as those of each entry that names none. They are copied into every
/// entry, so there is a bound: what is longer is no byline.
fn inherited(names: Vec<String>) -> Vec<String> {
    const LONGEST: usize = 256;
    if names.iter().map(String::len).sum::<usize>() > LONGEST { Vec::new() } else { names }
}

/// Reads a document into what was found, so that what came before an error is not lost.
struct Document<'a> {
    found: &'a mut Found,
    most: usize,
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a json feed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let found = self.found;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "version" => found.version = map.next_value::<Text>()?.0,
                "title" => found.title = map.next_value()?,
                "home_page_url" => found.home_page_url = map.next_value()?,
                "feed_url" => found.feed_url = map.next_value()?,
                "next_url" => found.next_url = map.next_value()?,
                "description" => found.description = map.next_value()?,
                "language" => found.language = map.next_value()?,
                "hubs" => found.hubs = map.next_value()?,
                "authors" => found.authors = map.next_value()?,
                "author" => found.author = map.next_value()?,
                "items" => {
                    let items = found.items.get_or_insert_default();
                    map.next_value_seed(Items { items, most: self.most })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Reads items one by one into a list.
struct Items<'a> {
    items: &'a mut Vec<Item>,
    most: usize,
}

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while let Some(Object(item)) = sequence.next_element::<Object<Item>>()? {
            if self.items.len() < self.most {
                self.items.extend(item.filter(Item::says_something));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Feed, Reason> {
        parse(text, None, &mut Problems::default())
    }

    #[test]
    fn loose_feeds_are_read() {
        let feed = read(
            r#"{"version": "http://jsonfeed.org/version/1", "title": 7, "items": [
                {"id": 12, "url": "https://example.org/12", "tags": "one", "author": {"name": "Ann"},
                 "content_html": "<p>x</p>", "date_published": "2024-05-02", "_x": {"a": [1]}},
                {"id": "13", "title": null, "attachments": [{"url": "https://example.org/a.mp3"}, 3]}
            ]}"#,
        )
        .unwrap();
        assert_eq!(feed.title.as_deref(), Some("7"));
        let first = &feed.entries[0];
        assert_eq!(
            (first.id.as_str(), &first.authors, &first.tags[..]),
            ("12", &vec!["Ann".to_owned()], &["one".to_owned()][..])
        );
        assert_eq!(feed.entries[1].media, ["https://example.org/a.mp3"]);
    }

    #[test]
    fn a_cut_feed_keeps_its_whole_items() {
        let text = r#"{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1",
            "url": "https://example.org/1"}, {"id": "2", "url": "https://exam"#;
        assert_eq!(read(text).unwrap().entries.len(), 1);
    }

    #[test]
    fn json_of_many_bad_habits_is_read() {
        for text in [
            "cb({version: 'https://jsonfeed.org/version/1.1', items: [{id: 1, x: NaN,}, {id: 2}]});",
            "{\"version\": \"https://jsonfeed.org/version/1\",\n\"items\": [{\"id\": \"a\nb\"} {\"id\": 2}]}",
        ] {
            assert_eq!(read(text).unwrap().entries.len(), 2, "{text}");
        }
    }

    #[test]
    fn items_of_other_types_and_empty_ones_are_left_out() {
        let text = r#"{"version": "https://jsonfeed.org/version/1.1", "items": [1, {}, null, [],
            {"id": "1", "author": "Ann", "authors": 7, "tags": [[1], {"a": 2}, "x", 3]}]}"#;
        let entries = read(text).unwrap().entries;
        assert_eq!(entries.len(), 1);
        assert_eq!(
            (&entries[0].tags[..], &entries[0].authors[..]),
            (&["x".to_owned(), "3".to_owned()][..], &["7".to_owned()][..],)
        );
    }

    #[test]
    fn a_long_author_is_not_copied_into_every_entry() {
        let items = r#"{"id": 1},"#.repeat(300);
        let text = format!(
            r#"{{"version": "https://jsonfeed.org/version/1", "author": {{"name": "{}"}},
            "items": [{items} {{"id": 2}}]}}"#,
            "A".repeat(5000)
        );
        assert!(read(&text).unwrap().entries.iter().all(|entry| entry.authors.is_empty()));
    }

    #[test]
    fn other_json_is_refused() {
        for text in [r#"{"error": {"code": 404}}"#, "{", r#"{"items": [1, 2]}"#, "[{}]"] {
            assert_eq!(read(text).unwrap_err().kind, ReasonKind::NotAFeed, "{text}");
        }
    }
}
