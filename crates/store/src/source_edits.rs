//! What users do to their sources: adding, setting, pausing, removing.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::Edits;
use crate::error::{Sql, StoreError};
use crate::id::FeedId;
use crate::sources::{NewFeed, add};
use crate::time::millis;

/// One thing that is done to a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceEdit {
    /// It is polled from now on, unless it is known by this or an earlier URL.
    Add(NewFeed),
    /// Its settings, as JSON that only their writer reads, in place of those it had.
    Set(FeedId, Option<String>),
    /// It is polled no more, and its pages are fetched no more.
    Pause(FeedId),
    /// It is polled again, now if it fell due meanwhile. What the schedule remembers is replaced,
    /// if given.
    Resume(FeedId, Option<String>),
    /// It is forgotten, with what waits to be fetched because of it alone. Its records stay.
    Remove(FeedId),
}

impl Edits {
    /// Does all of it in one transaction; tells for each whether there was anything to do.
    pub fn sources(
        &mut self,
        edits: &[SourceEdit],
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        self.db.write(|c| edits.iter().map(|edit| one(c, edit, millis(now))).collect())
    }
}

fn one(c: &Connection, edit: &SourceEdit, now: i64) -> Sql<bool> {
    const SET: &str = "UPDATE feeds SET settings = ?2 WHERE feed = ?1 AND settings IS NOT ?2";
    match edit {
        SourceEdit::Add(feed) => add(c, feed, now),
        SourceEdit::Set(feed, settings) => {
            Ok(c.prepare_cached(SET)?.execute(params![feed.0, settings])? > 0)
        }
        SourceEdit::Pause(feed) => pause(c, feed.0),
        SourceEdit::Resume(feed, schedule) => resume(c, feed.0, schedule.as_deref(), now),
        SourceEdit::Remove(feed) => remove(c, feed.0),
    }
}

fn pause(c: &Connection, feed: i64) -> Sql<bool> {
    const PAUSE: &str = "UPDATE feeds SET state = 'paused', alone = 0, unfinished = 0
        WHERE feed = ?1 AND state <> 'paused'";
    let_go(c, feed)?;
    Ok(c.prepare_cached(PAUSE)?.execute([feed])? > 0)
}

fn resume(c: &Connection, feed: i64, schedule: Option<&str>, now: i64) -> Sql<bool> {
    const RESUME: &str = "UPDATE feeds SET state = 'waiting', failures = 0, reason = NULL,
            detail = NULL, schedule = coalesce(?2, schedule),
            due_at = iif(state = 'gone', ?3, max(due_at, ?3))
        WHERE feed = ?1 AND state IN ('paused', 'gone')";
    Ok(c.prepare_cached(RESUME)?.execute(params![feed, schedule, now])? > 0)
}

/// The order matters: what refers to a row goes before it.
fn remove(c: &Connection, feed: i64) -> Sql<bool> {
    const ITEMS: &str = "DELETE FROM feed_items WHERE feed = ?1";
    // The pages that other feeds list too are theirs from now on.
    const HAND_ON: &str = "UPDATE entries SET feed = (SELECT min(i.feed) FROM feed_items i
            WHERE i.entry = entries.entry)
        WHERE feed = ?1";
    const MINE: &str = "CREATE TEMP TABLE IF NOT EXISTS removed (entry INTEGER PRIMARY KEY)";
    const NOTE: &str = "INSERT INTO removed SELECT entry FROM entries WHERE feed = ?1";
    const DONE: &str = "UPDATE entries SET state = 'done' WHERE entry IN removed
        AND feed IS NULL AND state IN ('waiting', 'suspect') AND record IS NOT NULL";
    const WAITING: &str = "DELETE FROM entries WHERE entry IN removed
        AND feed IS NULL AND state IN ('waiting', 'suspect')";
    const FEED: &str = "DELETE FROM feeds WHERE feed = ?1";
    let_go(c, feed)?;
    c.execute_batch(MINE)?;
    c.prepare_cached("DELETE FROM removed")?.execute([])?;
    c.prepare_cached(ITEMS)?.execute([feed])?;
    c.prepare_cached(NOTE)?.execute([feed])?;
    c.prepare_cached(HAND_ON)?.execute([feed])?;
    c.prepare_cached(DONE)?.execute([])?;
    c.prepare_cached(WAITING)?.execute([])?;
    Ok(c.prepare_cached(FEED)?.execute([feed])? > 0)
}

/// Ends the claim of a feed that is in hand: what its poll brings is not counted any more.
fn let_go(c: &Connection, feed: i64) -> Sql<()> {
    const RELEASE: &str = "INSERT INTO tallies (run, of, outcome, count)
        SELECT run, 'feed', 'released', 1 FROM feeds WHERE feed = ?1 AND state = 'claimed'
        ON CONFLICT (run, of, outcome) DO UPDATE SET count = count + 1";
    c.prepare_cached(RELEASE)?.execute([feed])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::test_support::{World, at, found};
    use crate::{ClaimOptions, Commit, Effect, Poll, PollResult, ReadFeed};

    fn new(name: &str) -> NewFeed {
        NewFeed { url: format!("https://{name}/feed"), host: name.into(), settings: None }
    }

    fn edit(world: &World, edits: &[SourceEdit]) -> Vec<bool> {
        let mut handle = Edits::open(&world.path(), Duration::from_secs(1)).unwrap();
        handle.sources(edits, at(5_000)).unwrap()
    }

    fn feed(world: &World, name: &str) -> FeedId {
        world.reader().feed(&format!("https://{name}/feed")).unwrap().unwrap().feed
    }

    fn claim(world: &World, now: i64) -> Vec<FeedId> {
        let lease = Duration::from_mins(1);
        let options = ClaimOptions { count: 9, per_host: 2, now: at(now), lease };
        let claimed = world.store.claims().unwrap().feeds(world.run, options).unwrap();
        claimed.iter().map(|feed| feed.feed).collect()
    }

    fn poll(world: &mut World, feed: FeedId, names: &[&str]) {
        let entries = names.iter().map(|name| found("pages", name, 2_000)).collect();
        let read = ReadFeed { entries, ..ReadFeed::default() };
        let result = PollResult::Read(Box::new(read));
        let poll = Poll { feed, result, next_due: at(9_000), moved_to: None, schedule: None };
        world.commit(Commit::new(at(2_000), Effect::Polled(Box::new(poll))));
    }

    #[track_caller]
    fn assert_balanced(world: &World) {
        for balance in world.reader().balances().unwrap() {
            assert!(balance.holds(), "{balance:?}");
        }
        assert_eq!(world.count("SELECT sum(in_flight) FROM hosts"), 0);
    }

    #[test]
    fn a_paused_feed_rests_and_goes_on_even_when_it_was_in_hand() {
        let mut world = World::new();
        assert_eq!(
            edit(&world, &[SourceEdit::Add(new("a")), SourceEdit::Add(new("a"))]),
            [true, false]
        );
        let a = feed(&world, "a");
        assert_eq!(claim(&world, 6_000), [a]);
        assert_eq!(edit(&world, &[SourceEdit::Pause(a), SourceEdit::Pause(a)]), [true, false]);
        poll(&mut world, a, &["1"]);
        assert_balanced(&world);
        assert_eq!(claim(&world, 99_000), []);
        let schedule = Some("{\"failures\":0}".to_owned());
        let resume = SourceEdit::Resume(a, schedule.clone());
        assert_eq!(edit(&world, &[resume.clone(), resume]), [true, false]);
        assert_eq!(world.reader().feeds().unwrap()[0].schedule, schedule);
        assert_eq!(claim(&world, 6_000), [a]);
    }

    #[test]
    fn a_removed_feed_takes_what_waits_with_it_and_nothing_else() {
        let mut world = World::new();
        edit(&world, &[SourceEdit::Add(new("a")), SourceEdit::Add(new("b"))]);
        let (a, b) = (feed(&world, "a"), feed(&world, "b"));
        claim(&world, 6_000);
        poll(&mut world, a, &["1", "2", "3"]);
        poll(&mut world, b, &["3", "4"]);
        world.put("https://pages/1", "One.", 3_000);
        let done = "UPDATE entries SET state = 'done', record = (SELECT id FROM records)
            WHERE name = 'https://pages/1'";
        world.store.connection().execute(done, []).unwrap();
        assert_eq!(edit(&world, &[SourceEdit::Remove(a), SourceEdit::Remove(a)]), [true, false]);
        let left = "SELECT count(*) FROM entries WHERE name IN
            ('https://pages/1', 'https://pages/3', 'https://pages/4')";
        assert_eq!((world.count(left), world.count("SELECT count(*) FROM entries")), (3, 3));
        let handed = "SELECT count(*) FROM entries WHERE feed IS NOT NULL";
        assert_eq!(world.count(handed), 2, "what b lists too is b's");
        assert_eq!(world.reader().counts().unwrap().records, 1);
        // The poll that was under way comes back to a feed that is not there any more.
        poll(&mut world, a, &["5"]);
        assert_eq!(world.count("SELECT count(*) FROM entries"), 3);
        assert_balanced(&world);
        assert_eq!(edit(&world, &[SourceEdit::Add(new("a"))]), [true], "and may come again");
    }

    #[test]
    fn settings_are_replaced() {
        let world = World::new();
        edit(&world, &[SourceEdit::Add(new("a"))]);
        let a = feed(&world, "a");
        let set = SourceEdit::Set(a, Some("{\"tags\":[\"x\"]}".to_owned()));
        assert_eq!(edit(&world, &[set.clone(), set]), [true, false]);
        let stored = world.reader().feeds().unwrap()[0].settings.clone();
        assert_eq!(stored.as_deref(), Some("{\"tags\":[\"x\"]}"));
    }
}
