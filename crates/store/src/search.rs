//! Full text search over the newest texts.

use jiff::civil::Date;
use record::{RecordId, StoryId, date};
use rusqlite::{Connection, params};

use crate::error::{ErrorKind, Fault, Sql, StoreError};
use crate::{Reader, row};

/// A record that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The record.
    pub id: RecordId,
    /// Its title.
    pub title: String,
    /// Its canonical URL.
    pub url: Option<String>,
    /// Its day.
    pub date: Option<Date>,
    /// The part of the body that matches best, what matches between the marks that the caller
    /// gave.
    pub snippet: String,
    /// How well it matches (BM25, the title counting four times): larger is better.
    pub score: f64,
    /// The record that it copies.
    pub duplicate_of: Option<RecordId>,
    /// Copies of it that were left out.
    pub copies: u32,
    /// The story that it belongs to.
    pub story: Option<StoryId>,
    /// Other records of the story that match less well and were left out.
    pub others: u32,
}

/// How to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchOptions<'a> {
    /// At most so many hits.
    pub limit: usize,
    /// Leave out so many first.
    pub offset: usize,
    /// Every record that matches: also those that copy another one, and more than one of a
    /// story.
    pub duplicates: bool,
    /// What stands before and after a match in a snippet.
    pub marks: (&'a str, &'a str),
}

impl Default for SearchOptions<'_> {
    fn default() -> Self {
        Self { limit: 20, offset: 0, duplicates: false, marks: ("[", "]") }
    }
}

/// Takes the records that are new since this was last done into the text index; changes of those
/// that are in it are a trigger's.
pub(crate) fn take_in(c: &Connection) -> Sql<()> {
    const TAKE_IN: &str = "INSERT INTO search (rowid, title, body)
        SELECT seq, title, body FROM records
        WHERE seq > (SELECT upto FROM searchable) ORDER BY seq";
    const REACHED: &str = "UPDATE searchable SET upto = max(upto, (SELECT max(seq) FROM records))";
    if c.prepare_cached(TAKE_IN)?.execute([])? > 0 {
        c.prepare_cached(REACHED)?.execute([])?;
    }
    Ok(())
}

/// Terms of one search, at most: each costs a look into the index.
const MAX_TERMS: usize = 64;

/// What matches; the best of each story; of those that are shown, what to show.
pub(crate) const SEARCH: &str = "WITH
    found AS MATERIALIZED (
        SELECT r.seq AS seq, CASE WHEN ?6 THEN r.id ELSE coalesce(r.story, r.id) END AS shelf,
            bm25(search, 4.0, 1.0) AS rank
        FROM search JOIN records r ON r.seq = search.rowid
        WHERE search MATCH ?1 AND (?6 OR r.duplicate_of IS NULL)),
    placed AS (
        SELECT seq, rank, row_number() OVER (PARTITION BY shelf ORDER BY rank, seq) AS place,
            count(*) OVER (PARTITION BY shelf) AS reports
        FROM found),
    shown AS MATERIALIZED (
        SELECT seq, rank, reports FROM placed WHERE place = 1
        ORDER BY rank, seq LIMIT ?2 OFFSET ?3)
    SELECT r.id, r.title, r.url, r.day, snippet(search, 1, ?4, ?5, '…', 24), -shown.rank,
        r.duplicate_of, (SELECT count(*) FROM records c WHERE c.duplicate_of = r.id), r.story,
        shown.reports - 1
    FROM shown JOIN search ON search.rowid = shown.seq JOIN records r ON r.seq = shown.seq
    WHERE search MATCH ?1 ORDER BY shown.rank, shown.seq";

impl Reader {
    /// The records whose newest text has all the words of `query`, the best first: of each story
    /// the best, unless all are asked for.
    ///
    /// Words may stand in any order and case, with or without accents; `"a phrase"` stands as
    /// it is, `word*` for every word that begins so, `-word` for what must not be there,
    /// `title:word` for a word of the title, `OR` between two words for either.
    ///
    /// # Errors
    /// [`ErrorKind::Query`] where the query says nothing that can be looked for.
    pub fn search(&self, query: &str, options: SearchOptions<'_>) -> Result<Vec<Hit>, StoreError> {
        self.db.with(|c| {
            let expression = parse(query)?;
            let mut find = c.prepare_cached(SEARCH)?;
            let (before, after) = options.marks;
            let mut rows = find.query(params![
                expression,
                row::bound(options.limit),
                row::bound(options.offset),
                before,
                after,
                options.duplicates
            ])?;
            let mut hits = Vec::new();
            while let Some(found) = rows.next()? {
                hits.push(hit(found)?);
            }
            Ok(hits)
        })
    }
}

fn hit(found: &rusqlite::Row<'_>) -> Sql<Hit> {
    let day: Option<String> = found.get(3)?;
    let duplicate_of: Option<String> = found.get(6)?;
    Ok(Hit {
        id: row::id(&found.get::<_, String>(0)?)?,
        title: found.get(1)?,
        url: found.get(2)?,
        date: day.as_deref().and_then(date::parse_compact),
        snippet: found.get(4)?,
        score: found.get(5)?,
        duplicate_of: duplicate_of.map(|id| row::id(&id)).transpose()?,
        copies: found.get(7)?,
        story: row::story(found.get(8)?)?,
        others: found.get(9)?,
    })
}

/// What a person typed as an FTS5 expression in which every word is quoted, so that nothing
/// in it has a meaning of its own.
pub(crate) fn parse(query: &str) -> Sql<String> {
    let terms = terms(query)?;
    if terms.len() > MAX_TERMS {
        return Err(trouble(&format!("{} words, at most {MAX_TERMS} are taken", terms.len())));
    }
    let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
    let mut joins_last = false;
    for term in &terms {
        match term {
            Term::Or => joins_last = !wanted.is_empty(),
            Term::Not(text) => unwanted.push(text.clone()),
            Term::Word(text) => {
                match wanted.last_mut() {
                    Some(last) if joins_last => *last = format!("{last} OR {text}"),
                    _ => wanted.push(text.clone()),
                }
                joins_last = false;
            }
        }
    }
    if wanted.is_empty() {
        return Err(trouble("name at least one word that must be there"));
    }
    let mut expression =
        wanted.iter().map(|group| format!("({group})")).collect::<Vec<_>>().join(" AND ");
    for text in unwanted {
        expression = format!("({expression}) NOT {text}");
    }
    Ok(expression)
}

#[derive(Debug)]
enum Term {
    Word(String),
    Not(String),
    Or,
}

fn terms(query: &str) -> Sql<Vec<Term>> {
    let mut terms = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() {
        let (is_unwanted, after) = marked(rest, "-");
        let (in_title, after) = marked(after, "title:");
        let (text, after) = word(after)?;
        let (is_prefix, after) = marked(after, "*");
        if text.text == "OR" && !text.is_phrase {
            terms.push(Term::Or);
        } else if text.text.chars().any(char::is_alphanumeric) {
            let column = if in_title { "title : " } else { "" };
            let star = if is_prefix { " *" } else { "" };
            let quoted = format!("{column}\"{}\"{star}", text.text.replace('"', "\"\""));
            terms.push(if is_unwanted { Term::Not(quoted) } else { Term::Word(quoted) });
        }
        rest = after.trim_start();
    }
    Ok(terms)
}

fn marked<'a>(text: &'a str, mark: &str) -> (bool, &'a str) {
    text.strip_prefix(mark).map_or((false, text), |rest| (true, rest))
}

struct Text<'a> {
    text: &'a str,
    is_phrase: bool,
}

/// The word or phrase at the start of `text`, and what follows.
fn word(text: &str) -> Sql<(Text<'_>, &str)> {
    if let Some(rest) = text.strip_prefix('"') {
        let (phrase, after) =
            rest.split_once('"').ok_or_else(|| trouble("a quotation mark has no partner"))?;
        return Ok((Text { text: phrase, is_phrase: true }, after));
    }
    let end =
        text.find(|c: char| c.is_whitespace() || matches!(c, '"' | '*')).unwrap_or(text.len());
    let (word, after) = text.split_at_checked(end).unwrap_or((text, ""));
    Ok((Text { text: word, is_phrase: false }, after))
}

fn trouble(what: &str) -> Fault {
    Fault::new(ErrorKind::Query, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{World, as_copy_of, in_story};
    use proptest::prelude::*;

    #[test]
    fn words_are_quoted_and_marks_are_understood() {
        for (typed, expression) in [
            ("rain north", r#"("rain") AND ("north")"#),
            (r#""heavy rain" -snow"#, r#"(("heavy rain")) NOT "snow""#),
            ("drough* title:rain", r#"("drough" *) AND (title : "rain")"#),
            ("rain OR snow north", r#"("rain" OR "snow") AND ("north")"#),
            ("NEAR(a b) & AND", r#"("NEAR(a") AND ("b)") AND ("AND")"#),
        ] {
            assert_eq!(parse(typed).unwrap(), expression, "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_looked_for_is_said() {
        for typed in ["", "  ", "-rain", "\"rain", "* ( )", "OR"] {
            assert_eq!(parse(typed).unwrap_err().kind, ErrorKind::Query, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_a_valid_expression(typed in "[a-z\"*():^ +-]{0,30}|\\PC{0,30}") {
            if let Ok(expression) = parse(&typed) {
                let c = rusqlite::Connection::open_in_memory().unwrap();
                c.execute_batch("CREATE VIRTUAL TABLE search USING fts5 (title, body)").unwrap();
                let found: i64 = c
                    .query_row("SELECT count(*) FROM search WHERE search MATCH ?1",
                        [&expression], |row| row.get(0))
                    .unwrap();
                prop_assert_eq!(found, 0);
            }
        }
    }

    #[test]
    fn a_search_shows_where_it_matches_and_counts_the_copies() {
        let mut world = World::new();
        let original = world.put("https://a.example/1", "Heavy rain at the café.", 10).id.unwrap();
        let copy = world.text("https://b.example/2", "Heavy rain at the cafe, copied.", 20);
        world.commit(as_copy_of(copy, original));
        let reader = world.reader();
        let hits = reader.search("CAFE rain", SearchOptions::default()).unwrap();
        assert_eq!(hits.len(), 1);
        assert_eq!((hits[0].id, hits[0].copies), (original, 1));
        assert_eq!(hits[0].snippet, "Heavy [rain] at the [café].");
        let with_copies = SearchOptions { duplicates: true, ..SearchOptions::default() };
        assert_eq!(reader.search("rain", with_copies).unwrap().len(), 2);
        let one = SearchOptions { limit: 1, ..with_copies };
        assert_eq!(reader.search("rain", one).unwrap().len(), 1);
        let error = reader.search("\"rain", one).unwrap_err().to_string();
        assert_eq!(error, "the search cannot be understood: a quotation mark has no partner");
    }

    #[test]
    fn of_a_story_the_best_is_shown_and_the_others_are_counted() {
        let mut world = World::new();
        for (n, (story, body)) in
            [(1, "Rain and wind and sun."), (1, "Rain."), (2, "Rain, rain.")].iter().enumerate()
        {
            let commit = world.text(&format!("https://a.example/{n}"), body, 10);
            world.commit(in_story(commit, *story, &[]));
        }
        let reader = world.reader();
        let all = SearchOptions::default();
        let hits = reader.search("rain", all).unwrap();
        let found: Vec<_> = hits.iter().map(|h| (h.story.unwrap().0, h.others)).collect();
        assert_eq!(found, [(2, 0), (1, 1)]);
        assert_eq!(hits[1].snippet, "[Rain].");
        assert_eq!(reader.search("rain", SearchOptions { offset: 1, ..all }).unwrap(), hits[1..]);
        let every = reader.search("rain", SearchOptions { duplicates: true, ..all }).unwrap();
        assert_eq!(every.len(), 3);
        assert!(every.iter().all(|hit| hit.others == 0));
    }
}
