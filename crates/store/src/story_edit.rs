//! A user's word on stories: applied at once, and kept for everything that comes.

use std::path::Path;

use jiff::Timestamp;
use record::story::{Decision, Merge, split};
use record::{RecordId, StoryId};
use rusqlite::{Connection, params};

use crate::article::seq_of;
use crate::connection::{Db, Durability, open_write};
use crate::error::{Sql, StoreError};
use crate::time::millis;
use crate::{OpenOptions, Reader, row, stories};

/// Records named in one call, at most.
const MAX_RECORDS: usize = 1_000;

/// A write connection for decisions about stories: works beside a process that judges, which
/// takes them to heart before it judges on.
#[derive(Debug)]
pub struct StoryEditor {
    db: Db,
}

impl StoryEditor {
    /// Opens a database that is there.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let options = OpenOptions { create: false, ..OpenOptions::default() };
        Ok(Self { db: open_write(path, options, Durability::Full)? })
    }

    /// Makes a story of their own out of some of a story's records, named after the first
    /// stored of them. The record that the story is named after stays, and so does what is not
    /// in the story. Returns the new story, `None` where no record could leave.
    pub fn split(
        &mut self,
        story: StoryId,
        records: &[RecordId],
        now: Timestamp,
    ) -> Result<Option<StoryId>, StoreError> {
        self.db.write(|c| {
            let leaving = leaving(c, story, records)?;
            let decisions = split(story, &leaving.iter().map(|l| l.1).collect::<Vec<_>>());
            let Some((born, name)) = leaving.first() else { return Ok(None) };
            let new = StoryId(name.0);
            open(c, new, *born)?;
            for (seq, _) in &leaving {
                c.prepare_cached("UPDATE records SET story = ?2 WHERE seq = ?1")?
                    .execute(params![seq, new.to_string()])?;
            }
            for changed in [story, new] {
                measure(c, changed)?;
            }
            keep(c, &decisions, now)?;
            Ok(Some(new))
        })
    }

    /// Makes two stories one, under the older one's name, which is returned.
    pub fn merge(
        &mut self,
        one: StoryId,
        other: StoryId,
        now: Timestamp,
    ) -> Result<StoryId, StoreError> {
        self.db.write(|c| {
            let names = (stories::resolve(c, one)?, stories::resolve(c, other)?);
            let kept = stories::merge(c, Merge { gone: names.1, kept: names.0, score: 1.0 })?;
            if names.0 != names.1 {
                measure(c, kept)?;
                let together = Decision::Together(RecordId(names.0.0), RecordId(names.1.0));
                keep(c, &[together], now)?;
            }
            Ok(kept)
        })
    }
}

/// Which of the records can leave, with the number of each, the first stored first.
fn leaving(c: &Connection, story: StoryId, records: &[RecordId]) -> Sql<Vec<(i64, RecordId)>> {
    let mut leaving = Vec::new();
    for id in records.iter().take(MAX_RECORDS) {
        if id.0 != story.0
            && stories::of_record(c, *id)? == Some(story)
            && let Some(seq) = seq_of(c, *id)?
        {
            leaving.push((seq, *id));
        }
    }
    leaving.sort_unstable();
    leaving.dedup();
    Ok(leaving)
}

/// The row of a story that a split makes. Was its name an alias, it is one no longer.
fn open(c: &Connection, story: StoryId, born: i64) -> Sql<()> {
    const OPEN: &str = "INSERT INTO stories (id, born, first_time, last_time)
        VALUES (?1, ?2, 0, 0)
        ON CONFLICT (id) DO UPDATE SET born = ?2, merged_into = NULL, likeness = NULL";
    c.prepare_cached(OPEN)?.execute(params![story.to_string(), born])?;
    Ok(())
}

/// Measures the span of a story that lost or took in records. Its headline is its first
/// record's until it has doubled; one that is in the story stays.
fn measure(c: &Connection, story: StoryId) -> Sql<()> {
    const MEASURE: &str = "UPDATE stories SET
            first_time = coalesce((SELECT min(coalesce(m.time, r.own_time)) FROM records r
                LEFT JOIN memberships m ON m.seq = r.seq WHERE r.story = ?1), first_time),
            last_time = coalesce((SELECT max(coalesce(m.time, r.own_time)) FROM records r
                LEFT JOIN memberships m ON m.seq = r.seq WHERE r.story = ?1), last_time),
            headline = coalesce(
                (SELECT id FROM records WHERE id = stories.headline AND story = ?1),
                (SELECT id FROM records WHERE story = ?1 ORDER BY seq LIMIT 1))
        WHERE id = ?1";
    c.prepare_cached(MEASURE)?.execute([story.to_string()])?;
    Ok(())
}

/// Keeps decisions, and lets go of those that stories as they are now say the opposite of.
fn keep(c: &Connection, decisions: &[Decision], now: Timestamp) -> Sql<()> {
    const KEEP: &str = "INSERT INTO story_decisions (n, decision, one, other, made_at)
        SELECT coalesce(max(n), 0) + 1, ?1, ?2, ?3, ?4 FROM story_decisions";
    const OVERRULED: &str = "DELETE FROM story_decisions WHERE n IN (
        SELECT d.n FROM story_decisions d JOIN records a ON a.id = d.one
            JOIN records b ON b.id = d.other
        WHERE (d.decision = 'together') <> (a.story IS b.story))";
    for decision in decisions {
        let (code, one, other) = decision.parts();
        let values = params![code, one.to_string(), other.to_string(), millis(now)];
        c.prepare_cached(KEEP)?.execute(values)?;
    }
    c.prepare_cached(OVERRULED)?.execute([])?;
    Ok(())
}

impl Reader {
    /// The number of the last decision that was made: it grows with each.
    pub fn last_decision(&self) -> Result<u64, StoreError> {
        const LAST: &str = "SELECT coalesce(max(n), 0) FROM story_decisions";
        self.db.with(|c| {
            let last: i64 = c.prepare_cached(LAST)?.query_row([], |row| row.get(0))?;
            Ok(last.unsigned_abs())
        })
    }

    /// All decisions, in the order in which they were made.
    pub fn story_decisions(&self) -> Result<Vec<Decision>, StoreError> {
        const ALL: &str = "SELECT decision, one, other FROM story_decisions ORDER BY n";
        self.db.with(|c| {
            let mut find = c.prepare_cached(ALL)?;
            let mut rows = find.query([])?;
            let mut decisions = Vec::new();
            while let Some(found) = rows.next()? {
                let id = |n| -> Sql<RecordId> { row::id(&found.get::<_, String>(n)?) };
                let code: String = found.get(0)?;
                let decision = Decision::from_parts(&code, id(1)?, id(2)?);
                decisions.push(decision.ok_or_else(|| row::damaged("decision"))?);
            }
            Ok(decisions)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{World, at, in_story};

    /// Four records in the story that is named after the first.
    fn world() -> (World, [RecordId; 4]) {
        let mut world = World::new();
        let mut first = None;
        let ids = [1, 2, 3, 4].map(|n: i64| {
            let commit = world.text(&format!("https://a.example/{n}"), "One.", n * 10);
            let id = match &commit.effect {
                crate::Effect::Record(judged) => judged.verdict.id,
                _ => unreachable!(),
            };
            world.commit(in_story(commit, first.get_or_insert(id).0, &[]));
            id
        });
        (world, ids)
    }

    fn stories_of(world: &World, ids: [RecordId; 4]) -> [Option<StoryId>; 4] {
        let reader = world.reader();
        ids.map(|id| reader.record(id).unwrap().unwrap().stored.story)
    }

    #[test]
    fn a_split_makes_a_story_and_a_merge_undoes_it() {
        let (mut world, ids) = world();
        let mut editor = StoryEditor::open(&world.path()).unwrap();
        let story = StoryId(ids[0].0);
        let new = editor.split(story, &[ids[3], ids[0], ids[1]], at(99)).unwrap();
        assert_eq!(new, Some(StoryId(ids[1].0)), "named after the first stored that left");
        assert_eq!(stories_of(&world, ids), [Some(story), new, Some(story), new]);
        assert_eq!(world.count("SELECT sum(size) FROM stories"), 4);
        let sql =
            "SELECT first_time * 1000 + last_time FROM stories ORDER BY born LIMIT 1 OFFSET 1";
        assert_eq!(world.count(sql), 20_040);
        assert_eq!(world.reader().last_decision().unwrap(), 3);
        // A commit that was on its way when the user decided finds the way.
        let late = world.text("https://a.example/5", "One.", 50);
        world.commit(in_story(late, ids[1].0, &[]));
        assert_eq!(editor.merge(new.unwrap(), story, at(99)).unwrap(), story);
        assert_eq!(stories_of(&world, ids), [Some(story); 4]);
        let kept = world.reader().story_decisions().unwrap();
        assert!(kept.iter().all(|d| matches!(d, Decision::Together(..))), "{kept:?}");
        assert!(world.reader().last_decision().unwrap() > 3);
        let late = world.text("https://a.example/6", "One.", 60);
        world.commit(in_story(late, ids[1].0, &[]));
        assert_eq!(world.count("SELECT max(size) FROM stories"), 6, "by the gone name");
    }

    #[test]
    fn who_is_not_in_the_story_or_names_it_cannot_leave() {
        let (world, ids) = world();
        let mut editor = StoryEditor::open(&world.path()).unwrap();
        let story = StoryId(ids[0].0);
        assert_eq!(editor.split(story, &[ids[0], RecordId(7)], at(99)).unwrap(), None);
        assert_eq!(editor.split(StoryId(9), &ids, at(99)).unwrap(), None);
        assert_eq!(editor.merge(story, StoryId(9), at(99)).unwrap(), story);
        assert_eq!(stories_of(&world, ids), [Some(story); 4]);
    }
}
