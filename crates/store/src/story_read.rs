//! Reading stories: lists, one with its records, and why a record is where it is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use record::story::{Basis, Near, SharedTerm};
use record::{PageUrl, RecordId, StoryId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::{Sql, StoreError};
use crate::time::from_millis;
use crate::{Reader, row, search, stories};

/// A story as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Its name.
    pub id: StoryId,
    /// The title of the record that tells best what it is about.
    pub title: String,
    /// That record.
    pub headline: Option<RecordId>,
    /// Records in it, copies included.
    pub records: u64,
    /// The time of its earliest record.
    pub first: Timestamp,
    /// The time of its latest record.
    pub last: Timestamp,
    /// Registrable domains of its records, with how many each has, the most first.
    pub sources: Vec<(String, u64)>,
    /// Languages of its records, likewise.
    pub langs: Vec<(String, u64)>,
}

/// A record of a story.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryMember {
    /// The record.
    pub id: RecordId,
    /// Its title.
    pub title: String,
    /// Its canonical URL.
    pub url: Option<String>,
    /// Its language.
    pub lang: Option<String>,
    /// Its own time.
    pub time: Timestamp,
    /// The record that it copies.
    pub duplicate_of: Option<RecordId>,
    /// Why it was put here, where that was found out.
    pub basis: Option<Basis>,
}

/// In which order stories are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StoryOrder {
    /// Those with the latest record first.
    #[default]
    Newest,
    /// Those with the most records first.
    Biggest,
}

/// Which stories are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoryList<'a> {
    /// The order; with a query, those that match best come first.
    pub order: StoryOrder,
    /// Only those with a record whose text this search finds: see [`Reader::search`].
    pub query: Option<&'a str>,
    /// Only those with at least so many records.
    pub at_least: u64,
    /// At most so many.
    pub limit: usize,
}

/// A record as the memory of stories is rebuilt from it.
#[derive(Debug, Clone, Copy)]
pub struct RememberedMember<'a> {
    /// Its id.
    pub id: RecordId,
    /// Its language, as it was when it was assigned.
    pub lang: Option<&'a str>,
    /// Its time, likewise.
    pub time: Timestamp,
    /// The commit sequence number of the record.
    pub sequence: u64,
    /// What was kept with it.
    pub sketch: &'a [u8],
    /// The story that it is in now.
    pub story: StoryId,
    /// The commit sequence number of the record that the story is named after.
    pub born: u64,
}

pub(crate) const NEWEST: &str = "SELECT id FROM stories WHERE size > 1 AND size >= ?2
    ORDER BY last_time DESC LIMIT ?1";
pub(crate) const BIGGEST: &str = "SELECT id FROM stories WHERE size > 1 AND size >= ?2
    ORDER BY size DESC, last_time DESC LIMIT ?1";
pub(crate) const ALSO_SINGLE: &str = "SELECT id FROM stories WHERE size >= ?2
    ORDER BY CASE WHEN ?3 THEN size END DESC, last_time DESC, id LIMIT ?1";
pub(crate) const MATCHING: &str = "WITH found AS MATERIALIZED (
        SELECT r.story AS story, bm25(search, 4.0, 1.0) AS rank
        FROM search JOIN records r ON r.seq = search.rowid
        WHERE search MATCH ?4 AND r.story IS NOT NULL)
    SELECT s.id FROM (SELECT story, min(rank) AS rank FROM found GROUP BY story) AS f
        JOIN stories s ON s.id = f.story
    WHERE s.size >= ?2
    ORDER BY CASE WHEN ?3 THEN s.size END DESC, f.rank, s.last_time DESC, s.id LIMIT ?1";
pub(crate) const REMEMBERED: &str = "SELECT r.id, m.lang, m.time, m.seq, m.sketch, r.story, s.born
    FROM memberships m JOIN records r ON r.seq = m.seq JOIN stories s ON s.id = r.story
    WHERE m.seq >= ?1 ORDER BY m.seq";
pub(crate) const MEMBERS: &str =
    "SELECT r.id, r.title, r.url, r.lang, coalesce(m.time, r.own_time), r.duplicate_of,
        m.basis, m.near, m.score, m.threshold, m.shared
    FROM records r LEFT JOIN memberships m ON m.seq = r.seq WHERE r.story = ?1
    ORDER BY 5, r.seq LIMIT ?2";

impl Reader {
    /// Stories in the order asked for.
    pub fn stories(&self, list: StoryList<'_>) -> Result<Vec<Story>, StoreError> {
        self.db.with(|c| {
            let (limit, least) = (row::bound(list.limit), list.at_least.max(1).cast_signed());
            let by_size = list.order == StoryOrder::Biggest;
            let read = |row: &Row<'_>| row.get::<_, String>(0);
            let ids: Vec<String> = match (list.query, by_size) {
                (Some(query), _) => c
                    .prepare_cached(MATCHING)?
                    .query_map(params![limit, least, by_size, search::parse(query)?], read)?
                    .collect::<Result<_, _>>()?,
                _ if least < 2 => c
                    .prepare_cached(ALSO_SINGLE)?
                    .query_map(params![limit, least, by_size], read)?
                    .collect::<Result<_, _>>()?,
                (None, _) => c
                    .prepare_cached(if by_size { BIGGEST } else { NEWEST })?
                    .query_map([limit, least], read)?
                    .collect::<Result<_, _>>()?,
            };
            ids.iter().filter_map(|id| one(c, id).transpose()).collect()
        })
    }

    /// The story that a person means: by its name, a name that was merged into it, or the id,
    /// URL or any other alias of one of its records.
    pub fn find_story(&self, name: &str) -> Result<Option<StoryId>, StoreError> {
        if let Some(id) = self.find(name)? {
            return self.db.with(|c| stories::of_record(c, id));
        }
        let Ok(story) = name.trim().parse::<StoryId>() else { return Ok(None) };
        Ok(self.story(story)?.map(|story| story.id))
    }

    /// The story of this name or of any that was merged into it.
    pub fn story(&self, name: StoryId) -> Result<Option<Story>, StoreError> {
        self.db.with(|c| one(c, &stories::resolve(c, name)?.to_string()))
    }

    /// The first `limit` records of a story by their own time, each with why it is there.
    pub fn story_members(
        &self,
        story: StoryId,
        limit: usize,
    ) -> Result<Vec<StoryMember>, StoreError> {
        self.db.with(|c| {
            let mut find = c.prepare_cached(MEMBERS)?;
            let mut rows = find.query(params![story.to_string(), row::bound(limit)])?;
            let mut members = Vec::new();
            while let Some(found) = rows.next()? {
                members.push(member(found)?);
            }
            Ok(members)
        })
    }

    /// Why a record was put into its story, where that was found out.
    pub fn story_basis(&self, id: RecordId) -> Result<Option<Basis>, StoreError> {
        const FIND: &str = "SELECT m.basis, m.near, m.score, m.threshold, m.shared
            FROM records r JOIN memberships m ON m.seq = r.seq WHERE r.id = ?1";
        self.db.with(|c| {
            let mut find = c.prepare_cached(FIND)?;
            let mut rows = find.query([id.to_string()])?;
            rows.next()?.map(|found| basis(found, 0)).transpose()
        })
    }

    /// Shows to `visit`, in commit order, the records from `sequence` on that were assigned to
    /// stories.
    pub fn remembered_members(
        &self,
        sequence: u64,
        visit: &mut dyn FnMut(RememberedMember<'_>),
    ) -> Result<(), StoreError> {
        self.db.with(|c| {
            let mut find = c.prepare_cached(REMEMBERED)?;
            let mut rows = find.query([sequence.cast_signed()])?;
            while let Some(found) = rows.next()? {
                let text = |n| found.get_ref(n)?.as_str().map_err(|_| row::damaged("id"));
                let lang = found.get_ref(1)?.as_str_or_null();
                let sketch = found.get_ref(4)?.as_blob();
                visit(RememberedMember {
                    id: row::id(text(0)?)?,
                    lang: lang.map_err(|_| row::damaged("lang"))?,
                    time: from_millis(found.get(2)?),
                    sequence: found.get::<_, i64>(3)?.unsigned_abs(),
                    sketch: sketch.map_err(|_| row::damaged("sketch"))?,
                    story: StoryId(row::id(text(5)?)?.0),
                    born: found.get::<_, i64>(6)?.unsigned_abs(),
                });
            }
            Ok(())
        })
    }
}

fn one(c: &Connection, id: &str) -> Sql<Option<Story>> {
    const FIND: &str = "SELECT s.id, coalesce(h.title, ''), s.headline, s.size, s.first_time,
            s.last_time FROM stories s LEFT JOIN records h ON h.id = s.headline
        WHERE s.id = ?1 AND s.size > 0";
    let read = |found: &Row<'_>| -> Sql<Story> {
        let headline: Option<String> = found.get(2)?;
        Ok(Story {
            id: StoryId(row::id(&found.get::<_, String>(0)?)?.0),
            title: found.get(1)?,
            headline: headline.map(|id| row::id(&id)).transpose()?,
            records: found.get::<_, i64>(3)?.unsigned_abs(),
            first: from_millis(found.get(4)?),
            last: from_millis(found.get(5)?),
            sources: Vec::new(),
            langs: Vec::new(),
        })
    };
    let found = c.prepare_cached(FIND)?.query_row([id], |found| Ok(read(found))).optional()?;
    let Some(mut story) = found.transpose()? else { return Ok(None) };
    (story.sources, story.langs) = who(c, id)?;
    Ok(Some(story))
}

type Shares = Vec<(String, u64)>;

/// Who reported, and in which languages.
fn who(c: &Connection, id: &str) -> Sql<(Shares, Shares)> {
    let mut find = c.prepare_cached("SELECT url, lang FROM records WHERE story = ?1")?;
    let mut rows = find.query([id])?;
    let (mut sources, mut langs) = (BTreeMap::new(), BTreeMap::new());
    while let Some(found) = rows.next()? {
        let (url, lang): (Option<String>, Option<String>) = (found.get(0)?, found.get(1)?);
        if let Some(url) = url.and_then(|url| PageUrl::parse(&url).ok()) {
            *sources.entry(url.domain().to_owned()).or_default() += 1;
        }
        if let Some(lang) = lang {
            *langs.entry(lang).or_default() += 1;
        }
    }
    Ok((ranked(sources), ranked(langs)))
}

fn ranked(counts: BTreeMap<String, u64>) -> Shares {
    let mut ranked: Shares = counts.into_iter().collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    ranked
}

fn member(found: &Row<'_>) -> Sql<StoryMember> {
    let duplicate_of: Option<String> = found.get(5)?;
    let is_known = found.get::<_, Option<String>>(6)?.is_some();
    Ok(StoryMember {
        id: row::id(&found.get::<_, String>(0)?)?,
        title: found.get(1)?,
        url: found.get(2)?,
        lang: found.get(3)?,
        time: from_millis(found.get(4)?),
        duplicate_of: duplicate_of.map(|id| row::id(&id)).transpose()?,
        basis: if is_known { Some(basis(found, 6)?) } else { None },
    })
}

/// Reads basis, near, score, threshold and shared, from column `first` on.
fn basis(found: &Row<'_>, first: usize) -> Sql<Basis> {
    let name: Option<String> = found.get(first + 1)?;
    let name = name.map(|id| row::id(&id)).transpose()?;
    let code: String = found.get(first)?;
    if code == "decided" {
        return name.map(Basis::Decided).ok_or_else(|| row::damaged("near"));
    }
    let near = match name {
        None => None,
        Some(story) => Some(Near {
            story: StoryId(story.0),
            score: found.get(first + 2)?,
            threshold: found.get(first + 3)?,
            shared: shared(found.get::<_, Option<String>>(first + 4)?.as_deref())?,
        }),
    };
    match (code.as_str(), near) {
        ("first", nearest) => Ok(Basis::First { nearest }),
        ("alike", Some(near)) => Ok(Basis::Alike(near)),
        _ => Err(row::damaged("basis")),
    }
}

fn shared(json: Option<&str>) -> Sql<Vec<SharedTerm>> {
    let pairs: Vec<(String, f64)> =
        serde_json::from_str(json.unwrap_or("[]")).map_err(|_| row::damaged("shared"))?;
    Ok(pairs.into_iter().map(|(term, share)| SharedTerm { term, share }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Effect;
    use crate::test_support::{World, at, in_story};

    /// Story 1 with two records of two languages, story 2 with three, story 3 with one.
    fn world() -> World {
        let mut world = World::new();
        let texts = [
            ("a", 1, "Rain."),
            ("b", 1, "Rain."),
            ("a", 2, "Snow."),
            ("a", 2, "Ice."),
            ("c", 2, "Snow."),
            ("c", 3, "Hail."),
        ];
        for (n, (host, story, body)) in (0_i64..).zip(texts) {
            let url = format!("https://{host}.example/{n}");
            let mut commit = world.text(&url, body, 100 - n);
            if let Effect::Record(judged) = &mut commit.effect {
                judged.record.meta.lang = Some(if host == "b" { "de" } else { "en" }.to_owned());
            }
            world.commit(in_story(commit, story, &[]));
        }
        world
    }

    #[test]
    fn stories_are_listed_newest_biggest_and_by_words() {
        let world = world();
        let all = StoryList { order: StoryOrder::Newest, query: None, at_least: 2, limit: 9 };
        let ids = |list| -> Vec<u64> {
            world.reader().stories(list).unwrap().iter().map(|s| s.id.0).collect()
        };
        assert_eq!(ids(all), [1, 2]);
        assert_eq!(ids(StoryList { order: StoryOrder::Biggest, ..all }), [2, 1]);
        assert_eq!(ids(StoryList { limit: 1, ..all }), [1]);
        assert_eq!(ids(StoryList { at_least: 1, ..all }), [1, 2, 3]);
        assert_eq!(ids(StoryList { query: Some("snow OR hail"), ..all }), [2]);
        assert_eq!(ids(StoryList { query: Some("hail"), at_least: 1, ..all }), [3]);
        let story = &world.reader().stories(all).unwrap()[0];
        assert_eq!((story.records, story.title.as_str()), (2, "A title"));
        assert_eq!((story.first, story.last), (at(99), at(100)));
        let shares = |of: &str| (of.to_owned(), 1);
        assert_eq!(story.sources, [shares("a.example"), shares("b.example")]);
        assert_eq!(story.langs, [shares("de"), shares("en")]);
    }

    #[test]
    fn a_story_shows_its_records_and_why_they_are_there() {
        let world = world();
        let reader = world.reader();
        assert_eq!(reader.story(StoryId(9)).unwrap(), None);
        let members = reader.story_members(StoryId(2), 9).unwrap();
        assert_eq!(members.iter().map(|m| m.time).collect::<Vec<_>>(), [at(96), at(97), at(98)]);
        let Some(Basis::Alike(near)) = &members[0].basis else { panic!("{members:?}") };
        assert_eq!(
            (near.story, near.score, near.shared[0].term.as_str()),
            (StoryId(2), 0.5, "Izmir")
        );
        assert_eq!(reader.story_basis(members[0].id).unwrap(), members[0].basis);
        assert_eq!(reader.story_basis(RecordId(9)).unwrap(), None);
        let by = |name: &str| reader.find_story(name).unwrap();
        assert_eq!(by(&members[0].id.to_string()), Some(StoryId(2)));
        assert_eq!(by(members[0].url.as_deref().unwrap()), Some(StoryId(2)));
        assert_eq!((by(&StoryId(2).to_string()), by("9")), (Some(StoryId(2)), None));
    }

    #[test]
    fn what_was_remembered_comes_back_in_commit_order() {
        let world = world();
        let mut seen = Vec::new();
        let mut visit = |m: RememberedMember<'_>| seen.push((m.sequence, m.story.0, m.born));
        world.reader().remembered_members(3, &mut visit).unwrap();
        assert_eq!(seen, [(3, 2, 3), (4, 2, 3), (5, 2, 3), (6, 3, 6)]);
    }
}
