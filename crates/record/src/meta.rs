//! What is known of a record beside its text.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::DateZone;

/// When something was published: the instant with the publisher's offset, or the day alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// An instant, and the offset that the publisher's clock showed.
    At {
        /// The instant.
        instant: Timestamp,
        /// The offset from UTC at which the publisher counts its day.
        offset: Offset,
    },
    /// Only the day is known.
    Day(Date),
}

impl Published {
    /// The calendar day at the publisher's offset.
    #[must_use]
    pub fn day(&self) -> Date {
        match self {
            Self::At { instant, offset } => offset.to_datetime(*instant).date(),
            Self::Day(day) => *day,
        }
    }
}

impl fmt::Display for Published {
    /// RFC 3339 with the offset (to the second), or a plain date.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At { instant, offset } => {
                write!(f, "{:.0}", instant.display_with_offset(*offset))
            }
            Self::Day(day) => write!(f, "{day}"),
        }
    }
}

/// What the text form does not show. Unknown is `None` or empty, never a placeholder.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meta {
    /// When it was published, as the publisher said.
    pub published: Option<Published>,
    /// Where the zone of the day came from.
    pub date_zone: Option<DateZone>,
    /// When the publisher last changed it.
    pub updated: Option<Published>,
    /// The authors: people, in the order given.
    pub authors: Vec<String>,
    /// The language, as a BCP 47 tag.
    pub lang: Option<String>,
    /// The site's name.
    pub site: Option<String>,
    /// The URL of the feed that led here.
    pub feed: Option<String>,
    /// The publisher's own summary.
    pub summary: Option<String>,
    /// The URL of the leading image.
    pub image: Option<String>,
    /// Keywords and categories, as the publisher gave them.
    pub tags: Vec<String>,
    /// The section of the site.
    pub section: Option<String>,
    /// Whether the publisher declares the text free to read.
    pub free: Option<bool>,
    /// The licence's URL or name.
    pub licence: Option<String>,
    /// Declared opt-outs (`noai`, `noimageai`, `tdm-reservation` …).
    pub opt_outs: Vec<String>,
    /// The body as sanitised HTML.
    pub body_html: Option<String>,
    /// For each field, which evidence gave it (`json-ld`, `opengraph`, `meta`, `feed`, `url`,
    /// `text` …).
    pub provenance: BTreeMap<String, String>,
}
