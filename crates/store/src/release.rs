//! Claims that end without an outcome: their run died, or is shutting down.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use crate::RunId;
use crate::error::Sql;
use crate::time::millis;

/// Claims that may die with their run before a task is suspect.
const PATIENCE: i64 = 3;

/// Claims of a suspect alone that may die, before that is held against it. One would do if
/// programs died of their input only; but whoever kills this one again and again soon hits a
/// suspect too, and an article is not to be lost by that.
const ALONE: i64 = 6;

/// The wait after the first of these, in milliseconds. It doubles, so that they fall into
/// different weathers.
const WAIT: i64 = 500;

/// How long a feed is left alone after it crashed the program by itself.
const FEED_PENALTY: SignedDuration = SignedDuration::from_hours(24);

/// Lets go of everything claimed: called when a run begins, when no other can be alive.
pub(crate) fn dead(c: &Connection, now: Timestamp) -> Sql<()> {
    const CRASHED_ENTRIES: &str = "UPDATE entries SET state = 'dead', reason = 'crash',
            detail = 'the program ended again and again while this page alone was in hand',
            alone = 0, finished_at = ?1
        WHERE state = 'claimed' AND alone AND unfinished + 1 >= ?2";
    const CRASHED_FEEDS: &str = "UPDATE feeds SET state = 'waiting', reason = 'crash',
            detail = 'the program ended again and again while this feed alone was in hand',
            alone = 0, failures = failures + 1, unfinished = 0, due_at = ?1
        WHERE state = 'claimed' AND alone AND unfinished + 1 >= ?2";
    const MOST: i64 = PATIENCE + ALONE;
    tally_open(c, &format!("state = 'claimed' AND alone AND unfinished + 1 >= {MOST}"), "failed")?;
    let later = millis(now.saturating_add(FEED_PENALTY).unwrap_or(Timestamp::MAX));
    c.execute(CRASHED_ENTRIES, [millis(now), MOST])?;
    c.execute(CRASHED_FEEDS, [later, MOST])?;
    tally_open(c, "state = 'claimed'", "released")?;
    for table in ["entries", "feeds"] {
        c.execute(
            &format!(
                "UPDATE {table} SET unfinished = unfinished + 1, alone = 0,
                    due_at = iif(alone, ?2 + ({WAIT} << (unfinished - {PATIENCE})), due_at),
                    state = iif(unfinished + 1 >= ?1, 'suspect', 'waiting')
                WHERE state = 'claimed'"
            ),
            [PATIENCE, millis(now)],
        )?;
    }
    Ok(())
}

/// Gives back what `run` has claimed and not finished, with nothing held against it.
pub(crate) fn all_of(c: &Connection, run: RunId) -> Sql<()> {
    const ENTRIES: &str = "UPDATE entries SET alone = 0, state = iif(alone, 'suspect', 'waiting')
        WHERE state = 'claimed' AND run = ?1";
    const FEEDS: &str = "UPDATE feeds SET alone = 0, state = iif(alone, 'suspect', 'waiting')
        WHERE state = 'claimed' AND run = ?1";
    tally_open(c, &format!("state = 'claimed' AND run = {}", run.0), "released")?;
    c.execute(ENTRIES, [run.0])?;
    c.execute(FEEDS, [run.0])?;
    Ok(())
}

/// Adds the open claims that fulfil `condition` to the tallies of their runs.
fn tally_open(c: &Connection, condition: &str, outcome: &str) -> Sql<()> {
    for (table, of) in [("entries", "entry"), ("feeds", "feed")] {
        let sql = format!(
            "INSERT INTO tallies (run, of, outcome, count)
             SELECT run, '{of}', ?1, count(*) FROM {table} WHERE {condition} GROUP BY run
             ON CONFLICT (run, of, outcome) DO UPDATE SET count = count + excluded.count"
        );
        c.execute(&sql, params![outcome])?;
    }
    Ok(())
}
