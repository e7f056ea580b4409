//! What is known of a host.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Sql;
use crate::time::{from_millis, millis};

/// How to treat a host: a name and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostState {
    /// The host, as [`crate::FoundEntry::host`] names it.
    pub host: String,
    /// Nothing is claimed there before this time.
    pub hold_until: Option<Timestamp>,
    /// What else is remembered, as JSON that only its writer reads.
    pub state: Option<String>,
}

/// Replaces what is known of the host.
pub(crate) fn put(c: &Connection, host: &HostState) -> Sql<()> {
    const PUT: &str = "INSERT INTO hosts (host, hold_until, state) VALUES (?1, ?2, ?3)
        ON CONFLICT (host) DO UPDATE SET hold_until = ?2, state = ?3";
    let hold_until = host.hold_until.map_or(0, millis);
    c.prepare_cached(PUT)?.execute(params![host.host, hold_until, host.state])?;
    Ok(())
}

/// What is known of `host`.
pub(crate) fn get(c: &Connection, host: &str) -> Sql<Option<HostState>> {
    const GET: &str = "SELECT hold_until, state FROM hosts WHERE host = ?1";
    let found = c.prepare_cached(GET)?.query_row([host], |row| {
        let hold: i64 = row.get(0)?;
        let hold_until = (hold > 0).then(|| from_millis(hold));
        Ok(HostState { host: host.to_owned(), hold_until, state: row.get(1)? })
    });
    Ok(found.optional()?)
}
