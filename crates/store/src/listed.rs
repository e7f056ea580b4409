//! What a feed listed before.

use crate::error::StoreError;
use crate::{FeedId, FoundEntry, Reader};

/// How items compare with what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Listed {
    /// Did the feed ever list anything?
    pub before: bool,
    /// How many of the items were listed by it, or are known by name.
    pub known: usize,
}

impl Reader {
    /// How many of these items of the feed are known: by their id in it or, where a feed makes
    /// new ids all the time, by the name of what they lead to.
    pub fn listed(&self, feed: FeedId, entries: &[FoundEntry]) -> Result<Listed, StoreError> {
        const BEFORE: &str = "SELECT EXISTS (SELECT 1 FROM feed_items WHERE feed = ?1)";
        const KNOWN: &str = "SELECT EXISTS (SELECT 1 FROM feed_items
                WHERE feed = ?1 AND guid = ?2)
            OR EXISTS (SELECT 1 FROM entries WHERE name = ?3)";
        self.db.with(|c| {
            let before = c.prepare_cached(BEFORE)?.query_row([feed.0], |row| row.get(0))?;
            let mut find = c.prepare_cached(KNOWN)?;
            let mut known = 0;
            for entry in entries {
                let values = rusqlite::params![feed.0, entry.guid, entry.name];
                known += usize::from(find.query_row(values, |row| row.get::<_, bool>(0))?);
            }
            Ok(Listed { before, known })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use record::{Reason, ReasonKind};

    use super::*;
    use crate::test_support::{World, at, found};
    use crate::{ClaimOptions, Commit, Effect, NewFeed, Poll, PollResult, ReadFeed, Validators};

    #[test]
    fn items_are_known_by_id_or_by_name_and_gaps_are_kept() {
        let mut world = World::new();
        let feed = NewFeed { url: "https://a/f".into(), host: "a".into(), settings: None };
        world.store.add_feeds(&[feed], at(0)).unwrap();
        let feed = world.reader().feeds().unwrap()[0].feed;
        let items = [found("a", "1", 5), found("a", "2", 5)];
        assert_eq!(world.reader().listed(feed, &items).unwrap(), Listed::default());
        let entries = vec![items[0].clone()];
        let read = ReadFeed { entries, missed: Some(7), ..ReadFeed::default() };
        let result = PollResult::Read(Box::new(read));
        let poll = Poll { feed, result, next_due: at(9), moved_to: None, schedule: None };
        world.commit(Commit::new(at(8), Effect::Polled(Box::new(poll))));
        let known = world.reader().listed(feed, &items).unwrap();
        assert_eq!(known, Listed { before: true, known: 1 });
        let renamed = FoundEntry { guid: "other".into(), ..items[0].clone() };
        assert_eq!(world.reader().listed(feed, &[renamed]).unwrap().known, 1);
        assert_eq!(world.count("SELECT gaps * 100 + missed FROM feeds WHERE gap_at = 8"), 107);
    }

    #[test]
    fn what_vouches_for_a_page_is_kept_while_it_is_hot_and_outlives_failures() {
        let mut world = World::new();
        world.add_entries(&[found("a", "1", 0)], at(0));
        let sent = |etag: &str| Validators { etag: Some(etag.to_owned()), last_modified: None };
        let claim = |world: &World, now: i64| {
            let lease = Duration::from_mins(1);
            let options = ClaimOptions { count: 9, per_host: 2, now: at(now), lease };
            world.store.claims().unwrap().entries(world.run, options).unwrap().remove(0)
        };
        let hot_for = Duration::from_hours(20);
        let mut now = 0;
        for (etag, is_failure, kept) in [("1", false, "1"), ("2", true, "1"), ("3", false, "3")] {
            let claimed = claim(&world, now);
            let mut commit = world.text("https://a/1", "One.", now);
            if is_failure {
                commit.effect = Effect::Failed(Reason::new(ReasonKind::Timeout, "4 s"));
                commit.again_at = Some(at(now + 1));
            }
            let (entry, validators) = (Some(claimed.entry), Some(sent(etag)));
            world.commit(Commit { entry, hot_for, validators, ..commit });
            now = world.reader().waiting().unwrap().entry_due.unwrap().as_millisecond();
            let again = claim(&world, now);
            assert_eq!((again.validators, again.record.is_some()), (sent(kept), true));
            world
                .store
                .connection()
                .execute("UPDATE entries SET state = 'waiting', run = NULL", [])
                .unwrap();
        }
        let claimed = claim(&world, now);
        let commit = world.text("https://a/1", "One.", now);
        world.commit(Commit { entry: Some(claimed.entry), validators: Some(sent("4")), ..commit });
        assert_eq!(world.count("SELECT count(*) FROM entries WHERE etag IS NULL"), 1);
    }

    #[test]
    fn a_hot_page_is_fetched_again_at_twice_its_age_until_it_is_old() {
        const HOUR: i64 = 3_600_000;
        let mut world = World::new();
        world.add_entries(&[found("a", "1", 0)], at(0));
        let mut due = Vec::new();
        let mut now = 0;
        while due.len() < 9 {
            let lease = Duration::from_mins(1);
            let options = ClaimOptions { count: 9, per_host: 2, now: at(now), lease };
            let claimed = world.store.claims().unwrap().entries(world.run, options).unwrap();
            assert!(claimed[0].payload.is_some(), "what the feed said is kept while it is hot");
            let commit = world.text("https://a/1", "One.", now);
            let hot_for = Duration::from_hours(20);
            world.commit(Commit { entry: Some(claimed[0].entry), hot_for, ..commit });
            let Some(next) = world.reader().waiting().unwrap().entry_due else { break };
            now = next.as_millisecond();
            due.push(now / HOUR);
        }
        assert_eq!(due, [1, 2, 4, 8, 16]);
        assert_eq!(world.count("SELECT count(*) FROM entries WHERE payload IS NULL"), 1);
    }
}
