//! Entries that came and went between two polls, and those of them that are still to be had.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use record::Feed;
use store::{ClaimedFeed, Reader};

use super::documents::Way;
use crate::pipeline::entry_payload::found;
use crate::pipeline::gap;

/// Pages of older entries that are read after a gap.
const MOST_OLDER: usize = 5;

/// How many entries came and went since the last poll. Where the feed offers older ones they
/// are read up to what is known, and then nothing is missed.
pub(super) async fn missed(
    way: Way<'_>,
    claimed: &ClaimedFeed,
    feed: &mut Feed,
    url: &str,
    known: &Arc<Mutex<Reader>>,
    (since, now): (Option<Timestamp>, Timestamp),
) -> Option<u64> {
    let since = since?;
    if overlaps(claimed, &feed.entries, url, known, now).await {
        return None;
    }
    let gap = gap::gap(&feed.entries, since, now)?;
    let mut next = gap::older(feed).map(str::to_owned);
    for _ in 0..MOST_OLDER {
        let Some(page) = next.take() else { break };
        let Some(document) = way.another(&page).await else { break };
        let is_filled = overlaps(claimed, &document.feed.entries, url, known, now).await;
        next = gap::older(&document.feed).map(str::to_owned);
        feed.entries.extend(document.feed.entries);
        if is_filled {
            return None;
        }
    }
    tracing::warn!("feed {url}: some {} entries were missed between two polls", gap.missed);
    Some(gap.missed)
}

/// Is anything of it known, or is it the first that the feed lists? Trouble with the database
/// is met by the commit: it is no gap.
async fn overlaps(
    claimed: &ClaimedFeed,
    entries: &[record::Entry],
    url: &str,
    known: &Arc<Mutex<Reader>>,
    now: Timestamp,
) -> bool {
    let found: Vec<_> = entries.iter().map(|entry| found(entry.clone(), url, now)).collect();
    let (known, feed) = (Arc::clone(known), claimed.feed);
    let look = tokio::task::spawn_blocking(move || {
        known.lock().unwrap_or_else(PoisonError::into_inner).listed(feed, &found)
    });
    let listed = look.await.ok().and_then(Result::ok);
    listed.is_none_or(|listed| !listed.before || listed.known > 0)
}
