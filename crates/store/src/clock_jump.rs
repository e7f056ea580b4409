//! Due times after the machine's clock jumped: they keep their distance from now.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, named_params};

use crate::error::{Sql, StoreError};
use crate::time::millis;
use crate::writer::Claims;

impl Claims {
    /// Moves everything that is due, or on hold, by as much as the clock jumped: forwards no
    /// burst follows, backwards nothing sleeps until the old time comes again.
    pub fn shift(&mut self, by: SignedDuration) -> Result<(), StoreError> {
        let by = i64::try_from(by.as_millis()).unwrap_or(0);
        self.write(|c| shift(c, by))
    }

    /// By how much the last poll lies ahead of `now`: the clock went back since.
    pub fn ahead_of(&self, now: Timestamp) -> Result<SignedDuration, StoreError> {
        const LAST: &str = "SELECT coalesce(max(polled_at), 0) FROM feeds";
        self.with(|c| {
            let last: i64 = c.query_row(LAST, [], |row| row.get(0))?;
            Ok(SignedDuration::from_millis((last - millis(now)).max(0)))
        })
    }
}

fn shift(c: &Connection, by: i64) -> Sql<()> {
    const TASKS: [&str; 3] = [
        "UPDATE feeds SET due_at = due_at + :by WHERE state IN ('waiting', 'suspect', 'paused')",
        "UPDATE entries SET due_at = due_at + :by WHERE state IN ('waiting', 'suspect')",
        "UPDATE hosts SET hold_until = hold_until + :by WHERE hold_until > 0",
    ];
    for sql in TASKS {
        c.execute(sql, named_params! { ":by": by })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{World, at, found};
    use crate::{Commit, Effect, HostState, NewFeed, Poll, PollResult};

    #[test]
    fn what_is_due_keeps_its_distance() {
        let mut world = World::new();
        let feed = NewFeed { url: "https://a/f".into(), host: "a".into(), settings: None };
        world.store.add_feeds(&[feed], at(5_000)).unwrap();
        world.add_entries(&[found("a", "x", 7_000)], at(0));
        let mut commit = world.text("https://b/1", "One.", 900);
        commit.host =
            Some(HostState { host: "b".into(), hold_until: Some(at(9_000)), state: None });
        world.commit(commit);
        let mut claims = world.store.claims().unwrap();
        claims.shift(SignedDuration::from_millis(86_400_000)).unwrap();
        claims.shift(SignedDuration::from_millis(-86_401_000)).unwrap();
        let waiting = world.reader().waiting().unwrap();
        assert_eq!((waiting.feed_due, waiting.entry_due), (Some(at(4_000)), Some(at(6_000))));
        assert_eq!(world.reader().host("b").unwrap().unwrap().hold_until, Some(at(8_000)));
    }

    #[test]
    fn a_clock_that_went_back_is_noticed_by_the_last_poll() {
        let mut world = World::new();
        let feed = NewFeed { url: "https://a/f".into(), host: "a".into(), settings: None };
        world.store.add_feeds(&[feed], at(0)).unwrap();
        let feed = world.reader().feeds().unwrap()[0].feed;
        let result = PollResult::NotModified;
        let poll = Poll { feed, result, next_due: at(9_000), moved_to: None, schedule: None };
        world.commit(Commit::new(at(8_000), Effect::Polled(Box::new(poll))));
        let claims = world.store.claims().unwrap();
        assert_eq!(claims.ahead_of(at(3_000)).unwrap(), SignedDuration::from_millis(5_000));
        assert_eq!(claims.ahead_of(at(8_500)).unwrap(), SignedDuration::ZERO);
    }
}
