//! A feed that was recorded, read again: what its poll brought to the frontier then.

use store::RecordedPoll;

use super::entry_payload::found;
use super::envelope::{CleanedItem, RecordedFeed};
use super::note::{PollNote, host_of, new_feed};
use super::source_document::{self, Document};
use crate::source::SourceSettings;

/// What the document lists; a version that cannot read it any more lists nothing.
pub(super) fn read(recorded: RecordedFeed) -> CleanedItem {
    let RecordedFeed { page, feed, settings, poll } = recorded;
    let PollNote { kind, missed, moved_to, part_of } = poll;
    let Ok(Document { feed: read, url, .. }) = source_document::read(&page, kind) else {
        return CleanedItem::Known;
    };
    // A further document only adds to what the feed itself lists.
    let (title, site) = if part_of.is_some() { (None, None) } else { (read.title, read.link) };
    let home = part_of.unwrap_or(url);
    let at = page.fetched_at;
    let settings = SourceSettings { kind, ..SourceSettings::stored(settings.as_deref()) }.to_json();
    CleanedItem::Listed(Box::new(RecordedPoll {
        feed: new_feed(feed, settings),
        title,
        site,
        entries: read.entries.into_iter().map(|entry| found(entry, &home, at)).collect(),
        missed,
        moved_to: moved_to.map(|url| (url.clone(), host_of(&url))),
    }))
}
