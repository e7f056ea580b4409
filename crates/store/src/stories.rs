//! Keeping what was found out about stories: memberships, merges, headlines.

use record::story::{Basis, Membership, Merge};
use record::{RecordId, StoryId};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use crate::error::Sql;
use crate::row;
use crate::time::millis;

pub(crate) const RESOLVE: &str = "SELECT coalesce(merged_into, id) FROM stories WHERE id = ?1";
pub(crate) const REACH: &str = "UPDATE stories SET first_time = min(first_time, ?2),
        last_time = max(last_time, ?2) WHERE id = ?1";

/// Makes the merges that came with a new record and the row of its story; returns the name
/// that the story has by now. Called before the record's own row is there.
pub(crate) fn prepare(c: &Connection, seq: i64, membership: &Membership) -> Sql<StoryId> {
    const OPEN: &str = "INSERT INTO stories (id, born, first_time, last_time)
        VALUES (?1, ?2, ?3, ?3) ON CONFLICT DO NOTHING";
    for merge in &membership.merged {
        self::merge(c, *merge)?;
    }
    let time = millis(membership.time);
    let given = membership.story.to_string();
    c.prepare_cached(OPEN)?.execute(params![given, seq, time])?;
    let story = resolve(c, membership.story)?;
    c.prepare_cached(REACH)?.execute(params![story.to_string(), time])?;
    Ok(story)
}

/// Keeps why the record at `seq` is where it is, and the headlines chosen with it.
pub(crate) fn keep(c: &Connection, seq: i64, lang: Option<&str>, found: &Membership) -> Sql<()> {
    const KEEP: &str = "INSERT INTO memberships
        (seq, time, lang, sketch, basis, near, score, threshold, shared)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    const HEADLINE: &str = "UPDATE stories SET headline = ?2
        WHERE id = ?1 AND EXISTS (SELECT 1 FROM records WHERE id = ?2)";
    let near = found.basis.near();
    let name = match &found.basis {
        Basis::Decided(with) => Some(with.to_string()),
        _ => near.map(|n| n.story.to_string()),
    };
    let shared = near.map(|n| {
        let terms = n.shared.iter().map(|s| json!([s.term, round(s.share)]));
        serde_json::Value::Array(terms.collect()).to_string()
    });
    c.prepare_cached(KEEP)?.execute(params![
        seq,
        millis(found.time),
        lang,
        found.sketch,
        found.basis.code(),
        name,
        near.map(|n| round(n.score)),
        near.map(|n| round(n.threshold)),
        shared,
    ])?;
    for (story, headline) in &found.headlines {
        let story = resolve(c, *story)?;
        c.prepare_cached(HEADLINE)?.execute([story.to_string(), headline.to_string()])?;
    }
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// The name that a story goes by now.
pub(crate) fn resolve(c: &Connection, story: StoryId) -> Sql<StoryId> {
    let mut find = c.prepare_cached(RESOLVE)?;
    let found: Option<String> = find.query_row([story.to_string()], |r| r.get(0)).optional()?;
    Ok(row::story(found)?.unwrap_or(story))
}

/// The story that a record is in.
pub(crate) fn of_record(c: &Connection, id: RecordId) -> Sql<Option<StoryId>> {
    const FIND: &str = "SELECT story FROM records WHERE id = ?1";
    let found: Option<Option<String>> =
        c.prepare_cached(FIND)?.query_row([id.to_string()], |r| r.get(0)).optional()?;
    row::story(found.flatten())
}

/// Makes two stories one under the older one's name, whatever they go by meanwhile. Nothing
/// happens where they are one already, or where one is not there. Returns the name kept.
pub(crate) fn merge(c: &Connection, merge: Merge) -> Sql<StoryId> {
    const OLDER: &str = "SELECT id FROM stories WHERE id IN (?1, ?2) ORDER BY born, id";
    let names = [resolve(c, merge.gone)?.to_string(), resolve(c, merge.kept)?.to_string()];
    let mut find = c.prepare_cached(OLDER)?;
    let found: Vec<String> =
        find.query_map([&names[0], &names[1]], |r| r.get(0))?.collect::<Result<_, _>>()?;
    if let [kept, gone] = &found[..] {
        pour(c, gone, kept, merge.score)?;
    }
    Ok(row::story(found.into_iter().next())?.unwrap_or(merge.kept))
}

fn pour(c: &Connection, gone: &str, kept: &str, score: f64) -> Sql<()> {
    const SPAN: &str = "UPDATE stories SET
            first_time = min(first_time, (SELECT first_time FROM stories WHERE id = ?1)),
            last_time = max(last_time, (SELECT last_time FROM stories WHERE id = ?1))
        WHERE id = ?2";
    const MOVE: &str = "UPDATE records SET story = ?2 WHERE story = ?1";
    const RENAME: &str = "UPDATE stories SET merged_into = ?2 WHERE merged_into = ?1";
    const LEAVE: &str = "UPDATE stories SET merged_into = ?2, likeness = ?3, headline = NULL
        WHERE id = ?1";
    c.prepare_cached(SPAN)?.execute([gone, kept])?;
    c.prepare_cached(MOVE)?.execute([gone, kept])?;
    c.prepare_cached(RENAME)?.execute([gone, kept])?;
    c.prepare_cached(LEAVE)?.execute(params![gone, kept, round(score)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::test_support::{World, in_story};

    const URLS: [&str; 4] = [
        "https://a.example/1",
        "https://b.example/2",
        "https://c.example/3",
        "https://d.example/4",
    ];

    fn story_of(world: &World, url: &str) -> u64 {
        let reader = world.reader();
        let id = reader.find(url).unwrap().unwrap();
        reader.record(id).unwrap().unwrap().stored.story.unwrap().0
    }

    #[test]
    fn a_merge_keeps_the_older_name_and_the_other_leads_to_it() {
        let mut world = World::new();
        for (n, url) in (1..).zip(&URLS[..3]) {
            let commit = world.text(url, "One.", n * 10);
            world.commit(in_story(commit, n.unsigned_abs(), &[]));
        }
        let commit = world.text(URLS[3], "Four.", 5);
        world.commit(in_story(commit, 2, &[(3, 2), (2, 1)]));
        assert_eq!(URLS.map(|url| story_of(&world, url)), [1; 4]);
        assert_eq!(world.count("SELECT size FROM stories WHERE merged_into IS NULL"), 4);
        assert_eq!(world.count("SELECT first_time FROM stories WHERE merged_into IS NULL"), 5);
        assert_eq!(world.count("SELECT last_time FROM stories WHERE merged_into IS NULL"), 30);
        let aliases = "SELECT count(*) FROM stories WHERE merged_into = '0000000000000001'";
        assert_eq!(world.count(aliases), 2, "no chain of aliases");
        assert_eq!(world.reader().counts().unwrap().stories, 1);
    }

    #[test]
    fn the_size_follows_the_records() {
        let mut world = World::new();
        for url in &URLS[..2] {
            let commit = world.text(url, "One.", 10);
            world.commit(in_story(commit, 1, &[]));
        }
        world.put(URLS[0], "A revision.", 20);
        assert_eq!(story_of(&world, URLS[0]), 1, "a revision stays");
        assert_eq!(world.count("SELECT size FROM stories"), 2);
        assert_eq!(world.count("SELECT count(*) FROM memberships"), 2);
    }
}
