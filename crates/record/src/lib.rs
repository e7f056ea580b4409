//! What flows: the nouns that every stage of Newsluice shares.
//!
//! This crate does no I/O, reads no clock and knows no stage. A [`Record`] is one
//! article; a [`Page`] is what came off the wire; a [`Feed`] with its [`Entry`]s says
//! where pages are; a [`Verdict`] says whether a record is new; a [`Reason`] says why
//! an input did not become one.
//!
//! ```
//! use record::{Line, Record};
//!
//! let text = "Rain ends the drought\n20240502\nhttps://example.org/rain\nIt rained.\n";
//! let record = record::text::parse(text).unwrap();
//! assert_eq!(record.title, Line::new("Rain ends the drought").unwrap());
//! assert_eq!(record.body.len(), 1);
//! assert_eq!(record::text::write(&record), text);
//! ```

mod content_hash;
mod date_zone;
mod entry;
mod fold;
mod identity;
mod line;
mod meta;
mod page;
mod page_url;
mod reason;
mod tracking;
mod verdict;

pub mod date;
pub mod json;
pub mod story;
pub mod text;

pub use content_hash::ContentHash;
pub use date_zone::{DateZone, Zones};
pub use entry::{DateText, Entry, Feed, FeedLink, PollHints};
pub use fold::{count_words, fold, fold_into};
pub use identity::{ParseIdError, RecordId, StoryId};
pub use line::Line;
pub use meta::{Meta, Published};
pub use page::Page;
pub use page_url::{PageUrl, PageUrlError, registrable_domain};
pub use reason::{Reason, ReasonKind, Retry};
pub use tracking::track_more;
pub use verdict::{Duplicate, DuplicateKind, Novelty, Verdict};

use jiff::civil::Date;

/// One news article at one canonical URL: what cleaning makes and everything after works on.
///
/// The four text fields are the [text form](text); [`Meta`] carries what only the
/// [JSON form](json) shows. Every string that reaches the text form is a [`Line`], so that
/// writing and reading back is exact for every record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The headline, without the site's name.
    pub title: Line,
    /// The publication day in the publisher's own calendar.
    pub date: Option<Date>,
    /// The canonical URL.
    pub url: Option<PageUrl>,
    /// The paragraphs. Empty only for headline-only input to `dedup`; such a record is never
    /// stored.
    pub body: Vec<Line>,
    /// What the text form does not show.
    pub meta: Meta,
}

impl Record {
    /// A record of a title and paragraphs, with nothing else known.
    #[must_use]
    pub fn new(title: Line, body: Vec<Line>) -> Self {
        Self { title, date: None, url: None, body, meta: Meta::default() }
    }

    /// The paragraphs joined by LF, as the JSON form and the database hold them.
    #[must_use]
    pub fn body_text(&self) -> String {
        let mut text = String::with_capacity(self.body.iter().map(|p| p.len() + 1).sum());
        for (i, paragraph) in self.body.iter().enumerate() {
            if i > 0 {
                text.push('\n');
            }
            text.push_str(paragraph);
        }
        text
    }

    /// The hash of the folded title and body: equal for texts that differ in case,
    /// punctuation and white space only.
    #[must_use]
    pub fn content_hash(&self) -> ContentHash {
        ContentHash::of(self)
    }

    /// Words in the body; a run of letters and digits is one word, and each character of a
    /// script written without spaces is one.
    #[must_use]
    pub fn word_count(&self) -> usize {
        self.body.iter().map(|p| fold::count_words(p)).sum()
    }
}
