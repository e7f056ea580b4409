//! Retention: old texts are taken away, their names stay.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::Edits;
use crate::error::{Sql, StoreError};
use crate::time::millis;

/// Which texts are to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Bodies of records first seen before this.
    pub bodies_before: Option<Timestamp>,
    /// Bodies of older texts of records, captured before this.
    pub revisions_before: Option<Timestamp>,
    /// While more bytes than this are in use, the oldest bodies, of whatever age.
    pub most_bytes: Option<u64>,
}

/// What one call took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shed {
    /// Bodies of records.
    pub bodies: u64,
    /// Bodies of older texts.
    pub revisions: u64,
    /// Is there more to take away?
    pub is_more: bool,
}

impl Edits {
    /// Takes away what is to go, looking at `most` rows at most: one short transaction. Rows,
    /// names, hashes and titles stay, so that what is old does not come back as new. The room
    /// is used again by what is stored later.
    pub fn shed(&mut self, retention: &Retention, most: usize) -> Result<Shed, StoreError> {
        let most = crate::row::bound(most);
        self.write(|c| {
            let before = |time: Option<Timestamp>| time.map_or(i64::MIN, millis);
            let is_full = || is_above(c, retention.most_bytes);
            let revisions = take(c, &REVISIONS, before(retention.revisions_before), most)?;
            let bodies = take(c, &BODIES, before(retention.bodies_before), most)?;
            let mut shed = Shed {
                bodies: bodies.taken,
                revisions: revisions.taken,
                is_more: bodies.looked == most || revisions.looked == most,
            };
            if !shed.is_more && is_full()? {
                let oldest = take(c, &REVISIONS, i64::MAX, most)?;
                shed.revisions += oldest.taken;
                if oldest.looked == 0 {
                    let oldest = take(c, &BODIES, i64::MAX, most)?;
                    shed.bodies += oldest.taken;
                    shed.is_more = oldest.looked > 0;
                } else {
                    shed.is_more = true;
                }
            }
            Ok(shed)
        })
    }
}

struct Texts {
    what: &'static str,
    /// Commit sequence and time of the next ones, in order.
    next: &'static str,
    empty: &'static str,
}

const BODIES: Texts = Texts {
    what: "bodies",
    next: "SELECT seq, first_seen FROM records WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    empty: "UPDATE records SET body = '' WHERE seq > ?1 AND seq <= ?2",
};

const REVISIONS: Texts = Texts {
    what: "revisions",
    next: "SELECT text_seq, fetched_at FROM revisions WHERE text_seq > ?1
        ORDER BY text_seq LIMIT ?2",
    empty: "UPDATE revisions SET body = '' WHERE text_seq > ?1 AND text_seq <= ?2",
};

struct Taken {
    looked: i64,
    taken: u64,
}

/// Empties the texts from the last stop on, up to the first that is not older than `before`.
fn take(c: &Connection, texts: &Texts, before: i64, most: i64) -> Sql<Taken> {
    const STOP: &str = "SELECT upto FROM retention WHERE what = ?1";
    const KEEP: &str = "INSERT INTO retention (what, upto) VALUES (?1, ?2)
        ON CONFLICT (what) DO UPDATE SET upto = ?2";
    if before == i64::MIN {
        return Ok(Taken { looked: 0, taken: 0 });
    }
    let stop: Option<i64> =
        c.prepare_cached(STOP)?.query_row([texts.what], |row| row.get(0)).optional()?;
    let stop = stop.unwrap_or(0);
    let (mut upto, mut looked) = (stop, 0);
    let mut find = c.prepare_cached(texts.next)?;
    let mut rows = find.query(params![stop, most])?;
    while let Some(row) = rows.next()? {
        let (sequence, time): (i64, i64) = (row.get(0)?, row.get(1)?);
        if time >= before {
            break;
        }
        (upto, looked) = (sequence, looked + 1);
    }
    if looked == 0 {
        return Ok(Taken { looked, taken: 0 });
    }
    let taken = c.prepare_cached(texts.empty)?.execute(params![stop, upto])? as u64;
    c.prepare_cached(KEEP)?.execute(params![texts.what, upto])?;
    Ok(Taken { looked, taken })
}

/// Bytes in use: what deleted rows left is used again and counts for nothing.
pub(crate) fn bytes_in_use(c: &Connection) -> Sql<u64> {
    let number =
        |name: &str| c.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let pages = number("page_count")? - number("freelist_count")?;
    Ok((pages * number("page_size")?).unsigned_abs())
}

fn is_above(c: &Connection, most: Option<u64>) -> Sql<bool> {
    Ok(match most {
        Some(most) => bytes_in_use(c)? > most,
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Outcome;
    use crate::test_support::{World, at};

    fn edits(world: &World) -> Edits {
        Edits::open(&world.path(), Duration::from_secs(1)).unwrap()
    }

    fn world() -> World {
        let mut world = World::new();
        for n in 0..10 {
            let url = format!("https://a.example/{n}");
            world.put(&url, &format!("Text {n}. {}", "Many words. ".repeat(900)), n * 100);
        }
        world.put("https://a.example/0", "Changed later.", 5_000);
        world
    }

    fn empty(world: &World, table: &str) -> i64 {
        world.count(&format!("SELECT count(*) FROM {table} WHERE body = ''"))
    }

    #[test]
    fn old_texts_go_and_their_names_stay() {
        let mut world = world();
        let bodies_before = Some(at(250));
        let ages = Retention { bodies_before, ..Retention::default() };
        let first = edits(&world).shed(&ages, 2).unwrap();
        assert_eq!(first, Shed { bodies: 2, revisions: 0, is_more: true });
        let second = edits(&world).shed(&ages, 2).unwrap();
        assert_eq!(second, Shed { bodies: 1, revisions: 0, is_more: false });
        assert_eq!(edits(&world).shed(&ages, 2).unwrap(), Shed::default());
        assert_eq!((empty(&world, "records"), empty(&world, "revisions")), (3, 0));

        let old = world.put(
            "https://a.example/1",
            &format!("Text 1. {}", "Many words. ".repeat(900)),
            9_000,
        );
        assert_eq!(old.outcome, Outcome::Unchanged, "it does not come back as new");
        assert!(world.reader().find("https://a.example/1").unwrap().is_some());
        let mut exported = 0;
        let selection = crate::Selection { revisions: true, ..crate::Selection::default() };
        let mut visit = |_| {
            exported += 1;
            std::ops::ControlFlow::Continue(())
        };
        world.reader().export(&selection, &mut visit).unwrap();
        assert_eq!(exported, 8, "seven records and one older text");
        assert!(world.reader().check().unwrap().is_empty(), "the text index follows");

        let ages = Retention { revisions_before: Some(at(250)), ..Retention::default() };
        assert_eq!(edits(&world).shed(&ages, 9).unwrap().revisions, 1);
        assert_eq!(empty(&world, "revisions"), 1);
    }

    #[test]
    fn a_database_above_its_size_loses_the_oldest_texts_until_it_fits() {
        let world = world();
        let in_use = || bytes_in_use(world.store.connection()).unwrap();
        let limit = in_use() - 30_000;
        let size = Retention { most_bytes: Some(limit), ..Retention::default() };
        while edits(&world).shed(&size, 1).unwrap().is_more {}
        assert!(in_use() <= limit, "{} > {limit}", in_use());
        let left = 10 - empty(&world, "records");
        assert!((4..10).contains(&left), "{left}");
        assert_eq!(world.count("SELECT count(*) FROM records WHERE body = '' AND seq > 8"), 0);
        assert_eq!(edits(&world).shed(&size, 1).unwrap(), Shed::default());
    }
}
