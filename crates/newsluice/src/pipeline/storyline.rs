//! The stories as the dedup stage finds them: a memory that is rebuilt from the database.

use std::path::Path;

use dedup::stories::{Member, Settings, Stored, Stories};
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use record::story::Membership;
use record::{Published, Record, RecordId};
use store::{Reader, StoreError};

/// The open stories, and what users decided about them.
pub(crate) struct Storyline {
    reader: Reader,
    stories: Stories,
    /// The last decision that the memory knows.
    decision: u64,
}

impl Storyline {
    /// The memory as the records before `next_sequence` left it, all of which are committed.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn open(database: &Path, next_sequence: u64) -> Result<Self, StoreError> {
        let stories = Stories::new(Settings::default());
        let mut storyline = Self { reader: Reader::open(database)?, stories, decision: 0 };
        storyline.rebuild(next_sequence)?;
        Ok(storyline)
    }

    /// Did a user decide something since the memory was built?
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn is_stale(&self) -> Result<bool, StoreError> {
        Ok(self.reader.last_decision()? != self.decision)
    }

    /// Builds the memory anew from what is committed, which must be everything before
    /// `next_sequence`.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn rebuild(&mut self, next_sequence: u64) -> Result<(), StoreError> {
        let settings = Settings::default();
        let first = next_sequence.saturating_sub(settings.horizon);
        let mut stories = Stories::new(settings);
        // Read first: what is decided from here on is found out the next time.
        self.decision = self.reader.last_decision()?;
        for decision in self.reader.story_decisions()? {
            stories.note(decision);
        }
        self.reader.remembered_members(first, &mut |member| {
            stories.restore(&Stored {
                id: member.id,
                lang: member.lang,
                time: member.time,
                sequence: member.sequence,
                sketch: member.sketch,
                story: member.story,
                born: member.born,
            });
        })?;
        self.stories = stories;
        Ok(())
    }

    /// Finds the story of a new record.
    pub(crate) fn assign(
        &mut self,
        id: RecordId,
        record: &Record,
        at: Timestamp,
        sequence: u64,
    ) -> Membership {
        self.stories.assign(&Member {
            id,
            title: &record.title,
            body: &record.body_text(),
            lang: record.meta.lang.as_deref(),
            time: own_time(record, at),
            sequence,
        })
    }
}

/// When a record says that it was published, else when it was captured, as the database keeps
/// it: the instant, or the beginning of its day.
pub(crate) fn own_time(record: &Record, at: Timestamp) -> Timestamp {
    let midnight =
        |day: jiff::civil::Date| TimeZone::UTC.to_timestamp(day.to_datetime(Time::midnight())).ok();
    let own = match record.meta.published {
        Some(Published::At { instant, .. }) => Some(instant),
        _ => record.date.and_then(midnight),
    };
    store::stored_time(own.unwrap_or(at))
}
