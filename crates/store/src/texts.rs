//! Storing a judged text: a new record, a revision in its place, or nothing.

use record::{ContentHash, Duplicate, Novelty, Record, RecordId, date};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use crate::article::seq_of;
use crate::commit::{Committed, Judged, Outcome};
use crate::error::{ErrorKind, Fault, Sql};
use crate::time::day_millis;
use crate::timeline::{self, Place, Span};
use crate::{meta_json, row, stories};

/// Stores a judged text. What is stored already, by an earlier commit of the same capture,
/// is left as it is.
pub(crate) fn store(
    c: &Connection,
    judged: &Judged,
    at: i64,
    cleaner: Option<&str>,
) -> Sql<Committed> {
    let id = judged.verdict.id;
    let done = match seq_of(c, id)? {
        None => insert(c, judged, at, cleaner)?,
        Some(seq) => add(c, seq, judged, at, cleaner)?,
    };
    add_aliases(c, id, &judged.aliases)?;
    Ok(done)
}

/// Stores what cleaning a capture anew gave, in place of the text that stood for it, which
/// becomes an older one.
pub(crate) fn store_again(
    c: &Connection,
    judged: &Judged,
    at: i64,
    cleaner: Option<&str>,
) -> Sql<Committed> {
    const ENDED: &str = "UPDATE revisions SET seen_until = fetched_at
        WHERE record = ?1 AND fetched_at = ?2 AND text_seq = ?3";
    const NEWEST: &str = "UPDATE records SET seen_until = ?2, is_ours = 1 WHERE seq = ?1";
    const OLDER: &str = "UPDATE revisions SET seen_until = ?2, is_ours = 1
        WHERE record = ?1 AND fetched_at = ?3 AND text_seq = ?4";
    let id = judged.verdict.id;
    let Some(seq) = seq_of(c, id)? else {
        return Err(Fault::new(ErrorKind::Broken, format!("no record {id}")));
    };
    let spans = spans(c, seq)?;
    let Some((n, old)) = timeline::standing(&spans, at).and_then(|n| Some((n, spans.get(n)?)))
    else {
        return current(c, id);
    };
    let (is_newest, until) = (n + 1 == spans.len(), old.until.max(at));
    put(c, seq, judged, at, is_newest, cleaner)?;
    c.prepare_cached(ENDED)?.execute(params![seq, old.from, old.text_seq])?;
    if is_newest {
        c.prepare_cached(NEWEST)?.execute(params![seq, until])?;
    } else {
        c.prepare_cached(OLDER)?.execute(params![seq, until, at, sequence(judged)?])?;
    }
    add_aliases(c, id, &judged.aliases)?;
    revised(c, seq, judged, n + 1)
}

/// Notes that the newest text of `id` was met again.
pub(crate) fn met_again(c: &Connection, id: RecordId, at: i64) -> Sql<Committed> {
    const SEEN: &str = "UPDATE records SET seen_until = max(seen_until, ?2)
        WHERE id = ?1 AND fetched_at <= ?2 RETURNING 1";
    c.prepare_cached(SEEN)?.query_row(params![id.to_string(), at], |_| Ok(())).optional()?;
    current(c, id)
}

/// The newest text of `id`, as the outcome of something that changed nothing.
pub(crate) fn current(c: &Connection, id: RecordId) -> Sql<Committed> {
    const CURRENT: &str = "SELECT url, revision FROM records WHERE id = ?1";
    let found = c.prepare_cached(CURRENT)?.query_row([id.to_string()], |row| {
        Ok(Committed {
            outcome: Outcome::Unchanged,
            id: Some(id),
            url: row.get(0)?,
            revision: row.get(1)?,
        })
    });
    found.optional()?.ok_or_else(|| Fault::new(ErrorKind::Broken, format!("no record {id}")))
}

const INSERT_RECORD: &str = "INSERT INTO records (seq, id, url, title, day, body, content_hash,
        lang, feed, meta, duplicate_of, duplicate_kind, similarity, shared, story, text_seq,
        own_time, first_seen, fetched_at, seen_until, cleaner)
    VALUES (:seq, :id, :url, :title, :day, :body, :hash, :lang, :feed, :meta, :duplicate_of,
        :duplicate_kind, :similarity, :shared, :story, :seq, :own_time, :at, :at, :at, :cleaner)";

fn insert(c: &Connection, judged: &Judged, at: i64, cleaner: Option<&str>) -> Sql<Committed> {
    let (record, verdict) = (&judged.record, &judged.verdict);
    let text = TextColumns::of(record, verdict.duplicate.as_ref())?;
    let seq = sequence(judged)?;
    let story = verdict.story.as_ref().map(|found| stories::prepare(c, seq, found)).transpose()?;
    c.prepare_cached(INSERT_RECORD)?.execute(named_params! {
        ":seq": seq,
        ":id": verdict.id.to_string(),
        ":url": text.url,
        ":title": text.title,
        ":day": text.day,
        ":body": text.body,
        ":hash": text.hash.as_bytes(),
        ":lang": text.lang,
        ":feed": text.feed,
        ":meta": text.meta,
        ":duplicate_of": text.duplicate_of,
        ":duplicate_kind": text.duplicate_kind,
        ":similarity": text.similarity,
        ":shared": text.shared,
        ":story": story.map(|s| s.to_string()),
        ":own_time": own_time(record, at),
        ":at": at,
        ":cleaner": cleaner,
    })?;
    if let Some(found) = &verdict.story {
        stories::keep(c, seq, record.meta.lang.as_deref(), found)?;
    }
    keep_sketch(c, judged)?;
    let outcome = if verdict.duplicate.is_some() { Outcome::Duplicate } else { Outcome::Stored };
    Ok(committed(outcome, judged, 1))
}

fn committed(outcome: Outcome, judged: &Judged, revision: u32) -> Committed {
    let url = judged.record.url.as_ref().map(ToString::to_string);
    Committed { outcome, id: Some(judged.verdict.id), url, revision }
}

/// Adds a text to a known record at the place that its capture time gives it.
fn add(
    c: &Connection,
    seq: i64,
    judged: &Judged,
    at: i64,
    cleaner: Option<&str>,
) -> Sql<Committed> {
    let spans = spans(c, seq)?;
    let hash = judged.record.content_hash();
    let place = timeline::place(&spans, at, hash);
    let is_known = judged.verdict.novelty == Novelty::Unchanged;
    match place {
        Place::Later(n) => see(c, seq, &spans, n, at)?,
        Place::Earlier(n) => see_earlier(c, seq, &spans, n, at)?,
        // Judged equal to a text that is no neighbour, or without a URL: nothing to store.
        Place::Insert(_) | Place::Split(_) if is_known => {}
        Place::Insert(n) => {
            put(c, seq, judged, at, n == spans.len(), cleaner)?;
            return revised(c, seq, judged, n);
        }
        Place::Split(n) => {
            split(c, seq, &spans, n)?;
            put(c, seq, judged, at, false, cleaner)?;
            return revised(c, seq, judged, n + 1);
        }
    }
    current(c, judged.verdict.id)
}

fn revised(c: &Connection, seq: i64, judged: &Judged, place: usize) -> Sql<Committed> {
    const COUNT: &str = "UPDATE records SET
        revision = 1 + (SELECT count(*) FROM revisions WHERE record = ?1) WHERE seq = ?1";
    c.prepare_cached(COUNT)?.execute([seq])?;
    keep_sketch(c, judged)?;
    Ok(committed(Outcome::Revision, judged, place as u32 + 1))
}

pub(crate) const SPANS: &str =
    "SELECT fetched_at, seen_until, content_hash, text_seq, 0 AS is_newest
        FROM revisions WHERE record = ?1
    UNION ALL
    SELECT fetched_at, seen_until, content_hash, text_seq, 1 FROM records WHERE seq = ?1
    ORDER BY is_newest, fetched_at, text_seq";

/// The texts of a record in order, the newest last.
pub(crate) fn spans(c: &Connection, seq: i64) -> Sql<Vec<Span>> {
    let mut statement = c.prepare_cached(SPANS)?;
    let mut rows = statement.query([seq])?;
    let mut spans = Vec::new();
    while let Some(found) = rows.next()? {
        let hash = row::hash(found.get_ref(2)?.as_blob().map_err(|_| row::damaged("hash"))?)?;
        spans.push(Span {
            from: found.get(0)?,
            until: found.get(1)?,
            hash,
            text_seq: found.get(3)?,
        });
    }
    Ok(spans)
}

/// The key of the `n`-th text: `None` for the newest, which stands in `records`.
fn older(spans: &[Span], n: usize) -> Option<&Span> {
    if n + 1 < spans.len() { spans.get(n) } else { None }
}

fn see(c: &Connection, seq: i64, spans: &[Span], n: usize, at: i64) -> Sql<()> {
    const NEWEST: &str = "UPDATE records SET seen_until = max(seen_until, ?2) WHERE seq = ?1";
    const OLDER: &str = "UPDATE revisions SET seen_until = max(seen_until, ?2)
        WHERE record = ?1 AND fetched_at = ?3 AND text_seq = ?4";
    match older(spans, n) {
        None => c.prepare_cached(NEWEST)?.execute(params![seq, at])?,
        Some(span) => {
            c.prepare_cached(OLDER)?.execute(params![seq, at, span.from, span.text_seq])?
        }
    };
    Ok(())
}

fn see_earlier(c: &Connection, seq: i64, spans: &[Span], n: usize, at: i64) -> Sql<()> {
    const NEWEST: &str = "UPDATE records SET fetched_at = ?2 WHERE seq = ?1";
    const OLDER: &str = "UPDATE revisions SET fetched_at = ?2
        WHERE record = ?1 AND fetched_at = ?3 AND text_seq = ?4";
    match older(spans, n) {
        None => c.prepare_cached(NEWEST)?.execute(params![seq, at])?,
        Some(span) => {
            c.prepare_cached(OLDER)?.execute(params![seq, at, span.from, span.text_seq])?
        }
    };
    Ok(())
}

/// Cuts the `n`-th text in two at its ends, so that another one fits between.
fn split(c: &Connection, seq: i64, spans: &[Span], n: usize) -> Sql<()> {
    const CUT: &str = "UPDATE revisions SET seen_until = fetched_at
        WHERE record = ?1 AND fetched_at = ?2 AND text_seq = ?3";
    const COPY: &str = "INSERT INTO revisions
        SELECT record, seen_until, text_seq, url, title, day, body, content_hash, lang, feed,
            meta, duplicate_of, duplicate_kind, similarity, shared, seen_until, cleaner, is_ours
        FROM revisions WHERE record = ?1 AND fetched_at = ?2 AND text_seq = ?3";
    if let Some(span) = older(spans, n) {
        let key = params![seq, span.from, span.text_seq];
        c.prepare_cached(COPY)?.execute(key)?;
        c.prepare_cached(CUT)?.execute(key)?;
    } else {
        const START_LATER: &str = "UPDATE records SET fetched_at = seen_until WHERE seq = ?1";
        const ENDED: &str = "UPDATE revisions SET seen_until = fetched_at
            WHERE record = ?1 AND fetched_at = (SELECT fetched_at FROM records WHERE seq = ?1)
            AND text_seq = (SELECT text_seq FROM records WHERE seq = ?1)";
        c.prepare_cached(SHELVE)?.execute([seq])?;
        c.prepare_cached(ENDED)?.execute([seq])?;
        c.prepare_cached(START_LATER)?.execute([seq])?;
    }
    Ok(())
}

/// Copies the newest text to the older ones.
const SHELVE: &str = "INSERT INTO revisions
    SELECT seq, fetched_at, text_seq, url, title, day, body, content_hash, lang, feed, meta,
        duplicate_of, duplicate_kind, similarity, shared, seen_until, cleaner, is_ours
    FROM records WHERE seq = ?1";

const REPLACE: &str = "UPDATE records SET url = :url, title = :title, day = :day, body = :body,
        content_hash = :hash, lang = :lang, feed = coalesce(:feed, feed), meta = :meta,
        duplicate_of = :duplicate_of, duplicate_kind = :duplicate_kind,
        similarity = :similarity, shared = :shared,
        text_seq = :text_seq, own_time = :own_time, fetched_at = :at, seen_until = :at,
        cleaner = :cleaner, is_ours = 0
    WHERE seq = :seq";

const INSERT_OLDER: &str = "INSERT INTO revisions (record, fetched_at, text_seq, url, title,
        day, body, content_hash, lang, feed, meta, duplicate_of, duplicate_kind, similarity,
        shared, seen_until, cleaner)
    VALUES (:seq, :at, :text_seq, :url, :title, :day, :body, :hash, :lang, :feed, :meta,
        :duplicate_of, :duplicate_kind, :similarity, :shared, :at, :cleaner)";

/// Writes a revision: over the newest text, which is shelved, or among the older ones.
fn put(
    c: &Connection,
    seq: i64,
    judged: &Judged,
    at: i64,
    is_newest: bool,
    cleaner: Option<&str>,
) -> Sql<()> {
    let text = TextColumns::of(&judged.record, judged.verdict.duplicate.as_ref())?;
    let hash = text.hash;
    let (text_seq, own_time) = (sequence(judged)?, own_time(&judged.record, at));
    let mut statement = if is_newest {
        c.prepare_cached(SHELVE)?.execute([seq])?;
        c.prepare_cached(REPLACE)?
    } else {
        c.prepare_cached(INSERT_OLDER)?
    };
    let common: &[(&str, &dyn rusqlite::ToSql)] = named_params! {
        ":seq": seq, ":text_seq": text_seq, ":at": at, ":url": text.url,
        ":title": text.title, ":day": text.day, ":body": text.body, ":hash": hash.as_bytes(),
        ":lang": text.lang, ":feed": text.feed, ":meta": text.meta,
        ":duplicate_of": text.duplicate_of, ":duplicate_kind": text.duplicate_kind,
        ":similarity": text.similarity, ":shared": text.shared, ":cleaner": cleaner,
    };
    let mut all = common.to_vec();
    if is_newest {
        all.extend_from_slice(named_params! { ":own_time": own_time });
    }
    statement.execute(all.as_slice())?;
    Ok(())
}

/// The first name given leads: an alias is never turned to another record.
fn add_aliases(c: &Connection, id: RecordId, aliases: &[String]) -> Sql<()> {
    const ADD: &str = "INSERT INTO aliases (alias, id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    let mut add = c.prepare_cached(ADD)?;
    for alias in aliases {
        add.execute(params![alias, id.to_string()])?;
    }
    Ok(())
}

fn keep_sketch(c: &Connection, judged: &Judged) -> Sql<()> {
    const KEEP: &str = "INSERT INTO signatures (seq, id, day, sketch) VALUES (?1, ?2, ?3, ?4)";
    let (Some(day), sketch) = (judged.sketch_day, &judged.verdict.sketch) else {
        return Ok(());
    };
    if !sketch.is_empty() {
        let id = judged.verdict.id.to_string();
        c.prepare_cached(KEEP)?.execute(params![sequence(judged)?, id, day, sketch])?;
    }
    Ok(())
}

fn sequence(judged: &Judged) -> Sql<i64> {
    i64::try_from(judged.sequence)
        .map_err(|_| Fault::new(ErrorKind::Broken, "a sequence number beyond 2^63"))
}

/// The time under which a text is looked for: its own day, else that of its capture.
fn own_time(record: &Record, at: i64) -> i64 {
    record.date.map_or(at, day_millis)
}

/// A text as the columns hold it.
pub(crate) struct TextColumns<'a> {
    pub(crate) url: Option<&'a str>,
    pub(crate) title: &'a str,
    pub(crate) day: Option<String>,
    pub(crate) body: String,
    hash: ContentHash,
    pub(crate) lang: Option<&'a str>,
    feed: Option<&'a str>,
    pub(crate) meta: String,
    duplicate_of: Option<String>,
    duplicate_kind: Option<&'static str>,
    similarity: Option<f64>,
    shared: Option<&'a str>,
}

impl<'a> TextColumns<'a> {
    pub(crate) fn of(record: &'a Record, duplicate: Option<&'a Duplicate>) -> Sql<Self> {
        Ok(Self {
            url: record.url.as_ref().map(record::PageUrl::as_str),
            title: &record.title,
            day: record.date.map(date::compact),
            body: record.body_text(),
            hash: record.content_hash(),
            lang: record.meta.lang.as_deref(),
            feed: record.meta.feed.as_deref(),
            meta: meta_json::write(&record.meta)?,
            duplicate_of: duplicate.map(|d| d.of.to_string()),
            duplicate_kind: duplicate.map(|d| d.kind.code()),
            similarity: duplicate.map(|d| d.similarity),
            shared: duplicate.map(|d| d.shared.as_str()).filter(|s| !s.is_empty()),
        })
    }
}

#[cfg(test)]
mod tests {
    use record::{Novelty, RecordId};

    use crate::test_support::{World, as_copy_of, at};
    use crate::{Effect, Outcome};

    const A: &str = "https://a.example/1";
    const B: &str = "https://b.example/2";

    #[test]
    fn a_record_comes_back_as_it_was_stored() {
        let mut world = World::new();
        let mut commit = world.text(A, "It rained.\nAll day.", 10);
        let Effect::Record(judged) = &mut commit.effect else { unreachable!() };
        judged.record.date = Some(jiff::civil::date(2024, 5, 2));
        judged.record.meta.lang = Some("en".into());
        judged.record.meta.feed = Some("https://a.example/feed".into());
        judged.record.meta.authors = vec!["A. Writer".into()];
        let record = judged.record.clone();
        let done = world.commit(commit);
        assert_eq!((done.outcome, done.revision), (Outcome::Stored, 1));
        assert_eq!(done.url.as_deref(), Some(A));
        let reader = world.reader();
        let stored = reader.record(done.id.unwrap()).unwrap().unwrap();
        assert_eq!(stored.record, record);
        assert_eq!((stored.stored.first_seen, stored.stored.fetched_at), (at(10), at(10)));
        assert_eq!(reader.find("http://a.example/1?utm_source=x").unwrap(), done.id);
        assert_eq!(reader.find(&done.id.unwrap().to_string()).unwrap(), done.id);
        assert_eq!(reader.find("https://a.example/2").unwrap(), None);
        assert_eq!(reader.record(RecordId(7)).unwrap(), None);
    }

    #[test]
    fn an_older_capture_goes_in_before_never_on_top() {
        let mut world = World::new();
        for (millis, body) in [(10, "One."), (30, "Three."), (20, "Two."), (5, "Zero.")] {
            world.put(A, body, millis);
        }
        assert_eq!(world.bodies(A), ["Zero.", "One.", "Two.", "Three."]);
        let reader = world.reader();
        let texts = reader.history(reader.find(A).unwrap().unwrap()).unwrap();
        assert_eq!(texts.iter().map(|t| t.stored.revision).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(reader.counts().unwrap().revisions, 3);
    }

    #[test]
    fn a_text_that_comes_back_around_a_late_one_stands_on_both_sides() {
        let mut world = World::new();
        world.put(A, "One.", 10);
        assert_eq!(world.put(A, "One.", 30).outcome, Outcome::Unchanged);
        let late = world.put(A, "Two.", 20);
        assert_eq!((late.outcome, late.revision), (Outcome::Revision, 2));
        assert_eq!(world.bodies(A), ["One.", "Two.", "One."]);
        world.put(A, "Three.", 40);
        world.put(A, "Four.", 25);
        assert_eq!(world.bodies(A), ["One.", "Two.", "Four.", "One.", "Three."]);
    }

    #[test]
    fn captures_of_one_moment_stand_in_the_order_of_commits() {
        let mut world = World::new();
        for body in ["One.", "Two.", "Three."] {
            world.put(A, body, 10);
        }
        assert_eq!(world.bodies(A), ["One.", "Two.", "Three."]);
    }

    #[test]
    fn the_same_commit_twice_stores_one_text() {
        let mut world = World::new();
        let (first, second) = (world.text(A, "One.", 10), world.text(A, "Two.", 20));
        world.commit(first.clone());
        assert_eq!(world.commit(first).outcome, Outcome::Unchanged);
        world.commit(second.clone());
        let again = world.commit(second);
        assert_eq!((again.outcome, again.revision), (Outcome::Unchanged, 2));
        assert_eq!(world.bodies(A), ["One.", "Two."]);
    }

    #[test]
    fn an_unchanged_verdict_stores_no_text_but_its_aliases() {
        let mut world = World::new();
        world.put(A, "One.", 10);
        let mut commit = world.text(A, "One, more or less.", 20);
        let Effect::Record(judged) = &mut commit.effect else { unreachable!() };
        judged.verdict.novelty = Novelty::Unchanged;
        judged.aliases.push("https://a.example/print/1".into());
        assert_eq!(world.commit(commit).outcome, Outcome::Unchanged);
        assert_eq!(world.bodies("http://a.example/print/1"), ["One."]);
    }

    #[test]
    fn an_alias_is_never_turned_to_another_record() {
        let mut world = World::new();
        let first = world.put(A, "One.", 10).id;
        let mut commit = world.text(B, "Two.", 20);
        let Effect::Record(judged) = &mut commit.effect else { unreachable!() };
        judged.aliases.push(A.into());
        world.commit(commit);
        assert_eq!(world.reader().find(A).unwrap(), first);
    }

    #[test]
    fn a_revision_brings_its_own_link_and_a_late_one_keeps_it_to_itself() {
        let mut world = World::new();
        let original = world.put(A, "One.", 10).id.unwrap();
        let copy = world.text(B, "One, copied.", 20);
        let done = world.commit(as_copy_of(copy, original));
        assert_eq!(done.outcome, Outcome::Duplicate);
        let id = done.id.unwrap();
        assert_eq!(world.reader().text(id).unwrap().unwrap().root, original);
        world.put(B, "Of its own.", 30);
        assert_eq!(world.reader().text(id).unwrap().unwrap().root, id);
        let late = world.text(B, "An early copy.", 15);
        world.commit(as_copy_of(late, original));
        assert_eq!(world.reader().text(id).unwrap().unwrap().root, id);
        let links: Vec<bool> = world
            .reader()
            .history(id)
            .unwrap()
            .iter()
            .map(|t| t.stored.duplicate.is_some())
            .collect();
        assert_eq!(links, [true, true, false]);
    }

    #[test]
    fn the_text_index_follows_the_newest_text() {
        let mut world = World::new();
        world.put(A, "Heavy rain.", 10);
        world.put(A, "Heavy snow.", 20);
        world.put(A, "Heavy hail.", 15);
        let reader = world.reader();
        let find = |word| reader.search(word, crate::SearchOptions::default()).unwrap().len();
        assert_eq!((find("rain"), find("snow"), find("hail")), (0, 1, 0));
        let check = "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)";
        world.store.connection().execute(check, []).unwrap();
    }

    #[test]
    fn a_text_changed_in_the_batch_that_brought_it_is_found_by_its_last_words() {
        let mut world = World::new();
        world.put(A, "Heavy hail.", 5);
        let batch = [("Heavy rain.", 10), ("Heavy snow.", 20), ("Heavy fog.", 30)]
            .map(|(body, at)| world.text(B, body, at));
        world.store.commit(world.run, &batch).unwrap();
        let reader = world.reader();
        let find = |word| reader.search(word, crate::SearchOptions::default()).unwrap().len();
        assert_eq!([find("rain"), find("snow"), find("fog"), find("hail")], [0, 0, 1, 1]);
        let check = "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)";
        world.store.connection().execute(check, []).unwrap();
    }

    #[test]
    fn the_texts_of_a_batch_are_one_segment_of_the_text_index() {
        let mut world = World::new();
        let batch: Vec<_> = (0..40)
            .map(|n| {
                world.text(&format!("https://example.org/{n}"), &format!("Heavy rain {n}."), n)
            })
            .collect();
        world.store.commit(world.run, &batch).unwrap();
        let count = "SELECT count(DISTINCT segid) FROM search_idx";
        let segments: i64 =
            world.store.connection().query_row(count, [], |row| row.get(0)).unwrap();
        assert!(segments <= 1, "{segments} segments");
    }
}
