//! What a feed or entry has said so far.

use std::borrow::Cow;

use record::FeedLink;

use super::names::Field;

/// Most authors, tags and media of one entry, and links of one feed.
const MOST_OF_A_KIND: usize = 200;

/// A value and how much it counts: 0 is the most.
#[derive(Debug, Clone)]
pub(super) struct Ranked<'a> {
    rank: u8,
    text: Cow<'a, str>,
}

/// The fields of a feed or of an entry.
#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    pub title: Option<Ranked<'a>>,
    pub link: Option<Ranked<'a>>,
    pub id: Option<Ranked<'a>>,
    /// Does the id say that it is no URL?
    pub id_is_opaque: bool,
    pub summary: Option<Ranked<'a>>,
    pub content: Option<Ranked<'a>>,
    pub language: Option<Ranked<'a>>,
    pub published: Vec<Ranked<'a>>,
    pub updated: Vec<Ranked<'a>>,
    pub authors: Vec<Ranked<'a>>,
    pub tags: Vec<Cow<'a, str>>,
    pub media: Vec<Cow<'a, str>>,
    pub links: Vec<FeedLink>,
    /// The `xml:base` in force.
    pub base: Option<url::Url>,
}

impl<'a> Draft<'a> {
    /// Takes a field's text. A value of the same rank as one before it does not replace it.
    pub(super) fn put(&mut self, field: Field, rank: u8, text: Cow<'a, str>) {
        if text.is_empty() {
            return;
        }
        let ranked = Ranked { rank, text };
        match field {
            Field::Title => better(&mut self.title, ranked),
            Field::Link => better(&mut self.link, ranked),
            Field::Id => better(&mut self.id, ranked),
            Field::Summary => better(&mut self.summary, ranked),
            Field::Content => better(&mut self.content, ranked),
            Field::Language => better(&mut self.language, ranked),
            Field::Published => some_more(&mut self.published, ranked),
            Field::Updated => some_more(&mut self.updated, ranked),
            Field::Author => some_more(&mut self.authors, ranked),
            Field::Category => some_more(&mut self.tags, ranked.text),
            Field::Enclosure => some_more(&mut self.media, ranked.text),
            _ => {}
        }
    }

    pub(super) fn put_link(&mut self, link: FeedLink) {
        some_more(&mut self.links, link);
    }

    pub(super) fn is_empty(&self) -> bool {
        [&self.title, &self.link, &self.id, &self.summary, &self.content]
            .iter()
            .all(|field| field.is_none())
            && self.published.is_empty()
            && self.updated.is_empty()
            && self.media.is_empty()
            && self.tags.is_empty()
            && self.authors.is_empty()
    }

    /// The authors of the best rank that there is: the format's own field and an extension
    /// say the same thing twice.
    pub(super) fn best_authors(&self) -> impl Iterator<Item = &str> {
        let best = self.authors.iter().map(|a| a.rank).min();
        self.authors.iter().filter(move |a| Some(a.rank) == best).map(|a| &*a.text)
    }
}

fn better<'a>(slot: &mut Option<Ranked<'a>>, new: Ranked<'a>) {
    if slot.as_ref().is_none_or(|old| new.rank < old.rank) {
        *slot = Some(new);
    }
}

fn some_more<T>(list: &mut Vec<T>, new: T) {
    if list.len() < MOST_OF_A_KIND {
        list.push(new);
    }
}

/// The text of a slot.
pub(super) fn text<'b>(slot: Option<&'b Ranked<'_>>) -> Option<&'b str> {
    slot.map(|ranked| &*ranked.text)
}

/// The date that counts: the best ranked that can be read, else the best ranked.
pub(super) fn best_date<'b>(dates: &'b [Ranked<'_>]) -> Option<&'b str> {
    let (first, rest) = dates.split_first()?;
    if rest.is_empty() {
        return Some(&first.text);
    }
    let readable = |ranked: &&Ranked<'_>| record::date::parse(&ranked.text).is_some();
    let best = dates.iter().filter(readable).min_by_key(|ranked| ranked.rank);
    Some(&best.or_else(|| dates.iter().min_by_key(|ranked| ranked.rank))?.text)
}
