//! The schema's version, and the way from each version to the next.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{ErrorKind, Fault, Sql};

/// The migrations: the first makes an empty file version 1, each further one the next.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_stories.sql"),
    include_str!("migrations/0003_reached.sql"),
    include_str!("migrations/0004_upkeep.sql"),
    include_str!("migrations/0005_trails.sql"),
    include_str!("migrations/0006_sources.sql"),
    include_str!("migrations/0007_lists.sql"),
    include_str!("migrations/0008_cleaner.sql"),
    include_str!("migrations/0009_hosts.sql"),
    include_str!("migrations/0010_page_validators.sql"),
    include_str!("migrations/0011_search_by_batch.sql"),
];

/// `application_id` in the file's header: "Newl". `file` and we tell our databases by it.
const APPLICATION_ID: i64 = 0x4e65_776c;

/// The version of a file: 0 for an empty one.
///
/// Fails for files that are no databases or belong to another program.
pub(crate) fn version(connection: &Connection) -> Sql<u32> {
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let owner: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_empty = tables == 0 && version == 0 && owner == 0;
    if owner != APPLICATION_ID && !is_empty {
        return Err(Fault::new(ErrorKind::NotADatabase, "it belongs to another program"));
    }
    Ok(version)
}

/// Brings the file to the newest version, one transaction for each step, so that a crash
/// leaves it whole in one version or the next.
pub(crate) fn migrate(connection: &mut Connection, migrations: &[&str]) -> Sql<()> {
    let newest = migrations.len() as u32;
    loop {
        let found = version(connection)?;
        if found > newest {
            return Err(Fault::of(ErrorKind::Newer(found, newest)));
        }
        let Some(migration) = migrations.get(found as usize) else { return Ok(()) };
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if version(&step)? != found {
            continue; // another process was faster
        }
        step.execute_batch(migration)?;
        step.pragma_update(None, "user_version", found + 1)?;
        step.pragma_update(None, "application_id", APPLICATION_ID)?;
        step.commit()?;
    }
}

/// For reading, which never migrates: the version must be the newest.
pub(crate) fn require(connection: &Connection) -> Sql<()> {
    let (found, newest) = (version(connection)?, MIGRATIONS.len() as u32);
    if found == 0 {
        return Err(Fault::new(ErrorKind::Missing, "the file is empty"));
    }
    match found.cmp(&newest) {
        std::cmp::Ordering::Greater => Err(Fault::of(ErrorKind::Newer(found, newest))),
        std::cmp::Ordering::Less => Err(Fault::of(ErrorKind::Older(found, newest))),
        std::cmp::Ordering::Equal => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: &str = "CREATE TABLE more (a INTEGER) STRICT; INSERT INTO more VALUES (1);";

    fn count(connection: &Connection, sql: &str) -> i64 {
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_empty_file_and_an_older_file_reach_the_newest() {
        let mut memory = Connection::open_in_memory().unwrap();
        let older = MIGRATIONS.len() as u32;
        migrate(&mut memory, MIGRATIONS).unwrap();
        memory.execute("INSERT INTO runs VALUES (1, 'replay', 'seeds', 5, NULL)", []).unwrap();
        let more = [MIGRATIONS, &[SECOND]].concat();
        migrate(&mut memory, &more).unwrap();
        migrate(&mut memory, &more).unwrap();
        assert_eq!(version(&memory).unwrap(), older + 1);
        assert_eq!(count(&memory, "SELECT count(*) FROM more"), 1);
        assert_eq!(count(&memory, "SELECT started_at FROM runs"), 5, "rows are kept");
        let error = migrate(&mut memory, MIGRATIONS).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Newer(older + 1, older));
    }

    #[test]
    fn a_failing_step_leaves_the_version_before() {
        let mut memory = Connection::open_in_memory().unwrap();
        let broken = [MIGRATIONS[0], "CREATE TABLE more (a INTEGER) STRICT; NONSENSE;"];
        migrate(&mut memory, &broken).unwrap_err();
        assert_eq!(version(&memory).unwrap(), 1);
        assert_eq!(count(&memory, "SELECT count(*) FROM sqlite_schema WHERE name = 'more'"), 0);
    }

    #[test]
    fn databases_of_others_are_left_alone() {
        let mut memory = Connection::open_in_memory().unwrap();
        memory.execute_batch("CREATE TABLE theirs (a)").unwrap();
        let error = migrate(&mut memory, MIGRATIONS).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotADatabase);
    }
}
