//! Dead letters: which there are, and putting them to the frontier again.

use rusqlite::{Connection, ToSql, named_params};

use crate::Reader;
use crate::error::{Sql, StoreError};

/// Which dead letters are meant: those that fulfil everything that is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeadLetters {
    /// The code of their reason.
    pub reason: Option<String>,
    /// Their host: a name, with or without its port.
    pub host: Option<String>,
    /// A feed that listed them, by any URL that it was known by.
    pub feed: Option<String>,
    /// A part of their URL, in which `*` and `?` stand for anything.
    pub url: Option<String>,
}

/// A page that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its URL, else what names it.
    pub url: String,
    /// The code of the reason.
    pub reason: String,
    /// What exactly.
    pub detail: String,
}

const WHICH: &str = "state = 'dead'
    AND (:reason IS NULL OR coalesce(reason, 'crash') = :reason)
    AND (:host IS NULL OR host = :host OR substr(host, 1, length(:host) + 1) = :host || ':')
    AND (:feed IS NULL OR EXISTS (SELECT 1 FROM feed_items i JOIN feed_urls u ON u.feed = i.feed
        WHERE i.entry = entries.entry AND u.url = :feed))
    AND (:url IS NULL OR coalesce(url, name) GLOB :url)";

impl DeadLetters {
    /// The pattern as GLOB takes it: brackets are no classes of characters here.
    fn glob(&self) -> Option<String> {
        self.url.as_ref().map(|part| format!("*{}*", part.replace('[', "[[]")))
    }

    fn with<T>(&self, run: impl FnOnce(&[(&str, &dyn ToSql)]) -> Sql<T>) -> Sql<T> {
        let glob = self.glob();
        let host = self.host.as_ref().map(|host| host.to_ascii_lowercase());
        run(named_params! {
            ":reason": self.reason, ":host": host, ":feed": self.feed, ":url": glob,
        })
    }
}

/// Puts them to the frontier, due at `now`. The last reason stays until the next outcome.
pub(crate) fn wake(c: &Connection, which: &DeadLetters, now: i64) -> Sql<u64> {
    let sql = format!(
        "UPDATE entries SET state = 'waiting', due_at = {now}, attempts = 0, unfinished = 0,
            etag = NULL, last_modified = NULL
         WHERE {WHICH}"
    );
    which.with(|named| Ok(c.prepare(&sql)?.execute(named)? as u64))
}

impl Reader {
    /// Shows each of these dead letters to `visit`, in the order in which they were found.
    pub fn dead_letters(
        &self,
        which: &DeadLetters,
        visit: &mut dyn FnMut(DeadLetter),
    ) -> Result<u64, StoreError> {
        let sql = format!(
            "SELECT coalesce(url, name), coalesce(reason, 'crash'), coalesce(detail, '')
             FROM entries WHERE {WHICH} ORDER BY entry"
        );
        self.db.with(|c| {
            which.with(|named| {
                let mut find = c.prepare(&sql)?;
                let mut rows = find.query(named)?;
                let mut count = 0;
                while let Some(row) = rows.next()? {
                    let (url, reason, detail) = (row.get(0)?, row.get(1)?, row.get(2)?);
                    visit(DeadLetter { url, reason, detail });
                    count += 1;
                }
                Ok(count)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use record::{Reason, ReasonKind};

    use super::*;
    use crate::test_support::{World, at, found};
    use crate::{ClaimOptions, Commit, Edits, Effect};

    fn with_dead() -> World {
        let mut world = World::new();
        let list =
            [found("a.example:443", "x", 1), found("a.example:443", "y[1]", 2), found("b", "z", 3)];
        world.add_entries(&list, at(0));
        let lease = Duration::from_mins(1);
        let options = ClaimOptions { count: 9, per_host: 9, now: at(1_000), lease };
        let claimed = world.store.claims().unwrap().entries(world.run, options).unwrap();
        let kinds = [ReasonKind::NotFound, ReasonKind::Timeout, ReasonKind::NotFound];
        for (entry, kind) in claimed.iter().zip(kinds) {
            let failed = Effect::Failed(Reason::of(kind));
            world.commit(Commit { entry: Some(entry.entry), ..Commit::new(at(2_000), failed) });
        }
        world
    }

    fn names(world: &World, which: &DeadLetters) -> Vec<String> {
        let mut names = Vec::new();
        let count = world.reader().dead_letters(which, &mut |letter| names.push(letter.url));
        assert_eq!(count.unwrap(), names.len() as u64);
        names
    }

    #[test]
    fn each_condition_narrows_the_choice() {
        let world = with_dead();
        let all = DeadLetters::default();
        let of = |which: DeadLetters| names(&world, &which).len();
        assert_eq!(of(all.clone()), 3);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of(DeadLetters { reason: some("not-found"), ..all.clone() }), 2);
        assert_eq!(of(DeadLetters { host: some("A.example"), ..all.clone() }), 2);
        assert_eq!(of(DeadLetters { host: some("a.example:443"), ..all.clone() }), 2);
        assert_eq!(of(DeadLetters { host: some("a.exam"), ..all.clone() }), 0);
        assert_eq!(of(DeadLetters { url: some("y[1]"), ..all.clone() }), 1);
        assert_eq!(of(DeadLetters { url: some("a.*/x?"), ..all.clone() }), 1);
        assert_eq!(of(DeadLetters { feed: some("https://a/feed"), ..all }), 0);
    }

    #[test]
    fn those_that_are_retried_wait_again_at_once() {
        let world = with_dead();
        let mut edits = Edits::open(&world.path(), Duration::from_secs(1)).unwrap();
        let which = DeadLetters { reason: Some("not-found".into()), ..DeadLetters::default() };
        assert_eq!(edits.retry(&which, at(9_000)).unwrap(), 2);
        assert_eq!(edits.retry(&which, at(9_000)).unwrap(), 0);
        let lease = Duration::from_mins(1);
        let options = ClaimOptions { count: 9, per_host: 9, now: at(9_000), lease };
        let claimed = world.store.claims().unwrap().entries(world.run, options).unwrap();
        assert_eq!((claimed.len(), claimed[0].attempts), (2, 0));
        assert!(claimed[0].payload.is_some(), "what the feed said is still there");
    }
}
