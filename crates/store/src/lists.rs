//! Lists of pages that an unfinished run reads: how far it has come.

use jiff::Timestamp;
use record::ContentHash;
use rusqlite::{Connection, params};

use crate::error::{Sql, StoreError};
use crate::frontier::{self, FoundEntry};
use crate::time::millis;
use crate::{Edits, RunId, row};

/// A document that lists pages: a sitemap, a page of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its place in the order in which the run found them.
    pub number: u64,
    /// Where it is.
    pub url: String,
    /// The list that led to it.
    pub via: Option<String>,
    /// How many lists led to it.
    pub depth: u32,
    /// Is it only supposed to exist?
    pub is_guess: bool,
    /// Was it read, or given up?
    pub is_done: bool,
    /// A hash of what it lists, once it was read.
    pub content: Option<ContentHash>,
}

impl Edits {
    /// The lists of a run, in order.
    pub fn lists(&mut self, run: RunId) -> Result<Vec<List>, StoreError> {
        const ALL: &str = "SELECT number, url, via, depth, is_guess, is_done, content
            FROM lists WHERE run = ?1 ORDER BY number";
        self.write(|c| {
            let mut find = c.prepare_cached(ALL)?;
            let mut rows = find.query([run.0])?;
            let mut lists = Vec::new();
            while let Some(found) = rows.next()? {
                let content: Option<Vec<u8>> = found.get(6)?;
                lists.push(List {
                    number: found.get::<_, i64>(0)?.cast_unsigned(),
                    url: found.get(1)?,
                    via: found.get(2)?,
                    depth: found.get(3)?,
                    is_guess: found.get(4)?,
                    is_done: found.get(5)?,
                    content: content.map(|hash| row::hash(&hash)).transpose()?,
                });
            }
            Ok(lists)
        })
    }

    /// Adds lists that are to be read.
    pub fn add_lists(&mut self, run: RunId, lists: &[List]) -> Result<(), StoreError> {
        self.write(|c| add(c, run, lists))
    }

    /// Ends a list: the pages that it lists and the lists that it leads to are stored with it,
    /// in one transaction. Returns how many of the pages are new.
    pub fn end_list(
        &mut self,
        run: RunId,
        done: &List,
        found: &[FoundEntry],
        next: &[List],
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        const DONE: &str =
            "UPDATE lists SET is_done = 1, content = ?3 WHERE run = ?1 AND number = ?2";
        self.write(|c| {
            let new = frontier::put_pages(c, found, millis(now))?;
            let content = done.content.as_ref().map(ContentHash::as_bytes);
            c.prepare_cached(DONE)?.execute(params![run.0, done.number.cast_signed(), content])?;
            add(c, run, next)?;
            Ok(new)
        })
    }
}

fn add(c: &Connection, run: RunId, lists: &[List]) -> Sql<()> {
    const ADD: &str = "INSERT INTO lists (run, number, url, via, depth, is_guess)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
    for List { number, url, via, depth, is_guess, .. } in lists {
        let values = params![run.0, number.cast_signed(), url, via, depth, is_guess];
        c.prepare_cached(ADD)?.execute(values)?;
    }
    Ok(())
}

/// Forgets the lists of a run that ends.
pub(crate) fn forget(c: &Connection, run: RunId) -> Sql<()> {
    c.execute("DELETE FROM lists WHERE run = ?1", [run.0])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::test_support::{World, at, found};

    #[test]
    fn lists_are_ended_with_what_they_list_and_forgotten_with_their_run() {
        let world = World::new();
        let mut edits = Edits::open(&world.path(), Duration::from_secs(5)).unwrap();
        let run = edits.begin_run("backfill", "a", at(1)).unwrap().id;
        let list = |number: u64| List {
            number,
            url: format!("https://a.example/{number}"),
            via: None,
            depth: 0,
            is_guess: false,
            is_done: false,
            content: None,
        };
        edits.add_lists(run, &[list(0)]).unwrap();
        let done = List { content: Some(ContentHash::of_bytes(b"x")), ..list(0) };
        let pages = [found("a", "1", 10), found("a", "2", 10)];
        assert_eq!(edits.end_list(run, &done, &pages, &[list(1)], at(10)).unwrap(), 2);
        let lists = edits.lists(run).unwrap();
        assert_eq!(lists, [List { is_done: true, ..done }, list(1)]);
        edits.end_run(run, at(20)).unwrap();
        assert_eq!(edits.lists(run).unwrap(), []);
    }
}
