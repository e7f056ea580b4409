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
    // Texts that retention took away keep their number.
    let kept = |text: &StoredRecord| !text.record.body.is_empty();
    for text in article::all_texts(c, seq)?.into_iter().filter(kept) {
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
    // Without a body it is one that retention took away; of its older texts some may be there.
    if !selection.revisions {
        parts.push("body <> ''");
    }
    if !selection.duplicates {
        parts.push("duplicate_of IS NULL");
    }
    Ok((parts.join(" AND "), values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Effect;
    use crate::test_support::{World, as_copy_of, at};

    const DAY: i64 = 86_400_000;

    fn world() -> World {
        let mut world = World::new();
        let original = world.put("https://a.example/1", "Rain in the north.", DAY).id.unwrap();
        let mut second = world.text("https://b.example/2", "Snow in the south.", 2 * DAY);
        if let Effect::Record(judged) = &mut second.effect {
            judged.record.meta.lang = Some("pt-BR".into());
            judged.record.meta.feed = Some("https://b.example/feed".into());
        }
        world.commit(second);
        let copy = world.text("https://c.example/3", "Rain in the north, again.", 3 * DAY);
        world.commit(as_copy_of(copy, original));
        world.put("https://a.example/1", "Much rain in the north.", 4 * DAY);
        world
    }

    fn bodies(selection: &Selection) -> Vec<String> {
        let mut bodies = Vec::new();
        let mut visit = |stored: StoredRecord| {
            bodies.push(stored.record.body_text());
            ControlFlow::Continue(())
        };
        world().reader().export(selection, &mut visit).unwrap();
        bodies
    }

    #[test]
    fn every_filter_selects() {
        let (north, south, copy) =
            ("Much rain in the north.", "Snow in the south.", "Rain in the north, again.");
        let all = Selection::default();
        let some = |change: fn(&mut Selection)| {
            let mut selection = Selection::default();
            change(&mut selection);
            bodies(&selection)
        };
        assert_eq!(bodies(&all), [north, south, copy]);
        assert_eq!(some(|s| s.duplicates = false), [north, south]);
        assert_eq!(some(|s| s.since = Some(at(3 * DAY))), [north, copy]);
        assert_eq!(some(|s| s.until = Some(at(3 * DAY))), [south]);
        assert_eq!(some(|s| s.lang = Some("PT".into())), [south]);
        assert_eq!(some(|s| s.lang = Some("p".into())), Vec::<String>::new());
        assert_eq!(some(|s| s.feed = Some("https://b.example/feed".into())), [south]);
        assert_eq!(some(|s| s.query = Some("rain -again".into())), [north]);
        assert_eq!(
            some(|s| s.revisions = true),
            ["Rain in the north.", north, south, copy],
            "the oldest text first"
        );
    }

    #[test]
    fn who_has_seen_enough_breaks_off() {
        let mut seen = 0;
        let mut visit = |_| {
            seen += 1;
            ControlFlow::Break(())
        };
        let selection = Selection { revisions: true, ..Selection::default() };
        world().reader().export(&selection, &mut visit).unwrap();
        assert_eq!(seen, 1);
    }
}
