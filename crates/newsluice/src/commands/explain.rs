//! `explain`: every decision about an article, stored or not, on one screen.

mod remedy;
mod screen;

use record::json::RecordJson;
use record::{PageUrl, ReasonKind, RecordId};
use serde::Serialize;
use store::{EntryInfo, Reader, StoredRecord};

use super::stories;
use crate::cli::ExplainArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{complain, harmless, say};
use crate::pipeline::trail::Trail;

/// All that is known of how something became a record, or why it did not.
#[derive(Debug, Default, Serialize)]
struct Explanation {
    /// What was asked about.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<RecordJson>,
    /// Why it counts as a copy: how, how sure, and the text in common.
    #[serde(skip_serializing_if = "Option::is_none")]
    copy: Option<Copy>,
    /// Why it is in its story.
    #[serde(skip_serializing_if = "Option::is_none")]
    story: Option<String>,
    /// How it was found: one for each page that led to it.
    found: Vec<Found>,
    /// What was tried, the oldest first.
    attempts: Vec<Attempt>,
    /// Its texts, where there is more than one, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    revisions: Vec<Revision>,
    /// Why there is no article, where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Why>,
}

#[derive(Debug, Serialize)]
struct Copy {
    of: String,
    title: String,
    kind: &'static str,
    similarity: f64,
    shared: String,
}

#[derive(Debug, Serialize)]
struct Found {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    feeds: Vec<Listing>,
    state: String,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_try: Option<String>,
    failures: u32,
}

#[derive(Debug, Serialize)]
struct Listing {
    feed: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    item: String,
}

#[derive(Debug, Serialize)]
struct Attempt {
    at: String,
    outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Why>,
    #[serde(flatten)]
    trail: Trail,
}

#[derive(Debug, Serialize)]
struct Revision {
    number: u32,
    fetched_at: String,
    changed: Vec<&'static str>,
    /// Left out where the publisher changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
    /// Which version of the program cleaned it, where that was noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    cleaner: Option<String>,
}

/// A reason, in words.
#[derive(Debug, Clone, Serialize)]
struct Why {
    reason: String,
    sentence: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
    remedy: String,
}

impl Why {
    fn of((code, detail): &(String, String)) -> Self {
        let kind = ReasonKind::from_code(code);
        Self {
            reason: code.clone(),
            sentence: kind.map_or("", ReasonKind::sentence).to_owned(),
            detail: detail.clone(),
            remedy: kind.map_or("", remedy::of).to_owned(),
        }
    }
}

/// Explains what an id, a URL or an input's path names.
pub(super) fn run(context: &Context, args: &ExplainArgs) -> anyhow::Result<Exit> {
    let reader = Reader::open(&context.database)?;
    let Some(explanation) = explain(&reader, &args.name)? else {
        let name = harmless(&args.name);
        complain(&format!("{name}: never met: {}", unmet(&reader, &args.name)?));
        return Ok(Exit::NotFound);
    };
    if context.json {
        say(&serde_json::to_string(&explanation)?)?;
    } else {
        say(&screen::of(&explanation))?;
    }
    Ok(Exit::Done)
}

/// What to do about a name that says nothing to the database.
fn unmet(reader: &Reader, name: &str) -> anyhow::Result<String> {
    if reader.feed(name)?.is_some() {
        return Ok("it is a feed; 'newsluice doctor URL' tells how it is".to_owned());
    }
    if PageUrl::parse(name).is_err() {
        return Ok("no record by this id and no input by this path; 'newsluice search WORDS' \
                   finds records"
            .to_owned());
    }
    Ok("no feed here listed this URL so far; 'newsluice clean URL' shows what would become of \
        it, and a file with the URL given to 'newsluice backfill' brings it in"
        .to_owned())
}

fn explain(reader: &Reader, name: &str) -> anyhow::Result<Option<Explanation>> {
    let id = reader.find(name)?;
    let mut names = vec![name.to_owned()];
    names.extend(PageUrl::parse(name).ok().map(|url| url.identity()));
    let entries = reader.entries_of(&names, id)?;
    let mut explanation = Explanation { name: name.to_owned(), ..Explanation::default() };
    if let Some(found) = id.map(|id| reader.record(id)).transpose()?.flatten() {
        explanation.add_record(reader, &found)?;
    }
    explanation.add_attempts(reader, name, id, &entries)?;
    let nothing = id.is_none() && entries.is_empty() && explanation.attempts.is_empty();
    explanation.found = entries.iter().map(found).collect();
    if id.is_none() {
        explanation.why = why(reader, name, &entries)?;
    }
    Ok((!nothing || explanation.why.is_some()).then_some(explanation))
}

fn why(reader: &Reader, name: &str, entries: &[EntryInfo]) -> anyhow::Result<Option<Why>> {
    if let Some(reason) = entries.iter().find_map(|entry| entry.reason.as_ref()) {
        return Ok(Some(Why::of(reason)));
    }
    // An entry without a reason that is given up: from before reasons were kept.
    if entries.iter().any(|entry| entry.state == "dead") {
        return Ok(Some(Why::of(&(ReasonKind::Crash.code().to_owned(), String::new()))));
    }
    let failures = reader.failures_of_input(name)?;
    Ok(failures.into_iter().next_back().map(|(code, detail, _)| Why::of(&(code, detail))))
}

impl Explanation {
    fn add_record(&mut self, reader: &Reader, found: &StoredRecord) -> anyhow::Result<()> {
        let StoredRecord { record, stored, .. } = found;
        if let Some(copy) = &stored.duplicate {
            let original = reader.record(copy.of)?;
            self.copy = Some(Copy {
                of: copy.of.to_string(),
                title: original.map(|o| o.record.title.to_string()).unwrap_or_default(),
                kind: copy.kind.code(),
                similarity: copy.similarity,
                shared: copy.shared.clone(),
            });
        }
        self.story = reader.story_basis(stored.id)?.as_ref().map(stories::reason);
        if stored.revision > 1 {
            self.revisions = revisions(&reader.history(stored.id)?);
        }
        self.record = Some(RecordJson::of_stored(record, stored));
        Ok(())
    }

    fn add_attempts(
        &mut self,
        reader: &Reader,
        name: &str,
        id: Option<RecordId>,
        entries: &[EntryInfo],
    ) -> anyhow::Result<()> {
        let mut trails = Vec::new();
        for entry in entries {
            trails.extend(reader.trails_of_entry(entry.entry)?);
        }
        match id {
            Some(id) => trails.extend(reader.trails_of_record(id)?),
            None => trails.extend(reader.trails_of_input(name)?),
        }
        self.attempts = trails
            .iter()
            .map(|trail| Attempt {
                at: trail.at.to_string(),
                outcome: trail.outcome.clone(),
                why: trail.reason.as_ref().map(Why::of),
                trail: Trail::read(&trail.steps),
            })
            .collect();
        Ok(())
    }
}

fn found(entry: &EntryInfo) -> Found {
    let waits = matches!(entry.state.as_str(), "waiting" | "suspect");
    let listing = |(feed, title, item): &(String, Option<String>, String)| Listing {
        feed: feed.clone(),
        title: title.clone(),
        item: item.clone(),
    };
    Found {
        url: entry.url.clone(),
        feeds: entry.feeds.iter().map(listing).collect(),
        state: entry.state.clone(),
        since: entry.found_at.to_string(),
        finished_at: entry.finished_at.map(|at| at.to_string()),
        next_try: waits.then(|| entry.due_at.to_string()),
        failures: entry.attempts,
    }
}

/// What each text changed against the one before.
fn revisions(texts: &[StoredRecord]) -> Vec<Revision> {
    let mut all = Vec::new();
    let mut before: Option<&StoredRecord> = None;
    for text in texts {
        let mut changed = Vec::new();
        if let Some(old) = before {
            let (old, new) = (&old.record, &text.record);
            let facts = [
                ("title", old.title != new.title),
                ("day", old.date != new.date),
                ("URL", old.url != new.url),
                ("body", old.body != new.body),
            ];
            changed.extend(facts.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name));
        }
        let fetched_at = text.stored.fetched_at.to_string();
        let (number, cleaner) = (text.stored.revision, text.stored.cleaner.clone());
        let by = text.stored.is_ours.then_some("newsluice");
        all.push(Revision { number, fetched_at, changed, by, cleaner });
        before = Some(text);
    }
    all
}
