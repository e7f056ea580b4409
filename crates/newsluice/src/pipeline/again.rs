//! What was recorded and stored before, cleaned anew.
//!
//! The rules, so that the outcome hangs on nothing but the database, the recordings and the
//! program's version:
//! - A capture belongs to the record that it once led to, whatever URLs mean by now: ids stay.
//! - It is compared with the text that stands for it, in every field that cleaning decides. Where
//!   nothing differs nothing is stored but names that newer rules give it. Where something does,
//!   the new text stands from that capture on, as a revision of ours.
//! - What cleaning takes for no article by now stays as it is; so does what retention took away.
//! - Where title or body changed, the text is judged like any revision: it may copy what was
//!   first stored before its record, and nothing later. Else it keeps its link. The record stays
//!   in its story.
//! - The feed's settings of today count, where it is still there, else those of the recording;
//!   filters decide only what comes in.

use std::collections::HashMap;

use jiff::Timestamp;
use record::{ContentHash, PageUrl, RecordId};
use serde::{Deserialize, Serialize};
use store::{CaptureKey, CaptureOutcome, Reader, Standing, StoreError};

use super::cleaner;
use super::survey::Filter;
use crate::source::{Filters, ReadHints, SourceHints, SourceSettings};

/// A capture on its way to be cleaned anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Again {
    /// The record that it led to.
    #[serde(with = "as_number")]
    pub(crate) id: RecordId,
    /// The archive that it was read from.
    pub(crate) source: String,
    /// Where in it.
    pub(crate) position: u64,
    /// Only where this version made the text.
    pub(crate) made_by: Option<String>,
    /// Which version is to clean it.
    pub(crate) cleaner: String,
}

mod as_number {
    use record::RecordId;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(super) fn serialize<S: Serializer>(id: &RecordId, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(id.0)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<RecordId, D::Error> {
        u64::deserialize(from).map(RecordId)
    }
}

impl Again {
    /// The place, for going on from there.
    pub(super) fn place(&self) -> CaptureKey {
        CaptureKey { source: self.source.clone(), position: self.position, hash: None }
    }

    /// Is the text that stands to be replaced at all?
    pub(crate) fn takes(&self, standing: &Standing) -> bool {
        let made_by = standing.cleaner.as_deref().unwrap_or(UNKNOWN);
        !standing.is_shed && self.made_by.as_deref().is_none_or(|wanted| wanted == made_by)
    }
}

/// The version of texts from before it was noted.
const UNKNOWN: &str = "unknown";

/// Which captures are wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// By URL and time.
    pub(crate) filter: Filter,
    /// Of this record.
    pub(crate) id: Option<RecordId>,
    /// That this feed led to.
    pub(crate) feed: Option<String>,
    /// Whose text this version made.
    pub(crate) made_by: Option<String>,
}

/// Finds the records of captures.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// The names that an archive has in the database.
    names: HashMap<String, Vec<String>>,
    /// What is decided about feeds today.
    feeds: HashMap<String, Option<SourceHints>>,
    hints: ReadHints,
}

impl Finder {
    /// The capture at this place, if it led to a record that is wanted.
    pub(super) fn find(
        &mut self,
        reader: &Reader,
        wanted: &Wanted,
        (source, position): (&str, u64),
        hash: ContentHash,
    ) -> Result<Option<Again>, StoreError> {
        let file = source.rsplit('/').next().unwrap_or(source);
        if !self.names.contains_key(source) {
            // The archive may have been moved since; its path of today comes first.
            let mut names = reader.inputs_named(file)?;
            names.sort_by_key(|name| name != source);
            self.names.insert(source.to_owned(), names);
        }
        for name in self.names.get(source).into_iter().flatten() {
            let Some(known) = reader.captured(name, position)? else { continue };
            if known.hash != hash {
                continue;
            }
            let CaptureOutcome::Record(id) = known.outcome else { return Ok(None) };
            return Ok(wanted.id.is_none_or(|only| only == id).then(|| Again {
                id,
                source: source.to_owned(),
                position,
                made_by: wanted.made_by.clone(),
                cleaner: cleaner::version().to_owned(),
            }));
        }
        Ok(None)
    }

    /// What is decided about the source by now; without its filters.
    pub(super) fn source(
        &mut self,
        reader: &Reader,
        feed: Option<&str>,
        recorded: SourceHints,
    ) -> Result<SourceHints, StoreError> {
        let Some(feed) = feed else { return Ok(unfiltered(recorded)) };
        if !self.feeds.contains_key(feed) {
            let known = reader.feed(feed)?.map(|info| {
                let told = SourceSettings::stored(info.settings.as_deref()).of_content().to_json();
                // Settings that cannot be read count as none, as everywhere.
                self.hints.read(told.as_deref()).unwrap_or_default()
            });
            self.feeds.insert(feed.to_owned(), known);
        }
        Ok(unfiltered(self.feeds.get(feed).cloned().flatten().unwrap_or(recorded)))
    }
}

fn unfiltered(source: SourceHints) -> SourceHints {
    let settings = SourceSettings::stored(source.told.as_deref());
    let (keep, drop, only_language) = (Vec::new(), Vec::new(), None);
    let told = SourceSettings { keep, drop, only_language: None, ..settings }.to_json();
    let told = told.map(Into::into);
    SourceHints { filters: Filters::default().into(), only_language, told, ..source }
}

impl Wanted {
    /// Is a capture of this URL and time, which this feed led to, wanted?
    pub(super) fn takes(&self, url: &str, at: Option<Timestamp>, feed: Option<&str>) -> bool {
        let is_of = |wanted: &String| {
            let same = |feed: &str| feed == wanted || identity(feed) == identity(wanted);
            feed.is_some_and(same)
        };
        self.filter.takes(url, at) && self.feed.as_ref().is_none_or(is_of)
    }
}

fn identity(url: &str) -> Option<String> {
    PageUrl::parse(url).ok().map(|url| url.identity())
}
