//! The gap radar: entries that came and went between two polls.

use jiff::Timestamp;
use record::{Entry, Feed};

/// Of a poll that found nothing of what was known in the feed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gap {
    /// Entries that were missed, an estimate.
    pub(super) missed: u64,
}

/// Were entries missed since the last good poll? To be asked where nothing listed is known.
///
/// The window reaches back to its oldest date. Where that is after the last poll, entries were
/// missed at the pace of those that are listed: `entries / (now - oldest)` a second, over the
/// time from the last poll to the oldest. A window without dates is as good as one lost.
pub(super) fn gap(entries: &[Entry], polled_at: Timestamp, now: Timestamp) -> Option<Gap> {
    let date =
        |entry: &Entry| entry.date().and_then(record::DateText::instant).filter(|at| *at <= now);
    let Some(oldest) = entries.iter().filter_map(date).min() else {
        return (!entries.is_empty()).then_some(Gap { missed: entries.len() as u64 });
    };
    let seconds = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs_f64();
    let pace = entries.len() as f64 / seconds(oldest, now).max(1.0);
    let missed = (pace * seconds(polled_at, oldest)).round();
    (missed >= 1.0).then_some(Gap { missed: missed as u64 })
}

/// The page of older entries that a feed offers (RFC 5005: paged, then archived feeds).
pub(super) fn older(feed: &Feed) -> Option<&str> {
    let of = |rel: &str| feed.links.iter().find(|link| link.rel.eq_ignore_ascii_case(rel));
    of("next").or_else(|| of("prev-archive")).map(|link| link.href.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::{DateText, FeedLink, date};

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_714_600_000 + minutes * 60).unwrap()
    }

    fn dated(minutes: impl IntoIterator<Item = i64>) -> Vec<Entry> {
        let entry = |minute: i64| {
            let raw = at(minute).to_string();
            let published = Some(DateText { stated: date::parse(&raw), raw });
            Entry { published, ..Entry::default() }
        };
        minutes.into_iter().map(entry).collect()
    }

    #[test]
    fn what_was_missed_is_told_by_the_pace_of_what_is_there() {
        // One a minute, a window of ten, an hour since the last poll: fifty are lost.
        let gap = gap(&dated(50..60), at(0), at(60)).unwrap();
        assert_eq!(gap.missed, 50);
    }

    #[test]
    fn a_window_that_reaches_back_to_the_last_poll_missed_nothing() {
        assert_eq!(gap(&dated([5, 30, 59]), at(10), at(60)), None);
        assert_eq!(gap(&[], at(10), at(60)), None);
        assert_eq!(gap(&vec![Entry::default(); 7], at(10), at(60)), Some(Gap { missed: 7 }));
    }

    #[test]
    fn the_next_page_comes_before_the_archive() {
        let link =
            |rel: &str| FeedLink { href: rel.to_owned(), rel: rel.to_owned(), media_type: None };
        let mut feed = Feed { links: vec![link("self"), link("prev-archive")], ..Feed::default() };
        assert_eq!(older(&feed), Some("prev-archive"));
        feed.links.push(link("next"));
        assert_eq!(older(&feed), Some("next"));
        assert_eq!(older(&Feed::default()), None);
    }
}
