//! `reprocess`: what was recorded before, cleaned by the program and the settings of today.

use std::path::PathBuf;

use archive::Limits;
use jiff::Timestamp;
use serde_json::json;
use store::{ErrorKind, Reader, Standing, StoreError, StoredRecord};

use super::backfill::When;
use super::history;
use super::replay::through;
use crate::cli::ReprocessArgs;
use crate::context::Context;
use crate::exit::{Exit, Usage};
use crate::output::{complain, harmless, say};
use crate::pipeline::again::Wanted;
use crate::pipeline::survey::Filter;
use crate::pipeline::{
    Captured, Captures, CleanedItem, Envelope, Plan, Replay, clean_one, cleaner,
};

/// Changed texts that `--dry-run` shows.
const SHOWN: u64 = 3;

/// Why nothing was done.
const NOTHING: &str = "nothing left to clean anew: what these recordings hold led to no record \
    of this database, or is not asked for";

/// Lines shown of each.
const LINES: usize = 12;

/// Cleans the recordings anew; with `--dry-run` only tells what would change.
pub(super) fn run(context: &Context, args: &ReprocessArgs) -> anyhow::Result<Exit> {
    let paths = archives(context, args)?;
    // There is nothing to go over where there is no database: none is made.
    if let Err(missing) = Reader::open(&context.database)
        && missing.kind == ErrorKind::Missing
    {
        return Err(missing.into());
    }
    if args.dry_run {
        return dry_run(context, args, paths);
    }
    let shown: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    let plan = Plan {
        kind: "reprocess",
        // Another version begins anew.
        key: [&shown[..], &["--".to_owned(), cleaner::version().to_owned()], &args.only]
            .concat()
            .join("\n"),
        ack: None,
        jobs: context.jobs(args.jobs.jobs),
    };
    let ended = through(context, &plan, |run, reader| {
        let reached = reader.reached(run.id)?;
        let again = wanted(args, run.started_at)?;
        Ok(Replay { reached, ..replay(context, paths, reader, run.started_at, again) })
    })?;
    if ended.is_empty() && !context.quiet {
        complain(NOTHING);
    }
    ended.report(context)
}

fn replay(
    context: &Context,
    paths: Vec<PathBuf>,
    reader: Reader,
    at: Timestamp,
    again: Wanted,
) -> Replay {
    let (file, page) = (context.config.clean.text_limit.0, context.config.fetch.page_limit.0);
    let limits = Limits { file, page, ..Limits::default() };
    let (filter, again) = (Filter::default(), Some(again));
    Replay { paths, limits, at, reader, reached: std::collections::HashMap::new(), filter, again }
}

/// The archives, by the paths that the database knows them by.
fn archives(context: &Context, args: &ReprocessArgs) -> anyhow::Result<Vec<PathBuf>> {
    let set = &context.config.archive.dir;
    let mut paths = args.archives.clone();
    if paths.is_empty() {
        if set.is_empty() {
            let hint = "no archive: name a folder of recordings, or set archive.dir";
            return Err(Usage(hint.to_owned()).into());
        }
        paths.push(set.into());
    }
    // What is not there is told by who reads it.
    Ok(paths.into_iter().map(|path| path.canonicalize().unwrap_or(path)).collect())
}

/// `--where KEY=VALUE`, each one more condition.
fn wanted(args: &ReprocessArgs, now: Timestamp) -> Result<Wanted, Usage> {
    let mut wanted = Wanted::default();
    for condition in &args.only {
        let Some((key, value)) = condition.split_once('=') else {
            return Err(Usage(format!("--where {condition}: write it as KEY=VALUE")));
        };
        let text = || Some(value.to_owned());
        let at = || value.parse::<When>().and_then(|when| when.before(now)).map_err(Usage);
        match key {
            "host" => wanted.filter.host = Some(value.to_ascii_lowercase()),
            "url" => wanted.filter.url = text(),
            "since" => wanted.filter.since = Some(at()?),
            "until" => wanted.filter.until = Some(at()?),
            "feed" => wanted.feed = text(),
            "cleaner" => wanted.made_by = text(),
            "id" => {
                let id = value.parse();
                wanted.id =
                    Some(id.map_err(|_| Usage(format!("--where {condition}: 16 hex digits")))?);
            }
            _ => {
                let keys = "host, url, id, since, until, feed or cleaner";
                return Err(Usage(format!("--where {condition}: the key is one of {keys}")));
            }
        }
    }
    Ok(wanted)
}

/// What a run would do.
#[derive(Default)]
struct Outlook {
    changed: u64,
    unchanged: u64,
    /// Cleaning takes them for no article by now: they stay.
    refused: u64,
    unreadable: u64,
}

fn dry_run(context: &Context, args: &ReprocessArgs, paths: Vec<PathBuf>) -> anyhow::Result<Exit> {
    let now = crate::clock::now();
    let (reading, asking) = (Reader::open(&context.database)?, Reader::open(&context.database)?);
    let mut captures = Captures::of(replay(context, paths, reading, now, wanted(args, now)?));
    let mut outlook = Outlook::default();
    let jobs = context.jobs(args.jobs.jobs);
    loop {
        let some: Vec<_> = captures.by_ref().take(jobs * 4).collect::<Result<_, StoreError>>()?;
        if some.is_empty() {
            break;
        }
        for (envelope, item) in cleaned(some, jobs, &context.rules) {
            outlook.look(context, &asking, &envelope, item)?;
        }
    }
    Ok(outlook.report(context, captures.passed_over()))
}

/// Cleans a few at once, and gives them back in their order.
fn cleaned(
    some: Vec<Envelope<Captured>>,
    jobs: usize,
    rules: &clean::SiteRules,
) -> Vec<(Envelope<()>, CleanedItem)> {
    let mut split: Vec<_> = some.into_iter().map(Envelope::split).collect();
    let each = split.len().div_ceil(jobs.max(1)).max(1);
    std::thread::scope(|scope| {
        let mut workers = Vec::new();
        while !split.is_empty() {
            let rest = split.split_off(each.min(split.len()));
            let part = std::mem::replace(&mut split, rest);
            workers.push(scope.spawn(move || {
                let clean = |(rest, captured): (Envelope<()>, Captured)| {
                    let at = rest.at;
                    (rest, clean_one(captured, at, rules))
                };
                part.into_iter().map(clean).collect::<Vec<_>>()
            }));
        }
        // A worker that crashed leaves its part out of the outlook.
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    })
}

impl Outlook {
    fn look(
        &mut self,
        context: &Context,
        reader: &Reader,
        envelope: &Envelope<()>,
        item: CleanedItem,
    ) -> anyhow::Result<()> {
        let Some(again) = &envelope.again else {
            self.unreadable += 1;
            return Ok(());
        };
        let CleanedItem::Record(record, _) = item else {
            self.refused += 1;
            return Ok(());
        };
        let standing = reader.standing_text(again.id, envelope.at)?;
        let differs = |(standing, _): &(Standing, StoredRecord)| {
            again.takes(standing) && standing.fingerprint != store::fingerprint(&record)
        };
        let Some((_, stored)) = standing.filter(differs) else {
            self.unchanged += 1;
            return Ok(());
        };
        self.changed += 1;
        if self.changed > SHOWN && !context.json {
            return Ok(());
        }
        let changes = history::between(&stored.record, &record);
        if context.json {
            let line = json!({
                "id": again.id.to_string(),
                "url": envelope.name,
                "fetched_at": envelope.at.to_string(),
                "removed": history::of_sign(&changes, '-'),
                "added": history::of_sign(&changes, '+'),
            });
            return Ok(say(&line.to_string())?);
        }
        let mut text = format!("{}  {}  {}", again.id, envelope.at, harmless(&record.title));
        for (sign, line) in changes.iter().take(LINES) {
            text.extend([format!("\n  {sign} {}", harmless(line))]);
        }
        if changes.len() > LINES {
            text.extend([format!("\n  … and {} more lines", changes.len() - LINES)]);
        }
        if changes.is_empty() {
            text.push_str("\n  (only fields beside title, day, URL and body)");
        }
        Ok(say(&text)?)
    }

    fn report(&self, context: &Context, passed_over: u64) -> Exit {
        if !context.quiet && !context.json {
            let Self { changed, unchanged, refused, unreadable } = self;
            complain(&format!(
                "{changed} texts would change, {unchanged} stay as they are, {refused} stay \
                 though they would be no article by now; {unreadable} captures cannot be read, \
                 {passed_over} are not wanted or led to no record here"
            ));
        }
        if self.unreadable > 0 { Exit::SomeFailed } else { Exit::Done }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_say_what_is_wrong_with_them() {
        let args = |only: &[&str]| ReprocessArgs {
            archives: Vec::new(),
            only: only.iter().map(ToString::to_string).collect(),
            dry_run: false,
            jobs: crate::cli::Jobs { jobs: None },
        };
        let now = Timestamp::UNIX_EPOCH;
        let wrong = |only: &str| wanted(&args(&[only]), now).unwrap_err().to_string();
        assert!(wrong("host").contains("KEY=VALUE"));
        assert!(wrong("hosts=a").contains("host, url, id"));
        assert!(wrong("id=7").contains("16 hex digits"));
        assert!(wrong("since=soon").contains("'soon' is no time"));
        let all = ["host=E.org", "until=2024-05-02", "cleaner=unknown", "id=00000000000000ff"];
        let wanted = wanted(&args(&all), now).unwrap();
        assert_eq!(wanted.filter.host.as_deref(), Some("e.org"));
        assert_eq!(wanted.id, Some(record::RecordId(255)));
        assert!(wanted.filter.until.is_some() && wanted.made_by.as_deref() == Some("unknown"));
    }
}
