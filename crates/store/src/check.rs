//! Is the database whole?

use rusqlite::Connection;

use crate::error::{ErrorKind, Sql, StoreError};
use crate::{Fault, Reader};

/// Problems shown at most.
const MAX_PROBLEMS: usize = 100;

/// What must never be, as a count of rows that break it: (what it is, how many).
const RULES: &[(&str, &str)] = &[
    (
        "records whose revision number is not that of their texts",
        "SELECT count(*) FROM records r WHERE r.revision <>
            1 + (SELECT count(*) FROM revisions v WHERE v.record = r.seq)",
    ),
    (
        "records older than one of their revisions",
        "SELECT count(*) FROM revisions v JOIN records r ON r.seq = v.record
            WHERE (v.fetched_at, v.text_seq) > (r.fetched_at, r.text_seq)
            AND v.fetched_at > r.fetched_at",
    ),
    (
        "sequence numbers that would be given twice",
        "SELECT count(*) FROM records WHERE seq >= (SELECT next_seq FROM position)",
    ),
    (
        "hosts whose open claims are miscounted",
        "SELECT count(*) FROM hosts h WHERE h.in_flight <>
            (SELECT count(*) FROM entries e WHERE e.host = h.host AND e.state = 'claimed')
            + (SELECT count(*) FROM feeds f WHERE f.host = h.host AND f.state = 'claimed')",
    ),
];

impl Reader {
    /// Looks at every page and every rule; says what is wrong, one sentence each: nothing for
    /// a whole database. Reads the whole file.
    pub fn check(&self) -> Result<Vec<String>, StoreError> {
        let broken = self.db.with(integrity)?;
        if !broken.is_empty() {
            return Ok(broken); // rules cannot be trusted to a damaged file
        }
        let mut problems = self.db.with(rules)?;
        let unbalanced = self.balances()?.into_iter().filter(|balance| !balance.holds());
        problems.extend(unbalanced.map(|b| format!("claims without an outcome: {b:?}")));
        Ok(problems)
    }
}

/// Every page of the file, and every row that points to another.
pub(crate) fn integrity(c: &Connection) -> Sql<Vec<String>> {
    let mut problems = Vec::new();
    let mut check = c.prepare("PRAGMA integrity_check")?;
    let mut rows = check.query([])?;
    while problems.len() < MAX_PROBLEMS {
        match rows.next().map_err(Fault::from) {
            Ok(Some(row)) => problems.push(row.get::<_, String>(0)?),
            Ok(None) => break,
            Err(fault) if fault.kind == ErrorKind::Corrupt => {
                problems.push(fault.detail);
                break;
            }
            Err(fault) => return Err(fault),
        }
    }
    problems.retain(|problem| problem != "ok");
    let mut keys = c.prepare("PRAGMA foreign_key_check")?;
    let mut rows = keys.query([])?;
    while let Some(row) = rows.next()? {
        let (table, other): (String, String) = (row.get(0)?, row.get(2)?);
        problems.push(format!("a row of {table} points to no row of {other}"));
        if problems.len() >= MAX_PROBLEMS {
            break;
        }
    }
    Ok(problems)
}

fn rules(c: &Connection) -> Sql<Vec<String>> {
    let mut problems = Vec::new();
    for (what, count) in RULES {
        let count: i64 = c.query_row(count, [], |row| row.get(0))?;
        if count > 0 {
            problems.push(format!("{count} {what}"));
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use crate::test_support::World;

    #[test]
    fn a_whole_database_has_no_problems_and_a_broken_rule_is_named() {
        let mut world = World::new();
        world.put("https://a.example/1", "One.", 10);
        world.put("https://a.example/1", "Two.", 20);
        assert_eq!(world.reader().check().unwrap(), Vec::<String>::new());
        world.store.connection().execute("UPDATE records SET revision = 7", []).unwrap();
        let problems = world.reader().check().unwrap();
        assert_eq!(problems, ["1 records whose revision number is not that of their texts"]);
    }

    #[test]
    fn a_rebuilt_text_index_and_a_rewritten_file_hold_the_same() {
        let mut world = World::new();
        world.put("https://a.example/1", "Heavy rain.", 10);
        let before = world.reader().digest().unwrap();
        world.store.rebuild_search().unwrap();
        world.store.vacuum().unwrap();
        assert_eq!(world.reader().digest().unwrap(), before);
        let hits = world.reader().search("rain", crate::SearchOptions::default()).unwrap();
        assert_eq!(hits.len(), 1);
    }
}
