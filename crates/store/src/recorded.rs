//! What a recording tells of sources and their entries: polls and ends of tasks of the past.
//! There is no claim to end and nothing to schedule, and what is known from later stays.

use rusqlite::{Connection, OptionalExtension, params};

use crate::commit::Outcome;
use crate::error::Sql;
use crate::feed_poll;
use crate::frontier::{self, FoundEntry, Item};
use crate::sources::{self, NewFeed};

/// A poll of a feed, as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedPoll {
    /// The feed. One that is not known is added and rests, until its user wakes it.
    pub feed: NewFeed,
    /// Its title.
    pub title: Option<String>,
    /// The address of its site.
    pub site: Option<String>,
    /// Its items, in document order.
    pub entries: Vec<FoundEntry>,
    /// How many came and went since the poll before, an estimate.
    pub missed: Option<u64>,
    /// Where it lived from then on: the URL and its host.
    pub moved_to: Option<(String, String)>,
}

/// The entry that a recorded answer ended.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedEntry {
    /// The entry, for where no poll that was recorded lists it.
    pub found: FoundEntry,
    /// The feed that brought it.
    pub feed: Option<NewFeed>,
}

/// Stores what the feed listed then.
pub(crate) fn poll(c: &Connection, poll: &RecordedPoll, at: i64) -> Sql<Outcome> {
    const NEWS: &str = "UPDATE feeds SET polled_at = ?2, title = coalesce(?3, title),
            site = coalesce(?4, site)
        WHERE feed = ?1 AND state <> 'claimed' AND coalesce(polled_at, ?2) <= ?2";
    const CHANGED: &str = "UPDATE feeds SET changed_at = ?2 WHERE feed = ?1";
    let feed = feed_of(c, &poll.feed, at)?;
    let values = params![feed.0, at, poll.title, poll.site];
    let is_news = c.prepare_cached(NEWS)?.execute(values)? > 0;
    let (mut new, mut changed, mut known) = (0, 0, 0);
    for entry in &poll.entries {
        // What it said before a later poll wakes nothing.
        if !is_news && frontier::is_listed(c, feed, &entry.guid)? {
            known += 1;
            continue;
        }
        match frontier::put_item(c, feed, entry, at)? {
            Item::New => new += 1,
            Item::Changed => changed += 1,
            Item::Known => known += 1,
        }
    }
    if is_news {
        if new + changed > 0 {
            c.prepare_cached(CHANGED)?.execute(params![feed.0, at])?;
        }
        feed_poll::note_gap(c, feed, poll.missed, at)?;
        if let Some((url, host)) = &poll.moved_to {
            feed_poll::move_to(c, feed, url, host)?;
        }
    }
    Ok(Outcome::Polled { new, changed, known })
}

/// The number of the entry, which is put to the frontier where it is not known; `None` where it
/// is in hand, or was done with later: then nothing of it changes.
pub(crate) fn entry(c: &Connection, entry: &RecordedEntry, at: i64) -> Sql<Option<i64>> {
    const FIND: &str = "SELECT entry, state = 'claimed' OR coalesce(finished_at >= ?2, 0)
        FROM entries WHERE name = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let known: Option<(i64, bool)> =
        c.prepare_cached(FIND)?.query_row(params![entry.found.name, at], read).optional()?;
    if let Some((number, is_later)) = known {
        return Ok((!is_later).then_some(number));
    }
    let feed = entry.feed.as_ref().map(|feed| feed_of(c, feed, at)).transpose()?;
    frontier::put_entry(c, feed, &entry.found, at).map(|(number, _)| Some(number))
}

fn feed_of(c: &Connection, feed: &NewFeed, at: i64) -> Sql<crate::FeedId> {
    const FIND: &str = "SELECT feed FROM feed_urls WHERE url = ?1";
    const REST: &str = "UPDATE feeds SET state = 'paused' WHERE feed = ?1";
    let is_new = sources::add(c, feed, at)?;
    let number = c.prepare_cached(FIND)?.query_row([&feed.url], |row| row.get(0))?;
    if is_new {
        c.prepare_cached(REST)?.execute([number])?;
    }
    Ok(crate::FeedId(number))
}

#[cfg(test)]
mod tests {
    use record::{ContentHash, Reason, ReasonKind};

    use super::*;
    use crate::test_support::{World, at, found};
    use crate::{Commit, Effect};

    fn feed() -> NewFeed {
        NewFeed { url: "https://a.example/feed".into(), host: "a.example".into(), settings: None }
    }

    fn listed(entries: Vec<FoundEntry>) -> RecordedPoll {
        let (title, site, missed, moved_to) = (Some("A".into()), None, None, None);
        RecordedPoll { feed: feed(), title, site, entries, missed, moved_to }
    }

    fn poll(world: &mut World, when: i64, poll: RecordedPoll) -> Outcome {
        world.commit(Commit::new(at(when), Effect::Listed(Box::new(poll)))).outcome
    }

    fn end(world: &mut World, when: i64, name: &str, reason: ReasonKind) {
        let recorded = RecordedEntry { found: found("a.example", name, when), feed: Some(feed()) };
        let effect = Effect::Failed(Reason::new(reason, "so"));
        let recorded = Some(Box::new(recorded));
        world.commit(Commit { recorded, ..Commit::new(at(when), effect) });
    }

    fn states(world: &World) -> String {
        const ALL: &str = "SELECT coalesce(group_concat(line, ' '), '') FROM
            (SELECT state || coalesce(':' || reason, '') AS line FROM entries ORDER BY name)";
        world.store.connection().query_row(ALL, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_feed_that_is_not_known_rests_and_its_entries_wait_until_they_are_ended() {
        let mut world = World::new();
        let items = ["1", "2"].map(|name| found("a.example", name, 100));
        let outcome = poll(&mut world, 1_000, listed(items.to_vec()));
        assert_eq!(outcome, Outcome::Polled { new: 2, changed: 0, known: 0 });
        assert_eq!(world.reader().feed(&feed().url).unwrap().unwrap().state, "paused");
        end(&mut world, 2_000, "2", ReasonKind::Filtered);
        assert_eq!(states(&world), "waiting dead:filtered");
        end(&mut world, 1_500, "2", ReasonKind::Timeout);
        assert_eq!(states(&world), "waiting dead:filtered", "what is later stays");
        end(&mut world, 3_000, "3", ReasonKind::NotFound);
        assert_eq!(states(&world), "waiting dead:filtered dead:not-found", "no poll lists it");
    }

    #[test]
    fn what_a_feed_said_before_a_later_poll_wakes_nothing() {
        let mut world = World::new();
        let mut item = found("a.example", "1", 100);
        poll(&mut world, 2_000, listed(vec![item.clone()]));
        end(&mut world, 2_500, "1", ReasonKind::NotFound);
        item.fingerprint = ContentHash::of_bytes(b"older");
        let older = RecordedPoll { title: Some("Older".into()), ..listed(vec![item.clone()]) };
        let outcome = poll(&mut world, 1_000, older);
        assert_eq!(outcome, Outcome::Polled { new: 0, changed: 0, known: 1 });
        assert_eq!(states(&world), "dead:not-found");
        let info = world.reader().feed(&feed().url).unwrap().unwrap();
        assert_eq!((info.title.as_deref(), info.polled_at), (Some("A"), Some(at(2_000))));
        poll(&mut world, 3_000, listed(vec![item]));
        assert_eq!(states(&world), "waiting:not-found", "a later change does");
    }

    #[test]
    fn a_gap_and_a_move_are_told() {
        let mut world = World::new();
        let moved_to = Some(("https://b.example/feed".to_owned(), "b.example".to_owned()));
        let told = RecordedPoll { missed: Some(7), moved_to, ..listed(Vec::new()) };
        poll(&mut world, 1_000, told);
        let info = world.reader().feed(&feed().url).unwrap().unwrap();
        assert_eq!((info.url.as_str(), info.missed), ("https://b.example/feed", 7));
    }
}
