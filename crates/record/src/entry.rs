//! A feed and its entries, whatever format they came in.

use jiff::Timestamp;

use crate::date::Stated;

/// A date as a feed wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateText {
    /// The text as it stood in the feed.
    pub raw: String,
    /// What it says, where it could be read and is plausible.
    pub stated: Option<Stated>,
}

impl DateText {
    /// The instant, with a time that has no offset taken as UTC.
    #[must_use]
    pub fn instant(&self) -> Option<Timestamp> {
        self.stated.and_then(Stated::instant_utc)
    }
}

/// A link with its relation, as feeds carry them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedLink {
    /// The absolute URL.
    pub href: String,
    /// The relation (`alternate`, `self`, `hub`, `next`, `prev-archive` …).
    pub rel: String,
    /// The media type, where given.
    pub media_type: Option<String>,
}

/// What a feed asks of those who poll it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PollHints {
    /// RSS `ttl`, in minutes.
    pub ttl_minutes: Option<u64>,
    /// RSS `skipHours`: hours of the day in UTC, 0 to 23.
    pub skip_hours: Vec<u8>,
    /// RSS `skipDays`: days of the week in UTC, 1 = Monday to 7 = Sunday.
    pub skip_days: Vec<u8>,
    /// `sy:updatePeriod` divided by `sy:updateFrequency`, in seconds.
    pub update_period_seconds: Option<u64>,
}

/// A feed: its own fields and its entries in document order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Feed {
    /// The title as display text.
    pub title: Option<String>,
    /// The address of the site.
    pub link: Option<String>,
    /// The language as declared.
    pub language: Option<String>,
    /// The description or subtitle.
    pub description: Option<String>,
    /// All links that have a relation.
    pub links: Vec<FeedLink>,
    /// What the feed asks of those who poll it.
    pub hints: PollHints,
    /// RFC 5005: this document is the whole feed.
    pub complete: bool,
    /// RFC 5005: this document is an archive page, it will not change.
    pub archive: bool,
    /// The entries.
    pub entries: Vec<Entry>,
}

/// One item of a feed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// The id: the feed's own, else one made from link, title, text and date, the same at
    /// every poll.
    pub id: String,
    /// The title as display text.
    pub title: Option<String>,
    /// The absolute URL of the article.
    pub link: Option<String>,
    /// When it was published.
    pub published: Option<DateText>,
    /// When it was last changed.
    pub updated: Option<DateText>,
    /// The summary, as the feed has it (HTML or text).
    pub summary: Option<String>,
    /// The content, as the feed has it (HTML or text).
    pub content: Option<String>,
    /// Does the feed seem to carry the whole article, not a teaser?
    pub whole: bool,
    /// The authors' names.
    pub authors: Vec<String>,
    /// Categories and keywords.
    pub tags: Vec<String>,
    /// URLs of enclosures and other media.
    pub media: Vec<String>,
}

impl Entry {
    /// When it was published, else last changed.
    #[must_use]
    pub fn date(&self) -> Option<&DateText> {
        self.published.as_ref().or(self.updated.as_ref())
    }
}
