//! Walking over what is stored, in the order of first storing.

use std::ops::ControlFlow;

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::error::{Sql, StoreError};
use crate::time::millis;
use crate::{Reader, StoredRecord, article, search};

/// Which records, and how much of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Of this time or later: the record's own day (from midnight, UTC), else its capture.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Found through the feed with this URL.
    pub feed: Option<String>,
    /// In this language: `pt` also selects `pt-BR`.
    pub lang: Option<String>,
    /// Whose text this search finds: see [`Reader::search`] for what it may say.
    pub query: Option<String>,
    /// Also those that copy another one.
    pub duplicates: bool,
    /// Every text of each record, the oldest first, not only the newest.
    pub revisions: bool,
}

impl Default for Selection {
    /// The newest text of every record, copies included.
    fn default() -> Self {
        Self {
            since: None,
            until: None,
            feed: None,
            lang: None,
            query: None,
            duplicates: true,
            revisions: false,
        }
    }
}

impl Reader {
    /// Shows the selected texts to `visit` until it breaks off. Streams: one record at a time
    /// is in memory, and all of them are of one moment.
    pub fn export(
        &self,
        selection: &Selection,
        visit: &mut dyn FnMut(StoredRecord) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.db.with(|c| {
            let (condition, values) = condition(selection)?;
            let sql = format!("SELECT seq FROM records r WHERE {condition} ORDER BY seq");
            let mut find = c.prepare(&sql)?;
            let mut rows = find.query(params_from_iter(values))?;
            while let Some(row) = rows.next()? {
                if show(c, row.get(0)?, selection.revisions, visit)?.is_break() {
                    break;
                }
            }
            Ok(())
        })
    }
}

fn show(
    c: &Connection,
    seq: i64,
    revisions: bool,
    visit: &mut dyn FnMut(StoredRecord) -> ControlFlow<()>,
) -> Sql<ControlFlow<()>> {
    if !revisions {
        return Ok(visit(article::newest(c, seq)?));
    }
    for text in article::all_texts(c, seq)? {
        if visit(text).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// The condition in SQL and the values for its parameters.
fn condition(selection: &Selection) -> Sql<(String, Vec<Value>)> {
    let mut parts = vec!["1"];
    let mut values = Vec::new();
    let mut add = |part: &'static str, value: Option<Value>| {
        if let Some(value) = value {
            parts.push(part);
            values.push(value);
        }
    };
    add("own_time >= ?", selection.since.map(|t| millis(t).into()));
    add("own_time < ?", selection.until.map(|t| millis(t).into()));
    add("feed = ?", selection.feed.clone().map(Value::from));
    if let Some(lang) = &selection.lang {
        let prefix = format!("{}-", lang.to_ascii_lowercase());
        add("instr(lower(lang) || '-', ?) = 1", Some(prefix.into()));
    }
    let query = selection.query.as_deref().map(search::parse).transpose()?;
    add("seq IN (SELECT rowid FROM search WHERE search MATCH ?)", query.map(Value::from));
    if !selection.duplicates {
        parts.push("duplicate_of IS NULL");
    }
    Ok((parts.join(" AND "), values))
}
