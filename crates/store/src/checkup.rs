//! What a check of the sources asks beside their days: which reasons their pages were given up
//! for, and whom their articles copy.

use jiff::Timestamp;

use crate::Reader;
use crate::error::StoreError;
use crate::id::FeedId;
use crate::time::millis;

/// Pages of one source that were given up for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The source that listed them first.
    pub feed: FeedId,
    /// The code of the reason.
    pub code: String,
    /// How many.
    pub count: u64,
    /// The one that was found last: its URL, else its name.
    pub example: String,
}

/// Articles of one source that copy articles of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedFrom {
    /// The URL of the source, as it was when they were stored.
    pub feed: String,
    /// The URL of the other one.
    pub of: String,
    /// How many.
    pub count: u64,
}

const REFUSED: &str = "SELECT feed, reason, count(*), coalesce(url, name), max(entry) FROM entries
    WHERE state = 'dead' AND reason IS NOT NULL AND reason <> 'filtered' AND feed IS NOT NULL
        AND finished_at >= ?1
    GROUP BY feed, reason ORDER BY feed, 3 DESC, reason";

const COPIED: &str = "SELECT c.feed, o.feed, count(*) FROM records c
    JOIN records o ON o.id = c.duplicate_of
    WHERE c.duplicate_of IS NOT NULL AND c.first_seen >= ?1 AND c.feed <> o.feed
    GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2";

impl Reader {
    /// Pages given up since then, by source and reason, the commonest reason of each first.
    /// What filters took is not among them. Linear in the dead letters.
    pub fn refused(&self, since: Timestamp) -> Result<Vec<Refused>, StoreError> {
        self.db.with(|c| {
            let mut find = c.prepare_cached(REFUSED)?;
            let rows = find.query_map([millis(since)], |row| {
                Ok(Refused {
                    feed: FeedId(row.get(0)?),
                    code: row.get(1)?,
                    count: row.get(2).map(i64::unsigned_abs)?,
                    example: row.get(3)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Whom the articles stored since then copy, by source, the most copied first. Copies within
    /// a source are not among them. Linear in the copies.
    pub fn copied(&self, since: Timestamp) -> Result<Vec<CopiedFrom>, StoreError> {
        self.db.with(|c| {
            let mut find = c.prepare_cached(COPIED)?;
            let rows = find.query_map([millis(since)], |row| {
                let count = row.get(2).map(i64::unsigned_abs)?;
                Ok(CopiedFrom { feed: row.get(0)?, of: row.get(1)?, count })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{World, as_copy_of, at};

    #[test]
    fn refusals_are_counted_by_source_and_reason_with_the_last_one() {
        let world = World::new();
        let c = world.store.connection();
        c.execute_batch(
            "INSERT INTO feeds (feed, url, host, due_at, added_at) VALUES (7, 'f', 'h', 0, 0);
             INSERT INTO entries (entry, name, url, host, feed, state, due_at, reason, found_at,
                 finished_at) VALUES
             (1, 'a', 'u/a', 'h', 7, 'dead', 0, 'bot-wall', 0, 50),
             (2, 'b', 'u/b', 'h', 7, 'dead', 0, 'bot-wall', 0, 60),
             (3, 'c', NULL, 'h', 7, 'dead', 0, 'no-body', 0, 60),
             (4, 'd', 'u/d', 'h', 7, 'dead', 0, 'filtered', 0, 60),
             (5, 'e', 'u/e', 'h', 7, 'waiting', 0, 'timeout', 0, NULL),
             (6, 'f', 'u/f', 'h', 7, 'dead', 0, 'bot-wall', 0, 10);",
        )
        .unwrap();
        let found: Vec<_> = world.reader().refused(at(20)).unwrap();
        let told: Vec<_> =
            found.iter().map(|r| (r.feed.0, &*r.code, r.count, &*r.example)).collect();
        assert_eq!(told, [(7, "bot-wall", 2, "u/b"), (7, "no-body", 1, "c")]);
    }

    #[test]
    fn copies_are_counted_by_whom_they_copy() {
        let mut world = World::new();
        let original = world.put("https://a.example/1", "One.", 100).id.unwrap();
        for n in 0..3 {
            let copy = world.text(&format!("https://b.example/{n}"), "One.", 200);
            world.commit(as_copy_of(copy, original));
        }
        let set = "UPDATE records SET feed = iif(duplicate_of IS NULL, 'a', 'b')";
        world.store.connection().execute(set, []).unwrap();
        let copied = world.reader().copied(at(0)).unwrap();
        let expected = CopiedFrom { feed: "b".into(), of: "a".into(), count: 3 };
        assert_eq!(copied, [expected]);
        assert_eq!(world.reader().copied(at(201)).unwrap(), []);
    }
}
