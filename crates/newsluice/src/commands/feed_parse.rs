//! `feed parse`: one stage alone. A JSON line for each input, in input order; what is no feed
//! is a line with `error`, and the rest goes on.

use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use feed::Hints;
use jiff::Timestamp;
use record::{DateText, Entry, date};
use serde::{Deserialize, Serialize};

use crate::cli::FeedParseArgs;
use crate::exit::Exit;
use crate::output;

/// One line of `--list`: what was served, and with what.
#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(alias = "id")]
    file: Option<String>,
    path: PathBuf,
    url: Option<String>,
    content_type: Option<String>,
}

/// One line of `--dates`, and of its output.
#[derive(Debug, Deserialize)]
struct ListedDate {
    s: String,
}

#[derive(Debug, Serialize)]
struct DateLine<'a> {
    s: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

/// One line of output.
#[derive(Debug, Default, Serialize)]
struct Line<'a> {
    file: &'a str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<FeedFields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<Vec<EntryFields>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
struct FeedFields {
    title: Option<String>,
    link: Option<String>,
    language: Option<String>,
    description: Option<String>,
}

#[derive(Debug, Serialize)]
struct EntryFields {
    id: String,
    title: Option<String>,
    link: Option<String>,
    published: Option<String>,
    updated: Option<String>,
    summary: Option<String>,
    content: Option<String>,
    whole: bool,
    authors: Vec<String>,
    tags: Vec<String>,
    media: Vec<String>,
}

/// Parses every input and prints a line for each.
pub(super) fn run(args: &FeedParseArgs) -> anyhow::Result<Exit> {
    if let Some(dates) = &args.dates {
        return read_dates(dates);
    }
    let mut tally = Tally { problems: args.problems, good: 0, bad: 0 };
    if let Some(list) = &args.list {
        let folder = list.parent().unwrap_or(Path::new(""));
        for (number, line) in read_lines(list)?.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str::<Listed>(line) {
                Ok(listed) => tally.listed(folder, &listed)?,
                Err(e) => tally.refused(&(number + 1).to_string(), e.to_string())?,
            }
        }
    }
    for path in &args.paths {
        let listed = Listed { file: None, path: path.clone(), url: None, content_type: None };
        tally.listed(Path::new(""), &listed)?;
    }
    Ok(tally.exit())
}

fn read_lines(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// The number of inputs read and refused so far, and what every input is read with.
struct Tally {
    problems: bool,
    good: u64,
    bad: u64,
}

impl Tally {
    fn listed(&mut self, folder: &Path, listed: &Listed) -> anyhow::Result<()> {
        let shown = listed.path.display().to_string();
        let name = listed.file.as_deref().unwrap_or(&shown);
        let hints = Hints {
            url: listed.url.as_deref(),
            content_type: listed.content_type.as_deref(),
            // When these bytes were served is not known, so no date is refused as coming too late.
            now: None,
        };
        let bytes = match read_bytes(folder, &listed.path) {
            Ok(bytes) => bytes,
            Err(e) => return self.refused(name, e.to_string()),
        };
        match catch_unwind(AssertUnwindSafe(|| feed::parse(&bytes, &hints))) {
            Ok(Ok(parsed)) => self.parsed(name, parsed),
            Ok(Err(reason)) => self.refused(name, reason.to_string()),
            Err(_) => self.refused(name, "PANIC".to_owned()),
        }
    }

    fn parsed(&mut self, name: &str, parsed: feed::Parsed) -> anyhow::Result<()> {
        self.good += 1;
        let problems = parsed.problems.iter().map(ToString::to_string);
        let feed = parsed.feed;
        let line = Line {
            file: name,
            ok: true,
            error: None,
            feed: Some(FeedFields {
                title: feed.title,
                link: feed.link,
                language: feed.language,
                description: feed.description,
            }),
            entries: Some(feed.entries.into_iter().map(entry_fields).collect()),
            problems: self.problems.then(|| problems.collect()),
        };
        Ok(output::say(&serde_json::to_string(&line)?)?)
    }

    fn refused(&mut self, name: &str, error: String) -> anyhow::Result<()> {
        self.bad += 1;
        let line = Line { file: name, error: Some(error), ..Line::default() };
        Ok(output::say(&serde_json::to_string(&line)?)?)
    }

    const fn exit(&self) -> Exit {
        match (self.good, self.bad) {
            (_, 0) => Exit::Done,
            (0, _) => Exit::NoInput,
            _ => Exit::SomeFailed,
        }
    }
}

/// The bytes of a file, or of standard input for `-`; the parser refuses what is over its cap.
fn read_bytes(folder: &Path, path: &Path) -> std::io::Result<Vec<u8>> {
    const CAP: u64 = 33 * 1024 * 1024;
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(CAP).read_to_end(&mut bytes)?;
    } else {
        File::open(folder.join(path))?.take(CAP).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn entry_fields(entry: Entry) -> EntryFields {
    EntryFields {
        published: entry.published.as_ref().and_then(to_the_second),
        updated: entry.updated.as_ref().and_then(to_the_second),
        id: entry.id,
        title: entry.title,
        link: entry.link,
        summary: entry.summary,
        content: entry.content,
        whole: entry.whole,
        authors: entry.authors,
        tags: entry.tags,
        media: entry.media,
    }
}

/// RFC 3339 in UTC, to the second.
fn to_the_second(date: &DateText) -> Option<String> {
    second(date.instant()?)
}

fn second(instant: Timestamp) -> Option<String> {
    Some(Timestamp::from_second(instant.as_second()).ok()?.to_string())
}

fn read_dates(list: &Path) -> anyhow::Result<Exit> {
    for line in read_lines(list)?.lines().filter(|line| !line.trim().is_empty()) {
        let listed: ListedDate = serde_json::from_str(line)?;
        let instant = date::parse(&listed.s).and_then(date::Stated::instant_utc);
        let date = instant.and_then(second);
        let error = date.is_none().then_some("not a date that can be read");
        output::say(&serde_json::to_string(&DateLine { s: &listed.s, date, error })?)?;
    }
    Ok(Exit::Done)
}
