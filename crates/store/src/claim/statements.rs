//! The statements that claim, made for entries and for feeds from one form.

use std::sync::LazyLock;

use super::{entry, feed};
use crate::run::Of;

/// `{tasks}` is the table, `{task}` its key, `{due}` the column of `hosts` that follows from it,
/// `{turn}` the index by which hosts take turns: walking along it costs least when much is due,
/// and never more than all hosts that have something waiting.
///
/// `place` is the rank of a task at its host, those in hand counted: the first of every host
/// goes before the second of any.
const CLAIM: &str = "
    UPDATE {tasks} SET state = 'claimed', run = :run, claimed_at = :now, lease_until = :lease,
        alone = 0
    WHERE {task} IN (
        SELECT {task} FROM (
            SELECT t.{task}, t.due_at, h.claimed_at AS turn, h.in_flight + row_number()
                OVER (PARTITION BY t.host ORDER BY t.due_at, t.{task}) AS place
            FROM (SELECT host, claimed_at, in_flight FROM hosts INDEXED BY {turn}
                  WHERE {due} <= :now AND hold_until <= :now AND in_flight < :per_host
                  ORDER BY claimed_at, {due}, host LIMIT :count) h
            JOIN {tasks} t ON t.{task} IN (
                SELECT x.{task} FROM {tasks} x
                WHERE x.host = h.host AND x.state = 'waiting' AND x.due_at <= :now
                ORDER BY x.due_at, x.{task} LIMIT :per_host))
        WHERE place <= :per_host ORDER BY place, turn, due_at, {task} LIMIT :count)
    RETURNING ";

const CLAIM_ALONE: &str = "
    UPDATE {tasks} SET state = 'claimed', run = :run, claimed_at = :now, lease_until = :lease,
        alone = 1
    WHERE {task} = (SELECT {task} FROM {tasks} WHERE state = 'suspect' AND due_at <= :now
        ORDER BY due_at, {task} LIMIT 1)
    RETURNING ";

/// Is there anything to claim? Asked before the write lock is taken.
const PEEK: &str = "
    SELECT EXISTS (SELECT 1 FROM hosts
        WHERE {due} <= :now AND hold_until <= :now AND in_flight < :per_host)
    OR EXISTS (SELECT 1 FROM {tasks} WHERE state = 'suspect' AND due_at <= :now)";

/// The statements for one kind of task.
pub(crate) struct Statements {
    /// Under which kind its claims are counted.
    pub(super) of: Of,
    pub(crate) peek: String,
    pub(crate) claim: String,
    pub(crate) claim_alone: String,
}

impl Statements {
    fn new(of: Of, names: [(&str, &str); 4], columns: &str) -> Self {
        let filled = |template: &str| {
            let fill = |sql: String, (hole, name): &(&str, &str)| sql.replace(hole, name);
            names.iter().fold(template.to_owned(), fill)
        };
        Self {
            of,
            peek: filled(PEEK),
            claim: filled(CLAIM) + columns,
            claim_alone: filled(CLAIM_ALONE) + columns,
        }
    }
}

pub(crate) static ENTRIES: LazyLock<Statements> = LazyLock::new(|| {
    let names = [
        ("{tasks}", "entries"),
        ("{task}", "entry"),
        ("{due}", "entry_due"),
        ("{turn}", "hosts_entry_turn"),
    ];
    Statements::new(Of::Entry, names, entry::COLUMNS)
});

pub(crate) static FEEDS: LazyLock<Statements> = LazyLock::new(|| {
    let names = [
        ("{tasks}", "feeds"),
        ("{task}", "feed"),
        ("{due}", "feed_due"),
        ("{turn}", "hosts_feed_turn"),
    ];
    Statements::new(Of::Feed, names, feed::COLUMNS)
});
